"""What plugins must get right between each other: names that clash, plugins that are missing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.contract.action import Action
from bot.contract.entity import Entity
from bot.contract.plugin import PluginInfo
from bot.contract.port import Connector
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
