"""The queue: jobs in the caller's own transaction."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import asyncpg
import pytest
from pgqueuer.adapters.persistence.qb import QueryBuilderEnvironment
from pgqueuer.db import AsyncpgDriver
from pgqueuer.queries import Queries
from sqlalchemy import text

from bot.db import jobs
from bot.db.jobs import enqueue, enqueue_many


async def count(database) -> int:
    async with database.system() as session:
        return (await session.execute(text("select count(*) from jobs"))).scalar_one()


async def test_the_tables_are_what_the_installed_engine_expects(urls) -> None:
    connection = await asyncpg.connect(urls.owner.replace("+asyncpg", ""))
    try:
        queries = Queries(AsyncpgDriver(connection), QueryBuilderEnvironment(jobs.settings()))
        plan = await queries.plan_upgrade()
        assert plan.statements == ()
        assert plan.notes == ()
    finally:
        await connection.close()


async def test_a_job_is_there_with_its_transaction(database, tenant) -> None:
    async with database.tenant(tenant.id) as session:
        assert await enqueue(session, "greet", {"id": 1}, tenant=tenant.id)
    assert await count(database) == 1


async def test_a_transaction_that_rolls_back_never_queued(database, tenant) -> None:
    with pytest.raises(ZeroDivisionError):
        async with database.tenant(tenant.id) as session:
            await enqueue(session, "greet", {"id": 1}, tenant=tenant.id)
            raise ZeroDivisionError
    with pytest.raises(ZeroDivisionError):
        async with database.system() as session:
            await enqueue(session, "greet", {}, tenant="")
            raise ZeroDivisionError
    assert await count(database) == 0


async def test_workers_hear_of_a_job_at_commit_and_not_before(database, tenant) -> None:
    heard: list[str] = []
    arrived = asyncio.Event()
    connection = await asyncpg.connect(**database.connect_kwargs())
    await connection.add_listener(jobs.CHANNEL, lambda *said: (heard.append(said[3]), arrived.set()))
    try:
        async with database.tenant(tenant.id) as session:
            await enqueue(session, "greet", {}, tenant=tenant.id)
            await connection.fetchval("select 1")  # a round trip would bring what was sent
            assert not heard
        await asyncio.wait_for(arrived.wait(), 5)
    finally:
        await connection.close()


async def test_the_same_job_is_queued_once_while_it_waits(database, tenant, other_tenant) -> None:
    async with database.tenant(tenant.id) as session:
        assert await enqueue(session, "greet", {}, tenant=tenant.id, dedupe="k")
        assert not await enqueue(session, "greet", {}, tenant=tenant.id, dedupe="k")
        assert await enqueue(session, "part", {}, tenant=tenant.id, dedupe="k")
        assert await enqueue(session, "greet", {}, tenant=tenant.id)
        assert await enqueue_many(session, "greet", [{}, {}], tenant=tenant.id, dedupes=["k", "l"]) == 1
    async with database.tenant(other_tenant.id) as session:
        assert await enqueue(session, "greet", {}, tenant=other_tenant.id, dedupe="k")


async def test_a_tenant_cannot_queue_for_another(database, tenant, other_tenant) -> None:
    for meant in (other_tenant.id, jobs.SYSTEM):
        with pytest.raises(ValueError, match="of that tenant only"):
            async with database.tenant(tenant.id) as session:
                await enqueue(session, "greet", {}, tenant=meant)
    assert await count(database) == 0


async def test_jobs_carry_ids_and_nothing_larger(database, tenant) -> None:
    async with database.tenant(tenant.id) as session:
        with pytest.raises(ValueError, match="jobs carry ids"):
            await enqueue(session, "greet", {"text": "x" * jobs.MOST_BYTES}, tenant=tenant.id)


ORDER = "select entrypoint, headers->>'tenant' as tenant, payload from jobs order by priority desc, id"


async def test_tenants_take_turns_and_each_ones_jobs_keep_their_order(database, tenant, other_tenant) -> None:
    async with database.tenant(tenant.id) as session:
        await enqueue_many(session, "load", [{"n": n} for n in range(5)], tenant=tenant.id)
        await enqueue(session, "load", {"n": 5}, tenant=tenant.id)
    async with database.tenant(other_tenant.id) as session:
        for n in range(2):
            await enqueue(session, "load", {"n": n}, tenant=other_tenant.id)
        await enqueue(session, "load", {"n": "urgent"}, tenant=other_tenant.id, priority=5)
        await enqueue(session, "load", {"n": "later"}, tenant=other_tenant.id, after=timedelta(hours=1))
        await enqueue(session, "load", {"n": 2}, tenant=other_tenant.id)
    async with database.system() as session:
        rows = [(row.tenant, jobs.decoded(row.payload)["n"]) for row in await session.execute(text(ORDER))]
    ours, theirs = tenant.id, other_tenant.id
    assert rows == [
        (theirs, "urgent"),
        (theirs, "later"),
        *((who, n) for n in range(3) for who in (ours, theirs)),
        *((ours, n) for n in range(3, 6)),
    ]


async def test_the_head_of_the_queue_is_where_a_newcomer_begins(database, tenant, other_tenant) -> None:
    async with database.tenant(tenant.id) as session:
        await enqueue_many(session, "load", [{"n": n} for n in range(40)], tenant=tenant.id)
    async with database.system() as session:
        await session.execute(
            text("delete from jobs where id in (select id from jobs order by priority desc, id limit 30)")
        )
    async with database.tenant(other_tenant.id) as session:
        await enqueue(session, "load", {"n": "new"}, tenant=other_tenant.id)
    async with database.tenant(tenant.id) as session:
        await enqueue(session, "load", {"n": 40}, tenant=tenant.id)
    async with database.system() as session:
        order = [jobs.decoded(row.payload)["n"] for row in await session.execute(text(ORDER))]
    assert order == [30, "new", *range(31, 41)]


async def test_a_priority_out_of_range_is_a_mistake(database, tenant) -> None:
    async with database.tenant(tenant.id) as session:
        with pytest.raises(ValueError, match="from -100 to 100"):
            await enqueue(session, "load", {}, tenant=tenant.id, priority=101)


async def test_what_waits_is_told_by_kind(database, tenant) -> None:
    async with database.tenant(tenant.id) as session:
        await enqueue_many(session, "load", [{}] * 3, tenant=tenant.id)
        await enqueue(session, "remind", {}, tenant=tenant.id, after=timedelta(hours=1))
        await session.execute(
            text(
                "update jobs set execute_after = now() - interval '90 s' where id = (select min(id) from jobs)"
            )
        )
        load, remind = await jobs.find_backlog(session)
    assert (load.kind, load.queued, load.running, load.dead) == ("load", 3, 0, 0)
    assert load.oldest == timedelta(seconds=90)
    assert remind.oldest == timedelta()


async def test_dead_jobs_are_found_requeued_and_dropped(database, tenant, other_tenant) -> None:
    async with database.tenant(tenant.id) as session:
        await enqueue(session, "greet", {"id": 7}, tenant=tenant.id, dedupe="seven")
        await session.execute(
            text(
                "update jobs set status = 'failed', attempts = 8, headers = headers || jsonb_build_object('reason', 'KeyError')"
            )
        )
        (dead,) = await jobs.find_dead(session, tenant=tenant.id)
        assert (dead.kind, dead.tenant, dead.payload, dead.attempts, dead.reason) == (
            "greet",
            tenant.id,
            {"id": 7},
            8,
            "KeyError",
        )
        assert await jobs.find_dead(session, tenant=other_tenant.id) == []
        assert not await jobs.do_requeue(session, dead.id, tenant=other_tenant.id)
        assert not await jobs.do_drop(session, dead.id, tenant=other_tenant.id)

        assert await jobs.do_requeue(session, dead.id, tenant=tenant.id)
        assert await jobs.find_dead(session) == []
        assert not await jobs.do_requeue(session, dead.id)
        (load,) = await jobs.find_backlog(session)
        assert load.queued == 1


async def test_a_tenants_transaction_sees_only_its_own_dead_jobs(database, tenant, other_tenant) -> None:
    async with database.tenant(tenant.id) as session:
        await enqueue(session, "greet", {}, tenant=tenant.id)
    async with database.system() as session:
        await session.execute(text("update jobs set status = 'failed'"))
        (dead,) = await jobs.find_dead(session)
    async with database.tenant(other_tenant.id) as session:
        for whose in (None, tenant.id):
            assert await jobs.find_dead(session, tenant=whose) == []
            assert not await jobs.do_requeue(session, dead.id, tenant=whose)
            assert not await jobs.do_drop(session, dead.id, tenant=whose)
    async with database.tenant(tenant.id) as session:
        assert await jobs.do_drop(session, dead.id)


async def test_a_dead_job_is_not_requeued_beside_its_twin(database, tenant) -> None:
    async with database.tenant(tenant.id) as session:
        await enqueue(session, "greet", {"n": 1}, tenant=tenant.id, dedupe="k")
        await session.execute(text("update jobs set status = 'failed'"))
        assert await enqueue(session, "greet", {"n": 2}, tenant=tenant.id, dedupe="k")
        (dead,) = await jobs.find_dead(session)
        assert not await jobs.do_requeue(session, dead.id)
        assert await jobs.do_drop(session, dead.id)
        assert await jobs.find_dead(session) == []
