"""What each tenant runs by the wall clock, and which process took which slot."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

CHANNEL = "backhaul_schedules"
"""Notified with the tenant's id when one of its schedules changes."""


class Missed(StrEnum):
    """What becomes of slots that passed while no scheduler was running."""

    NEWEST = "newest"
    ALL = "all"
    SKIP = "skip"


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """One thing that happens by the clock on a tenant's wall: each slot queues one job."""

    name: str
    kind: str
    cron: str
    timezone: str
    payload: Mapping[str, Any] = field(default_factory=dict)
    missed: Missed = Missed.NEWEST
    enabled: bool = True
    since: datetime | None = None
    """Slots up to this moment are done or nobody's."""


@dataclass(frozen=True, kw_only=True)
class Run:
    """A slot that was taken."""

    schedule: str
    slot: str
    due: datetime
    claimed_at: datetime


async def find_schedules(session: AsyncSession) -> list[Schedule]:
    """All schedules of the tenant, each with the moment its slots are done up to."""
    rows = await session.execute(text(f"{SELECT} order by name"))
    return [_schedule(row) for row in rows]


async def get_schedule(session: AsyncSession, name: str) -> Schedule | None:
    """One schedule by its name."""
    row = (await session.execute(text(f"{SELECT} where name = :name"), {"name": name})).first()
    return None if row is None else _schedule(row)


async def do_save_schedule(session: AsyncSession, schedule: Schedule) -> None:
    """Write a schedule, new or changed; slots before a change of its times are forgotten. Checks nothing."""
    await session.execute(
        text("""
            insert into schedules as s (name, kind, cron, timezone, payload, missed, enabled, since)
            values (:name, :kind, :cron, :timezone, cast(:payload as jsonb), :missed, :enabled,
                    coalesce(:since, now()))
            on conflict (tenant_id, name) do update
            set kind = excluded.kind, cron = excluded.cron, timezone = excluded.timezone,
                payload = excluded.payload, missed = excluded.missed, enabled = excluded.enabled,
                since = case when (s.cron, s.timezone, s.enabled)
                                  is distinct from (excluded.cron, excluded.timezone, excluded.enabled)
                             then excluded.since else s.since end
        """),
        {
            "name": schedule.name,
            "kind": schedule.kind,
            "cron": schedule.cron,
            "timezone": schedule.timezone,
            "payload": json.dumps(dict(schedule.payload)),
            "missed": schedule.missed.value,
            "enabled": schedule.enabled,
            "since": schedule.since,
        },
    )
    await _tell(session)


async def do_delete_schedule(session: AsyncSession, name: str) -> bool:
    """Remove a schedule and its history; False if there is none of that name."""
    done = await session.execute(
        text("delete from schedules where name = :name returning name"), {"name": name}
    )
    await _tell(session)
    return done.first() is not None


async def do_claim_slot(session: AsyncSession, name: str, slot: str, due: datetime) -> bool:
    """Take a slot; False when another process took it, or the schedule is gone or switched off."""
    done = await session.execute(
        text("""
            insert into schedule_runs (schedule, slot, due)
            select name, :slot, :due from schedules where name = :name and enabled
            on conflict do nothing returning slot
        """),
        {"name": name, "slot": slot, "due": due},
    )
    return done.first() is not None


async def do_claim_beat(session: AsyncSession, name: str, slot: int) -> bool:
    """Take a beat that all processes share; False when it, or a later one, was taken."""
    done = await session.execute(
        text("""
            insert into beats as b (name, slot) values (:name, :slot)
            on conflict (name) do update set slot = excluded.slot where b.slot < excluded.slot
            returning slot
        """),
        {"name": name, "slot": slot},
    )
    return done.first() is not None


async def do_hurry(session: AsyncSession) -> None:
    """Let the server end this transaction if its process stands still: others wait for the slots it took."""
    await session.execute(text("select set_config('idle_in_transaction_session_timeout', '5s', true)"))


async def find_runs(session: AsyncSession, name: str, *, limit: int = 20) -> list[Run]:
    """The slots taken of a schedule, newest first."""
    rows = await session.execute(
        text("""
            select schedule, slot, due, claimed_at from schedule_runs
            where schedule = :name order by due desc, slot desc limit :most
        """),
        {"name": name, "most": limit},
    )
    return [Run(schedule=r.schedule, slot=r.slot, due=r.due, claimed_at=r.claimed_at) for r in rows]


async def do_forget_runs(session: AsyncSession, *, older: timedelta) -> None:
    """Throw away old slots; a schedule's newest one stays, it says where to go on."""
    await session.execute(
        text("""
            delete from schedule_runs as old
            where due < now() - cast(:older as interval)
              and due < (select max(due) from schedule_runs as new where new.schedule = old.schedule)
        """),
        {"older": older},
    )


SELECT = """
    select name, kind, cron, timezone, payload, missed, enabled,
           greatest(since, (select max(due) from schedule_runs as r
                            where r.tenant_id = schedules.tenant_id and r.schedule = schedules.name)) as since
    from schedules
"""


def _schedule(row: Row[Any]) -> Schedule:
    return Schedule(
        name=row.name,
        kind=row.kind,
        cron=row.cron,
        timezone=row.timezone,
        payload=row.payload,
        missed=Missed(row.missed),
        enabled=row.enabled,
        since=row.since,
    )


async def _tell(session: AsyncSession) -> None:
    await session.execute(
        text("select pg_notify(:channel, current_setting('app.tenant_id'))"), {"channel": CHANNEL}
    )
