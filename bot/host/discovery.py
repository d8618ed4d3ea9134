"""Where plugins are: folders of `plugins/`, connectors below it, and installed distributions."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator
from importlib import import_module
from importlib.metadata import entry_points
from types import ModuleType
from typing import NamedTuple

from bot import hookspecs

CONNECTORS = "connectors"


class Found(NamedTuple):
    """A plugin that is there, not yet imported. `origin` says where to look for it."""

    name: str
    path: str
    origin: str = ""

    @property
    def ours(self) -> bool:
        """Whether it came with the bot."""
        return self.path.startswith("plugins.")


def find_plugins(package: ModuleType, *, installed: bool = True) -> Iterator[Found]:
    """Yield the modules in `plugins/`, those in `plugins/connectors/`, then installed entry points."""
    names = list(_modules(package))
    for name in names:
        if name != CONNECTORS:
            yield _in_tree(package.__name__, name)
    if CONNECTORS in names:
        connectors = import_module(f"{package.__name__}.{CONNECTORS}")
        for name in _modules(connectors):
            yield _in_tree(connectors.__name__, name)
    if installed:
        for point in sorted(entry_points(group=hookspecs.ENTRY_POINTS), key=lambda p: p.name):
            origin = f"{point.dist.name} {point.dist.version}" if point.dist else "entry point"
            yield Found(name=point.name, path=point.value, origin=origin)


def _modules(package: ModuleType) -> Iterator[str]:
    for module in pkgutil.iter_modules(package.__path__):
        if not module.name.startswith("_"):
            yield module.name


def _in_tree(package: str, name: str) -> Found:
    path = f"{package}.{name}"
    return Found(name=name, path=path, origin=path.replace(".", "/"))
