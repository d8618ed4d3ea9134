"""The queue of jobs: putting them in, and looking after those that wait or died.

A job is put in by the caller's own transaction: if that rolls back there was never a job, and workers hear of
it (NOTIFY) at commit. Jobs carry ids, never customer data: the queue belongs to no tenant.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

if TYPE_CHECKING:
    from pgqueuer.domain.settings import DBSettings

SYSTEM = ""
"""The tenant of jobs that belong to no tenant."""
CHANNEL = "backhaul_jobs"
NUDGE = f"""pg_notify('{CHANNEL}', json_build_object('channel', '{CHANNEL}', 'operation', 'update',
    'sent_at', now(), 'table', 'jobs', 'type', 'table_changed_event')::text)"""
"""Makes idle workers look again; the queue's own trigger tells of new and finished jobs only."""
VISIBLE = """(cast(:tenant as text) is null or headers->>'tenant' = :tenant)
    and headers->>'tenant'
        = coalesce(nullif(current_setting('app.tenant_id', true), ''), headers->>'tenant')"""
"""Row-level security would slow the dispatcher down, so these say it: a tenant's transaction sees its own."""
MOST_BYTES = 2_000
"""Ids fit; a message or a record does not, and shall not."""
MOST_PRIORITY = 100
TURNS = 10_000_000
"""Turns within one step of priority: the engine's column is 32 bits wide."""


@dataclass(frozen=True, kw_only=True)
class DeadJob:
    """A job given up after its last attempt; it stays until somebody requeues or drops it."""

    id: int
    kind: str
    tenant: str
    payload: dict[str, Any]
    attempts: int
    reason: str
    queued_at: datetime
    died_at: datetime


@dataclass(frozen=True, kw_only=True)
class Backlog:
    """What waits, runs and lies dead of one kind."""

    kind: str
    queued: int
    running: int
    dead: int
    oldest: timedelta
    """How long the oldest job that may run already waits."""


async def enqueue(
    session: AsyncSession,
    kind: str,
    payload: Mapping[str, Any],
    *,
    tenant: str,
    after: timedelta | None = None,
    dedupe: str | None = None,
    priority: int = 0,
) -> bool:
    """Queue one job in the caller's transaction; False if one with this `dedupe` key waits or runs already.

    `dedupe` means "this very job", not "something changed": a job that is running already may have read
    the state from before your change. Higher `priority` (-100 to 100) runs first; within one, tenants take
    turns and a tenant's own jobs run in the order in which they came.
    """
    queued = await enqueue_many(
        session, kind, [payload], tenant=tenant, after=after, dedupes=[dedupe], priority=priority
    )
    return queued == 1


async def enqueue_many(
    session: AsyncSession,
    kind: str,
    payloads: Sequence[Mapping[str, Any]],
    *,
    tenant: str,
    after: timedelta | None = None,
    dedupes: Sequence[str | None] | None = None,
    priority: int = 0,
) -> int:
    """Queue several jobs of one kind in the caller's transaction; how many were new."""
    if not payloads:
        return 0
    keys = dedupes if dedupes is not None else [None] * len(payloads)
    bodies: list[bytes | None] = [_encoded(kind, payload) for payload in payloads]
    turn = await _get_turn(session, kind, tenant, priority)
    ids = await (await _queries(session)).enqueue(
        [kind] * len(bodies),
        bodies,
        [_standing(priority, None if after else turn + place) for place in range(len(bodies))],
        [after] * len(bodies),
        [None if key is None else f"{tenant}:{kind}:{key}" for key in keys],
        [{"tenant": tenant}] * len(bodies),
        on_conflict="skip",
    )
    return sum(1 for id_ in ids if id_ is not None)


async def find_dead(session: AsyncSession, *, tenant: str | None = None, limit: int = 100) -> list[DeadJob]:
    """Jobs given up, newest first; of one tenant, or of all (None)."""
    rows = await session.execute(
        text(f"""
            select id, entrypoint, coalesce(headers->>'tenant', '') as tenant, payload, attempts,
                   coalesce(headers->>'reason', '') as reason, created, updated
            from jobs
            where status = 'failed' and {VISIBLE}
            order by updated desc, id desc limit :most
        """),  # noqa: S608 - a constant
        {"tenant": tenant, "most": limit},
    )
    return [
        DeadJob(
            id=row.id,
            kind=row.entrypoint,
            tenant=row.tenant,
            payload=decoded(row.payload),
            attempts=row.attempts,
            reason=row.reason,
            queued_at=row.created,
            died_at=row.updated,
        )
        for row in rows
    ]


async def do_requeue(session: AsyncSession, job_id: int, *, tenant: str | None = None) -> bool:
    """Give a dead job all its attempts again; False if it isn't there or its twin waits already."""
    done = await session.execute(
        text(f"""
            update jobs as dead
            set status = 'queued', attempts = 0, execute_after = now(), updated = now(),
                queue_manager_id = null, headers = headers - 'reason'
            where id = :id and status = 'failed' and {VISIBLE}
              and not exists (select from jobs as twin
                              where twin.dedupe_key = dead.dedupe_key and twin.status in ('queued', 'picked'))
            returning {NUDGE}
        """),  # noqa: S608 - constants
        {"id": job_id, "tenant": tenant},
    )
    return done.first() is not None


async def do_drop(session: AsyncSession, job_id: int, *, tenant: str | None = None) -> bool:
    """Throw a dead job away; False if it isn't there."""
    done = await session.execute(
        text(f"""
            delete from jobs where id = :id and status = 'failed' and {VISIBLE} returning id
        """),  # noqa: S608 - constants
        {"id": job_id, "tenant": tenant},
    )
    return done.first() is not None


async def find_backlog(session: AsyncSession) -> list[Backlog]:
    """What waits, runs and lies dead, by kind: for `check`, /readyz and metrics."""
    rows = await session.execute(
        text("""
            select entrypoint,
                   count(*) filter (where status = 'queued') as queued,
                   count(*) filter (where status = 'picked') as running,
                   count(*) filter (where status = 'failed') as dead,
                   coalesce(now() - min(execute_after) filter (where status = 'queued'),
                            interval '0') as oldest
            from jobs group by entrypoint order by entrypoint
        """)
    )
    return [
        Backlog(
            kind=row.entrypoint,
            queued=row.queued,
            running=row.running,
            dead=row.dead,
            oldest=max(row.oldest, timedelta()),
        )
        for row in rows
    ]


async def do_forget_history(session: AsyncSession, *, older: timedelta) -> None:
    """Throw away the log of jobs that ended long ago."""
    await session.execute(
        text("delete from job_log where created < now() - cast(:older as interval)"),
        {"older": older},
    )


@cache
def settings() -> DBSettings:
    """Where the queue's tables live; every name is given, so that no environment variable moves one."""
    from pgqueuer.domain.settings import DBSettings, Durability  # noqa: PLC0415 - 0.2 s of imports

    return DBSettings(
        prefix="",
        db_schema="public",
        channel=CHANNEL,
        function="jobs_changed",
        statistics_table="job_statistics",
        queue_status_type="job_status",
        queue_table="jobs",
        queue_table_log="job_log",
        trigger="jobs_changed",
        schedules_table="job_timers",
        durability=Durability.balanced,
    )


def decoded(payload: bytes | None) -> dict[str, Any]:
    """The payload of a job as the handler gets it."""
    body: dict[str, Any] = json.loads(payload or b"{}")
    return body


def _encoded(kind: str, payload: Mapping[str, Any]) -> bytes:
    body = json.dumps(dict(payload), separators=(",", ":")).encode()
    if len(body) > MOST_BYTES:
        raise ValueError(
            f"A {kind} job carries {len(body)} bytes; jobs carry ids: store the rest in a table."
        )
    return body


async def _get_turn(session: AsyncSession, kind: str, tenant: str, priority: int) -> int:
    """Return the tenant's next turn: behind its own jobs, level with the head of the queue if it has none.

    That is start-time fair queueing (Goyal, Vin and Cheng 1996) with one job as the unit of service. Also
    refuses a job for somebody else.
    """
    row = (
        await session.execute(
            text("""
                select coalesce(nullif(current_setting('app.tenant_id', true), ''), :tenant) as bound,
                       (select :top - priority from jobs
                        where status = 'queued' and entrypoint = :kind
                              and priority between :bottom and :top - 1
                        order by priority desc limit 1) as head,
                       (select :top - priority from jobs
                        where status = 'queued' and headers->>'tenant' = :tenant and entrypoint = :kind
                              and priority between :bottom and :top - 1
                        order by priority limit 1) as own
            """),
            {"tenant": tenant, "kind": kind, "top": _top(priority), "bottom": _top(priority) - TURNS + 1},
        )
    ).one()
    if row.bound != tenant:
        raise ValueError(f"A transaction of tenant {row.bound} queues jobs of that tenant only.")
    return max(row.head or 1, (row.own or 0) + 1)


def _top(priority: int) -> int:
    if abs(priority) > MOST_PRIORITY:
        raise ValueError(f"Priorities go from -{MOST_PRIORITY} to {MOST_PRIORITY}.")
    return priority * TURNS


def _standing(priority: int, turn: int | None) -> int:
    """Return what the engine sorts by; a job for later (no turn) is first of its priority in its time."""
    return _top(priority) - (0 if turn is None else min(turn, TURNS - 1))


async def _queries(session: AsyncSession) -> Any:
    """The queue's own queries over the connection of this transaction."""
    from pgqueuer.adapters.persistence.qb import (  # noqa: PLC0415 - 0.2 s of imports
        QueryBuilderEnvironment,
        QueryQueueBuilder,
        QuerySchedulerBuilder,
    )
    from pgqueuer.db import AsyncpgDriver  # noqa: PLC0415 - as above
    from pgqueuer.queries import Queries  # noqa: PLC0415 - as above

    raw: Any = (await (await session.connection()).get_raw_connection()).driver_connection
    if not raw.is_in_transaction():  # the driver would commit the job at once
        raise RuntimeError("A job is queued inside a transaction or not at all.")
    at = settings()
    return Queries(
        AsyncpgDriver(raw), QueryBuilderEnvironment(at), QueryQueueBuilder(at), QuerySchedulerBuilder(at)
    )
