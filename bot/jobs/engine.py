"""The place that names pgqueuer: its dispatcher over our connection, changing only what is still ours."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Self
from uuid import UUID

from pgqueuer.adapters.persistence.qb import QueryBuilderEnvironment, QueryQueueBuilder, QuerySchedulerBuilder
from pgqueuer.core.executors import EntrypointExecutor, EntrypointExecutorParameters
from pgqueuer.core.qm import QueueManager
from pgqueuer.core.tm import TaskManager
from pgqueuer.db import Driver
from pgqueuer.domain.models import Job as Row
from pgqueuer.domain.models import TracebackRecord
from pgqueuer.domain.types import JOB_STATUS, Channel, JobId, QueueEntrypoint, QueueManagerId
from pgqueuer.ports.driver import NotifyCallback
from pgqueuer.ports.repository import EntrypointExecutionParameter
from pgqueuer.queries import Queries

from bot.db.jobs import settings
from bot.db.leases import do_beat, do_finish
from bot.db.wire import Wire
from bot.errors import Unavailable

__all__ = ["Leased", "Line", "Pool", "Row", "Run"]

IDLE = timedelta(seconds=5)
"""How long an idle pool sleeps when nobody tells it of a job."""
AFTER_OUTAGE = 1.0

Run = Callable[["Leased", Row], Awaitable[bool]]
"""Runs one job; True if it is finished and can leave the queue."""


class Line(Driver):
    """Our connection in the engine's terms; in an outage it finds nothing, and the engine asks again."""

    def __init__(self, wire: Wire) -> None:
        self.wire = wire
        self._shutdown = asyncio.Event()
        self._tasks = TaskManager()
        self._ears: list[tuple[str, NotifyCallback]] = []

    async def fetch(self, query: str, *args: object) -> list[dict[str, object]]:
        """Return the rows; none during an outage."""
        try:
            return await self.wire.fetch(query, *args)
        except Unavailable:
            await asyncio.sleep(AFTER_OUTAGE)
            return []

    async def execute(self, query: str, *args: object) -> str:
        """Run one statement."""
        return await self.wire.execute(query, *args)

    async def notify(self, channel: str, payload: str) -> None:
        """Send a notification."""
        await self.wire.execute("select pg_notify($1, $2)", channel, payload)

    async def add_listener(self, channel: str, callback: NotifyCallback) -> None:
        """Call back with each notification, after an outage too."""
        self._ears.append((channel, callback))
        await self.wire.listen(channel, callback)

    @property
    def shutdown(self) -> asyncio.Event:
        """Set when no new work is wanted."""
        return self._shutdown

    @property
    def tm(self) -> TaskManager:
        """Tasks of the driver: there are none."""
        return self._tasks

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        for channel, callback in self._ears:
            await self.wire.unlisten(channel, callback)


@dataclass
class Leased(Queries):
    """The engine's queries, except that a job is beaten and finished only as far as it is still ours.

    Stock pgqueuer deletes and requeues by id alone: a paused process that wakes up would take the job away
    from the one that took over.
    """

    owner: UUID | None = None
    finished: dict[int, datetime] = field(default_factory=dict)
    """Jobs that ended well and since when they were ours; they leave the queue with the next flush."""

    async def dequeue(
        self,
        batch_size: int,
        entrypoints: dict[QueueEntrypoint, EntrypointExecutionParameter],
        queue_manager_id: QueueManagerId,
        global_concurrency_limit: int | None,
        heartbeat_timeout: timedelta,
    ) -> list[Row]:
        """Take jobs; after a pause of this process, not those that it had already finished."""
        self.owner = queue_manager_id
        rows = await super().dequeue(
            batch_size, entrypoints, queue_manager_id, global_concurrency_limit, heartbeat_timeout
        )
        return [row for row in rows if self.finished.get(row.id) != row.updated]

    async def log_jobs(self, job_status: list[tuple[Row, JOB_STATUS, TracebackRecord | None]]) -> None:
        """Take finished jobs out; every other ending was written when it happened."""
        done: dict[int, datetime] = {
            row.id: self.finished[row.id] for row, _, _ in job_status if row.id in self.finished
        }
        if done and self.owner is not None:
            await do_finish(self.wire, self.owner, done)
        for id_, since in done.items():
            if self.finished.get(id_) == since:
                del self.finished[id_]

    async def update_heartbeat(self, job_ids: list[JobId]) -> None:
        """Say that these jobs are still being worked on."""
        if self.owner is not None:
            await do_beat(self.wire, self.owner, job_ids)

    @property
    def wire(self) -> Wire:
        """The connection underneath."""
        driver = self.driver
        assert isinstance(driver, Line)  # noqa: S101 - the only driver `pool` hands in
        return driver.wire


class Pool:
    """Runs jobs of some kinds, so many at a time."""

    def __init__(self, wire: Wire, *, size: int, heartbeat: timedelta) -> None:
        at = settings()
        self._queries = Leased(
            Line(wire), QueryBuilderEnvironment(at), QueryQueueBuilder(at), QuerySchedulerBuilder(at)
        )
        self._size, self._heartbeat = max(2, size), heartbeat
        self._engine = QueueManager(self._queries, Channel(at.channel))

    def add(self, kind: str, run: Run) -> None:
        """Run jobs of this kind with `run`."""

        async def execute(row: Row) -> None:
            if await run(self._queries, row):
                self._queries.finished[row.id] = row.updated

        self._engine.register_executor(
            kind, EntrypointExecutor(EntrypointExecutorParameters(concurrency_limit=0, func=execute))
        )

    async def work(self) -> None:
        """Work until told to stop, and then until the last job has ended."""
        await self._engine.run(
            dequeue_timeout=IDLE,
            batch_size=self._size // 2,
            max_concurrent_tasks=self._size,
            heartbeat_timeout=self._heartbeat,
            log_aggregation_interval=timedelta(0),
        )

    def stop(self) -> None:
        """Take no more jobs."""
        self._engine.shutdown.set()
