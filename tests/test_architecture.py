"""Rules a reviewer should not have to repeat."""

import ast
import inspect
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest

from bot import api, hookspecs
from bot.host.loader import KINDS

ROOT = Path(__file__).parent.parent
ROOMS = ("bot", "kb", "plugins", "migrations")
SOURCES = sorted(p for room in ROOMS for p in (ROOT / room).rglob("*.py"))
MODULES = [p for p in SOURCES if "versions" not in p.parts]
SQL_ROOMS = re.compile(r"bot/db/|kb/store|migrations/|plugins/connectors/\w+/(queries|load)")
NOT_FOR_PEOPLE = re.compile(r"\w(Manager|Service|Helper|Impl)$|^(Base|Abstract)[A-Z]")
HOOKS = [f for _, f in inspect.getmembers(hookspecs, inspect.isfunction) if hasattr(f, "backhaul_spec")]
TOP_LEVEL = {"pyproject.toml", "bot", "plugins", "kb", "migrations", "tests", "README.md", "Makefile"}
ENGINES = {
    "pgqueuer": "bot/jobs|bot/db/jobs",
    "apscheduler": "bot/jobs",
    "slack_bolt": "bot/slack",
    "slack_sdk": "bot/slack",
    "onnxruntime": "bot/llm",
    "openai": "bot/llm",
    "anthropic": "bot/llm",
    "pluggy": "bot/host|bot/hookspecs",
    "prompt_toolkit": "bot/terminal",
    "uvicorn": "bot/web",
    "alembic": "bot/db/migrate|migrations",
    "typer": "bot/cli|bot/__main__",
    "authlib": "bot/web",
    "joserfc": "bot/web",
    "jinja2": "bot/web",
}
"""Each engine is named in one room only, so that it can be exchanged there."""


def where(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def text_of(path: Path) -> str:
    return path.read_text()


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(text_of(path))


@pytest.fixture(scope="module", autouse=True)
def _give_back() -> Iterator[None]:
    """What is read of a thousand files is a hundred megabytes, which later tests need not carry."""
    yield
    for kept in (text_of, tree_of, imports):
        kept.cache_clear()


def spoilt(paths: Iterable[Path], faults: Callable[[Path], Iterable[str]]) -> list[str]:
    """Every fault of every file: one test a rule, for thousands would take longer to begin than to run."""
    return [f"{where(path)}: {fault}" for path in paths for fault in faults(path)]


@cache
def imports(path: Path) -> frozenset[str]:
    found: set[str] = set()
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found.add(node.module or "")
    return frozenset(found)


def unsaid(path: Path) -> Iterator[str]:
    says = ast.get_docstring(tree_of(path))
    if not says:
        yield "open the module with one sentence"
    elif not says.splitlines()[0].endswith((".", "`", "?")):
        yield "the first line is a sentence"


def test_module_says_what_it_is_for_in_one_sentence() -> None:
    assert spoilt(SOURCES, unsaid) == []


def large(path: Path) -> Iterator[str]:
    if (lines := len(text_of(path).splitlines())) > 300:
        yield f"{lines} lines"
    for node in ast.walk(tree_of(path)):
        is_function = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        if is_function and (lines := (node.end_lineno or 0) - node.lineno) >= 50:
            yield f"{node.name}: {lines} lines"


def test_module_and_functions_are_small() -> None:
    assert spoilt(MODULES, large) == []


def sql_elsewhere(path: Path) -> list[str]:
    named = [name for name in imports(path) if name.split(".")[0] in {"sqlalchemy", "asyncpg"}]
    return [] if SQL_ROOMS.match(where(path)) else named


def test_sql_stays_in_its_room() -> None:
    assert spoilt(MODULES, sql_elsewhere) == []


def strayed(path: Path) -> Iterator[str]:
    for name in imports(path):
        room = ENGINES.get(name.split(".")[0])
        if room is not None and not re.match(room, where(path)):
            yield f"{name} belongs to {room}"


def test_engines_stay_in_their_room() -> None:
    assert spoilt(MODULES, strayed) == []


def empty_names(path: Path) -> Iterator[str]:
    if path.stem in {"utils", "util", "helpers", "common", "misc", "manager", "service"}:
        yield path.stem
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.ClassDef) and NOT_FOR_PEOPLE.search(node.name):
            yield node.name


def test_names_say_something() -> None:
    assert spoilt(MODULES, empty_names) == []


def environment(path: Path) -> list[str]:
    if where(path) == "bot/config.py" or where(path).startswith("bot/embedded/"):
        return []
    return [one for one in ("os.environ[", "os.environ.get(", "getenv(") if one in text_of(path)]


def test_environment_is_read_in_one_place() -> None:
    assert spoilt(MODULES, environment) == []


def left_over(path: Path) -> Iterator[str]:
    text = text_of(path)
    for mark in ("TO" + "DO", "FIX" + "ME", "X" * 3, "NotImplemented" + "Error"):
        if mark in text:
            yield mark
    for line in text.splitlines():
        broad = re.search(r"except( Exception| BaseException)?:", line) or "except Exception as" in line
        if broad and not re.search(r":\s+# noqa: BLE001 - \w", line):
            yield f"say why: {line.strip()}"
        if "type: ignore" in line and not re.search(r"type: ignore\[[\w, -]+\]\s+# \w", line):
            yield f"say which and why: {line.strip()}"


def test_nothing_is_left_for_later() -> None:
    assert spoilt(SOURCES, left_over) == []


def test_each_rule_finds_who_breaks_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"{__name__}.ROOT", tmp_path)
    path = tmp_path / "helpers.py"
    path.write_text(
        '"""No sentence"""\nimport sqlalchemy, pluggy\nclass BaseThing: pass\nos.environ["A"]  # type: ignore\n'
        "try: ...\nexcept:\n    ...  # TO" + "DO\ndef long():\n" + "    x = 1\n" * 300
    )
    rules = {unsaid: 1, large: 2, sql_elsewhere: 1, strayed: 1, empty_names: 2, environment: 1, left_over: 3}
    assert {rule: len(spoilt([path], rule)) for rule in rules} == rules
    path.write_text("")
    text_of.cache_clear()
    tree_of.cache_clear()
    assert spoilt([path], unsaid) == ["helpers.py: open the module with one sentence"]


@pytest.mark.parametrize("hook", HOOKS, ids=lambda h: h.__name__)
def test_hook_is_documented_and_known_to_the_loader(hook) -> None:
    text = inspect.getdoc(hook) or ""
    assert "Example::" in text, "a hook's docstring is its reference: show an example"
    assert not inspect.signature(hook).parameters
    assert hook.__name__ == "plugin_info" or hook.__name__ in KINDS


def test_every_kind_is_in_the_api() -> None:
    assert {kind.__name__ for kind in KINDS.values()} <= set(api.__all__)


def test_the_api_exports_what_it_says() -> None:
    assert all(hasattr(api, name) for name in api.__all__)
    assert len(set(api.__all__)) == len(api.__all__)


def plugin_folders() -> list[Path]:
    found = [p for p in (ROOT / "plugins").iterdir() if p.is_dir() and not p.name.startswith(("_", "."))]
    connectors = [
        p for p in (ROOT / "plugins" / "connectors").iterdir() if p.is_dir() and p.name[0] not in "_."
    ]
    return sorted([p for p in found if p.name != "connectors"] + connectors)


@pytest.mark.parametrize("folder", plugin_folders(), ids=where)
def test_plugin_has_tests_and_imports_only_the_api_and_ports(folder: Path) -> None:
    tests = ROOT / "tests" / where(folder)
    assert list(tests.rglob("test_*.py")), f"no tests in {where(tests)}"
    own = where(folder).replace("/", ".")
    for path in folder.rglob("*.py"):
        for name in imports(path):
            if name.split(".")[0] in {"bot", "kb", "plugins"}:
                fits = name == "bot.api" or name.startswith(own) or re.fullmatch(r"plugins\.\w+\.port", name)
                assert fits, f"{where(path)} imports {name}"


def test_top_level_is_as_agreed() -> None:
    there = {p.name for p in ROOT.iterdir() if not p.name.startswith(".") and p.name != "__pycache__"}
    assert there - TOP_LEVEL <= {"dist", "build"}


def test_constraints_hold_names_versions_and_hashes_only() -> None:
    for line in (ROOT / ".constraints.txt").read_text().splitlines():
        assert re.fullmatch(r"[\w.-]+==[\w.!+-]+( ;.*)? \\|    --hash=sha256:[0-9a-f]{64}( \\)?", line), line


def test_every_dependency_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    pinned = {
        line.split("==")[0] for line in (ROOT / ".constraints.txt").read_text().splitlines() if "==" in line
    }
    for wanted in [*project["dependencies"], *project["optional-dependencies"]["dev"]]:
        name = re.split(r"[\s\[<>=;!]", wanted)[0].lower().replace("_", "-")
        assert name in pinned, f"{name} is not in .constraints.txt"
