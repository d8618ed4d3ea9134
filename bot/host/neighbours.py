"""What plugins must get right between each other: names that clash, plugins that are missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bot.contract.action import Action
from bot.contract.entity import Entity
from bot.contract.guard import Guard, Watcher
from bot.contract.plugin import PluginInfo
from bot.contract.port import Connector
from bot.host.order import CircleError, ordered
from bot.host.registry import Owned


def find_clashes(owned: Mapping[str, list[Owned[Any]]]) -> dict[str, str]:
    """Return why each plugin must go that claims what an earlier one has."""
    taken: dict[str, str] = {}
    clashes: dict[str, str] = {}
    for plugin, items in owned.items():
        claims = {claim for item in items for claim in claims_of(item)}
        clash = next((c for c in sorted(claims) if c in taken), None)
        if clash is not None:
            clashes[plugin] = f"{clash} is taken by plugin {taken[clash]}; choose another name"
        else:
            taken.update(dict.fromkeys(claims, plugin))
    return clashes


def claims_of(owned: Owned[Any]) -> tuple[str, ...]:
    """Return what only one plugin may have: entity names, action ids, a connector's name at a port."""
    if isinstance(owned.item, Entity):
        return (f"entity {owned.item.name!r}",)
    if isinstance(owned.item, Action):
        return (f"action {owned.id!r}",)
    if isinstance(owned.item, Connector):
        return (f"connector {owned.item.name!r} for port {owned.item.port!r}",)
    return ()


def find_missing(plugins: Mapping[str, PluginInfo]) -> dict[str, str]:
    """Return why each plugin must go that needs one that is not loaded."""
    return {
        name: f"it needs the plugin {need!r}, which is not loaded"
        for name, info in plugins.items()
        for need in info.needs
        if need not in plugins
    }


def find_strangers(owned: Mapping[str, list[Owned[Any]]]) -> dict[str, str]:
    """Return a warning for plugins whose arguments name entity kinds that no loaded plugin declares."""
    known = {o.item.name for items in owned.values() for o in items if isinstance(o.item, Entity)}
    found: dict[str, str] = {}
    for plugin, items in owned.items():
        for one in items:
            refs = one.item.refs if isinstance(one.item, Action) else {}
            if strange := sorted({ref.kind for ref in refs.values()} - known):
                found[plugin] = f"{one.id}: no loaded plugin declares the entity {strange[0]!r}"
    return found


def find_disorder(owned: Mapping[str, Sequence[Owned[Any]]]) -> dict[str, str]:
    """Return why each plugin must go whose guards or watchers cannot be put into an order."""
    found: dict[str, str] = {}
    for kind, called in ((Guard, "guard"), (Watcher, "watcher")):
        kept: list[Owned[Any]] = []
        for plugin, items in owned.items():
            mine = [one for one in items if isinstance(one.item, kind)]
            if why := _stranger(plugin, mine, owned, called) or _closes(kept, mine, called):
                found.setdefault(plugin, why)
            else:
                kept += mine
    return found


def _stranger(plugin: str, mine: Sequence[Owned[Any]], loaded: Iterable[str], called: str) -> str:
    """Return what to mend when a plugin names one of its own that it does not have."""
    own, longer = {one.id for one in mine}, [p for p in loaded if p.startswith(f"{plugin}_")]
    for one in mine:
        for name in (*one.item.before, *one.item.after):
            others = any(name.startswith(f"{p}_") for p in longer)
            if name.startswith(f"{plugin}_") and name not in own and not others:
                return (
                    f"{called} {one.id} names {name!r} in before or after, and {plugin} has no such {called}"
                )
    return ""


def _closes(kept: Sequence[Owned[Any]], mine: Sequence[Owned[Any]], called: str) -> str:
    try:
        ordered([*kept, *mine])
    except CircleError as error:
        return f"its {called}s would have to run in a circle: {error}"
    return ""
