"""What the gate's parts share: the tenant's view, its surroundings, the database, leases and deadlines."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from bot.contract.action import Via
from bot.contract.context import Context
from bot.contract.people import Tenant, User
from bot.contract.place import SOMEWHERE, Place
from bot.contract.plugin import PluginInfo
from bot.contract.port import Effect
from bot.contract.reply import Reply
from bot.contract.scope import Scope
from bot.core.bulkhead import Bulkheads
from bot.core.here import Rules
from bot.db.database import Database
from bot.host.registry import View

LEASE = timedelta(seconds=30)
"""How long a process owns a call it runs without saying so again; it says so three times in that."""
EXPIRES = timedelta(hours=24)
"""How long a call waits for a yes."""
FIND = timedelta(seconds=10)
"""How long looking an entity up may take."""
APPLIED = timedelta(seconds=10)
"""How long a system may take to say whether an effect happened."""


class Sealing(Protocol):
    """What keeps secrets at rest."""

    def seal(self, plain: str, *, row: str) -> str:
        """Encrypt for one row."""

    def open(self, sealed: str, *, row: str) -> str:
        """Decrypt what was sealed for this row."""


class Around(Protocol):
    """What the gate needs of the tenant's surroundings."""

    @property
    def tenant(self) -> Tenant:
        """The tenant."""

    @property
    def cipher(self) -> Sealing:
        """What keeps secrets at rest."""

    @property
    def now(self) -> Callable[[], datetime]:
        """The clock: aware, UTC."""

    async def user(self, user_id: str, *, fresh: bool = ...) -> User:
        """Return a person with their rights; `fresh` reads them now."""

    async def port(self, name: str, plugin: str = ...) -> Any:
        """Return the opened connector behind a port."""

    async def rules(self) -> Rules:
        """Return what the tenant lets be done in which place."""

    async def context(
        self,
        plugin: str,
        user: User,
        *,
        scope: Scope = ...,
        effect: Effect | None = ...,
        gate: Callable[[str, dict[str, Any]], Awaitable[Reply]] = ...,
        place: Place = ...,
    ) -> Context[Any]:
        """Return the first argument of a plugin function."""


class Enqueue(Protocol):
    """Puts a job into the queue within the caller's transaction."""

    async def __call__(
        self,
        session: Any,
        kind: str,
        payload: dict[str, Any],
        *,
        tenant: str,
        after: timedelta | None = ...,
        dedupe: str | None = ...,
    ) -> object:
        """Queue one job."""


class MessageKey(str):
    """A key that stands for what was said or done before: read anew, its arguments may differ a little.

    "In two hours" is later the second time, and so is what a plugin works out while it is run again.
    """

    __slots__ = ()


@dataclass(frozen=True, kw_only=True)
class Asked:
    """How a call came in, and where. `confirmed`: by asking, the asker has said yes to it too.

    `given` stands for the arguments a key came with; empty where they may differ the second time.
    """

    via: Via = Via.PERSON
    key: str | None = None
    given: str = ""
    thread: str = ""
    place: Place = SOMEWHERE
    undo_of: str | None = None
    confirmed: bool = False


@dataclass(frozen=True, kw_only=True)
class Setup:
    """One per gate. `notices` says whether somebody works `call_notice` jobs (the chat surfaces do).

    `tried` are the plugins on trial, of those who try some; the audit says so of everything they ask.
    """

    database: Database
    view: View
    around: Around
    plugins: Mapping[str, PluginInfo] = field(default_factory=dict)
    enqueue: Enqueue | None = None
    notices: bool = False
    lease: timedelta = LEASE
    expires: timedelta = EXPIRES
    bulkheads: Bulkheads = field(default_factory=Bulkheads)
    tried: frozenset[str] = frozenset()

    @property
    def tenant(self) -> Tenant:
        """The tenant whose gate this is."""
        return self.around.tenant

    async def notify(self, session: Any, call_id: str, event: str, *, after: timedelta | None = None) -> None:
        """Queue a word to the people concerned: reminders, and ends that the asker did not watch."""
        if self.enqueue is not None and self.notices:
            await self.enqueue(
                session,
                "call_notice",
                {"call": call_id, "event": event},
                tenant=self.tenant.id,
                after=after,
            )  # fmt: skip - as it reads
