"""Find plugins, call their hooks once, check what they declare. A broken plugin is set aside."""

from __future__ import annotations

import importlib
import pkgutil
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import entry_points
from types import ModuleType
from typing import Any

import pluggy

from bot import hookspecs
from bot.contract.action import Action
from bot.contract.alert import AlertSource, Detector, DigestSection, Recommender, Series
from bot.contract.entity import Entity
from bot.contract.health import HealthCheck
from bot.contract.kb import KBSource
from bot.contract.panel import Panel
from bot.contract.people import RoleProvider
from bot.contract.plugin import Lifecycle, PluginInfo
from bot.contract.port import Connector
from bot.errors import PluginError
from bot.host.registry import Named, Owned, Registry

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
    "register_lifecycle": Lifecycle,
}


@dataclass(frozen=True)
class Loaded:
    """The registry, and why each plugin that is missing from it was set aside."""

    registry: Registry
    broken: dict[str, str]


def find_plugins(package: ModuleType) -> Iterator[tuple[str, str]]:
    """Yield (name, import path): first the modules in `plugins/`, then installed entry points."""
    for module in pkgutil.iter_modules(package.__path__):
        if not module.name.startswith("_"):
            yield module.name, f"{package.__name__}.{module.name}"
    for point in entry_points(group=hookspecs.ENTRY_POINTS):
        yield point.name, point.value


def load_plugins(found: Iterable[tuple[str, str]]) -> Loaded:
    """Import and check each plugin on its own, so that one bad plugin cannot hide the others."""
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    plugins: dict[str, PluginInfo] = {}
    owned: list[Owned[Any]] = []
    broken: dict[str, str] = {}
    for name, path in found:
        if name in plugins or name in broken:
            broken[path] = f"PluginError: the name {name!r} is taken"
            continue
        try:
            info, items = read_plugin(manager, name, importlib.import_module(path))
        except Exception as error:  # noqa: BLE001 - whatever a plugin throws, the bot starts
            broken[name] = f"{type(error).__name__}: {error}"
            if manager.has_plugin(name):
                manager.unregister(name=name)
        else:
            plugins[name] = info
            owned += items
    return Loaded(Registry(plugins, owned), broken)


def read_plugin(
    manager: pluggy.PluginManager, name: str, module: ModuleType
) -> tuple[PluginInfo, list[Owned[Any]]]:
    """Call every hook of one plugin and check the answers against the contract."""
    manager.register(module, name)
    manager.check_pending()
    infos = answers(manager, "plugin_info", name)
    if len(infos) != 1 or infos[0].name != name:
        raise PluginError(f"plugin_info() must return one PluginInfo named {name!r}")
    info: PluginInfo = infos[0]
    if info.api != hookspecs.API:
        raise PluginError(f"written for api {info.api}, this bot speaks {hookspecs.API}")
    items = [
        Owned(name, check_item(info, hook, kind, item))
        for hook, kind in KINDS.items()
        for answer in answers(manager, hook, name)
        for item in answer
    ]
    count = Counter((type(o.item), o.id) for o in items)
    if twice := sorted(name for (_, name), n in count.items() if n > 1):
        raise PluginError(f"declared twice: {', '.join(twice)}")
    return info, items


def answers(manager: pluggy.PluginManager, hook: str, plugin: str) -> list[Any]:
    """Ask one plugin one hook; asking all at once loses every answer if one raises."""
    impls = getattr(manager.hook, hook).get_hookimpls()
    return [impl.function() for impl in impls if impl.plugin_name == plugin]


def check_item(info: PluginInfo, hook: str, kind: type[Named], item: Any) -> Any:
    """Return one declaration if it is the right kind and asks only for permissions it declared."""
    if not isinstance(item, kind):
        raise PluginError(f"{hook}() returned {item!r}, expected {kind.__name__}")
    permission = getattr(item, "permission", None)
    if permission is None:
        return item
    if permission not in info.permissions:
        raise PluginError(f"{item.name}: {permission!r} is not declared in plugin_info()")
    if not permission.startswith(f"{info.name}:"):
        raise PluginError(f"{item.name}: {permission!r} must start with '{info.name}:'")
    return item
