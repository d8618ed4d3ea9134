"""Takes jobs from the queue and runs them, pool by pool, until told to stop."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import timedelta

import structlog

from bot.db.database import Database
from bot.db.jobs import decoded
from bot.db.leases import Lease
from bot.db.wire import Wire
from bot.errors import Unavailable
from bot.jobs.engine import Leased, Pool, Row, Run
from bot.jobs.job import Handler, Job, Kind, kinds
from bot.jobs.running import Hold, Runner
from bot.trouble import warn

log = structlog.get_logger(__name__)

POOLS: Mapping[str, int] = {"interactive": 16, "background": 8, "bulk": 4}
"""How many jobs of each pool one process runs at a time; slow kinds cannot take a quick pool's slots."""
AFTER_FAILURE = 1.0
TO_LET_GO = 10.0


class Worker:
    """Runs the jobs of the kinds it has handlers for. Any number of processes may run one each."""

    def __init__(
        self,
        database: Database,
        handlers: Mapping[str, Handler | Kind],
        *,
        pools: Mapping[str, int] = POOLS,
        heartbeat: timedelta = timedelta(seconds=30),
        grace: timedelta = timedelta(seconds=20),
    ) -> None:
        """Only kinds whose pool is in `pools` are run; a job silent for `heartbeat` is taken over by another.

        At `stop` running jobs get `grace` to finish; what is left goes back to the queue.
        """
        self._wire = Wire(database.connect_kwargs())
        self._heartbeat, self._grace = heartbeat, grace
        self._sizes = dict(pools)
        self._runners = [
            Runner(name=name, kind=kind, heartbeat=heartbeat)
            for name, kind in kinds(handlers).items()
            if kind.pool in pools
        ]
        self._pools: dict[str, Pool] = {}
        self._stopping = asyncio.Event()

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds this worker runs."""
        return tuple(sorted(runner.name for runner in self._runners))

    async def run(self) -> None:
        """Work until `stop`; returns when every job has finished or is back in the queue."""
        wanted = sorted({runner.kind.pool for runner in self._runners})
        tasks = {asyncio.create_task(self._keep(name), name=f"jobs-{name}") for name in wanted}
        try:
            await self._stopping.wait()
            for pool in self._pools.values():
                pool.stop()
            if tasks:
                await self._drain(tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self._wire.close()

    def stop(self) -> None:
        """Take no more jobs; `run` returns soon."""
        self._stopping.set()

    async def _drain(self, tasks: set[asyncio.Task[None]]) -> None:
        _, left = await asyncio.wait(tasks, timeout=self._grace.total_seconds())
        if left:
            for runner in self._runners:
                runner.close()
            await asyncio.wait(left, timeout=TO_LET_GO)

    async def _keep(self, name: str) -> None:
        """Keep one pool working, whatever happens to the database."""
        while not self._stopping.is_set():
            try:
                await self._wire.fetch("select 1")
                pool = self._pools[name] = self._pool(name)
                await pool.work()
            except Unavailable:
                log.warning("pool_waits", pool=name)
            except Exception as error:  # noqa: BLE001 - made anew; its jobs are taken over when leases end
                warn("pool_failed", error, pool=name)
            if not self._stopping.is_set():
                await asyncio.sleep(AFTER_FAILURE)

    def _pool(self, name: str) -> Pool:
        pool = Pool(self._wire, size=self._sizes[name], heartbeat=self._heartbeat)
        for runner in self._runners:
            if runner.kind.pool == name:
                pool.add(runner.name, self._run(runner))
        return pool

    def _run(self, runner: Runner) -> Run:
        async def run(queries: Leased, row: Row) -> bool:
            assert queries.owner is not None  # noqa: S101 - set before the row was taken
            hold = Hold(
                wire=self._wire,
                lease=Lease(id=row.id, owner=queries.owner, since=row.updated),
                heartbeat=self._heartbeat,
            )
            job = Job(
                id=row.id,
                kind=runner.name,
                tenant=str((row.headers or {}).get("tenant", "")),
                payload=decoded(row.payload),
                attempt=row.attempts + 1,
                lease=hold,
            )
            return await runner.run(hold, job, row.execute_after)

        return run
