"""What cannot be worked on now waits and does not count; what never can is given up, and its thread goes on."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from bot.contract.people import Tenant
from bot.contract.reply import Reply
from bot.core import audit
from bot.db import inbox
from bot.db.database import Database
from bot.errors import DatabaseBusy
from bot.slack import home_team, people
from bot.slack.patience import MOST_FAULTS
from bot.slack.reader import MOST_ATTEMPTS, UNTOLD
from tests.bot.slack.conftest import Office, make_office
from tests.bot.slack.test_sender import mention
from tests.slackd import Slackd

ROUNDS = MOST_ATTEMPTS + UNTOLD + 1
"""More than the tries an arrival has."""


async def do(office: Office, change: str) -> None:
    async with office.database.tenant(office.tenant.id) as session:
        await session.execute(text(change))


async def arrivals(office: Office) -> list[Any]:
    async with office.database.tenant(office.tenant.id) as session:
        found = await session.execute(text("select * from slack_inbox order by said_at"))
        return list(found.mappings())


async def again(office: Office, rounds: int = 1) -> None:
    """Work on what waits as often, without the jobs that would come later."""
    for _ in range(rounds):
        office.queue.lose = True
        await do(office, "update slack_inbox set lease_until = now() where state = 'working'")
        await office.room.sweep()
        office.queue.lose = False


async def kept(office: Office, words: str = "hello") -> str:
    office.queue.lose = True
    ts = await mention(office, words)
    office.queue.lose = False
    return ts


async def test_a_question_waits_until_slack_told_whose_the_token_is(
    slack: Slackd, database: Database, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A restart while Slack is away: the question is in the inbox, and nobody knows the token's workspace."""
    before = make_office(slack, database, tenant)
    await before.room.start()
    await kept(before)
    await before.room.stop()
    monkeypatch.setattr(home_team, "BEFORE", 0.0)
    slack.faults.plan("auth.test", "503")
    office = make_office(slack, database, tenant)
    await office.room.start()
    for _ in range(ROUNDS):
        await do(office, "update slack_inbox set lease_until = now() where state = 'working'")
        [row] = await arrivals(office)
        await office.room.reader.drain(tenant.id, row["lane"])
    [row] = await arrivals(office)
    assert (row["attempts"], row["waited"], row["state"]) == (ROUNDS, ROUNDS, "working")
    await office.room.home_team.learn()
    await again(office, 2)
    assert [one["text"] for one in slack.world.replies()] == ["You said: hello"]
    await office.queue.stop()
    await office.room.stop()


@pytest.mark.parametrize("trouble", ["503", "reset_before", "429", "error:token_revoked"])
async def test_a_question_waits_while_slack_does_not_tell_who_asks(
    office: Office, trouble: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(people, "WAITS", ())
    monkeypatch.setattr(people, "LONGEST_PAUSE", 0)
    await kept(office)
    office.slack.faults.plan("users.info", trouble, times=99)
    for _ in range(ROUNDS):
        await again(office)
        await office.slack.clock.advance(5)
    [row] = await arrivals(office)
    assert (row["state"], row["waited"]) == ("working", ROUNDS)
    office.slack.faults.waiting.clear()
    await again(office, 2)
    assert [one["text"] for one in office.slack.world.replies()] == ["You said: hello"]


@pytest.mark.parametrize(("trouble", "state"), [("429", "working"), ("503", "done")])
async def test_a_question_waits_longer_for_its_turn_than_for_a_slack_that_is_away(
    office: Office, trouble: str, state: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(people, "WAITS", ())
    monkeypatch.setattr(people, "LONGEST_PAUSE", 0)
    await kept(office)
    await do(office, "update slack_inbox set received_at = now() - interval '4 minutes'")
    office.slack.faults.plan("users.info", trouble, times=2)
    await again(office)
    [row] = await arrivals(office)
    assert row["state"] == state
    await office.slack.clock.advance(5)
    office.slack.faults.waiting.clear()
    await again(office, 2)
    assert ["hello" in one["text"] for one in office.slack.world.replies()] == [trouble == "429"]


BUSY = DatabaseBusy("The database is busy; nothing was changed. Try again in a moment.")


async def test_while_the_database_is_busy_a_question_waits_for_its_answer(office: Office) -> None:
    office.answers.replies["hello"] = BUSY
    await kept(office)
    await again(office, ROUNDS)
    [row] = await arrivals(office)
    assert (row["state"], row["waited"]) == ("working", ROUNDS)
    office.answers.replies["hello"] = Reply(str(BUSY), error="DatabaseBusy")  # as the core says it
    await again(office)
    del office.answers.replies["hello"]
    await again(office, 2)
    assert [one["text"] for one in office.slack.world.replies()] == ["You said: hello"]


async def test_a_database_that_stays_busy_is_told_of_in_the_end(office: Office) -> None:
    office.answers.replies["hello"] = BUSY
    await kept(office)
    await do(office, "update slack_inbox set received_at = now() - interval '1 hour'")
    await again(office, 2)
    assert str(BUSY) in office.slack.world.replies()[0]["text"]


async def test_an_answer_that_a_busy_database_does_not_take_is_kept_later(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def busy(*_: object) -> None:
        raise BUSY

    with monkeypatch.context() as patch:
        patch.setattr(office.room.reader, "_worked", busy)
        await kept(office)
        await again(office, ROUNDS)
    [row] = await arrivals(office)
    assert (row["state"], row["waited"]) == ("working", ROUNDS)
    await again(office, 2)
    assert [one["text"] for one in office.slack.world.replies()] == ["You said: hello"]


async def test_a_letter_outlasts_a_busy_database(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    async def busy(*_: object) -> None:
        raise BUSY

    with monkeypatch.context() as patch:
        patch.setattr(office.room.sender, "_plainer", busy)
        await mention(office)
        for _ in range(MOST_FAULTS):
            await do(office, "update slack_outbox set not_before = now()")
            await office.room.sweep()
    for _ in range(2):  # so many tries have used up the turns of the channel: it may have to wait for one
        await do(office, "update slack_outbox set not_before = now()")
        await office.room.sweep()
    assert [one["text"] for one in office.slack.world.replies()] == ["You said: hello"]


async def test_nobody_takes_a_thread_that_somebody_works_on(office: Office) -> None:
    """Not even by an earlier message that came late."""
    lease = timedelta(seconds=30)

    def heard(key: str, at: str) -> inbox.Arrival:
        return inbox.Arrival(
            event_key=key, message_key=None, lane="T1:C:1", team_id="T1", said_at=at, payload={}
        )

    async with office.database.tenant(office.tenant.id) as session:
        assert await inbox.do_receive(session, heard("Ev2", "2.0"))
        second = await inbox.do_take(session, "T1:C:1", lease)
        assert await inbox.do_receive(session, heard("Ev1", "1.0"))
    assert second is not None
    async with office.database.tenant(office.tenant.id) as session:
        assert await inbox.do_take(session, "T1:C:1", lease) is None
        assert await inbox.do_finish(session, second) is True
        first = await inbox.do_take(session, "T1:C:1", lease)
    assert first is not None
    assert first.id != second.id


async def test_who_stops_the_process_does_not_use_up_a_try(office: Office) -> None:
    entered = asyncio.Event()

    async def slow(_question: object) -> None:
        entered.set()
        await asyncio.sleep(60)

    office.answers.answer = slow
    await kept(office)
    [row] = await arrivals(office)
    work = asyncio.create_task(office.room.reader.drain(office.tenant.id, row["lane"]))
    await entered.wait()
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)
    [row] = await arrivals(office)
    assert (row["attempts"], row["waited"], row["state"]) == (1, 1, "working")


@pytest.mark.parametrize(
    "change",
    [
        "payload || '{\"v\": 99}'",
        "payload || '{\"of later\": 1}'",
        'payload || \'{"deed": "later"}\'',
    ],
)
async def test_what_only_a_later_version_reads_waits_an_hour_and_is_given_up(
    office: Office, change: str
) -> None:
    ts = await kept(office)
    await do(office, f"update slack_inbox set payload = {change}")
    await again(office, ROUNDS)
    assert [(row["state"], row["waited"]) for row in await arrivals(office)] == [("working", ROUNDS)]
    await do(office, "update slack_inbox set received_at = now() - interval '61 minutes'")
    office.queue.lose = True
    seat, team = office.slack.seat("UANN"), await office.room.teams.find("T1")
    assert team is not None
    behind = seat.write("CNOC", "<@UBOT> behind", thread=ts)
    await office.room.ingest.receive(team, seat.events("CNOC", behind)[0])
    await again(office)
    assert [row["state"] for row in await arrivals(office)] == ["dead", "done"]
    await again(office)
    assert [one["text"] for one in office.slack.world.replies()] == ["You said: behind"]
    told = await audit.search(office.database, office.tenant.id)
    assert [row.event for row in told] == ["slack.question_lost"]


async def test_what_breaks_whoever_answers_it_is_given_up_and_its_thread_goes_on(office: Office) -> None:
    ts = await kept(office)
    real = office.room.reader._letters

    async def broken(tenant_id: str, taken: inbox.Taken, outcome: Any) -> list[Any]:
        if outcome.said and "hello" in str(taken.payload):
            raise RuntimeError("no letter can be made of it")
        return await real(tenant_id, taken, outcome)

    office.room.reader._letters = broken
    await again(office, ROUNDS)
    [row] = await arrivals(office)
    assert row["state"] == "dead"
    assert "RuntimeError (incident" in row["error"]
    office.queue.lose = True
    seat, team = office.slack.seat("UANN"), await office.room.teams.find("T1")
    assert team is not None
    behind = seat.write("CNOC", "<@UBOT> behind", thread=ts)
    await office.room.ingest.receive(team, seat.events("CNOC", behind)[0])
    await again(office)
    await again(office)
    assert [one["text"] for one in office.slack.world.replies()] == ["You said: behind"]
