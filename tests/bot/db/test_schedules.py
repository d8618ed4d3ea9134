"""Schedules and the slots taken of them."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import asyncpg
from sqlalchemy import text

from bot.db import schedules
from bot.db.schedules import Missed, Schedule

DIGEST = Schedule(
    name="digest", kind="digest", cron="0 8 * * mon-fri", timezone="Europe/Madrid", payload={"to": "C1"}
)
THEN = datetime(2026, 5, 4, 6, tzinfo=UTC)


async def test_a_schedule_is_written_read_and_removed(database, tenant, other_tenant) -> None:
    async with database.tenant(tenant.id) as session:
        await schedules.do_save_schedule(session, DIGEST)
        (one,) = await schedules.find_schedules(session)
        assert (one.name, one.cron, one.timezone, one.payload, one.missed) == (
            "digest",
            "0 8 * * mon-fri",
            "Europe/Madrid",
            {"to": "C1"},
            Missed.NEWEST,
        )
        assert await schedules.get_schedule(session, "digest") == one
        assert await schedules.get_schedule(session, "other") is None
    async with database.tenant(other_tenant.id) as session:
        assert await schedules.find_schedules(session) == []
        assert not await schedules.do_delete_schedule(session, "digest")
        assert not await schedules.do_claim_slot(session, "digest", "s", THEN)
    async with database.tenant(tenant.id) as session:
        assert await schedules.do_delete_schedule(session, "digest")
        assert await schedules.find_schedules(session) == []


async def test_a_slot_is_taken_once_and_moves_the_schedule_on(database, tenant) -> None:
    async with database.tenant(tenant.id) as session:
        await schedules.do_save_schedule(
            session, Schedule(**{**vars(DIGEST), "since": THEN - timedelta(days=9)})
        )
        assert await schedules.do_claim_slot(session, "digest", "2026-05-04T08:00 Europe/Madrid", THEN)
        assert not await schedules.do_claim_slot(session, "digest", "2026-05-04T08:00 Europe/Madrid", THEN)
        (run,) = await schedules.find_runs(session, "digest")
        assert (run.slot, run.due) == ("2026-05-04T08:00 Europe/Madrid", THEN)
        (one,) = await schedules.find_schedules(session)
        assert one.since == THEN


async def test_a_switched_off_schedule_gives_no_slot(database, tenant) -> None:
    async with database.tenant(tenant.id) as session:
        await schedules.do_save_schedule(session, Schedule(**{**vars(DIGEST), "enabled": False}))
        assert not await schedules.do_claim_slot(session, "digest", "s", THEN)


async def test_a_change_of_times_forgets_what_was_due_before(database, tenant) -> None:
    long_ago = THEN - timedelta(days=9)
    async with database.tenant(tenant.id) as session:
        await schedules.do_save_schedule(session, Schedule(**{**vars(DIGEST), "since": long_ago}))
        await schedules.do_save_schedule(session, Schedule(**{**vars(DIGEST), "payload": {"to": "C2"}}))
        (one,) = await schedules.find_schedules(session)
        assert (one.since, one.payload) == (long_ago, {"to": "C2"})
        await schedules.do_save_schedule(session, Schedule(**{**vars(DIGEST), "cron": "0 9 * * *"}))
        (one,) = await schedules.find_schedules(session)
        assert one.since is not None and one.since > THEN


async def test_old_slots_go_and_the_newest_stays(database, tenant) -> None:
    async with database.tenant(tenant.id) as session:
        await schedules.do_save_schedule(session, DIGEST)
        for days in range(5):
            await schedules.do_claim_slot(
                session, "digest", f"day {days}", datetime.now(UTC) - timedelta(days=200 + days)
            )
        await schedules.do_forget_runs(session, older=timedelta(days=90))
        assert [run.slot for run in await schedules.find_runs(session, "digest")] == ["day 0"]


async def test_a_beat_goes_to_one_and_never_back(database) -> None:
    async with database.system() as session:
        assert await schedules.do_claim_beat(session, "sweep", 7)
        assert not await schedules.do_claim_beat(session, "sweep", 7)
        assert not await schedules.do_claim_beat(session, "sweep", 6)
        assert await schedules.do_claim_beat(session, "sweep", 8)
        assert await schedules.do_claim_beat(session, "other", 1)


async def test_changes_are_told_at_commit(database, tenant) -> None:
    heard: asyncio.Queue[str] = asyncio.Queue()
    connection = await asyncpg.connect(**database.connect_kwargs())
    await connection.add_listener(schedules.CHANNEL, lambda *said: heard.put_nowait(said[3]))
    try:
        async with database.tenant(tenant.id) as session:
            await schedules.do_save_schedule(session, DIGEST)
            await connection.fetchval("select 1")
            assert heard.empty()
        assert await asyncio.wait_for(heard.get(), 5) == tenant.id
    finally:
        await connection.close()


async def test_nothing_is_shown_outside_a_tenant(database, tenant) -> None:
    async with database.tenant(tenant.id) as session:
        await schedules.do_save_schedule(session, DIGEST)
    async with database.system() as session:
        assert await schedules.find_schedules(session) == []
        assert (await session.execute(text("select count(*) from schedule_runs"))).scalar_one() == 0
