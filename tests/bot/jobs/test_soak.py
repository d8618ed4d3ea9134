"""Workers and schedulers killed and paused at random: nothing is lost and nothing happens twice."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import text

from bot.db.jobs import enqueue, find_backlog
from bot.db.schedules import Missed, Schedule, do_save_schedule
from bot.db.tenants import do_create_tenant
from bot.jobs.job import Kind
from bot.jobs.wall import WallClock
from tests.bot.jobs.crew import TABLE, Crew, Device
from tests.bot.jobs.waiting import until, working

ZONES = ("UTC", "Europe/Berlin", "Asia/Kathmandu", "America/St_Johns", "Australia/Lord_Howe", "Asia/Tokyo")


@pytest.fixture
def crew(urls, tmp_path):
    made = Crew(url=urls.runtime, device=Device(tmp_path / "device"), heartbeat=1.0, think=0.2)
    yield made
    made.end()


async def make_table(urls) -> None:
    connection = await asyncpg.connect(urls.owner.replace("+asyncpg", ""))
    await connection.execute(TABLE)
    await connection.close()


async def test_jobs_of_a_killed_process_are_taken_over(crew, urls, database, tenant) -> None:
    await make_table(urls)
    crew.think = 60.0
    process = crew.spawn("worker")
    async with database.tenant(tenant.id) as session:
        for n in range(6):
            await enqueue(session, "act", {"id": f"a{n}"}, tenant=tenant.id)
    await until(lambda: _running(database, 6))
    process.kill()
    process.wait()
    attempts = []

    async def act(job) -> None:
        attempts.append(job.attempt)

    async with working(database, {"act": Kind(run=act)}, heartbeat=timedelta(seconds=1)):
        await until(lambda: len(attempts) == 6)
        await until(lambda: _running(database, 0))
    assert attempts == [2] * 6


async def _running(database, many: int) -> bool:
    async with database.system() as session:
        return sum(one.running for one in await find_backlog(session)) == many


async def test_short_soak(crew, urls, database) -> None:
    await make_table(urls)
    crew.heartbeat = 1.5
    found = await soak(
        crew, database, seconds=6.0, calls=80, tenants=4, each=2, pauses=(2.0, 3.0), between=(0.5, 0.9)
    )
    assert_nothing_lost_or_doubled(found)


@pytest.mark.deep
@pytest.mark.timeout(300)
async def test_long_soak(crew, urls, database) -> None:
    await make_table(urls)
    crew.heartbeat, crew.think = 3.0, 0.4
    found = await soak(
        crew, database, seconds=60.0, calls=1_000, tenants=12, each=3, pauses=(4.0, 7.0), between=(0.6, 1.4)
    )
    print(
        "\n"
        + "\n".join(
            f"{name}: {value if not isinstance(value, list) else len(value)}" for name, value in found.items()
        )
    )
    assert_nothing_lost_or_doubled(found)


def assert_nothing_lost_or_doubled(found) -> None:
    for name in (
        "calls lost",
        "calls doubled",
        "calls of rolled back",
        "slots lost",
        "slots doubled",
        "dead",
    ):
        assert found[name] == [], name
    assert found["beats"] > 0


async def soak(crew, database, *, seconds, calls, tenants, each, pauses, between) -> dict:
    dice = random.Random(7)
    start = datetime.now(UTC)
    ids = await make_schedules(database, tenants, start)
    for role in ["worker"] * each + ["scheduler"] * each:
        crew.spawn(role)
    asked, counts = await torment(
        crew, database, dice, ids, seconds=seconds, calls=calls, pauses=pauses, between=between
    )
    end = datetime.now(UTC)
    began = time.monotonic()
    due = expected_slots(ids, start, end - timedelta(seconds=1))
    await until(lambda: settled(database, {*asked, *due}), within=60)
    seen = Counter(crew.device.keys())
    async with database.system() as session:
        dead = [one.kind for one in await find_backlog(session) if one.dead]
    slots = {key: many for key, many in seen.items() if key.startswith("D:")}
    return {
        **counts,
        "calls": len(asked),
        "slots": len(due),
        "settled after": round(time.monotonic() - began, 1),
        "calls lost": [key for key in asked if key not in seen],
        "calls doubled": [key for key in asked if seen[key] > 1],
        "calls of rolled back": [key for key in seen if key.startswith("x")],
        "slots lost": [key for key in due if key not in slots],
        "slots doubled": [key for key, many in slots.items() if many > 1],
        "beats": sum(key.startswith("B:") for key in seen),
        "dead": dead,
    }


async def torment(crew, database, dice, ids, *, seconds, calls, pauses, between):
    """Queue calls at a steady rate, some rolled back, while processes are killed and paused."""
    begin, asked, counts = time.monotonic(), [], Counter(killed=0, paused=0)
    next_blow = begin + 2.0
    for n in range(calls):
        tenant = dice.choice(ids)
        try:
            async with database.tenant(tenant) as session:
                doomed = dice.random() < 0.1
                key = f"{'x' if doomed else 'a'}{n}"
                await session.execute(text("insert into crew_calls (id) values (:id)"), {"id": key})
                await enqueue(session, "act", {"id": key}, tenant=tenant, dedupe=key)
                if doomed:
                    raise ZeroDivisionError
            asked.append(key)
        except ZeroDivisionError:
            pass
        if time.monotonic() > next_blow:
            index = dice.randrange(len(crew.processes))
            if dice.random() < 0.5:
                crew.kill(index)
                counts["killed"] += 1
            else:
                crew.pause(index, dice.uniform(*pauses))
                counts["paused"] += 1
            next_blow = time.monotonic() + dice.uniform(*between)
        await asyncio.sleep(max(begin + (n + 1) * seconds / calls - time.monotonic(), 0))
    return asked, counts


async def make_schedules(database, tenants: int, since: datetime) -> list[str]:
    ids = []
    for n in range(tenants):
        async with database.system() as session:
            tenant = await do_create_tenant(
                session, slug=f"t{n}", name=f"T{n}", timezone=ZONES[n % len(ZONES)]
            )
            ids.append(tenant.id)
            await do_save_schedule(
                session,
                Schedule(
                    name=f"s{n}",
                    kind="digest",
                    cron="*/3 * * * * *",
                    timezone=tenant.timezone,
                    missed=Missed.ALL,
                    since=since,
                ),
            )
    return ids


def expected_slots(ids: list[str], since: datetime, until_: datetime) -> list[str]:
    return [
        f"D:s{n}:{slot.wall.split()[0]}"
        for n in range(len(ids))
        for slot in WallClock("*/3 * * * * *", ZONES[n % len(ZONES)]).between(since, until_)
    ]


async def settled(database, wanted: set[str]) -> bool:
    async with database.system() as session:
        done = (await session.execute(text("select id from crew_calls where done"))).scalars()
        return wanted <= set(done)


def test_the_device_remembers(tmp_path: Path) -> None:
    device = Device(tmp_path / "device")
    assert not device.has("a")
    device.apply("a")
    device.apply("a")
    assert Counter(device.keys()) == {"a": 2}
