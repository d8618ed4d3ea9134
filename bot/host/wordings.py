"""Further ways to ask for a plugin's actions, from its `wordings.txt`: understood, not shown as help."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

from bot.contract.action import Action
from bot.errors import PluginError
from bot.host.checks import check_examples

FILE = "wordings.txt"


def worded(module: ModuleType, items: Iterable[Any]) -> list[Any]:
    """Return what a plugin declares, its actions with their wordings; raise for one of no action."""
    groups = read_wordings(module)
    out: list[Any] = []
    for item in items:
        said = groups.pop(item.name, ()) if isinstance(item, Action) else ()
        if said:
            check_examples(item.name, said, tuple(item.args.model_fields))
        out.append(replace(item, wordings=tuple(said)) if said else item)
    if groups:
        raise PluginError(f"{FILE}: there is no action {min(groups)!r}")
    return out


def read_wordings(module: ModuleType) -> dict[str, Sequence[str]]:
    """Return action -> wordings; `[name]` begins those of an action. Only a package has the file."""
    folder = next(iter(getattr(module, "__path__", ())), None)
    file = Path(folder) / FILE if folder else None
    if file is None or not file.is_file():
        return {}
    groups: dict[str, list[str]] = {}
    name = ""
    for line in (raw.strip() for raw in file.read_text(encoding="utf-8").splitlines()):
        if line.startswith("[") and line.endswith("]"):
            name = line[1:-1]
            groups.setdefault(name, [])
        elif line and not line.startswith("#"):
            if not name:
                raise PluginError(f"{FILE}: “{line}” stands before the first [action]")
            groups[name].append(line)
    return {name: tuple(dict.fromkeys(said)) for name, said in groups.items()}
