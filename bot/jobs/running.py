"""One run of one job: its deadline, its lease, and what becomes of it when it fails."""

from __future__ import annotations

import asyncio
import random
import time
import traceback
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import structlog
from structlog.contextvars import bound_contextvars

import bot
from bot.db import leases
from bot.db.session import Session
from bot.db.wire import Wire
from bot.errors import LeaseLost, Unavailable
from bot.jobs import figures
from bot.jobs.job import Job, Kind, Later

log = structlog.get_logger(__name__)

TO_UNWIND = 5.0
"""Seconds a handler gets to stop after it was cancelled."""
TRIES = 3
ROOT = Path(bot.__file__).parent.parent


@dataclass(frozen=True, kw_only=True)
class Hold:
    """This process's hold on one job."""

    wire: Wire
    lease: leases.Lease
    heartbeat: timedelta

    async def check(self, session: Session | None = None) -> None:
        """Raise LeaseLost unless the job is still ours, now and for a while."""
        if session is not None:
            held = await leases.do_hold(session, self.lease)
        else:
            held = await self._renewed()
        if not held:
            raise LeaseLost(f"job {self.lease.id} belongs to another process")

    async def _renewed(self) -> bool:
        for _ in range(TRIES):
            asked = time.monotonic()
            if not await leases.do_renew(self.wire, self.lease):
                return False
            if time.monotonic() - asked < self.heartbeat.total_seconds() / 2:
                return True  # an answer that took longer may be about a lease that ran out meanwhile
        return False


@dataclass(kw_only=True)
class Runner:
    """Runs the jobs of one kind."""

    name: str
    kind: Kind
    heartbeat: timedelta
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _closing: bool = False

    async def run(self, hold: Hold, job: Job, due: datetime) -> bool:
        """Run a job; True if it is finished. Every other ending is written here."""
        with bound_contextvars(job=job.id, kind=job.kind, tenant=job.tenant):
            figures.WAITED.labels(job.kind).observe(max((datetime.now(UTC) - due).total_seconds(), 0))
            began = time.monotonic()
            failed: BaseException | None = None
            if job.attempt > self.kind.attempts:
                failed = ProcessLookupError("the process running it died each time")
            else:
                failed = await self._outcome(job)
            figures.TOOK.labels(job.kind).observe(time.monotonic() - began)
            if failed is None:
                figures.ENDED.labels(job.kind, "finished").inc()
                return True
            try:
                figures.ENDED.labels(job.kind, await self._settle(hold, job, failed)).inc()
            except Unavailable:
                log.warning("job_left", why="the database does not answer")  # taken over when its lease ends
            return False

    def close(self) -> None:
        """Cancel what runs; it goes back to the queue."""
        self._closing = True
        for task in self._tasks:
            task.cancel()

    async def _outcome(self, job: Job) -> BaseException | None:
        """Run the handler to its end or its deadline; the error if there was one."""
        task = asyncio.ensure_future(self.kind.run(job))
        self._tasks.add(task)
        try:
            await asyncio.wait({task}, timeout=self.kind.deadline.total_seconds())
            if not task.done():
                task.cancel()
                await asyncio.wait({task}, timeout=TO_UNWIND)
                if not task.done() or task.cancelled():
                    return TimeoutError(f"not finished within {self.kind.deadline}")
        finally:
            task.cancel()
            self._tasks.discard(task)
            task.add_done_callback(lambda ended: ended.cancelled() or ended.exception())
        return asyncio.CancelledError() if task.cancelled() else task.exception()

    async def _settle(self, hold: Hold, job: Job, failed: BaseException) -> str:
        """Write what becomes of a job that did not finish, and say it in one word."""
        wire, lease = hold.wire, hold.lease
        if isinstance(failed, LeaseLost):
            log.warning("job_lost", attempt=job.attempt)
            return "lost"
        if isinstance(failed, Later):
            await leases.do_retry(wire, lease, delay=max(failed.delay, AT_LEAST), counts=False)
            return "later"
        if isinstance(failed, asyncio.CancelledError) and self._closing:
            await leases.do_retry(wire, lease, delay=timedelta(), counts=False)
            return "released"
        reason = said(failed)
        if job.attempt < self.kind.attempts:
            delay = self._delay(job.attempt)
            log.warning("job_failed", attempt=job.attempt, reason=reason, again_in=delay, exc_info=failed)
            await leases.do_retry(wire, lease, delay=delay)
            return "retried"
        log.error("job_dead", attempt=job.attempt, reason=reason, exc_info=failed)
        if self.kind.keep:
            await leases.do_bury(wire, lease, reason=reason, attempts=job.attempt)
        else:
            await leases.do_discard(wire, lease)
        return "dead"

    def _delay(self, attempt: int) -> timedelta:
        """Doubled with each attempt, and spread so that what failed together does not come back together."""
        doubled = self.kind.delay * (1 << min(attempt - 1, 30))
        spread = random.uniform(0.8, 1.2)  # noqa: S311 - no secret
        return max(min(doubled, self.kind.longest_delay) * spread, AT_LEAST)


AT_LEAST = timedelta(seconds=0.5)
"""The dispatcher must have let go of a job before it may take it again."""


def said(failed: BaseException) -> str:
    """Say why without the error's own words: they may hold a customer's data, and the queue has no tenant."""
    frames = [f for f in traceback.extract_tb(failed.__traceback__) if f.filename.startswith(str(ROOT))]
    place = f" at {Path(frames[-1].filename).relative_to(ROOT)}:{frames[-1].lineno}" if frames else ""
    incident = uuid4().hex[:6]
    if isinstance(failed, TimeoutError | ProcessLookupError) and not frames:
        return f"{failed} (incident {incident})"
    return f"{type(failed).__name__}{place} (incident {incident})"
