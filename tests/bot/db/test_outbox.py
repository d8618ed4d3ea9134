"""Letters that one transaction changes while another takes them."""

from __future__ import annotations

import asyncio
from datetime import timedelta

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
