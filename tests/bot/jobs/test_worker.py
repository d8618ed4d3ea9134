"""Jobs are run, retried, given up, taken over and given back."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import text

from bot.db import jobs
from bot.db.jobs import enqueue, enqueue_many
from bot.errors import LeaseLost
from bot.jobs.job import Job, Kind, Later, plain
from tests.bot.jobs.waiting import left, until, working

QUICK = timedelta(milliseconds=10)


async def test_a_job_reaches_its_handler_and_leaves_the_queue(database, tenant) -> None:
    got = []

    async def greet(tenant_id, payload) -> None:
        got.append((tenant_id, payload))

    async with working(database, {"greet": greet}):
        async with database.tenant(tenant.id) as session:
            await enqueue(session, "greet", {"id": 7}, tenant=tenant.id)
        async with database.system() as session:
            await enqueue(session, "greet", {}, tenant=jobs.SYSTEM)
        await until(lambda: len(got) == 2)
    assert sorted(got) == [("", {}), (tenant.id, {"id": 7})]
    assert await left(database) == 0


async def test_kinds_without_a_handler_stay(database, tenant) -> None:
    async def greet(tenant_id, payload) -> None: ...

    async with database.tenant(tenant.id) as session:
        await enqueue(session, "unheard-of", {}, tenant=tenant.id)
        await enqueue(session, "greet", {}, tenant=tenant.id)
    async with working(database, {"greet": greet}):
        await until(lambda: _only(database, "unheard-of"))


async def _only(database, kind) -> bool:
    async with database.system() as session:
        return [one.kind for one in await jobs.find_backlog(session)] == [kind]


async def test_a_failing_job_is_tried_again_and_then_held_with_a_reason(database, tenant) -> None:
    attempts = []

    async def greet(job: Job) -> None:
        attempts.append(job.attempt)
        raise KeyError("the secret name of a customer")

    kind = Kind(run=greet, attempts=3, delay=QUICK)
    async with working(database, {"greet": kind}):
        async with database.tenant(tenant.id) as session:
            await enqueue(session, "greet", {"id": 7}, tenant=tenant.id)
        await until(lambda: _dead(database))
        async with database.system() as session:
            (dead,) = await jobs.find_dead(session)
            assert attempts == [1, 2, 3]
            assert (dead.kind, dead.tenant, dead.attempts) == ("greet", tenant.id, 3)
            assert "KeyError at tests/bot/jobs/test_worker.py:" in dead.reason
            assert "incident" in dead.reason
            assert "secret" not in dead.reason
            assert await jobs.do_requeue(session, dead.id)
        await until(lambda: len(attempts) == 6)
        assert attempts[3:] == [1, 2, 3]
        await until(lambda: _dead(database))


async def _dead(database) -> bool:
    async with database.system() as session:
        return bool(await jobs.find_dead(session))


async def test_a_kind_that_comes_again_anyway_is_not_kept_dead(database) -> None:
    async def sweep(job: Job) -> None:
        raise OSError

    async with working(database, {"sweep": Kind(run=sweep, attempts=1, keep=False)}):
        async with database.system() as session:
            await enqueue(session, "sweep", {}, tenant="")
        await until(lambda: _empty(database))


async def _empty(database) -> bool:
    return await left(database) == 0


async def test_a_handler_may_ask_for_later_as_often_as_it_likes(database, tenant) -> None:
    attempts = []

    async def wait(job: Job) -> None:
        attempts.append(job.attempt)
        if len(attempts) < 3:
            raise Later(QUICK)

    async with working(database, {"wait": Kind(run=wait, attempts=1)}):
        async with database.tenant(tenant.id) as session:
            await enqueue(session, "wait", {}, tenant=tenant.id)
        await until(lambda: _empty(database))
    assert attempts == [1, 1, 1]


async def test_a_hanging_job_ends_at_its_deadline_and_others_go_on(database, tenant) -> None:
    done = []

    async def hang(job: Job) -> None:
        await asyncio.Event().wait()

    async def quick(tenant_id, payload) -> None:
        done.append(payload)

    handlers = {"hang": Kind(run=hang, deadline=timedelta(seconds=0.3), attempts=1), "quick": quick}
    async with working(database, handlers):
        async with database.tenant(tenant.id) as session:
            await enqueue(session, "hang", {}, tenant=tenant.id)
            await enqueue(session, "quick", {}, tenant=tenant.id)
        await until(lambda: _dead(database))
        async with database.system() as session:
            (dead,) = await jobs.find_dead(session)
    assert dead.reason.startswith("not finished within 0:00:00.3")
    assert done == [{}]


async def test_a_full_pool_leaves_the_other_pools_their_slots(database, tenant) -> None:
    release = asyncio.Event()
    started, done = [], []

    async def load(job: Job) -> None:
        started.append(job.id)
        await release.wait()

    async def answer(tenant_id, payload) -> None:
        done.append(payload)

    handlers = {"load": Kind(run=load, pool="bulk"), "answer": plain(answer, pool="interactive")}
    async with working(database, handlers, pools={"bulk": 2, "interactive": 2}):
        async with database.tenant(tenant.id) as session:
            await enqueue_many(session, "load", [{}] * 10, tenant=tenant.id)
        await until(lambda: len(started) == 2)
        async with database.tenant(tenant.id) as session:
            await enqueue(session, "answer", {}, tenant=tenant.id)
        await until(lambda: done == [{}])
        assert len(started) == 2
        release.set()
        await until(lambda: len(started) == 10)
    assert await left(database) == 0


async def test_only_the_pools_asked_for_are_run(database, tenant) -> None:
    async def nothing(tenant_id, payload) -> None: ...

    async with working(
        database, {"a": plain(nothing, pool="bulk"), "b": nothing}, pools={"bulk": 2}
    ) as worker:
        assert worker.kinds == ("a",)


async def test_a_tenant_does_not_wait_behind_anothers_1500(database, tenant, other_tenant) -> None:
    order = []

    async def load(tenant_id, payload) -> None:
        order.append(tenant_id)

    async with database.tenant(tenant.id) as session:
        await enqueue_many(session, "load", [{"n": n} for n in range(1_500)], tenant=tenant.id)
    async with database.tenant(other_tenant.id) as session:
        await enqueue_many(session, "load", [{"n": n} for n in range(20)], tenant=other_tenant.id)
    async with working(database, {"load": load}, pools={"background": 20}):
        await until(lambda: len(order) == 1_520, within=60)
    assert order[:60].count(other_tenant.id) == 20


async def test_a_job_taken_over_is_no_longer_ours(database, tenant) -> None:
    lost, written = [], []

    async def act(job: Job) -> None:
        await job.check()
        async with database.tenant(tenant.id) as session:
            await job.check(session)
        if job.attempt > 1:
            written.append(job.attempt)
            return
        async with database.system() as session:  # what a taker does to a silent job
            await session.execute(
                text("update jobs set queue_manager_id = gen_random_uuid(), updated = clock_timestamp()")
            )
        for of in (None, "session"):
            with pytest.raises(LeaseLost):
                if of is None:
                    await job.check()
                else:
                    async with database.tenant(tenant.id) as session:
                        await job.check(session)
        lost.append(job.id)
        await job.check()

    async with working(database, {"act": Kind(run=act, attempts=5)}, heartbeat=timedelta(seconds=1)):
        async with database.tenant(tenant.id) as session:
            await enqueue(session, "act", {}, tenant=tenant.id)
        await until(lambda: len(lost) == 1)
        await until(lambda: written == [3])  # the taker's run counted, and it fell silent too
    assert await left(database) == 0


async def test_while_a_transaction_holds_the_job_nobody_takes_it_over(database, tenant) -> None:
    seen = []

    async def act(job: Job) -> None:
        seen.append(job.attempt)
        async with database.tenant(tenant.id) as session:
            await job.check(session)
            async with database.system() as other:  # the taker's own words
                taken = await other.execute(
                    text("select id from jobs where status = 'picked' for update skip locked")
                )
                assert taken.all() == []
                await other.execute(
                    text("update jobs set heartbeat = now()")
                )  # and the heartbeat gets through

    async with working(database, {"act": Kind(run=act, attempts=1)}):
        async with database.tenant(tenant.id) as session:
            await enqueue(session, "act", {}, tenant=tenant.id)
        await until(lambda: _empty(database))
    assert seen == [1]


async def test_a_stopping_worker_finishes_what_it_can_and_gives_back_the_rest(database, tenant) -> None:
    started, ended = asyncio.Event(), []

    async def brief(tenant_id, payload) -> None:
        await started.wait()
        await asyncio.sleep(0.05)
        ended.append("brief")

    async def endless(tenant_id, payload) -> None:
        started.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("endless")

    async with database.tenant(tenant.id) as session:
        await enqueue(session, "brief", {}, tenant=tenant.id)
        await enqueue(session, "endless", {}, tenant=tenant.id)
    async with working(database, {"brief": brief, "endless": endless}, grace=timedelta(seconds=0.3)):
        await started.wait()
    assert ended == ["brief", "endless"]
    async with database.system() as session:
        rows = (
            await session.execute(
                text("select entrypoint, status::text, attempts, queue_manager_id from jobs")
            )
        ).all()
    assert rows == [("endless", "queued", 0, None)]


async def test_a_worker_goes_on_after_its_connection_is_cut(database, urls, server, tenant) -> None:
    done = []

    async def greet(tenant_id, payload) -> None:
        done.append(payload)

    async with working(database, {"greet": greet}):
        async with database.tenant(tenant.id) as session:
            await enqueue(session, "greet", {"n": 1}, tenant=tenant.id)
        await until(lambda: len(done) == 1)
        async with database.system() as session:
            await session.execute(
                text(
                    "select pg_terminate_backend(pid) from pg_stat_activity"
                    " where datname = current_database() and pid <> pg_backend_pid() and query not like '%template%'"
                )
            )
        async with database.tenant(tenant.id) as session:
            await enqueue(session, "greet", {"n": 2}, tenant=tenant.id)
        await until(lambda: len(done) == 2)
    assert done == [{"n": 1}, {"n": 2}]


async def test_a_paused_process_takes_its_own_job_back_and_goes_on(database, tenant) -> None:
    release, runs = asyncio.Event(), []

    async def act(job: Job) -> None:
        runs.append(job.attempt)
        await release.wait()
        await job.check()

    async with working(database, {"act": Kind(run=act, attempts=1)}):
        async with database.tenant(tenant.id) as session:
            await enqueue(session, "act", {}, tenant=tenant.id)
        await until(lambda: runs == [1])
        async with database.system() as session:  # as after a pause longer than the heartbeat
            await session.execute(text("update jobs set heartbeat = now() - interval '1 hour'"))
            await session.execute(text(f"select {jobs.NUDGE}"))
        await until(lambda: _beating(database))
        release.set()
        await until(lambda: _empty(database))
    assert runs == [1]


async def _beating(database) -> bool:
    async with database.system() as session:
        age = await session.execute(text("select now() - heartbeat < interval '1 minute' from jobs"))
        return age.scalar_one()


async def test_a_job_that_kills_its_process_is_held_in_the_end(database, tenant) -> None:
    async def act(tenant_id, payload) -> None:
        raise AssertionError("it would have killed us")

    async with database.tenant(tenant.id) as session:
        await enqueue(session, "act", {}, tenant=tenant.id)
    async with database.system() as session:  # two processes took it, and both fell silent
        await session.execute(text("update jobs set status = 'picked', queue_manager_id = gen_random_uuid()"))
        await session.execute(
            text("update jobs set queue_manager_id = gen_random_uuid(), updated = clock_timestamp()")
        )
        await session.execute(text("update jobs set heartbeat = now() - interval '1 hour'"))
    async with working(database, {"act": Kind(run=lambda job: act(job.tenant, job.payload), attempts=2)}):
        await until(lambda: _dead(database))
    async with database.system() as session:
        (dead,) = await jobs.find_dead(session)
    assert dead.reason.startswith("the process running it died each time")
