"""Who runs which job: statements that change a job only for the process that still owns it.

A lease is (job, owner, since): `since` is the moment it was taken, which the queue keeps in `updated`. A
process that was paused and lost its jobs to another matches nothing here, whatever it still believes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db.jobs import NUDGE
from bot.db.wire import Wire


@dataclass(frozen=True, kw_only=True)
class Lease:
    """One process's hold on one job."""

    id: int
    owner: UUID
    since: datetime


MINE = "id = $1 and queue_manager_id = $2 and updated = $3 and status = 'picked'"


async def do_renew(wire: Wire, lease: Lease) -> bool:
    """Put off the moment others may take the job over; False when it is not ours any more."""
    rows = await wire.fetch(
        f"update jobs set heartbeat = now() where {MINE} returning id",  # noqa: S608 - a constant
        lease.id,
        lease.owner,
        lease.since,
    )
    return bool(rows)


async def do_hold(session: AsyncSession, lease: Lease) -> bool:
    """Keep others from taking the job over until this transaction ends; False when it is not ours any more.

    `key share` lets the heartbeat through and makes the taker (`for update skip locked`) pass by.
    """
    found = await session.execute(
        text("""
            select id from jobs
            where id = :id and queue_manager_id = cast(:owner as uuid) and updated = :since
              and status = 'picked'
            for key share
        """),
        {"id": lease.id, "owner": lease.owner, "since": lease.since},
    )
    return found.first() is not None


async def do_beat(wire: Wire, owner: UUID, ids: Sequence[int]) -> None:
    """Say that these jobs are still being worked on, as far as they are still ours."""
    await wire.execute(
        "update jobs set heartbeat = now() "
        "where id = any($1::bigint[]) and queue_manager_id = $2 and status = 'picked'",
        list(ids),
        owner,
    )


async def do_finish(wire: Wire, owner: UUID, done: Mapping[int, datetime]) -> None:
    """Take finished jobs out of the queue: id and since when it was ours."""
    await wire.execute(
        """
        with gone as (
            delete from jobs using unnest($1::bigint[], $2::timestamptz[]) as done (id, since)
            where jobs.id = done.id and jobs.updated = done.since
              and jobs.queue_manager_id = $3 and jobs.status = 'picked'
            returning jobs.id, jobs.entrypoint, jobs.priority
        )
        insert into job_log (job_id, status, entrypoint, priority)
        select id, 'successful', entrypoint, priority from gone
        """,
        list(done.keys()),
        list(done.values()),
        owner,
    )


async def do_retry(wire: Wire, lease: Lease, *, delay: timedelta, counts: bool = True) -> None:
    """Give the job back to the queue, to be tried again after a while."""
    await wire.execute(
        f"""
        with back as (
            update jobs set status = 'queued', queue_manager_id = null, slot = null, updated = now(),
                            execute_after = now() + $4::interval, attempts = attempts + $5::int
            where {MINE} returning id, entrypoint, priority
        ), noted as (
            insert into job_log (job_id, status, entrypoint, priority)
            select id, 'queued', entrypoint, priority from back
        )
        select {NUDGE} from back
        """,  # noqa: S608 - constants
        lease.id,
        lease.owner,
        lease.since,
        delay,
        int(counts),
    )


async def do_bury(wire: Wire, lease: Lease, *, reason: str, attempts: int) -> None:
    """Give the job up and keep it, with the reason, for a person to look at."""
    await wire.execute(
        f"""
        with dead as (
            update jobs set status = 'failed', queue_manager_id = null, slot = null, updated = now(),
                            attempts = $5, headers = headers || jsonb_build_object('reason', $4::text)
            where {MINE} returning id, entrypoint, priority
        )
        insert into job_log (job_id, status, entrypoint, priority)
        select id, 'failed', entrypoint, priority from dead
        """,  # noqa: S608 - constants
        lease.id,
        lease.owner,
        lease.since,
        reason,
        attempts,
    )


async def do_discard(wire: Wire, lease: Lease) -> None:
    """Give the job up without keeping it."""
    await wire.execute(
        f"""
        with gone as (delete from jobs where {MINE} returning id, entrypoint, priority)
        insert into job_log (job_id, status, entrypoint, priority)
        select id, 'exception', entrypoint, priority from gone
        """,  # noqa: S608 - constants
        lease.id,
        lease.owner,
        lease.since,
    )
