"""The engine over our connection: it changes only what is still ours."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from pgqueuer.adapters.persistence.qb import QueryBuilderEnvironment, QueryQueueBuilder, QuerySchedulerBuilder
from pgqueuer.ports.repository import EntrypointExecutionParameter
from sqlalchemy import text

from bot.db.jobs import enqueue, settings
from bot.db.wire import Wire
from bot.jobs.engine import Leased, Line
from tests.bot.jobs.waiting import left


@pytest.fixture
async def wire(database):
    opened = Wire(database.connect_kwargs())
    yield opened
    await opened.close()


def leased(wire) -> Leased:
    at = settings()
    return Leased(Line(wire), QueryBuilderEnvironment(at), QueryQueueBuilder(at), QuerySchedulerBuilder(at))


async def take(queries: Leased, owner):
    return await queries.dequeue(
        5, {"act": EntrypointExecutionParameter(concurrency_limit=0)}, owner, None, timedelta(seconds=30)
    )


async def fall_silent(database) -> None:
    async with database.system() as session:
        await session.execute(text("update jobs set heartbeat = now() - interval '1 hour'"))


async def put(database, tenant) -> None:
    async with database.tenant(tenant.id) as session:
        await enqueue(session, "act", {}, tenant=tenant.id)


async def test_a_finished_job_is_not_run_again_before_it_left_the_queue(database, tenant, wire) -> None:
    queries, owner = leased(wire), uuid4()
    await put(database, tenant)
    (row,) = await take(queries, owner)
    queries.finished[row.id] = row.updated
    await fall_silent(database)
    assert await take(queries, owner) == []
    await queries.log_jobs([(row, "successful", None)])
    assert await left(database) == 0
    assert queries.finished == {}


async def test_only_the_owner_beats_and_finishes(database, tenant, wire) -> None:
    mine, others, me, other = leased(wire), leased(wire), uuid4(), uuid4()
    await put(database, tenant)
    (row,) = await take(mine, me)
    await fall_silent(database)
    (again,) = await take(others, other)
    assert (again.id, again.attempts) == (row.id, 1)
    assert again.updated > row.updated

    await fall_silent(database)
    await mine.update_heartbeat([row.id])
    mine.finished[row.id] = row.updated
    await mine.log_jobs([(row, "successful", None)])
    assert await left(database) == 1
    (third,) = await take(mine, me)  # the beat of the former owner had not counted
    assert third.attempts == 2


async def test_what_did_not_finish_stays_until_somebody_says_what_becomes_of_it(
    database, tenant, wire
) -> None:
    queries = leased(wire)
    await put(database, tenant)
    (row,) = await take(queries, uuid4())
    for status in ("successful", "canceled", "exception", "failed"):
        await queries.log_jobs([(row, status, None)])
    assert await left(database) == 1
