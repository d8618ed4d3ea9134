"""Import plugins, call their hooks once, keep what they declare. A broken plugin is set aside."""

from __future__ import annotations

import importlib
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import pluggy
import structlog

from bot import hookspecs
from bot.contract.action import Action
from bot.contract.alert import AlertSource, Detector, DigestSection, Recommender, Series
from bot.contract.entity import Entity
from bot.contract.guard import Guard, Watcher
from bot.contract.health import HealthCheck
from bot.contract.job import Job
from bot.contract.kb import KBSource
from bot.contract.link import PublicLink
from bot.contract.panel import Panel
from bot.contract.people import RoleProvider
from bot.contract.plugin import Lifecycle, PluginInfo
from bot.contract.port import Connector
from bot.contract.roster import Roster
from bot.errors import PluginError
from bot.host.checks import check_info, check_item, check_module, identity_of
from bot.host.discovery import Found, find_plugins
from bot.host.neighbours import find_clashes, find_disorder, find_missing, find_strangers
from bot.host.registry import Named, Owned, Registry
from bot.host.wordings import worded

__all__ = ["KINDS", "RESERVED", "Found", "Loaded", "find_plugins", "load_plugins"]

KINDS: dict[str, type[Named]] = {
    "register_actions": Action,
    "register_entities": Entity,
    "register_connectors": Connector,
    "register_series": Series,
    "register_detectors": Detector,
    "register_recommenders": Recommender,
    "register_digest_sections": DigestSection,
    "register_alert_sources": AlertSource,
    "register_kb_sources": KBSource,
    "register_role_providers": RoleProvider,
    "register_panels": Panel,
    "register_health_checks": HealthCheck,
    "register_jobs": Job,
    "register_public_links": PublicLink,
    "register_guards": Guard,
    "register_watchers": Watcher,
    "register_rosters": Roster,
    "register_lifecycle": Lifecycle,
}
SLOW = 0.5
"""Seconds an import may take before the log says which plugin makes every start slow."""
RESERVED = frozenset({"admin", "help", "connectors", "platform", "backhaul"})
"""Names that mean something to the host itself; `admin` is the one that may touch the core."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Loaded:
    """The registry, why each plugin missing from it was set aside, and what looks wrong in the others."""

    registry: Registry
    broken: dict[str, str]
    warnings: dict[str, str] = field(default_factory=dict)
    off: frozenset[str] = frozenset()
    origins: dict[str, str] = field(default_factory=dict)


@dataclass
class Batch:
    """What has been read so far."""

    plugins: dict[str, PluginInfo] = field(default_factory=dict)
    owned: dict[str, list[Owned[Any]]] = field(default_factory=dict)
    broken: dict[str, str] = field(default_factory=dict)
    origins: dict[str, str] = field(default_factory=dict)

    def set_aside(self, name: str, why: str) -> None:
        """Take a plugin out, with the reason its author needs."""
        self.plugins.pop(name, None)
        self.owned.pop(name, None)
        self.broken[name] = why
        log.warning("plugin_set_aside", plugin=name, why=why)

    def all_owned(self) -> list[Owned[Any]]:
        """Every declaration, in plugin order."""
        return [item for items in self.owned.values() for item in items]


def load_plugins(found: Iterable[tuple[str, ...]], off: Iterable[str] = ()) -> Loaded:
    """Import and check each plugin on its own, so that one bad plugin cannot hide the others.

    `found` are (name, import path) pairs, or `Found`; `off` names plugins the operator does not want.
    """
    unwanted = frozenset(off)
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    batch = Batch()
    for one in (Found(*pair) for pair in found):
        if one.name in unwanted:
            continue
        if one.name in batch.plugins or one.name in batch.broken:
            taken = f"PluginError: the name {one.name!r} is taken by {batch.origins[one.name]}"
            batch.set_aside(one.path, taken)
            continue
        batch.origins[one.name] = one.origin or one.path
        read_into(manager, batch, one)
    set_aside_misfits(batch)
    registry = Registry(batch.plugins, batch.all_owned(), batch.broken)
    warnings = find_strangers(batch.owned)
    return Loaded(registry, batch.broken, warnings, unwanted, batch.origins)


def read_into(manager: pluggy.PluginManager, batch: Batch, one: Found) -> None:
    """Read one plugin; whatever goes wrong, say why and go on."""
    try:
        check_name(one)
        info, items = read_plugin(manager, one.name, import_plugin(one))
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever a plugin throws, the bot starts
        if manager.has_plugin(one.name):
            manager.unregister(name=one.name)
        batch.set_aside(one.name, f"{type(error).__name__}: {error}")
    else:
        batch.plugins[one.name] = info
        batch.owned[one.name] = items


def check_name(one: Found) -> None:
    """Raise when a name belongs to the bot and somebody else uses it."""
    if one.name in RESERVED and not one.ours:
        raise PluginError(f"the name {one.name!r} belongs to the bot; choose another")


def import_plugin(one: Found) -> ModuleType:
    """Import a plugin's module; say so when that takes long."""
    started = time.perf_counter()
    module = importlib.import_module(one.path)
    took = time.perf_counter() - started
    if took > SLOW:
        log.warning("plugin_import_slow", plugin=one.name, seconds=round(took, 2))
    return module


def set_aside_misfits(batch: Batch) -> None:
    """Set aside plugins that clash with an earlier one, spoil an order, or need one that is not there."""
    for find in (find_clashes, find_disorder):
        for name, why in find(batch.owned).items():
            batch.set_aside(name, f"PluginError: {why}")
    while missing := find_missing(batch.plugins):
        for name, why in missing.items():
            batch.set_aside(name, f"PluginError: {why}")


def read_plugin(
    manager: pluggy.PluginManager, name: str, module: ModuleType
) -> tuple[PluginInfo, list[Owned[Any]]]:
    """Call every hook of one plugin and check the answers against the contract."""
    check_module(module, hookspecs)
    manager.register(module, name)
    manager.check_pending()
    infos = answers(manager, "plugin_info", name)
    if not infos:
        raise PluginError("there is no plugin_info(); write one with @hookimpl above it")
    info = check_info(name, infos[0], hookspecs.API)
    declared = [
        check_item(info, hook, kind, item)
        for hook, kind in KINDS.items()
        for answer in answers(manager, hook, name)
        for item in sequence(hook, kind, answer)
    ]
    items = [Owned(name, item) for item in worded(module, declared)]
    count = Counter((type(o.item).__name__, identity_of(o)) for o in items)
    if twice := sorted(f"{kind} {name}" for (kind, name), n in count.items() if n > 1):
        raise PluginError(f"declared twice: {', '.join(twice)}")
    return info, items


def sequence(hook: str, kind: type[Named], answer: Any) -> list[Any]:
    """Return what a hook answered as a list."""
    if isinstance(answer, list | tuple):
        return list(answer)
    raise PluginError(
        f"{hook}() returned {type(answer).__name__}; return a list of {kind.__name__}, e.g. `return [one]`"
    )


def answers(manager: pluggy.PluginManager, hook: str, plugin: str) -> list[Any]:
    """Ask one plugin one hook; asking all at once loses every answer if one raises."""
    impls = getattr(manager.hook, hook).get_hookimpls()
    return [impl.function() for impl in impls if impl.plugin_name == plugin]
