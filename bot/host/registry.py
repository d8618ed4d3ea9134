"""Everything the plugins declared, and the part of it one tenant can see."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Generic, Protocol, TypeVar

from bot.contract.action import Action
from bot.contract.entity import Entity
from bot.contract.guard import Guard, Watcher
from bot.contract.panel import Panel
from bot.contract.people import User
from bot.contract.plugin import PluginInfo
from bot.contract.port import Connector
from bot.errors import NotFound
from bot.host.order import ordered

MAX_VIEWS = 1_024
"""Different sets of enabled plugins kept at once; a set that fell out is built again in microseconds."""


ASKED_FOR = (Action, Connector, Entity, Panel)
"""Declarations that do nothing until a person asks for something: all of a plugin that is on trial."""


class Named(Protocol):
    """Every declaration has a name, unique within its plugin and kind."""

    @property
    def name(self) -> str:
        """The author's own name for it."""


T = TypeVar("T", bound=Named)


@dataclass(frozen=True)
class Owned(Generic[T]):
    """A declaration and the plugin it came from."""

    plugin: str
    item: T

    @property
    def id(self) -> str:
        """The name the rest of the world uses, e.g. `tickets_close`."""
        return f"{self.plugin}_{self.item.name}"


Looking = TypeVar("Looking", Guard, Watcher)


def _covering(found: Iterable[Owned[Looking]], action: Owned[Action]) -> tuple[Owned[Looking], ...]:
    return tuple(o for o in found if o.item.reach.covers(action.id, action.plugin, action.item))


class View:
    """What one set of enabled plugins offers. Never changes, so it is shared and remembered freely."""

    def __init__(self, enabled: frozenset[str], owned: tuple[Owned[Any], ...]) -> None:
        self.enabled = enabled
        self._owned = owned
        self._kinds: dict[type[Any], tuple[Owned[Any], ...]] = {}
        self._actions = {o.id: o for o in self.all(Action)}
        self._entities = {o.item.name: o for o in self.all(Entity)}
        self.guards = ordered(self.all(Guard))
        self.watchers = ordered(self.all(Watcher))
        self._guards = {o.id: _covering(self.guards, o) for o in self._actions.values()}
        self._watchers = {o.id: _covering(self.watchers, o) for o in self._actions.values()}

    def only(self, fits: Callable[[Owned[Action]], bool]) -> View:
        """Return the same with fewer actions."""
        kept = (o for o in self._owned if not isinstance(o.item, Action) or fits(o))
        return View(self.enabled, tuple(kept))

    def guards_of(self, owned: Owned[Action]) -> tuple[Owned[Guard], ...]:
        """Return what looks at the calls of an action before they run, in its order."""
        return self._guards[owned.id]

    def watchers_of(self, owned: Owned[Action]) -> tuple[Owned[Watcher], ...]:
        """Return what is told of the calls of an action that ran, in its order."""
        return self._watchers[owned.id]

    def all(self, kind: type[T]) -> tuple[Owned[T], ...]:
        """Every declaration of one kind, in plugin order."""
        found = self._kinds.get(kind)
        if found is None:
            found = tuple(o for o in self._owned if isinstance(o.item, kind))
            self._kinds[kind] = found
        return found

    def action(self, action_id: str) -> Owned[Action]:
        """Return the action known by this id, or raise NotFound if its plugin is off here."""
        try:
            return self._actions[action_id]
        except KeyError:
            raise NotFound(f"There is no action `{action_id}` in this workspace.") from None

    def actions_for(self, user: User) -> tuple[Owned[Action], ...]:
        """Return the actions this person may use at all, in plugin order."""
        rights = user.rights
        return tuple(o for o in self._actions.values() if o.item.permission in rights)

    @property
    def entity_kinds(self) -> tuple[str, ...]:
        """The kinds of things people can name here."""
        return tuple(self._entities)

    def entity(self, kind: str) -> Owned[Entity]:
        """Return the entity kind, or raise NotFound if no enabled plugin knows it."""
        try:
            return self._entities[kind]
        except KeyError:
            raise NotFound(f"No plugin that is on here knows what a {kind} is.") from None


class Registry:
    """Filled once at start, never changed after. Per tenant, ask for a `view`.

    `broken` says why plugins that are there were set aside.
    """

    def __init__(
        self,
        plugins: Mapping[str, PluginInfo],
        owned: Iterable[Owned[Any]],
        broken: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self.plugins = plugins
        self.broken = broken
        self._owned = tuple(owned)
        self._view = lru_cache(maxsize=MAX_VIEWS)(self._build)
        self._trial_view = lru_cache(maxsize=MAX_VIEWS)(self._build_trial)

    def view(self, enabled: frozenset[str]) -> View:
        """Return what these plugins offer; names of plugins that are not loaded are left out."""
        return self._view(enabled)

    def trial_view(self, enabled: frozenset[str], tried: frozenset[str]) -> View:
        """Return what those see who try some plugins: of these only what is asked for, nothing that acts."""
        return self._trial_view(enabled, tried)

    def _build_trial(self, enabled: frozenset[str], tried: frozenset[str]) -> View:
        on = self.view(enabled).enabled
        tried = tried.intersection(self.plugins) - on
        seen = (
            o for o in self._owned if o.plugin in on or (o.plugin in tried and isinstance(o.item, ASKED_FOR))
        )
        return View(on | tried, tuple(seen))

    def _build(self, enabled: frozenset[str]) -> View:
        known = enabled.intersection(self.plugins)
        if known != enabled:
            return self._view(known)
        return View(enabled, tuple(o for o in self._owned if o.plugin in enabled))
