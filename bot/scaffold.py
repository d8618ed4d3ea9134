"""`backhaul new-plugin`: write a plugin with its test, check both, and say what to do next."""

from __future__ import annotations

import importlib.util
import keyword
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from string import Template

import plugins
from bot.contract.action import NAME
from bot.host.discovery import find_plugins
from bot.host.loader import RESERVED
from bot.scaffold_text import INIT, PLUGIN, PYPROJECT, README, TEST

Say = Callable[[str], None]
CHECKS = ("ruff", "mypy", "pytest")
"""In the order they run; what is not installed is left out."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where the files go: into this repository, or into a distribution of their own."""

    name: str
    top: Path
    plugin: Path
    test: Path
    module: str
    ours: bool

    def files(self) -> dict[Path, str]:
        """Return every file with its text."""
        words = {"name": self.name, "module": self.module, "title": self.name.replace("_", " ").capitalize()}
        found = {self.plugin: PLUGIN, self.test: TEST}
        if self.ours:
            found[self.test.parent / "__init__.py"] = INIT
        else:
            found[self.top / "pyproject.toml"] = PYPROJECT
            found[self.top / "README.md"] = README
        return {path: Template(text).substitute(words) for path, text in found.items()}


def say(line: str) -> None:
    """Print a line."""
    sys.stdout.write(f"{line}\n")


def place_for(name: str, folder: Path) -> Place:
    """Return where a plugin of this name belongs, seen from a folder."""
    if (folder / "plugins" / "__init__.py").exists() and (folder / "bot").is_dir():
        return Place(
            name=name,
            top=folder,
            plugin=folder / "plugins" / name / "__init__.py",
            test=folder / "tests" / "plugins" / name / f"test_{name}.py",
            module=f"plugins.{name}",
            ours=True,
        )
    top, module = folder / f"backhaul-{name.replace('_', '-')}", f"backhaul_{name}"
    return Place(
        name=name,
        top=top,
        plugin=top / module / "__init__.py",
        test=top / "tests" / f"test_{name}.py",
        module=module,
        ours=False,
    )


def why_not(name: str, place: Place, taken: Iterable[str]) -> str:
    """Return why a plugin cannot have this name; nothing when it can."""
    if not NAME.match(name):
        return f"“{name}” is no name for a plugin: lower case, 1-41 of a-z 0-9 _, beginning with a letter."
    if name in RESERVED or keyword.iskeyword(name):
        whose = "something to Python" if keyword.iskeyword(name) else "something to the bot itself"
        return f"“{name}” means {whose}. Choose another name."
    if name in taken:
        return f"There is a plugin “{name}” already. Choose another name."
    there = place.plugin.parent if place.ours else place.top
    if there.exists() or place.test.exists():
        return f"{there} is there already. Choose another name, or remove it first."
    if not place.ours and importlib.util.find_spec(place.module):
        return f"There is a module {place.module} installed already. Choose another name."
    return ""


def new_plugin(name: str, folder: Path, *, say: Say = say, checks: Iterable[str] = CHECKS) -> bool:
    """Write a plugin and its test into `folder`; return whether every check passed."""
    place = place_for(name, folder.resolve())
    taken = {one.name for one in find_plugins(plugins)}
    if why := why_not(name, place, taken):
        say(why)
        return False
    for path, text in place.files().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        say(f"wrote {path.relative_to(folder.resolve())}")
    fine = all([run_check(check, place, say) for check in checks])  # noqa: C419 - run them all, then tell
    say("")
    say(next_steps(place) if fine else "Something is wrong with what was written; see above.")
    return fine


def run_check(check: str, place: Place, say: Say) -> bool:
    """Run one check on the new files; one that is not installed is passed over."""
    if importlib.util.find_spec(check) is None:
        say(f"skipped {check}: it is not installed")
        return True
    own = [str(place.plugin.relative_to(place.top)), str(place.test.relative_to(place.top))]
    arguments = {
        "ruff": [
            "check",
            *([] if place.ours else ["--isolated", "--line-length=110", "--select=E,F,W,B,UP"]),
            *own,
        ],
        "mypy": ["--strict", "--no-error-summary", own[0]],
        "pytest": ["-q", own[1]],
    }[check]
    command = [sys.executable, "-m", check, *arguments]
    done = subprocess.run(command, cwd=place.top, capture_output=True, text=True, check=False)  # noqa: S603 - our own words
    say(f"{'passed' if done.returncode == 0 else 'FAILED'} {check}")
    if done.returncode:
        say(done.stdout + done.stderr)
    return done.returncode == 0


def next_steps(place: Place) -> str:
    """Return what to do with a fresh plugin."""
    install = "" if place.ours else f"  pip install --editable {place.top}\n"
    return (
        f"Next:\n  change {place.plugin} and its test; hooks and examples are in bot/hookspecs.py\n{install}"
        f"  backhaul check                                    # says whether it loads\n"
        f"  backhaul plugins enable {place.name} --tenant YOURS   # turns it on\n"
        f"  backhaul ask '{place.name} hello'                     # asks it"
    )
