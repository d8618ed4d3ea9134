"""Leases on jobs: whoever does not hold one moves nothing, whatever else it knows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from sqlalchemy import text

from bot.contract.people import Tenant
from bot.db import jobs, leases
from bot.db.database import Database
from bot.db.leases import Lease
from bot.db.wire import Wire

ALL = "select id, status::text, queue_manager_id, attempts, heartbeat, updated, execute_after, headers from jobs order by id"


async def test_a_process_moves_only_the_jobs_it_holds(
    database: Database, tenant: Tenant, other_tenant: Tenant
) -> None:
    owner, thief, since = uuid4(), uuid4(), datetime(2026, 11, 20, tzinfo=UTC)
    async with database.system() as session:
        for one in (tenant, other_tenant):
            await jobs.enqueue(session, "digest", {"id": 1}, tenant=one.id)
        taken = "update jobs set status = 'picked', updated = :since, queue_manager_id = :by where headers->>'tenant' = :t returning id"
        mine = (
            await session.execute(text(taken), {"since": since, "by": owner, "t": tenant.id})
        ).scalar_one()
        await session.execute(text(taken), {"since": since, "by": thief, "t": other_tenant.id})
    wire = Wire(database.connect_kwargs())
    before = await wire.fetch(ALL)
    for stolen in (
        Lease(id=mine, owner=thief, since=since),
        Lease(id=mine, owner=owner, since=since + timedelta(seconds=1)),
    ):
        assert not await leases.do_renew(wire, stolen)
        async with database.tenant(other_tenant.id) as session:
            assert not await leases.do_hold(session, stolen)
        await leases.do_retry(wire, stolen, delay=timedelta())
        await leases.do_bury(wire, stolen, reason="mine now", attempts=9)
        await leases.do_discard(wire, stolen)
        await leases.do_finish(wire, stolen.owner, {stolen.id: stolen.since})
    await leases.do_beat(wire, thief, [mine])
    assert await wire.fetch(ALL) == before
    held = Lease(id=mine, owner=owner, since=since)
    assert await leases.do_renew(wire, held)
    await leases.do_finish(wire, owner, {mine: since})
    assert [row["queue_manager_id"] for row in await wire.fetch(ALL)] == [thief]
    await wire.close()
