"""Slack away, a bad token, letters that break whoever sends them: nothing is lost, nobody waits for ever."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
from sqlalchemy import text

from bot.contract.reply import Reply
from bot.core import audit
from bot.core.people import add_person
from bot.core.roles import do_add_built_in
from bot.db import outbox
from bot.db.inbox import Taken
from bot.db.letters import Kind, Letter
from bot.slack.calls import Calls, UnreachedError, UnsureError, made
from bot.slack.event import Heard
from bot.slack.placing import Said, letters_of
from bot.slack.remedies import MOST_CHOKED
from bot.slack.turns import LOOKS
from tests.bot.slack.conftest import Office
from tests.bot.slack.test_sender import dead, mention, posts

OFTEN = 40
"""More tries than were ever allowed: at five minutes each they last three hours."""


async def waiting(office: Office, **letter: Any) -> str:
    """A letter in the outbox, and no job for it."""
    made = Letter(**{"lane": "L", "team_id": "T1", "channel": "CNOC", "payload": {"text": "hello"}, **letter})
    async with office.database.tenant(office.tenant.id) as session:
        [put] = await outbox.do_put(session, [made])
    return put


async def do(office: Office, change: str, **values: object) -> None:
    async with office.database.tenant(office.tenant.id) as session:
        await session.execute(text(change), values)


async def rows(office: Office) -> list[Any]:
    async with office.database.tenant(office.tenant.id) as session:
        return list((await session.execute(text("select * from slack_outbox order by seq"))).mappings())


async def tried(office: Office) -> None:
    """Let what waits be due now, and work on it, without the jobs that would come later."""
    office.queue.lose = True
    await do(office, "update slack_outbox set not_before = now() where state <> 'sent'")
    await do(office, "update slack_paces set free_at = now()")
    await office.slack.clock.advance(5)
    await office.room.sweep()
    office.queue.lose = False


@pytest.mark.parametrize("trouble", ["503", "reset_before", "429", "internal_error"])
async def test_an_outage_buries_nothing(office: Office, trouble: str) -> None:
    await waiting(office)
    office.slack.faults.plan("chat.postMessage", trouble, times=OFTEN)
    office.slack.faults.plan("conversations.history", trouble, times=OFTEN)
    for _ in range(OFTEN):
        await tried(office)
    assert [one["state"] in {"queued", "uncertain"} for one in await rows(office)] == [True]
    office.slack.faults.waiting.clear()
    await tried(office)
    assert [one["text"] for one in office.slack.world.replies("CNOC")] == ["hello"]
    assert await dead(office) == []


async def test_a_message_slack_breaks_over_goes_as_text_and_holds_no_thread(office: Office) -> None:
    section = {"type": "section", "text": {"type": "mrkdwn", "text": "hello"}}
    await waiting(office, payload={"text": "hello", "blocks": [section]})
    await waiting(office, payload={"text": "the next"})
    office.slack.faults.plan("chat.postMessage", "internal_error", times=MOST_CHOKED)
    for _ in range(MOST_CHOKED - 1):
        await tried(office)
    await do(office, "update slack_outbox set tried_since = now() - interval '16 minutes'")
    assert [bool(one["payload"].get("blocks")) for one in await rows(office)] == [True, False]
    await tried(office)
    await tried(office)
    assert [one["text"] for one in office.slack.world.replies("CNOC")] == ["hello", "the next"]
    office.slack.faults.plan("chat.postMessage", "503", times=OFTEN)
    await waiting(office, payload={"text": "in an outage", "blocks": [section]})
    for _ in range(MOST_CHOKED + 2):
        await tried(office)
        await do(office, "update slack_outbox set tried_since = now() - interval '16 minutes'")
    assert [bool(one["payload"].get("blocks")) for one in await rows(office)][-1], "that is Slack itself"


async def test_after_two_days_it_is_given_up_and_the_admins_are_told(office: Office) -> None:
    ann = await add_person(office.database, office.tenant, name="Ann", email="a@acme.example", by="test")
    async with office.database.tenant(office.tenant.id) as session:
        await do_add_built_in(session)
    await do(
        office,
        "insert into grants (user_id, role, granted_by) values (cast(:ann as uuid), 'admin', 'test')",
        ann=ann.id,
    )
    for name in ("first", "second"):
        await waiting(office, lane=name)
    office.slack.faults.plan("chat.postMessage", "503", times=2)
    await do(office, "update slack_outbox set tried_since = now() - interval '47 hours'")
    await tried(office)
    assert await dead(office) == []
    await do(office, "update slack_outbox set tried_since = now() - interval '49 hours'")
    office.slack.faults.plan("conversations.history", "503", times=2)
    await tried(office)
    assert ["48 h" in one.error for one in await dead(office)] == [True, True]
    told = [
        row
        for row in await audit.search(office.database, office.tenant.id)
        if row.event == "slack.answer_lost"
    ]
    assert len(told) == 2
    async with office.database.tenant(office.tenant.id) as session:
        said = (await session.execute(text("select reply ->> 'text' from nudges"))).scalars().all()
    assert len(said) == 1, "once a day, however many"
    assert "could not be delivered" in said[0]


async def test_a_letter_that_is_revived_has_its_two_days_again(office: Office) -> None:
    put = await waiting(office)
    await do(office, "update slack_outbox set state = 'dead', tried_since = now() - interval '9 days'")
    async with office.database.tenant(office.tenant.id) as session:
        assert await outbox.do_revive(session, put)
    office.slack.faults.plan("conversations.history", "503")
    await tried(office)
    assert await dead(office) == []


async def test_what_a_bad_token_holds_back_goes_when_the_token_is_good_again(office: Office) -> None:
    office.queue.lose = True
    await mention(office)
    await office.room.sweep()
    office.queue.lose = False
    await waiting(office)
    office.slack.world.revoked = True
    with office.slack.expect("token_revoked"):
        for _ in range(OFTEN):
            await tried(office)
    assert await dead(office) == []
    office.slack.world.revoked = False
    await tried(office)
    assert "hello" in str(office.slack.world.replies("CNOC"))
    assert office.slack.violations == []


async def test_what_a_workspace_that_left_was_to_hear_waits_for_its_return(office: Office) -> None:
    await waiting(office, team_id="T7")
    await tried(office)
    [row] = await rows(office)
    assert (row["state"], row["error"]) == ("queued", "held: the workspace is not connected at present")


async def test_a_letter_that_breaks_its_sender_is_given_up_and_the_next_goes(office: Office) -> None:
    bad = await waiting(office, kind=Kind.REACTION, target="1.1", payload={"no name": "x"})
    await waiting(office, payload={"text": "behind"})
    for _ in range(6):
        await tried(office)
    assert [letter.id for letter in await dead(office)] == [bad]
    assert "broke: KeyError" in (await dead(office))[0].error
    assert [one["text"] for one in office.slack.world.replies("CNOC")] == ["behind"]


async def test_a_letter_that_kills_every_process_is_given_up(office: Office) -> None:
    await waiting(office)
    async with office.database.tenant(office.tenant.id) as session:
        for _ in range(12):
            assert await outbox.do_take(session, "L", timedelta(seconds=-1))
    await tried(office)
    assert ["was stopped" in one.error for one in await dead(office)] == [True]
    assert posts(office) == 0


async def test_who_stops_before_the_call_leaves_no_doubt(office: Office) -> None:
    """Else a command's answer would come with “You may have seen this already” after each restart."""
    await waiting(office)
    entered = asyncio.Event()

    async def stuck(*_: object) -> None:
        entered.set()
        await asyncio.sleep(60)

    real, office.room.sender.turns.wait = office.room.sender.turns.wait, stuck
    work = asyncio.create_task(office.room.sender.drain(office.tenant.id, "L"))
    await entered.wait()
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)
    assert [one["state"] for one in await rows(office)] == ["queued"]
    office.room.sender.turns.wait = real
    await tried(office)
    assert len(office.slack.world.replies("CNOC")) == 1


async def test_a_connection_that_never_stood_is_no_doubt() -> None:
    async def call() -> Any:
        raise aiohttp.ConnectionTimeoutError

    async def reset() -> Any:
        raise aiohttp.ServerDisconnectedError

    with pytest.raises(UnreachedError):
        await made("x", call)
    with pytest.raises(UnsureError):
        await made("x", reset)
    assert Calls("http://x/")


async def test_what_changes_a_message_may_be_overtaken_while_slack_wants_a_pause(office: Office) -> None:
    ts = await mention(office)
    await office.queue.idle()
    [posted] = office.slack.world.replies("CNOC")
    office.slack.faults.plan("chat.update", "429")
    await waiting(office, kind=Kind.UPDATE, target=posted["ts"], payload={"text": "changed"})
    await waiting(office, payload={"text": "behind"}, thread_ts=ts)
    await waiting(office, kind=Kind.UPDATE, target="9.9", payload={"text": "other"})
    office.queue.lose = True
    await office.room.sweep()
    assert [one["text"] for one in office.slack.world.replies("CNOC")] == ["You said: hello", "behind"]
    assert [one["state"] for one in await rows(office)] == ["sent", "queued", "sent", "queued"]
    await do(office, "delete from slack_outbox where payload ->> 'text' = 'other'")
    await tried(office)
    assert [one["text"] for one in office.slack.world.replies("CNOC")] == ["changed", "behind"]


async def test_posts_keep_their_order_whatever_holds_the_first(office: Office) -> None:
    for said in ("first", "second"):
        await waiting(office, payload={"text": said})
    office.slack.faults.plan("chat.postMessage", "reset_before")
    office.queue.lose = True
    await office.room.sweep()
    held = "update slack_outbox set not_before = now() + interval '1 hour' where payload ->> 'text' = 'first'"
    await do(office, held)
    await office.room.sweep()
    assert office.slack.world.replies("CNOC") == []
    office.queue.lose = False
    await tried(office)
    assert [one["text"] for one in office.slack.world.replies("CNOC")] == ["first", "second"]


async def test_two_changes_of_one_message_never_change_places(office: Office) -> None:
    """The older was under way when the newer was put: so it was not dropped for it."""
    lease = timedelta(seconds=30)
    await waiting(office, kind=Kind.UPDATE, target="1.1", payload={"text": "old"})
    async with office.database.tenant(office.tenant.id) as session:
        old = await outbox.do_take(session, "L", lease)
    await waiting(office, kind=Kind.UPDATE, target="1.1", payload={"text": "new"})
    await waiting(office, kind=Kind.UPDATE, target="2.2", payload={"text": "another"})
    async with office.database.tenant(office.tenant.id) as session:
        assert old and await outbox.do_postpone(session, old, timedelta(hours=1), has_turn=False)
        taken = await outbox.do_take(session, "L", lease)
        assert taken and taken.payload == {"text": "another"}
        assert await outbox.do_take(session, "L", lease) is None


async def test_an_answer_whose_trace_may_not_be_looked_for_is_said_directly(office: Office) -> None:
    office.answers.replies["hello"] = Reply("The link is up.")
    office.slack.faults.plan("chat.postMessage", "reset_after")
    office.slack.faults.plan("conversations.replies", "error:not_in_channel")
    await mention(office)
    await office.queue.idle()
    [said] = office.slack.world.replies(office.slack.world.home.direct("UANN").id)
    assert "You may have seen this already" in said["text"]
    assert await dead(office) == []


async def test_after_a_kill_letters_are_looked_for_as_fast_as_slack_lets_us(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.queue.lose = True
    looked = list[str]()

    async def found(_team: object, taken: Any) -> str:
        looked.append(taken.id)
        return "1795498267.000001"

    monkeypatch.setattr(office.room.sender._delivery, "find_done", found)
    for n in range(LOOKS + 5):
        await waiting(office, lane=f"L{n}")
    await do(office, "update slack_outbox set state = 'uncertain'")
    await office.room.sweep()
    assert LOOKS <= len(looked) <= LOOKS + 2, "what is not far off is waited for"
    assert {one["state"] for one in await rows(office)} == {"sent", "uncertain"}
    await do(office, "update slack_outbox set not_before = now() where state <> 'sent'")
    await office.room.sweep()
    assert sorted(looked) == sorted(str(one["id"]) for one in await rows(office))
    assert {one["state"] for one in await rows(office)} == {"sent"}


async def test_while_slack_wants_a_pause_nobody_looks(office: Office) -> None:
    office.queue.lose = True
    await waiting(office)
    await do(office, "update slack_outbox set state = 'uncertain'")
    await do(
        office,
        "insert into slack_paces (team_id, what, free_at)"
        " values ('T1', 'conversations.history', now() + interval '9 s')",
    )
    await office.room.sweep()
    assert office.slack.count("conversations.history") == 0
    assert office.slack.world.replies("CNOC") == []
    await do(office, "delete from slack_paces")
    await do(office, "update slack_outbox set not_before = now()")
    await office.room.sweep()
    assert [one["text"] for one in office.slack.world.replies("CNOC")] == ["hello"]


def test_what_one_person_alone_is_told_holds_up_nobody_else() -> None:
    def lane(user: str, kind: Kind) -> str:
        heard = Heard(user=user, text="x", channel="C1", ts="1.0", thread="")
        taken = Taken(id="i", lane="l", team_id="T1", payload={}, fence=1, received_at=datetime.now(UTC))
        said = Said(reply=Reply("hi"), channel="C1", thread_ts=None, kind=kind)
        [letter] = letters_of(said, heard, taken, [{"text": "hi"}])
        return letter.lane

    for kind in (Kind.RESPOND, Kind.EPHEMERAL):
        assert lane("U1", kind) == lane("U1", kind) != lane("U2", kind)
        assert lane("U1", kind) != lane("U1", Kind.POST)
    assert lane("U1", Kind.POST) == lane("U2", Kind.POST)
