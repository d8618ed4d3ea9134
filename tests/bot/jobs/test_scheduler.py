"""Slots become jobs, once, whoever watches and whatever was missed."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from bot.db.jobs import decoded
from bot.db.schedules import Missed, Schedule, do_claim_slot, do_delete_schedule, do_save_schedule, find_runs
from bot.jobs.scheduler import Every, Scheduler, wanted
from bot.jobs.tidy import TIDY, tidying
from tests.bot.jobs.waiting import left, until, working

EACH_SECOND = "* * * * * *"


def schedule(**changed) -> Schedule:
    return Schedule(
        **{"name": "digest", "kind": "digest", "cron": "0 8 * * *", "timezone": "Europe/Madrid", **changed}
    )


@asynccontextmanager
async def watching(database, *every, **how):
    scheduler = Scheduler(database, every, **how)
    task = asyncio.create_task(scheduler.run())
    try:
        yield scheduler
    finally:
        scheduler.stop()
        await asyncio.wait_for(task, 20)


async def save(database, tenant, one) -> None:
    async with database.tenant(tenant.id) as session:
        await do_save_schedule(session, one)


async def slots(database, kind="digest") -> list[str]:
    async with database.system() as session:
        rows = await session.execute(
            text("select payload from jobs where entrypoint = :kind order by id"), {"kind": kind}
        )
        return [decoded(payload)["slot"] for payload in rows.scalars()]


async def test_two_schedulers_queue_each_slot_once(database, tenant) -> None:
    await save(database, tenant, schedule(cron=EACH_SECOND, payload={"to": "C1"}))
    async with watching(database), watching(database), watching(database):
        await until(lambda: _some(database, 3))
    found = await slots(database)
    assert set(Counter(found).values()) == {1}
    walls = [datetime.fromisoformat(slot.split()[0]) for slot in found]
    assert walls == [walls[0] + timedelta(seconds=n) for n in range(len(walls))]
    async with database.system() as session:
        payload, who = (
            await session.execute(text("select payload, headers->>'tenant' from jobs limit 1"))
        ).one()
    assert decoded(payload) == {"to": "C1", "schedule": "digest", "slot": found[0]}
    assert who == tenant.id


async def _some(database, many: int) -> bool:
    return len(await slots(database)) >= many


async def test_changes_are_heard_at_once(database, tenant, other_tenant) -> None:
    hour = timedelta(hours=1)
    async with watching(database, refresh=hour) as one, watching(database, refresh=hour) as two:
        await until(lambda: one.seen_at is not None and two.seen_at is not None)
        await save(database, other_tenant, schedule(cron=EACH_SECOND))
        await until(lambda: _some(database, 1))
        async with database.tenant(other_tenant.id) as session:
            await do_delete_schedule(session, "digest")
        await until(lambda: not one._known and not two._known)


NOW = datetime(2026, 5, 8, 12, tzinfo=UTC)


def test_what_was_missed_is_taken_as_the_schedule_says() -> None:
    since = NOW - timedelta(days=3)
    days = [
        "2026-05-06T08:00 Europe/Madrid",
        "2026-05-07T08:00 Europe/Madrid",
        "2026-05-08T08:00 Europe/Madrid",
    ]
    for missed, expected in ((Missed.ALL, days), (Missed.NEWEST, days[-1:]), (Missed.SKIP, [])):
        assert [slot.wall for slot in wanted(schedule(since=since, missed=missed), NOW)] == expected
    eight = datetime(2026, 5, 8, 6, tzinfo=UTC)
    for missed, expected in ((Missed.ALL, days), (Missed.NEWEST, days[-1:]), (Missed.SKIP, days[-1:])):
        late = eight + timedelta(seconds=20)
        assert [slot.wall for slot in wanted(schedule(since=since, missed=missed), late)] == expected
    assert wanted(schedule(since=NOW), NOW) == []


async def test_missed_slots_are_caught_up_exactly_once(database, tenant, other_tenant) -> None:
    ago = datetime.now(UTC) - timedelta(days=3)
    async with database.tenant(tenant.id) as session:
        for missed in Missed:
            await do_save_schedule(
                session, schedule(name=missed.value, cron="0 8 * * *", since=ago, missed=missed)
            )
    await save(database, other_tenant, schedule(name="all", since=ago, missed=Missed.ALL))
    async with watching(database), watching(database):
        await until(lambda: _some(database, 7))
    for whose in (tenant, other_tenant):
        async with database.tenant(whose.id) as session:
            runs = await find_runs(session, "all")
            assert len(runs) == 3
            assert len({run.slot for run in runs}) == 3
    async with database.tenant(tenant.id) as session:
        assert [run.slot for run in await find_runs(session, "newest")] == [runs[0].slot]
        assert await find_runs(session, "skip") == []
    assert await left(database) == 7
    async with watching(database) as again:
        await until(lambda: again.seen_at is not None)
    assert await left(database) == 7


async def test_a_slot_is_claimed_with_its_job_or_not_at_all(database, tenant) -> None:
    ago = datetime.now(UTC) - timedelta(days=2)
    await save(database, tenant, schedule(since=ago, payload={"too": "x" * 5_000}))
    async with watching(database) as one:
        await until(lambda: one.seen_at is not None)
    async with database.tenant(tenant.id) as session:
        assert await find_runs(session, "digest") == []
    assert await left(database) == 0


async def test_a_spoilt_schedule_does_not_stop_the_others(database, tenant) -> None:
    ago = datetime.now(UTC) - timedelta(days=2)
    await save(database, tenant, schedule(name="a", cron="0 8 * *", since=ago))
    await save(database, tenant, schedule(name="b", timezone="Mars/Base", since=ago))
    await save(database, tenant, schedule(name="c", since=ago))
    async with watching(database):
        await until(lambda: _some(database, 1))


async def test_a_beat_comes_once_to_all_processes_and_is_not_piled_up(database, tenant, other_tenant) -> None:
    beats = (
        Every(name="sweep", every=timedelta(seconds=0.5), kind="sweep"),
        Every(name="recover", every=timedelta(seconds=0.5), kind="recover", each_tenant=True),
    )
    async with watching(database, *beats), watching(database, *beats):
        await until(lambda: _beaten(database))
        first = await _beaten(database)
        await until(lambda: _beaten(database, after=first + 2))
    async with database.system() as session:
        rows = (
            await session.execute(text("select entrypoint, headers->>'tenant' from jobs order by 1, 2"))
        ).all()
    assert rows == [("recover", who) for who in sorted((tenant.id, other_tenant.id))] + [("sweep", "")]


async def _beaten(database, after: int = 0) -> int:
    """The slot every beat has reached; 0 until it is later than `after`."""
    async with database.system() as session:
        many, slot = (await session.execute(text("select count(*), min(slot) from beats"))).one()
    return slot if many == 2 and slot > after else 0


async def test_tidying_sweeps_and_keeps_what_is_needed(database, tenant) -> None:
    old = datetime.now(UTC) - timedelta(days=400)
    await save(database, tenant, schedule(since=old))
    async with database.tenant(tenant.id) as session:
        await do_claim_slot(session, "digest", "first", old)
        await do_claim_slot(session, "digest", "second", old + timedelta(days=1))
        await session.execute(
            text(
                "insert into job_log (created, job_id, status, priority, entrypoint) values (:old, 1, 'successful', 0, 'x')"
            ),
            {"old": old},
        )
    beat = Every(**{**vars(TIDY), "every": timedelta(seconds=0.5)})
    async with working(database, {TIDY.kind: tidying(database)}), watching(database, beat):
        await until(lambda: _swept(database, tenant))


async def _swept(database, tenant) -> bool:
    async with database.tenant(tenant.id) as session:
        first = (
            await session.execute(text("select count(*) from schedule_runs where slot = 'first'"))
        ).scalar_one()
        lines = (
            await session.execute(text("select count(*) from job_log where entrypoint = 'x'"))
        ).scalar_one()
    return first == 0 and lines == 0
