"""The round behind the jobs: what nobody works on, for every tenant, and none waits for another's trouble."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from datetime import timedelta
from functools import partial

import structlog

from bot.db import inbox, outbox
from bot.db.database import Database
from bot.trouble import incident

log = structlog.get_logger(__name__)

Chore = Callable[[str], Awaitable[object]]
"""Takes the tenant's id."""
Drain = Callable[[str, str], Awaitable[None]]
"""Takes tenant and lane."""
LANES_AT_ONCE, TENANTS_AT_ONCE = 8, 8
MOST, MOST_TURNS = 100, 20
"""Lanes asked for at a time, and how often in one round while there are more: a process that is killed leaves
many, and no jobs."""


class Sweep:
    """Does every tenant's chores by turns; one that fails is told of, and the others go on."""

    def __init__(
        self,
        find_tenants: Callable[[], Awaitable[Collection[str]]],
        chores: Mapping[str, Chore] | None = None,
    ) -> None:
        self._find_tenants, self._chores = find_tenants, dict(chores or {})
        self._busy: dict[str, asyncio.Task[None]] = {}
        self._room = asyncio.Semaphore(TENANTS_AT_ONCE)

    def add(self, chores: Mapping[str, Chore]) -> None:
        """Do these too, in this order."""
        self._chores |= chores

    async def once(self) -> None:
        """Do all chores of all tenants."""
        await asyncio.gather(*(self._of_tenant(each) for each in await self._find_tenants()))

    async def round(self, longest: timedelta) -> None:
        """Do so, and wait no longer: a tenant whose chores go on is left out of the next round."""
        for tenant_id in await self._find_tenants():
            if tenant_id not in self._busy:
                task = asyncio.create_task(self._of_tenant(tenant_id))
                self._busy[tenant_id] = task
                task.add_done_callback(partial(self._done, tenant_id))
        if self._busy:
            await asyncio.wait(list(self._busy.values()), timeout=longest.total_seconds())

    async def stop(self) -> None:
        """Leave what goes on; whoever works on it gives it back."""
        tasks = list(self._busy.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _done(self, tenant_id: str, _task: asyncio.Task[None]) -> None:
        self._busy.pop(tenant_id, None)

    async def _of_tenant(self, tenant_id: str) -> None:
        async with self._room:
            for name, chore in self._chores.items():
                try:
                    await chore(tenant_id)
                except Exception as error:  # noqa: BLE001 - the next round may do better
                    incident("slack.sweep_failed", error, chore=name, tenant=tenant_id)


class Lanes:
    """Drains the lanes that wait, some at a time."""

    def __init__(self, database: Database, heard: Drain, unsent: Drain) -> None:
        self._database, self._heard, self._unsent = database, heard, unsent

    async def drain(self, tenant_id: str) -> None:
        """Work on what arrived, then on what is to be sent."""
        for _ in range(MOST_TURNS):
            async with self._database.tenant(tenant_id) as session:
                heard = await inbox.find_due_lanes(session, MOST)
                unsent = await outbox.find_due_lanes(session, MOST)
            await self._all(self._heard, tenant_id, heard)
            await self._all(self._unsent, tenant_id, unsent)
            if max(len(heard), len(unsent)) < MOST:
                return

    async def _all(self, drain: Drain, tenant_id: str, lanes: Sequence[str]) -> None:
        room = asyncio.Semaphore(LANES_AT_ONCE)

        async def one(lane: str) -> None:
            async with room:
                await drain(tenant_id, lane)

        for done in await asyncio.gather(*(one(lane) for lane in lanes), return_exceptions=True):
            if isinstance(done, Exception):
                log.warning("slack.lane_failed", error=type(done).__name__)
