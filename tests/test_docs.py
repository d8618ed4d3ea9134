"""The documentation says what the code does."""

import inspect
import re
from pathlib import Path

import pytest
from typer.main import get_command

from bot import hookspecs
from bot.cli.docs import settings_markdown
from bot.cli.main import app
from bot.config import settings_table

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
ROOMY = ("bot", "plugins", "migrations", "tests")
PAGES = [ROOT / "README.md", *sorted(page for room in ROOMY for page in (ROOT / room).rglob("README.md"))]
ROOMS = (ROOT / "bot" / "README.md").read_text()
GUIDE = (ROOT / "plugins" / "README.md").read_text()
HOOKS = [name for name, f in inspect.getmembers(hookspecs, inspect.isfunction) if hasattr(f, "backhaul_spec")]


@pytest.mark.parametrize("hook", HOOKS)
def test_every_hook_is_in_the_guide(hook: str) -> None:
    assert hook in GUIDE


def test_every_setting_is_in_the_readme_as_the_code_has_it() -> None:
    assert settings_markdown() in README, "run `python -m bot.cli.docs` and put its table into README.md"
    assert all(one.about.endswith(".") for one in settings_table())


def test_every_room_has_a_paragraph() -> None:
    rooms = sorted(p.name for p in (ROOT / "bot").iterdir() if (p / "__init__.py").exists())
    assert [room for room in rooms if f"`bot/{room}`" not in ROOMS] == []


def test_decisions_are_dated() -> None:
    decisions = ROOMS.split("## Decisions", 1)[1]
    lines = [line for line in decisions.splitlines() if line.startswith("- ")]
    assert lines
    assert all(re.match(r"- \d{4}-\d{2}-\d{2} ", line) for line in lines)


def commands() -> list[tuple[str, ...]]:
    def walk(command, path: tuple[str, ...]):
        yield path
        for name, inner in getattr(command, "commands", {}).items():
            yield from walk(inner, (*path, name))

    return [path for path in walk(get_command(app), ()) if path]


@pytest.mark.parametrize("path", commands(), ids=" ".join)
def test_every_command_says_what_it_does(path: tuple[str, ...]) -> None:
    command = get_command(app)
    for name in path:
        command = command.commands[name]
    assert (command.help or "").strip(), f"backhaul {' '.join(path)} has no help"


def test_commands_named_in_the_readmes_exist() -> None:
    known = {" ".join(path) for path in commands()}
    told = "\n".join(page.read_text() for page in PAGES)
    for line in re.findall(r"^\s*(?:\$ )?backhaul ([a-z][^#\n]*)", told, re.MULTILINE):
        words = [w for w in line.split() if re.fullmatch(r"[a-z][a-z-]*", w)]
        assert any(" ".join(words[:n]) in known for n in (1, 2)), f"backhaul {line}"


def test_links_inside_the_readmes_lead_somewhere() -> None:
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#]+)\)", page.read_text()):
            if not target.startswith("http"):
                assert (page.parent / target).exists(), f"{page.name} links to {target}"
