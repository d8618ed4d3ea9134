"""What a handler is given, and how one kind of job is run."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Protocol

from bot.db.session import Session
from bot.errors import BotError

Handler = Callable[[str, dict[str, Any]], Awaitable[None]]
"""The plain form: `async (tenant_id, payload)`; `tenant_id` is "" for jobs that belong to no tenant."""


class Later(BotError):  # noqa: N818 - an answer of the handler's, not a failure
    """Raised by a handler that cannot start yet, e.g. a device is busy: tried again, without counting."""

    def __init__(self, delay: timedelta) -> None:
        super().__init__(f"again in {delay}")
        self.delay = delay


class Lease(Protocol):
    """This process's hold on one job."""

    async def check(self, session: Session | None = None) -> None:
        """Raise LeaseLost unless the job is still ours."""


@dataclass(frozen=True, kw_only=True)
class Job:
    """One run of a job. A run can be repeated (a process died), so handlers look before they act."""

    id: int
    kind: str
    tenant: str
    payload: dict[str, Any]
    attempt: int
    """1 for the first run; a run whose process died counts too."""
    lease: Lease = field(repr=False)

    async def check(self, session: Session | None = None) -> None:
        """Raise LeaseLost unless this run still owns the job: call it right before an effect.

        A process that was paused (SIGSTOP, a suspended machine) wakes up believing it still owns its jobs.
        The check renews the lease in the database. With `session` the job is also locked until that
        transaction ends, so what it writes cannot be written again by somebody who takes over meanwhile.
        """
        await self.lease.check(session)


@dataclass(frozen=True, kw_only=True)
class Kind:
    """How one kind of job is run."""

    run: Callable[[Job], Awaitable[None]]
    pool: str = "background"
    """Kinds of one pool share its slots: "interactive" is what people wait for, "bulk" takes minutes."""
    deadline: timedelta = timedelta(minutes=5)
    attempts: int = 8
    """After so many failed runs the job is held as dead, with the reason, for a person to requeue or drop."""
    keep: bool = True
    """Whether to keep it when it died; a sweep that comes again anyway needs no keeping."""
    delay: timedelta = timedelta(seconds=2)
    """Before the second attempt; it doubles each time, up to `longest_delay`."""
    longest_delay: timedelta = timedelta(minutes=10)


def kinds(handlers: Mapping[str, Handler | Kind]) -> dict[str, Kind]:
    """All handlers as kinds: a plain function runs in the background pool with the usual attempts."""
    return {name: what if isinstance(what, Kind) else plain(what) for name, what in handlers.items()}


def plain(handler: Handler, **how: Any) -> Kind:
    """A kind from a plain handler, e.g. `plain(post_message, pool="interactive")`."""

    async def run(job: Job) -> None:
        await handler(job.tenant, job.payload)

    return Kind(run=run, **how)
