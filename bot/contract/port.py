"""Ports and connectors: a Protocol of frozen records, and the systems that can stand behind it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from pydantic import BaseModel

from bot.contract.people import Tenant
from bot.contract.plugin import NoSettings

PORTS: tuple[str, ...] = ("customers", "billing", "tickets", "email", "network")
"""The ports of the built-in domains; a plugin may add its own by declaring connectors for it."""


@dataclass(frozen=True, kw_only=True)
class Effect:
    """Passed to every write of a port: the idempotency key, and the check right before the effect.

    A connector awaits `check()` immediately before it changes anything outside (raises LeaseLost
    when this process no longer owns the call) and hands `key` to the other side, or records it in
    the same transaction, so that the same key never takes effect twice.
    A call that was refused or never got past `check` leaves its key unused; one whose key took effect
    already returns what the first one did, whatever else it says.
    `by` is the name of the person on whose behalf it happens; `at` is when it was asked.
    """

    key: str
    check: Callable[[], Awaitable[None]]
    by: str
    at: datetime

    def step(self, name: str) -> Effect:
        """Return the effect of one step of an action that makes several changes."""
        return Effect(key=f"{self.key}/{name}", check=self.check, by=self.by, at=self.at)


class Renewed(Protocol):
    """A secret of a connector's settings while it may be renewed: by one process at a time.

    `value` is what is kept now, which another process may have renewed since the settings were read.
    """

    @property
    def value(self) -> str | None:
        """The secret; None where none is set."""
        ...

    async def keep(self, new: str) -> None:
        """Seal a new secret into the place of the old one; at once, whatever happens afterwards."""
        ...


class Unkept:
    """The secret of settings that are kept nowhere: nothing is known of it, nothing new is kept."""

    value: str | None = None

    async def keep(self, new: str) -> None:
        """Forget it."""


@asynccontextmanager
async def unkept(_field: str) -> AsyncIterator[Renewed]:
    """Renew nothing: the settings did not come from the workspace's own."""
    yield Unkept()


@dataclass(frozen=True, kw_only=True)
class ConnectorContext:
    """What a connector is opened with: tenant, its settings, the clock, and SQL on our own tables.

    `sql()` is an async context manager of a SQLAlchemy AsyncSession bound to the tenant, one
    transaction, committed at the end; only the `local` connector needs it. `renew(field)` lets a connector
    put a new secret into the place of one of its own, as providers of access tokens ask for.
    """

    tenant: Tenant
    settings: BaseModel
    now: Callable[[], datetime]
    sql: Callable[[], AbstractAsyncContextManager[Any]]
    renew: Callable[[str], AbstractAsyncContextManager[Renewed]] = unkept


@dataclass(frozen=True, kw_only=True)
class Connector:
    """One system behind one port. `open(context)` returns an object that implements the port.

    The object must also offer `async applied(key: str) -> bool | None`: whether the effect with
    this idempotency key happened; None when the system cannot say. What the system cannot do at all
    raises NotSupported, with where it is done instead, before anything is touched. `source` is how
    evidence names it ("local database", "Splynx"). `bot.conformance` checks one against its port.

    What every port promises: records are the port's own, times aware and in UTC, money in minor units;
    a search returns no more than `limit`, and counts and sums beside it are of all that fits; what lies
    outside the scope is neither returned nor counted; what is not there is None or empty when read and
    NotFound when written to.
    """

    name: str
    port: str
    source: str
    open: Callable[[ConnectorContext], Any]
    settings: type[BaseModel] = NoSettings
