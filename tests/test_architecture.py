"""Rules a reviewer should not have to repeat."""

import ast
import inspect
import re
import tomllib
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


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found.add(node.module or "")
    return found


@pytest.mark.parametrize("path", SOURCES, ids=where)
def test_module_says_what_it_is_for_in_one_sentence(path: Path) -> None:
    says = ast.get_docstring(ast.parse(path.read_text()))
    assert says, "open the module with one sentence"
    assert says.splitlines()[0].endswith((".", "`", "?")), "the first line is a sentence"


@pytest.mark.parametrize("path", MODULES, ids=where)
def test_module_and_functions_are_small(path: Path) -> None:
    text = path.read_text()
    assert len(text.splitlines()) <= 300
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert (node.end_lineno or 0) - node.lineno < 50, node.name


@pytest.mark.parametrize("path", MODULES, ids=where)
def test_sql_stays_in_its_room(path: Path) -> None:
    if not SQL_ROOMS.match(where(path)):
        assert not {name for name in imports(path) if name.split(".")[0] in {"sqlalchemy", "asyncpg"}}


@pytest.mark.parametrize("path", MODULES, ids=where)
def test_engines_stay_in_their_room(path: Path) -> None:
    for name in imports(path):
        room = ENGINES.get(name.split(".")[0])
        assert room is None or re.match(room, where(path)), f"{name} belongs to {room}"


@pytest.mark.parametrize("path", MODULES, ids=where)
def test_names_say_something(path: Path) -> None:
    assert path.stem not in {"utils", "util", "helpers", "common", "misc", "manager", "service"}
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ClassDef):
            assert not NOT_FOR_PEOPLE.search(node.name), node.name


@pytest.mark.parametrize("path", MODULES, ids=where)
def test_environment_is_read_in_one_place(path: Path) -> None:
    if where(path) != "bot/config.py" and not where(path).startswith("bot/embedded/"):
        assert "os.environ[" not in path.read_text()
        assert "os.environ.get(" not in path.read_text()
        assert "getenv(" not in path.read_text()


@pytest.mark.parametrize("path", SOURCES, ids=where)
def test_nothing_is_left_for_later(path: Path) -> None:
    text = path.read_text()
    for mark in ("TO" + "DO", "FIX" + "ME", "X" * 3, "NotImplemented" + "Error"):
        assert mark not in text
    for line in text.splitlines():
        if re.search(r"except( Exception| BaseException)?:", line) or "except Exception as" in line:
            assert re.search(r":\s+# noqa: BLE001 - \w", line), f"say why: {line.strip()}"
        if "type: ignore" in line:
            assert re.search(r"type: ignore\[[\w, -]+\]\s+# \w", line), f"say which and why: {line.strip()}"


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
