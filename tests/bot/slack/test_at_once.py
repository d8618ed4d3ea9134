"""What a process has committed it works itself; what it cannot, the queue has."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from bot.contract.people import Tenant
from bot.db.database import Database
from bot.db.session import Session
from bot.slack import at_once
from bot.slack.at_once import AtOnce
from bot.slack.ports import EVENT_JOB, HOME_JOB
from tests.bot.slack.conftest import Office


class Lanes:
    """Somebody who works lanes, each until it may end."""

    def __init__(self, database: Database, tenant: Tenant) -> None:
        self.database, self.tenant = database, tenant
        self.queued: list[tuple[str, str, timedelta | None]] = []
        self.began: list[str] = []
        self.ended: list[str] = []
        self.go = asyncio.Event()
        self.work = AtOnce(database, self.queue)
        self.work.add(EVENT_JOB, self.drain)
        self.work.open()

    async def queue(
        self, _session: Session, kind: str, payload: Any, *, after: timedelta | None = None, **_: Any
    ) -> bool:
        self.queued.append((kind, payload.get("lane", ""), after))
        return True

    async def drain(self, _tenant: str, lane: str, _head: Any = None) -> None:
        self.began.append(lane)
        await self.go.wait()
        self.ended.append(lane)

    async def put(self, *lanes: str, kind: str = EVENT_JOB, after: timedelta | None = None) -> None:
        began = self.began[:]
        async with self.database.tenant(self.tenant.id) as session:
            for lane in lanes:
                await self.work(session, kind, {"lane": lane}, tenant=self.tenant.id, after=after)
            assert self.began == began  # nothing begins before it is committed
        await asyncio.sleep(0)


@pytest.fixture
def lanes(database: Database, tenant: Tenant) -> Lanes:
    return Lanes(database, tenant)


async def test_a_lane_is_worked_when_the_transaction_is_committed_and_without_a_job(lanes: Lanes) -> None:
    lanes.go.set()
    await lanes.put("a")
    await lanes.work.idle()
    assert lanes.ended == ["a"]
    assert lanes.queued == []


async def test_nothing_is_worked_of_a_transaction_that_is_rolled_back(lanes: Lanes) -> None:
    with pytest.raises(RuntimeError):
        async with lanes.database.tenant(lanes.tenant.id) as session:
            await lanes.work(session, EVENT_JOB, {"lane": "a"}, tenant=lanes.tenant.id)
            raise RuntimeError
    await asyncio.sleep(0)
    assert lanes.began == []


async def test_what_is_for_later_or_of_another_kind_goes_into_the_queue(lanes: Lanes) -> None:
    second = timedelta(seconds=1)
    await lanes.put("a", after=second)
    await lanes.put("b", kind=HOME_JOB)
    lanes.work.close()
    await lanes.put("c")
    assert lanes.queued == [(EVENT_JOB, "a", second), (HOME_JOB, "b", None), (EVENT_JOB, "c", None)]
    assert lanes.began == []


async def test_a_lane_is_in_work_once_and_looked_at_once_more_for_what_came_meanwhile(lanes: Lanes) -> None:
    await lanes.put("a")
    await lanes.put("a")
    await lanes.put("a")
    assert lanes.began == ["a"]
    lanes.go.set()
    await lanes.work.idle()
    assert lanes.ended == ["a", "a"]


def one_hand() -> tuple[list[object], asyncio.Event, at_once.Hands]:
    """Return room for one lane at a time, what it began with each time, and what lets it go on."""
    heads, go = list[object](), asyncio.Event()

    async def drain(_tenant: str, _lane: str, head: Any = None) -> None:
        heads.append(head)
        await go.wait()

    return heads, go, at_once.Hands(EVENT_JOB, drain, most=1)


async def test_what_is_taken_while_its_lane_ends_is_worked_next_and_not_forgotten() -> None:
    heads, go, hands = one_hand()
    hands.begin("x", "a")
    await asyncio.sleep(0)
    hands.begin("x", "a", "taken")
    hands.begin("x", "a")
    go.set()
    while hands.tasks():
        await asyncio.sleep(0)
    assert heads == [None, "taken"]


async def test_what_is_taken_never_waits_for_a_place_since_its_lease_runs() -> None:
    heads, go, hands = one_hand()
    hands.begin("x", "a")
    hands.begin("x", "b", "taken")
    hands.begin("x", "c")
    await asyncio.sleep(0)
    assert heads == [None, "taken"]
    go.set()
    while hands.tasks():
        await asyncio.sleep(0)
    assert heads == [None, "taken", None]


async def test_what_is_put_out_is_taken_by_the_transaction_that_asks_for_it(lanes: Lanes) -> None:
    heads = list[object]()

    async def drain(_tenant: str, lane: str, head: Any = None) -> None:
        heads.append((lane, head))

    async def take(_session: Session, lane: str) -> str:
        return f"head of {lane}"

    lanes.work.add(EVENT_JOB, drain, take)
    await lanes.put("a")
    await lanes.work.idle()
    assert heads == [("a", "head of a")]


async def test_so_many_lanes_at_a_time_and_beyond_that_the_queue(
    lanes: Lanes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(at_once, "MOST_WAITING", 2)
    names = [f"{n}" for n in range(at_once.MOST)]
    await lanes.put(*names)
    await lanes.put("waits")
    await lanes.put("waits")
    await lanes.put("waits too")
    await lanes.put("too many")
    assert sorted(lanes.began) == sorted(names)
    assert [lane for _, lane, _ in lanes.queued] == ["too many"]
    lanes.go.set()
    await lanes.work.idle()
    assert sorted(lanes.ended) == sorted([*names, "waits", "waits too"])


async def test_tenants_take_turns(database: Database, tenant: Tenant) -> None:
    worked, go = list[str](), asyncio.Event()

    async def drain(tenant_id: str, lane: str, _head: Any = None) -> None:
        await go.wait()
        worked.append(tenant_id + lane)

    hands = at_once.Hands(EVENT_JOB, drain, most=1)
    for one in ("x0", "x1", "x2", "x3", "y1", "z1"):
        hands.begin(one[0], one[1])
    go.set()
    while hands.tasks():
        await asyncio.sleep(0)
    assert worked == ["x0", "x1", "y1", "z1", "x2", "x3"]


async def test_a_lane_that_breaks_is_left_to_the_sweep_and_the_others_go_on(
    database: Database, tenant: Tenant
) -> None:
    worked = list[str]()

    async def drain(_tenant: str, lane: str, _head: Any = None) -> None:
        if lane == "odd":
            raise RuntimeError("odd")
        worked.append(lane)

    hands = at_once.Hands(EVENT_JOB, drain, most=1)
    hands.begin("x", "odd")
    hands.begin("x", "good")
    while hands.tasks():
        await asyncio.sleep(0)
    assert worked == ["good"]


async def test_when_it_stops_others_get_what_waits_and_what_runs_is_given_back(
    lanes: Lanes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(at_once, "GRACE", 0.05)
    names = [f"{n}" for n in range(at_once.MOST)]
    await lanes.put(*names)
    await lanes.put("waits")
    await lanes.work.stop()
    assert lanes.queued == [(EVENT_JOB, "waits", None)]
    assert lanes.ended == []
    assert not lanes.work.busy


async def test_a_question_is_answered_without_a_single_job(socket_office: Office) -> None:
    """The queue loses all it is given: the process that took the question in needs none of it."""
    socket_office.queue.loses_jobs()
    slack = socket_office.slack
    await slack.seat("UANN").say("CNOC", "<@UBOT> hello")
    await socket_office.queue.idle()
    [said] = slack.world.replies("CNOC")
    assert said["text"] == "You said: hello"


async def test_what_is_taken_as_it_comes_in_is_held_no_longer_than_the_rooms_lease(office: Office) -> None:
    """Else whoever takes over from a process that was killed waits for more than they were told to."""
    release, slack = asyncio.Event(), office.slack
    for hands in office.room.at_once.all():

        async def waits(_tenant: str, _lane: str, _head: Any = None) -> None:
            await release.wait()

        hands.drain = waits
    team = await office.room.teams.find("T1")
    assert team is not None
    seat = slack.seat("UANN")
    [body] = [
        one
        for one in seat.events("CNOC", seat.write("CNOC", "<@UBOT> hello"))
        if one["event"]["type"] == "app_mention"
    ]
    assert await office.room.ingest.receive(team, body) == "kept"
    async with office.database.tenant(office.tenant.id) as session:
        found = await session.execute(text("select lease_until - received_at as held from slack_inbox"))
        assert found.scalar_one() == timedelta(seconds=1.5)
    release.set()
