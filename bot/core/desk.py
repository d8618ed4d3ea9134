"""Where questions of one tenant are answered: what it offers, the gate, its world, its understanding."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from bot.contract.action import Via
from bot.contract.entity import Match
from bot.contract.panel import Panel
from bot.contract.people import Tenant, User
from bot.contract.place import Place
from bot.contract.plugin import PluginInfo
from bot.contract.reply import Reply, Waiting
from bot.core.here import Here
from bot.host.registry import Owned, View
from bot.understand.understander import Understander


class Door(Protocol):
    """What the answer needs of the gate."""

    async def here(self, user: User, place: Place) -> Here:
        """Return what this person may ask and do in a place."""

    async def turn_away(self, here: Here) -> None:
        """Raise NotAllowed, and write it down, where somebody may do nothing at all."""

    async def call(
        self,
        user: User,
        action_id: str,
        args: Mapping[str, Any],
        *,
        via: Via = ...,
        key: str | None = ...,
        thread: str = ...,
        place: Place = ...,
    ) -> Reply:
        """Run one action, or park it until somebody says yes."""

    async def decide(
        self,
        user: User,
        call_id: str,
        *,
        yes: bool,
        reason: str = ...,
        version: str = ...,
        thread: str = ...,
        place: Place = ...,
    ) -> Reply:
        """Say yes or no to a parked call; `thread` is where it is said."""

    async def undo(self, user: User, call_id: str, *, place: Place = ..., key: str | None = None) -> Reply:
        """Take a call back while its undo window is open."""

    async def find_undone(self, user: User, key: str) -> Reply | None:
        """Return how what this person took back with this key stands; None when they did not yet."""

    async def find_known(self, user: User, start: str) -> str:
        """Return the id of a call that begins so and waits, if this person may know of it; else nothing."""

    async def look(self, user: User, panel: Owned[Panel], *, place: Place = ...) -> Reply | None:
        """Return what a block of the Home tab tells this person."""

    async def waiting(self, user: User, *, place: Place = ...) -> Sequence[Waiting]:
        """Return what this person could decide, or asked for."""

    async def find(
        self, user: User, kind: str, text: str, limit: int = ..., *, place: Place = ...
    ) -> Sequence[Match]:
        """Return the things of one kind these words may mean, best first, within the person's reach."""


class World(Protocol):
    """What the answer needs of the tenant's surroundings."""

    @property
    def tenant(self) -> Tenant:
        """The tenant."""

    def now(self) -> datetime:
        """Return the present instant, aware."""


class Rows(Protocol):
    """What the answer needs of the database: one transaction bound to a tenant."""

    def tenant(self, tenant_id: str) -> AbstractAsyncContextManager[Any]:
        """Open a transaction that sees this tenant's rows only."""


class Usual(Protocol):
    """What the answer needs of what people ask: see `Habits`."""

    async def used(self, database: Rows, tenant: Tenant, user: User, now: datetime) -> Sequence[str]:
        """Return the ids of the actions this person's roles use most."""


@dataclass(frozen=True, kw_only=True)
class Desk:
    """One per tenant and set of plugins; `Gate`, `Surroundings` and `Database` fit its fields."""

    view: View
    gate: Door
    around: World
    database: Rows
    understander: Understander
    plugins: Mapping[str, PluginInfo] = field(default_factory=dict)
    habits: Usual | None = None
