"""What a plugin function gets as its first argument."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Generic, Protocol, TypeVar, cast

from pydantic import BaseModel

from bot.contract.handed import NO_FILES, HandedFiles
from bot.contract.link import NoSeals, Seals, no_link
from bot.contract.nudge import NOBODY_TOLD, Nudge, Nudging
from bot.contract.people import Tenant, User
from bot.contract.place import SOMEWHERE, Place
from bot.contract.port import Effect
from bot.contract.reply import Evidence, Reply
from bot.contract.scope import Scope
from bot.errors import Unavailable

QueueJob = Callable[[str, Mapping[str, Any], timedelta | None], Awaitable[None]]
S = TypeVar("S", bound=BaseModel)
P = TypeVar("P")


async def no_queue(job: str, _payload: Mapping[str, Any], _after: timedelta | None) -> None:
    """Refuse: nothing works in the background here."""
    raise Unavailable(f"Nothing works in the background here, so `{job}` cannot be queued.")


class Store(Protocol):
    """JSON values kept for one plugin in one tenant. Each method is one atomic SQL statement."""

    async def get(self, key: str) -> Any:
        """Return the value, or None."""

    async def set(self, key: str, value: Any) -> None:
        """Keep the value."""

    async def pop(self, key: str) -> Any:
        """Remove and return the value, or None if someone was faster."""

    async def swap(self, key: str, old: Any, new: Any) -> bool:
        """Keep `new` if `old` is still there (None: nothing is); False if someone was faster."""

    async def items(self) -> dict[str, Any]:
        """Return everything kept, by key."""

    async def next(self, counter: str) -> int:
        """Return 1, 2, 3, ... and no number twice."""


@dataclass(frozen=True, kw_only=True)
class Context(Generic[S]):
    """One call: who, where, when, with which settings, how far their right reaches.

    `scope` is the reach of the permission the action asks for: hand it to every search.
    `place` is where the person speaks. `now` is aware, UTC. Reads use `port`; writes pass `effect` to it too.
    `files` reads what they handed in, for an argument of the type `GivenFiles`.
    """

    tenant: Tenant
    user: User
    settings: S
    store: Store
    now: datetime
    scope: Scope
    effect: Effect
    open_port: Callable[[str], Any]
    source_of: Callable[[str], str]
    gate: Callable[[str, dict[str, Any]], Awaitable[Reply]]
    enabled: Callable[[str], bool]
    seals: Seals = field(default_factory=NoSeals)
    address_link: Callable[[str, str], str] = no_link
    place: Place = SOMEWHERE
    queue_job: QueueJob = no_queue
    nudges: Nudging = NOBODY_TOLD
    files: HandedFiles = NO_FILES

    def port(self, protocol: type[P]) -> P:
        """Return the tenant's connector for a port Protocol (its `port_name` names it).

        Raises Unavailable when the tenant has no connector for it.
        """
        return cast("P", self.open_port(protocol.port_name))  # type: ignore[attr-defined]  # by convention of ports

    def evidence(self, protocol: type[Any], at: datetime | None = None, link: str = "") -> Evidence:
        """Return the evidence line of a port's answer, e.g. `billing, local database`."""
        name = protocol.port_name
        return Evidence(source=f"{name}, {self.source_of(name)}", at=at or self.now, link=link)

    async def run(self, action_id: str, **args: Any) -> Reply:
        """Run another action as this user: permission, approval and audit apply."""
        return await self.gate(action_id, args)

    async def enqueue(
        self, job: str, payload: Mapping[str, Any] | None = None, *, after: timedelta | None = None
    ) -> None:
        """Have a job of this plugin run soon, or later, in the background; the payload carries ids only.

        It is a nudge: what has to be done stands in the database before, so that none is lost with it. One
        that waits or runs already is not doubled; a job that must miss nothing also runs `every` so often.
        """
        await self.queue_job(job, payload or {}, after)

    async def nudge(self, nudge: Nudge) -> int:
        """Say something to people by itself, once per key; return how many had not been told it yet.

        It is kept before this returns, and reaches them where they are met first; whoever left is not told.
        """
        return await self.nudges.put(nudge)

    def link(self, name: str, about: str) -> str:
        """Return the address of one of this plugin's public links, for the outsider `about` concerns.

        Empty while the service does not know its public address: then say it without a link.
        """
        return self.address_link(name, about)

    @property
    def today(self) -> date:
        """The day on the tenant's calendar: near midnight another one than in UTC."""
        return self.local(self.now).date()

    def local(self, at: datetime) -> datetime:
        """Return an instant in the tenant's time zone."""
        return at.astimezone(self.tenant.zone)
