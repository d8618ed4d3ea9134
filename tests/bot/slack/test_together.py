"""What comes at the same time is done in one transaction; what cannot be done harms nothing beside it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import text

from bot.contract.people import Tenant
from bot.db import outbox
from bot.db.database import Database
from bot.errors import DatabaseBusy, Unavailable
from bot.slack.marks import Marks
from bot.slack.together import Together

LEASE = timedelta(minutes=1)


class Doing:
    """Doubles what it is given, and notes what it was given together."""

    def __init__(self, refuses: int = 0, error: Exception | None = None) -> None:
        self.together: list[list[int]] = []
        self.refuses, self.error = refuses, error or ValueError("not this one")

    async def __call__(self, _tenant: str, some: Sequence[int]) -> list[int]:
        self.together.append(list(some))
        await asyncio.sleep(0.01)
        if self.refuses in some:
            raise self.error
        return [2 * one for one in some]


async def test_what_comes_meanwhile_is_done_in_the_next_one() -> None:
    doing = Doing()
    together = Together(doing, most=3)
    assert await asyncio.gather(*(together("one", n) for n in range(1, 6))) == [2, 4, 6, 8, 10]
    assert doing.together == [[1, 2, 3], [4, 5]]
    assert await asyncio.gather(together("one", 6), together("two", 7)) == [12, 14]
    assert doing.together[2:] == [[6], [7]]  # never two tenants in one


async def test_one_that_cannot_be_done_is_told_and_the_others_are_done() -> None:
    doing = Doing(refuses=2)
    together = Together(doing)
    got = await asyncio.gather(*(together("one", n) for n in (1, 2, 3)), return_exceptions=True)
    assert (got[0], str(got[1]), got[2]) == (2, "not this one", 6)
    assert doing.together == [[1, 2, 3], [1], [2], [3]]


async def test_while_the_database_is_away_all_are_told_at_once() -> None:
    doing = Doing(refuses=2, error=DatabaseBusy("away"))
    together = Together(doing)
    got = await asyncio.gather(*(together("one", n) for n in (1, 2, 3)), return_exceptions=True)
    assert ([str(one) for one in got], doing.together) == (["away"] * 3, [[1, 2, 3]])


async def test_whoever_went_away_stops_nobody_else() -> None:
    doing = Doing()
    together = Together(doing)
    gone, stays = (asyncio.create_task(together("one", n)) for n in (1, 2))
    await asyncio.sleep(0)
    gone.cancel()
    assert await stays == 4
    await together.stop()
    with pytest.raises(asyncio.CancelledError):
        await gone


async def taken(database: Database, tenant: Tenant, *lanes: str) -> list[outbox.Taken]:
    """Return a letter under way in each of these lanes; in the first, another waits."""
    async with database.tenant(tenant.id) as session:
        for lane in (*lanes, lanes[0]):
            one = outbox.Letter(lane=lane, team_id="T1", channel="C1", payload={"text": lane})
            await outbox.do_put(session, [one])
        found = [await outbox.do_take(session, lane, LEASE) for lane in lanes]
    return [one for one in found if one]


async def test_letters_are_marked_together_and_each_is_told_what_waits(
    database: Database, tenant: Tenant
) -> None:
    letters = await taken(database, tenant, "a", "b", "c")
    async with database.tenant(tenant.id) as session:  # somebody else has it by now
        await session.execute(text("update slack_outbox set fence = fence + 1 where lane = 'c'"))
    marks = Marks(database)
    got = await asyncio.gather(*(marks.mark(tenant.id, one, f"17.{n}") for n, one in enumerate(letters)))
    assert got == [True, False, None]
    async with database.tenant(tenant.id) as session:
        rows = await session.execute(
            text(
                "select lane, state, ts, xmin::text from slack_outbox where ts <> '' or lane = 'c' order by lane"
            )
        )
        a, b, c = (tuple(row) for row in rows)
    assert (a[:3], b[:3], c[:3]) == (("a", "sent", "17.0"), ("b", "sent", "17.1"), ("c", "sending", None))
    assert a[3] == b[3]  # one transaction


async def test_a_lane_that_somebody_holds_is_waited_for_alone(database: Database, tenant: Tenant) -> None:
    letters = await taken(database, tenant, "a", "b")
    marks = Marks(database)
    async with database.tenant(tenant.id) as session:
        await outbox.do_hold(session, "a")
        waits, goes = (asyncio.create_task(marks.mark(tenant.id, one, "17.1")) for one in letters)
        assert await goes is False
        assert not waits.done()
        new = outbox.Letter(lane="b", team_id="T1", channel="C1", payload={"text": "later"})
        await outbox.do_put(session, [new])
    assert await waits is True


async def test_a_letter_that_somebody_changes_is_waited_for_alone(database: Database, tenant: Tenant) -> None:
    letters = await taken(database, tenant, "a", "b", "c")
    marks = Marks(database)
    async with database.tenant(tenant.id) as session:
        await session.execute(text("select id from slack_outbox where lane = 'b' for update"))
        tasks = [asyncio.create_task(marks.mark(tenant.id, one, "17.1")) for one in letters]
        assert (await tasks[0], await tasks[2]) == (True, False)
        assert not tasks[1].done()
    assert await tasks[1] is False


async def test_what_one_cannot_have_is_no_matter_of_the_others() -> None:
    doing = Doing(refuses=2, error=Unavailable("held for too long"))
    together = Together(doing)
    got = await asyncio.gather(*(together("one", n) for n in (1, 2, 3)), return_exceptions=True)
    assert (got[0], str(got[1]), got[2]) == (2, "held for too long", 6)
