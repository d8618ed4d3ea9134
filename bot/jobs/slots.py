"""APScheduler as an alarm clock: it only says when; a row in the database says who."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from apscheduler.executors.asyncio import AsyncIOExecutor
from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger

from bot.jobs.wall import WallClock

log = structlog.get_logger(__name__)

Ring = Callable[[datetime], Awaitable[None]]
"""Called at each time, with the time it is."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class WallClockTrigger(BaseTrigger):  # type: ignore[misc]  # APScheduler has no types
    """Rings at the slots of a wall clock; whoever hears it looks for those missed meanwhile."""

    def __init__(self, clock: WallClock) -> None:
        self.clock = clock

    def get_next_fire_time(self, previous: datetime | None, now: datetime) -> datetime | None:
        """Return the next time later than the one before."""
        just_before = now - timedelta(microseconds=1)
        slot = self.clock.next(just_before if previous is None else max(previous, just_before))
        return None if slot is None else slot.due


class BeatTrigger(BaseTrigger):  # type: ignore[misc]  # APScheduler has no types
    """Rings every so often, at the same moments in every process."""

    def __init__(self, every: timedelta) -> None:
        self.every = every

    def get_next_fire_time(self, previous: datetime | None, now: datetime) -> datetime:
        """Return the next beat; those missed meanwhile are nobody's."""
        latest = now if previous is None else max(previous, now)
        return EPOCH + ((latest - EPOCH) // self.every + 1) * self.every


class SlotExecutor(AsyncIOExecutor):  # type: ignore[misc]  # APScheduler has no types
    """Tells the job what time it is: it looks at all slots up to then."""

    def _do_submit_job(self, job: Any, run_times: list[datetime]) -> None:
        async def ring() -> list[object]:
            await job.func(max(run_times[-1].astimezone(UTC), datetime.now(UTC)))
            return []

        def ended(task: asyncio.Task[list[object]]) -> None:
            self._pending_futures.discard(task)
            error = None if task.cancelled() else task.exception()
            if error is not None:
                log.error("alarm_failed", alarm=job.id, exc_info=error)
            self._run_job_success(job.id, [])

        task = self._eventloop.create_task(ring())
        self._pending_futures.add(task)
        task.add_done_callback(ended)


class Alarms:
    """Rings at many times, in this process's memory."""

    def __init__(self) -> None:
        self._clock = AsyncIOScheduler(
            timezone=UTC,
            executors={"default": SlotExecutor()},
            job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 3},
        )

    def start(self) -> None:
        """Start ringing."""
        self._clock.start()

    def stop(self) -> None:
        """Ring no more."""
        if self._clock.running:
            self._clock.shutdown(wait=False)

    def ring_by_wall(self, name: str, clock: WallClock, ring: Ring) -> None:
        """Ring at the slots of a wall clock, from the next one on; replaces the alarm of that name."""
        self._set(name, WallClockTrigger(clock), ring)

    def ring_every(self, name: str, every: timedelta, ring: Ring) -> None:
        """Ring every so often."""
        self._set(name, BeatTrigger(every), ring)

    def remove(self, name: str) -> None:
        """Remove an alarm; it may have rung for the last time already."""
        try:
            self._clock.remove_job(name)
        except JobLookupError:
            return

    def _set(self, name: str, trigger: BaseTrigger, ring: Ring) -> None:
        async def at(when: datetime = EPOCH) -> None:  # add_job checks that it could be called with nothing
            await ring(when)

        self._clock.add_job(at, trigger, id=name, replace_existing=True)
