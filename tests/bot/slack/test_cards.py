"""The card of a call stays true wherever the call is decided, in its place and without new messages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.contract.reply import Reply
from bot.db import cards
from bot.db.calls import Call
from bot.db.decisions import Decision
from bot.slack.cards import ended
from tests.bot.core.gate_world import Desk
from tests.bot.slack.conftest import Office
from tests.bot.slack.gated import Staff
from tests.bot.slack.test_notices import CREDIT, thread
from tests.bot.slack.test_pressing import posted, whispers


@pytest.fixture
def desk(office: Office) -> Desk:
    """A gate whose notices the room works."""

    async def enqueue(session: Any, kind: str, payload: dict[str, Any], **more: Any) -> bool:
        return kind != "call_notice" or await office.queue.enqueue(session, kind, payload, **more)

    desk = Desk(office.database, office.tenant, enqueue=enqueue, notices=True)
    office.answers.gate = desk.gate
    return desk


async def ask(office: Office, desk: Desk, *, tell: bool = True) -> Reply:
    """Ask for a credit in a thread of the channel, where the reply becomes a card."""
    reply = await desk.ask("desk_credit", CREDIT, thread=await thread(office))
    if tell:
        await show(office, reply)
    return reply


async def show(office: Office, reply: Reply) -> None:
    office.answers.replies["credit"] = reply
    root = office.slack.world.replies("CNOC")[-1]["thread_ts"]
    seat, team = office.slack.seat("UANN"), await office.room.teams.find("T1")
    assert team is not None
    message = seat.write("CNOC", "<@UBOT> credit", thread=root)
    await office.room.ingest.receive(team, seat.events("CNOC", message)[1])
    await office.queue.idle()


def card(office: Office) -> tuple[str, list[str]]:
    """Return the text of the last message and the ids of its buttons."""
    shown = [one for one in office.slack.world.replies("CNOC") if "'card:" in str(one.get("blocks"))]
    message = shown[-1]
    found = [each for block in message["blocks"] for each in block.get("elements", ())]
    return str(message["blocks"]), [each["action_id"] for each in found if each["type"] == "button"]


async def test_a_card_says_all_that_a_yes_needs(office: Office, desk: Desk) -> None:
    reply = await ask(office, desk)
    said, buttons = card(office)
    for words in (
        "Credit a customer: Ann Lee (1001)",
        "*Ann asks:* ",
        "*What a yes does:*\\nCredit 20.00 EUR.",
        "one other person",
        "*Amount:* 20.00 EUR",
        "20.00 EUR",
        "until",
    ):
        assert words in said
    assert buttons == ["call:approve", "call:deny", "call:cancel"]
    assert reply.waiting and f"{reply.waiting.call_id} {reply.waiting.version}" in said
    assert office.slack.violations == []


@pytest.mark.parametrize(
    ("deed", "words"),
    [
        ("approve", "Approved by Ben, done at"),
        ("deny", "Denied by Ben at"),
        ("withdraw", "Withdrawn by Ann at"),
        ("expire", "Nobody said yes in time, so it expired at"),
    ],
)
async def test_decided_anywhere_the_card_says_so(office: Office, desk: Desk, deed: str, words: str) -> None:
    reply = await ask(office, desk)
    call_id, before = reply.call_id or "", len(office.slack.world.replies("CNOC"))
    if deed == "expire":
        desk.world.at += timedelta(hours=25)
        await desk.gate.expire(call_id)
    else:
        await desk.gate.decide(desk.ann if deed == "withdraw" else desk.ben, call_id, yes=deed == "approve")
    await office.queue.idle()
    said, buttons = card(office)
    assert words in said and "Credit a customer: Ann Lee (1001)" in said
    assert "*What was asked for:*" in said and "What a yes does" not in said
    assert not {"call:approve", "call:deny", "call:cancel"} & set(buttons)
    told = 0 if deed == "withdraw" else 1
    assert len(office.slack.world.replies("CNOC")) == before + told, "who asked is told once"
    assert office.slack.violations == []


async def test_decided_while_the_card_was_under_way(office: Office, desk: Desk) -> None:
    reply = await ask(office, desk, tell=False)
    await desk.gate.decide(desk.ben, reply.call_id or "", yes=False)
    await office.queue.idle()
    await show(office, reply)
    said, buttons = card(office)
    assert "Denied by Ben at" in said and buttons == []


async def test_cancel_is_for_who_asked_and_no_no_of_others(staff: Staff) -> None:
    call_id = await staff.ask()
    ts = await posted(staff.office, ("call:cancel", f"{call_id} v1"))
    await staff.press("ben", {"ts": ts}, "call:cancel", "CNOC")
    [told] = whispers(staff.office)
    assert told["_to"] == "UBEN"
    assert "Only Ann, who asked for this, can cancel it" in told["text"]
    assert f"deny {call_id[:8]} because" in told["text"]
    assert (await staff.desk.row(call_id)).state == "asked"
    await staff.press("ann", {"ts": ts}, "call:cancel", "CNOC")
    assert (await staff.desk.row(call_id)).state == "cancelled"


async def test_old_letters_are_forgotten_but_no_card_of_what_still_waits(office: Office, desk: Desk) -> None:
    reply = await ask(office, desk)
    await desk.sql("update slack_outbox set sent_at = sent_at - interval '30 days'")
    await office.room.forget()
    async with office.database.tenant(office.tenant.id) as session:
        [kept] = await cards.find_cards(session, reply.call_id or "")
    await desk.gate.decide(desk.ben, reply.call_id or "", yes=False)
    await office.queue.idle()
    assert "Denied by Ben" in card(office)[0]
    await desk.sql("update slack_outbox set sent_at = sent_at - interval '30 days'")
    await office.room.forget()
    async with office.database.tenant(office.tenant.id) as session:
        assert kept and await cards.find_cards(session, reply.call_id or "") == []


async def test_a_repeated_notice_changes_nothing(office: Office, desk: Desk) -> None:
    reply = await ask(office, desk)
    assert office.slack.count("chat.update") == 1, "it says who can say yes"
    await desk.gate.decide(desk.ben, reply.call_id or "", yes=True)
    await office.queue.idle()
    for _ in range(3):
        await office.room.handlers["call_notice"](office.tenant.id, {"call": reply.call_id, "event": "card"})
    await office.queue.idle()
    assert office.slack.count("chat.update") == 2


@pytest.mark.parametrize(
    ("state", "told"),
    [
        ("running", "It is being done right now."),
        ("done", "Done by Ann at 10:00."),
        ("failed", "It failed at 10:00. The audit says why."),
        ("undone", "Done by Ann, and taken back by Cem at 10:00."),
    ],
)
def test_what_somebody_agreed_to_alone_is_called_approved_by_nobody(state: str, told: str) -> None:
    now = datetime.now(UTC).replace(hour=10, minute=0)
    ann = Decision(user_id="u-ann", name="Ann", yes=True, at=now)
    call = Call(
        id="c1",
        key="k",
        action_id="desk_note",
        args={},
        asked_by="u-ann",
        asked_name="Ann",
        asked_at=now,
        via="person",
        needs=1,
        state=state,
        ended_at=now,
    )
    said = ended(call, [ann], ZoneInfo("UTC"), whole=True, undone_by="Cem")
    assert said.replace(f"{now:%d %b} ", "") == told
