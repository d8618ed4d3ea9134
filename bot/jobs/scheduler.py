"""Queues a job at every slot of every tenant's schedules, once, however many processes watch the clock.

Each process keeps all schedules in memory and rings at their times; a unique row per slot decides which
process queues the job, in the same transaction. What passed while nobody watched is caught up from the newest
slot that was taken, or from when the schedule was made, as its `missed` says.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice, takewhile
from typing import Any

import structlog

from bot.db.database import Database
from bot.db.jobs import SYSTEM, enqueue
from bot.db.schedules import (
    CHANNEL,
    Missed,
    Schedule,
    do_claim_beat,
    do_claim_slot,
    do_hurry,
    find_schedules,
)
from bot.db.tenants import find_tenants
from bot.db.wire import Wire
from bot.errors import BotError
from bot.jobs import figures
from bot.jobs.slots import Alarms
from bot.jobs.wall import Slot, wall_clock
from bot.trouble import warn

log = structlog.get_logger(__name__)

GRACE = timedelta(seconds=60)
"""A slot so much late counts as on time."""
REFRESH = timedelta(seconds=60)
AT_ONCE = 500
"""Slots caught up in one transaction; the next look goes on from there."""
TOGETHER = 4
"""Transactions at a time, when thousands of schedules ring at eight o'clock."""


@dataclass(frozen=True, kw_only=True)
class Every:
    """Something all tenants' processes together do every so often: a sweep, a recovery."""

    name: str
    every: timedelta
    kind: str
    payload: Mapping[str, Any] = field(default_factory=dict)
    each_tenant: bool = False
    """One job for each tenant, or one that belongs to none."""


class Scheduler:
    """Watches the clock for all tenants. Any number of processes may run one each."""

    def __init__(
        self, database: Database, every: Sequence[Every] = (), *, refresh: timedelta = REFRESH
    ) -> None:
        """`every` are the program's own beats; schedules are read again at each change and each `refresh`."""
        self._database, self._every, self._refresh = database, tuple(every), refresh
        self._wire = Wire(database.connect_kwargs())
        self._alarms = Alarms()
        self._known: dict[tuple[str, str], Schedule] = {}
        self._changed: set[str] = set()
        self._wake = asyncio.Event()
        self._stopping = False
        self._turns = asyncio.Semaphore(TOGETHER)
        self.seen_at: datetime | None = None
        """When it last looked at all tenants' schedules: /readyz asks."""

    async def run(self) -> None:
        """Watch until `stop`."""
        self._alarms.start()
        try:
            for one in self._every:
                self._alarms.ring_every(f"every {one.name}", one.every, partial(self._beat, one))
            loop = asyncio.get_running_loop()
            next_look, listening = loop.time(), False
            while not self._stopping:
                try:
                    if not listening:
                        await self._wire.listen(CHANNEL, self._heard)
                        listening = True
                    if loop.time() >= next_look:
                        await self._look()
                        next_look = loop.time() + self._refresh.total_seconds()
                    while self._changed:
                        await self._read(self._changed.pop())
                except Exception as error:  # noqa: BLE001 - watching goes on, and looks again soon
                    warn("schedules_unread", error)
                    next_look = loop.time() + min(self._refresh.total_seconds(), 2.0)
                await self._sleep(next_look - loop.time())
        finally:
            self._alarms.stop()
            await self._wire.close()

    def stop(self) -> None:
        """Ring no more; `run` returns."""
        self._stopping = True
        self._wake.set()

    async def _sleep(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._wake.wait(), max(seconds, 0.01))
        except TimeoutError:
            return
        self._wake.clear()

    def _heard(self, tenant: str) -> None:
        self._changed.add(tenant)
        self._wake.set()

    async def _look(self) -> None:
        """Read every tenant's schedules: new ones, changed ones, and what nobody took."""
        await self._wire.execute("select 1")  # comes back after an outage, and listens again
        async with self._database.system() as session:
            tenants = [tenant.id for tenant in await find_tenants(session)]
        for tenant in tenants:
            await self._read(tenant)
        for gone in {tenant for tenant, _ in self._known} - set(tenants):
            self._forget(gone, keep=set())
        figures.SCHEDULES.set(len(self._known))
        self.seen_at = datetime.now(UTC)

    async def _read(self, tenant: str) -> None:
        async with self._database.tenant(tenant) as session:
            schedules = [one for one in await find_schedules(session) if one.enabled]
        self._forget(tenant, keep={one.name for one in schedules})
        for one in schedules:
            try:
                self._watch(tenant, one)
            except (ValueError, KeyError) as error:  # it was checked when it was saved, by another version
                log.warning("schedule_unreadable", tenant=tenant, schedule=one.name, exc_info=error)
                continue
            await self._settle(tenant, one.name, datetime.now(UTC))

    def _watch(self, tenant: str, schedule: Schedule) -> None:
        """Ring at its times, and remember up to when its slots are done."""
        known = self._known.get((tenant, schedule.name))
        clock = wall_clock(schedule.cron, schedule.timezone)
        if known is None or (known.cron, known.timezone) != (schedule.cron, schedule.timezone):
            self._alarms.ring_by_wall(
                f"{tenant} {schedule.name}", clock, partial(self._settle, tenant, schedule.name)
            )
        self._known[tenant, schedule.name] = schedule

    def _forget(self, tenant: str, *, keep: set[str]) -> None:
        for owner, name in [key for key in self._known if key[0] == tenant and key[1] not in keep]:
            del self._known[owner, name]
            self._alarms.remove(f"{owner} {name}")

    async def _settle(self, tenant: str, name: str, until: datetime) -> None:
        """Take every slot that came since the last one done, unless others were faster."""
        schedule = self._known.get((tenant, name))
        if schedule is None:
            return
        slots = wanted(schedule, until)
        if not slots:
            return
        async with self._turns:
            try:
                await self._take(tenant, schedule, slots)
            except Exception as error:  # noqa: BLE001 - the next look takes it; the other schedules go on
                warn("slot_left", error, tenant=tenant, schedule=name)
                return
        if self._known.get((tenant, name)) is schedule:
            self._known[tenant, name] = replace(schedule, since=slots[-1].due)

    async def _take(self, tenant: str, schedule: Schedule, slots: Sequence[Slot]) -> None:
        async with self._database.tenant(tenant) as session:
            await do_hurry(session)
            for slot in slots:
                if await do_claim_slot(session, schedule.name, slot.wall, slot.due):
                    figures.LATE.labels(schedule.kind).observe((datetime.now(UTC) - slot.due).total_seconds())
                    body = {**schedule.payload, "schedule": schedule.name, "slot": slot.wall}
                    await enqueue(session, schedule.kind, body, tenant=tenant)

    async def _beat(self, one: Every, when: datetime) -> None:
        """Queue the beat's jobs unless another process did; one that still waits or runs is not doubled."""
        slot = int(when.timestamp() // one.every.total_seconds())
        try:
            async with self._database.system() as session:
                await do_hurry(session)
                if not await do_claim_beat(session, one.name, slot):
                    return
                whose = [t.id for t in await find_tenants(session)] if one.each_tenant else [SYSTEM]
                for tenant in whose:
                    await enqueue(session, one.kind, one.payload, tenant=tenant, dedupe=f"every {one.name}")
        except BotError as error:  # the next one comes anyway
            log.warning("beat_left", beat=one.name, exc_info=error)


def wanted(schedule: Schedule, until: datetime) -> list[Slot]:
    """The slots to take now: those on time, and of the missed ones what the schedule asks for."""
    clock = wall_clock(schedule.cron, schedule.timezone)
    since = schedule.since or until
    if schedule.missed is Missed.ALL:
        found = clock.between(since, until)
        first = list(islice(found, AT_ONCE))
        return first + list(takewhile(lambda slot: slot.due == first[-1].due, found))
    on_time = list(clock.between(max(since, until - GRACE), until))
    if on_time or schedule.missed is Missed.SKIP:
        return on_time
    return clock.newest(since, until) if since < until else []
