"""Letters that one transaction changes while another takes them."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import text

from bot.contract.people import Tenant
from bot.db import outbox
from bot.db.database import Database
from bot.db.letters import Kind, Letter

LEASE = timedelta(minutes=1)


def card(shows: str) -> Letter:
    return Letter(
        lane="thread",
        team_id="T1",
        channel="C1",
        payload={"text": shows},
        kind=Kind.UPDATE,
        target="1700000000.000100",
    )


async def test_a_card_whose_place_a_later_one_takes_is_never_sent_empty(
    database: Database, tenant: Tenant
) -> None:
    async with database.tenant(tenant.id) as session:
        await outbox.do_put(session, [card("waits")])

    async def take() -> outbox.Taken | None:
        async with database.tenant(tenant.id) as session:
            return await outbox.do_take(session, "thread", LEASE)

    async with database.tenant(tenant.id) as session:
        await outbox.do_put(session, [card("done")])
        # The other's take sees only the first one, and it must not wait for us to have emptied it.
        taking = asyncio.create_task(take())
        await asyncio.wait({taking}, timeout=0.5)
    assert await taking is None
    taken = await take()
    assert taken is not None
    assert taken.payload == {"text": "done"}


async def test_a_letter_that_is_put_away_at_this_moment_is_not_taken_again(
    database: Database, tenant: Tenant
) -> None:
    async with database.tenant(tenant.id) as session:
        await outbox.do_put(session, [card("waits")])
        slow = await outbox.do_take(session, "thread", timedelta(seconds=-1))
    assert slow is not None
    async with database.tenant(tenant.id) as session:
        assert await outbox.do_mark_sent(session, [(slow, "1700000000.000100")]) == [False]
        async with database.tenant(tenant.id) as other:
            assert await outbox.do_take(other, "thread", LEASE) is None


async def test_many_letters_are_marked_and_diverted_in_one_order(database: Database, tenant: Tenant) -> None:
    """Whoever waits for the first of them holds none of the others, so no two wait for each other."""
    async with database.tenant(tenant.id) as session:
        for lane in ("a", "b"):
            await outbox.do_put(session, [replace(card(lane), lane=lane, kind=Kind.POST)])
        both = [one for lane in ("a", "b") if (one := await outbox.do_take(session, lane, LEASE))]
    both.sort(key=lambda one: one.id)

    async def mark() -> list[bool | None]:
        async with database.tenant(tenant.id) as session:
            return await outbox.do_mark_sent(session, [(one, "17.1") for one in reversed(both)], wait=True)

    async def divert() -> None:
        async with database.tenant(tenant.id) as session:
            await outbox.do_divert(session, "C1")

    touch = text("select id from slack_outbox where id = cast(:id as uuid) for update nowait")
    for change in (divert, mark):
        async with database.tenant(tenant.id) as first:
            await first.execute(touch, {"id": both[0].id})
            waits = asyncio.create_task(change())
            await asyncio.wait({waits}, timeout=0.5)
            async with database.tenant(tenant.id) as second:
                assert (await second.execute(touch, {"id": both[1].id})).all()
        await waits
    assert await mark() == [None, None]
