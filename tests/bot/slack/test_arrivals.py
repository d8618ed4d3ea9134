"""What arrives together is kept together; what cannot be kept harms nothing that came with it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from bot.contract.people import Tenant
from bot.db import inbox, inbox_many
from bot.db.database import Database
from bot.errors import DatabaseBusy, Unavailable
from bot.slack import together
from bot.slack.arrivals import Arrivals
from bot.slack.at_once import AtOnce
from bot.slack.event import FOLLOW, WORDS, Heard, arrival
from bot.slack.following import Following, do_answered
from bot.slack.lately import Lately
from bot.slack.ports import EVENT_JOB
from bot.slack.teams import Team

LEASE = timedelta(seconds=30)


class Door:
    """Where things arrive; what is worked is only noted."""

    def __init__(self, database: Database, tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
        self.database, self.tenant = database, tenant
        self.team = Team(team_id="T1", tenant_id=tenant.id, bot_user_id="UBOT", bot_id="B1", token="x")
        self.at_once = AtOnce(database, self.queue)
        self.at_once.add(EVENT_JOB, self.drain)
        self.at_once.open()
        self.arrivals = Arrivals(database, self.at_once, Following(database))
        self.together: list[int] = []
        self.queued: list[str] = []
        self.worked: list[tuple[str, inbox.Taken | None]] = []
        receive = inbox_many.do_receive_all

        async def counted(session: Any, news: Sequence[inbox.Arrival], **more: Any) -> Any:
            self.together.append(len(news))
            return await receive(session, news, **more)

        monkeypatch.setattr(inbox_many, "do_receive_all", counted)

    async def queue(self, _session: Any, _kind: str, payload: Any, **_: Any) -> bool:
        self.queued.append(payload["lane"])
        return True

    async def drain(self, _tenant: str, lane: str, head: inbox.Taken | None = None) -> None:
        self.worked.append((lane, head))

    async def say(self, words: str, ts: str, *, thread: str = "", key: str = "", files: bool = False) -> Any:
        heard = Heard(
            user="UANN",
            text=words,
            channel="C1",
            ts=ts,
            thread=thread or ts,
            kind="public",
            told={"files": [{"id": "F1"}]} if files else {},
        )
        return await self.arrivals.keep(self.team, heard, arrival(heard, key or f"Ev{ts}", "T1"))

    async def states(self) -> list[tuple[str, str]]:
        async with self.database.tenant(self.tenant.id) as session:
            found = await session.execute(text("select said_at, state from slack_inbox order by said_at"))
            return [(row.said_at, row.state) for row in found]


@pytest.fixture
def door(database: Database, tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> Door:
    return Door(database, tenant, monkeypatch)


async def test_what_comes_together_is_kept_together_and_taken_at_once(door: Door) -> None:
    rows = await asyncio.gather(*(door.say("hello", f"{n}.0") for n in range(1, 6)))
    assert door.together == [5]
    await door.at_once.idle()
    assert await door.states() == [(f"{n}.0", "working") for n in range(1, 6)]
    assert [(head and head.id, head and head.fence) for _, head in door.worked] == [(row, 1) for row in rows]
    assert door.queued == []


async def test_a_message_that_cannot_be_kept_harms_none_that_came_with_it(door: Door) -> None:
    said = [door.say("hello", "1.0"), door.say("nul \0", "2.0"), door.say("hello", "3.0")]
    first, broken, last = await asyncio.gather(*said, return_exceptions=True)
    assert isinstance(broken, Exception)
    assert await door.states() == [("1.0", "working"), ("3.0", "working")]
    assert isinstance(first, str)
    assert isinstance(last, str)
    assert door.together == [3, 1, 1, 1]


async def test_an_outage_is_told_to_all_without_trying_each(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: Any, **__: Any) -> Any:
        raise DatabaseBusy("The database does not answer.")

    monkeypatch.setattr(door.arrivals, "do_keep", away)
    found = await asyncio.gather(door.say("a", "1.0"), door.say("b", "2.0"), return_exceptions=True)
    assert [type(each) for each in found] == [DatabaseBusy, DatabaseBusy]


async def test_an_outage_is_told_once_to_all_who_wait_and_not_a_chunk_at_a_time(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each try takes as long as the database may be waited for: Slack does not wait so long."""
    tries = 0

    async def away(*_: Any, **__: Any) -> Any:
        nonlocal tries
        tries += 1
        raise DatabaseBusy("The database does not answer.")

    monkeypatch.setattr(inbox_many, "do_receive_all", away)
    found = await asyncio.gather(*(door.say("a", f"{n}.000000") for n in range(200)), return_exceptions=True)
    assert {type(each) for each in found} == {DatabaseBusy}
    assert tries == 1


async def test_more_than_can_be_kept_is_refused_at_once(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(together, "MOST_WAITING", 3)
    found = await asyncio.gather(*(door.say("a", f"{n}.000000") for n in range(5)), return_exceptions=True)
    assert [isinstance(each, Unavailable) for each in found] == [False, False, False, True, True]
    assert isinstance(await door.say("later", "9.000000"), str)


async def test_the_twin_of_what_was_just_kept_asks_the_database_nothing(door: Door) -> None:
    assert await door.say("hello", "1.0", key="Ev1")
    assert await door.say("hello", "1.0", key="Ev2") is None
    assert await door.say("hello", "1.0", key="Ev1") is None
    assert door.together == [1]
    assert await door.say("hello", "1.0", key="Ev3", files=True)  # it brings what the first did not
    assert door.together == [1, 1]


async def test_twins_that_come_together_are_kept_once(door: Door) -> None:
    rows = await asyncio.gather(door.say("hello", "1.0", key="Ev1"), door.say("hello", "1.0", key="Ev2"))
    assert [row is None for row in rows] == [False, True]
    assert await door.states() == [("1.0", "working")]


async def test_only_the_first_of_a_thread_is_taken_and_none_where_something_is_worked_on(door: Door) -> None:
    await asyncio.gather(door.say("a", "1.0"), door.say("b", "2.0", thread="1.0"))
    await door.say("c", "3.0", thread="1.0")
    assert await door.states() == [("1.0", "working"), ("2.0", "new"), ("3.0", "new")]


async def test_where_no_lane_can_begin_nothing_is_taken(door: Door) -> None:
    door.at_once.close()
    await door.say("a", "1.0")
    assert await door.states() == [("1.0", "new")]
    assert door.queued == ["T1:C1:1.0"]


async def test_two_processes_never_take_one_lane(door: Door) -> None:
    """Both transactions look at an empty lane; the second waits for the first."""

    def one(ts: str) -> inbox.Arrival:
        heard = Heard(user="UANN", text="", channel="C1", ts=ts, thread="1.0")
        return arrival(heard, f"Ev{ts}", "T1")

    async with door.database.tenant(door.tenant.id) as session:
        [first] = await inbox_many.do_receive_all(session, [one("1.0")], most=1, lease=LEASE)

        async def other() -> Any:
            async with door.database.tenant(door.tenant.id) as session:
                return await inbox_many.do_receive_all(session, [one("2.0")], most=1, lease=LEASE)

        waiting = asyncio.create_task(other())
        await asyncio.sleep(0.2)
    [second] = await waiting
    assert first is not None
    assert first.taken is not None
    assert second is not None
    assert second.taken is None


async def test_whoever_goes_away_keeps_nobody_from_being_told(door: Door) -> None:
    leaves, stays = asyncio.create_task(door.say("a", "1.0")), asyncio.create_task(door.say("b", "2.0"))
    await asyncio.sleep(0)
    leaves.cancel()
    assert await stays
    assert await door.states() == [("1.0", "working"), ("2.0", "working")]


def test_only_so_much_is_remembered_and_only_for_so_long() -> None:
    lately, short = Lately(most=2), Lately(seconds=0.0)
    for key in ("a", "b", "a", "c"):
        lately.note(key)
    assert [lately.has(key) for key in "abc"] == [True, False, True]
    short.note("a")
    assert not short.has("a")


def test_only_the_last_of_a_key_is_remembered() -> None:
    lately = Lately()
    lately.note("CNOC", "public")
    lately.note("CNOC", "shared")
    assert (lately.has("CNOC", "public"), lately.has("CNOC", "shared")) == (False, True)


def said_in(thread: str, ts: str, *, user: str = "UANN", deed: str = WORDS) -> Heard:
    return Heard(user=user, text="and now?", channel="C1", ts=ts, thread=thread, kind="public", deed=deed)


async def test_what_somebody_overhears_and_the_end_of_an_answer_do_not_wait_for_each_other(
    door: Door,
) -> None:
    """The one holds who follows and the other the lane, as `Reader` does; each comes to what the other has."""
    await door.say("hello", "1.0")
    await door.at_once.idle()
    head, holds_lane, holds_follows = door.worked[0][1], asyncio.Event(), asyncio.Event()
    assert head is not None

    async def finish() -> None:
        async with door.database.tenant(door.tenant.id) as session:
            assert await inbox.do_finish(session, head) is False
            holds_lane.set()
            await holds_follows.wait()
            await do_answered(session, "T1", Heard.read(head.payload))

    async def overhear() -> str | None:
        async with door.database.tenant(door.tenant.id) as session:
            heard = said_in("1.0", "2.0", deed=FOLLOW)
            weighed = await Following(door.database).do_weigh(session, door.team, heard)
            assert weighed is not None
            holds_follows.set()
            await holds_lane.wait()
            new = arrival(weighed, "Ev2", "T1")
            return await door.arrivals.do_keep_one(session, door.team, weighed, new)

    _, kept = await asyncio.gather(finish(), overhear())
    assert kept


async def test_the_files_of_a_twin_and_the_end_of_its_answer_do_not_wait_for_each_other(door: Door) -> None:
    await door.say("hello", "1.0")
    await door.at_once.idle()
    head, ending = door.worked[0][1], asyncio.Event()
    assert head is not None

    async def finish() -> None:
        async with door.database.tenant(door.tenant.id) as session:
            assert await inbox.do_finish(session, head) is False
            ending.set()
            await asyncio.sleep(0.2)
            assert await inbox.do_take(session, head.lane, LEASE) is None

    async def twin() -> None:
        await ending.wait()
        assert await door.say("hello", "1.0", key="EvTwin", files=True)

    await asyncio.gather(finish(), twin())


async def test_what_arrives_does_not_stand_behind_a_thread_that_somebody_has_in_hand(door: Door) -> None:
    async with door.database.tenant(door.tenant.id) as session:
        await session.execute(text("select pg_advisory_xact_lock(hashtextextended('T1:C1:1.0', 61))"))
        async with asyncio.timeout(10):
            assert await door.say("in it", "1.0")
            assert await door.say("elsewhere", "5.0")
        await door.at_once.idle()
    assert [(lane, head is not None) for lane, head in door.worked] == [
        ("T1:C1:1.0", False),
        ("T1:C1:5.0", True),
    ]


async def test_what_is_overheard_does_not_stand_behind_work(door: Door) -> None:
    done, at_work = asyncio.Event(), asyncio.Semaphore(0)

    async def work() -> None:
        async with door.database.tenant(door.tenant.id):
            at_work.release()
            await done.wait()

    working = [asyncio.create_task(work()) for _ in range(10)]  # the pool has five, and as many over
    for _ in working:
        await at_work.acquire()
    async with asyncio.timeout(5):
        assert not await Following(door.database).may_be(door.team, said_in("9.0", "9.0", deed=FOLLOW))
    done.set()
    await asyncio.gather(*working)
