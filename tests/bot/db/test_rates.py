"""Token buckets."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import text

from bot.db.rates import Rate, check_rate, do_forget_rates, do_take, spoken
from bot.errors import LimitExceeded

FIVE = Rate(times=5, within=timedelta(minutes=5))


async def test_a_bucket_gives_so_many_and_then_says_how_long_to_wait(database, tenant, other_tenant) -> None:
    async with database.tenant(tenant.id) as session:
        for _ in range(5):
            assert not await do_take(session, "code", FIVE)
        wait = await do_take(session, "code", FIVE)
        assert timedelta(seconds=50) < wait <= timedelta(seconds=60)
        assert not await do_take(session, "other", FIVE)
    async with database.tenant(other_tenant.id) as session:
        assert not await do_take(session, "code", FIVE)
        assert (await session.execute(text("select count(*) from rates"))).scalar_one() == 1


async def test_tokens_come_back_with_time_and_no_more_than_fit(database, tenant) -> None:
    async with database.tenant(tenant.id) as session:
        for _ in range(5):
            await do_take(session, "code", FIVE)
        await session.execute(text("update rates set at = at - interval '121 s'"))
        assert [bool(await do_take(session, "code", FIVE)) for _ in range(3)] == [False, False, True]
        await session.execute(text("update rates set at = at - interval '1 day'"))
        assert [bool(await do_take(session, "code", FIVE)) for _ in range(6)] == [False] * 5 + [True]


async def test_many_at_once_get_no_more_than_one_after_another(database, tenant) -> None:
    async def take() -> bool:
        async with database.tenant(tenant.id) as session:
            return not await do_take(session, "code", Rate(times=20, within=timedelta(hours=1)))

    assert sum(await asyncio.gather(*(take() for _ in range(60)))) == 20


async def test_an_attempt_stays_used_up_though_its_transaction_rolled_back(database, tenant) -> None:
    two = Rate(times=2, within=timedelta(seconds=90))
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            async with database.tenant(tenant.id):
                await check_rate(database, tenant.id, "code", two, what="wrong codes")
                raise ZeroDivisionError
    with pytest.raises(LimitExceeded, match=r"Too many wrong codes: try again in 4\d seconds\."):
        await check_rate(database, tenant.id, "code", two, what="wrong codes")


async def test_full_buckets_are_forgotten(database, tenant) -> None:
    async with database.tenant(tenant.id) as session:
        await do_take(session, "old", FIVE)
        await do_take(session, "new", FIVE)
        await session.execute(text("update rates set full_at = full_at - interval '61 s' where key = 'old'"))
        await do_forget_rates(session)
        assert (await session.execute(text("select key from rates"))).scalars().all() == ["new"]


def test_waits_are_spoken() -> None:
    assert [spoken(timedelta(seconds=n)) for n in (0.2, 40, 99, 100, 3600)] == [
        "1 second",
        "40 seconds",
        "99 seconds",
        "2 minutes",
        "60 minutes",
    ]
