"""What became of a call is told in its thread: once, to those who did not see it, and nothing more than they may read."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from bot.contract.action import Approval, Via, action
from bot.contract.people import Tenant
from bot.contract.reply import Reply
from bot.db.calls import Call
from bot.db.decisions import Decision
from bot.errors import Conflict, OutcomeUnknown
from bot.slack.lanes import lane_of
from bot.slack.notices import told
from tests.bot.core.gate_world import WRITE, Desk
from tests.bot.slack.conftest import Office

CREDIT = {"customer": "1001", "amount": "20"}
AT = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@pytest.fixture
def jobs() -> list[dict[str, Any]]:
    """The `call_notice` jobs queued so far."""
    return []


@pytest.fixture
def desk(office: Office, jobs: list[dict[str, Any]]) -> Desk:
    """A gate whose notices the room works; of its other jobs the test itself is the worker."""

    async def enqueue(session: Any, kind: str, payload: dict[str, Any], **more: Any) -> bool:
        if kind != "call_notice":
            return True
        jobs.append(payload)
        return await office.queue.enqueue(session, kind, payload, **more)

    async def code(ctx: Any) -> Reply:
        """Hand out a code."""
        return Reply("the code is 1234", private=True)

    async def broken(ctx: Any) -> Reply:
        """Pull a lever."""
        raise Conflict("the lever of Ann Lee is stuck")

    async def doubtful(ctx: Any) -> Reply:
        """Push a button."""
        raise OutcomeUnknown("did it click?")

    extra = tuple(action(permission=WRITE, approval=Approval.OTHER)(one) for one in (code, broken, doubtful))
    desk = Desk(office.database, office.tenant, enqueue=enqueue, notices=True, extra=extra)
    office.answers.gate = desk.gate
    return desk


async def thread(office: Office, channel: str = "CNOC") -> str:
    """Return the lane of something that was said and answered."""
    seat, team = office.slack.seat("UANN"), await office.room.teams.find("T1")
    assert team is not None
    if channel.startswith("D"):
        ts = seat.write(channel, "hello")
        event = seat.events(channel, ts)[0]
    else:
        ts = seat.write(channel, "<@UBOT> hello")
        event = seat.events(channel, ts)[1]
    await office.room.ingest.receive(team, event)
    await office.queue.idle()
    return office.answers.asked[-1].thread


async def new(office: Office) -> list[dict[str, Any]]:
    """Return what was posted since the answer to `hello`."""
    await office.queue.idle()
    return office.slack.world.replies("CNOC")[1:]


async def rows(office: Office) -> list[Any]:
    async with office.database.tenant(office.tenant.id) as session:
        found = await session.execute(
            text("select notice_key, state from slack_outbox where notice_key is not null")
        )
        return [tuple(row) for row in found]


async def test_a_reminder_says_what_waits_for_whom_until_when(office: Office, desk: Desk) -> None:
    lane = await thread(office)
    asked = await desk.ask("desk_credit", CREDIT, thread=lane)
    assert await new(office) == [], "the asker has just read the question"
    assert await desk.gate.remind(asked.call_id or "")
    [post] = await new(office)
    assert lane == f"T1:CNOC:{post['thread_ts']}"
    for words in (
        "still waits for a yes from one other person",
        f"approve {(asked.call_id or '')[:8]}",
        "Credit a customer: Ann Lee (1001), amount “20.00 EUR”",
        "Asked by: Ann",
        "Until: 21 Nov",
    ):
        assert words in post["text"] and words.split(": ")[-1] in str(post["blocks"])
    assert office.slack.world.violations == []


async def test_a_repeated_job_tells_nothing_twice(
    office: Office, desk: Desk, jobs: list[dict[str, Any]]
) -> None:
    asked = await desk.ask("desk_credit", CREDIT, thread=await thread(office))
    await desk.gate.remind(asked.call_id or "")
    await new(office)
    work = office.room.handlers["call_notice"]
    again = {"call": asked.call_id or "", "event": "remind"}
    assert again in jobs
    await asyncio.gather(*(work(office.tenant.id, again) for _ in range(5)))
    assert len(await new(office)) == 1
    assert await rows(office) == [(f"{asked.call_id}:remind", "sent")]
    await desk.gate.decide(desk.ben, asked.call_id or "", yes=False)
    await asyncio.gather(*(work(office.tenant.id, {**again, "event": "denied"}) for _ in range(5)))
    assert len(await new(office)) == 2, "the end is another event than the reminder"


async def test_a_lost_send_job_is_swept_up(office: Office, desk: Desk) -> None:
    asked = await desk.ask("desk_credit", CREDIT, thread=await thread(office))
    office.queue.lose = True
    await office.room.handlers["call_notice"](office.tenant.id, {"call": asked.call_id, "event": "remind"})
    office.queue.lose = False
    assert await new(office) == []
    await office.room.sweep()
    assert len(await new(office)) == 1


async def test_ends_decided_elsewhere_are_told_and_those_seen_are_not(office: Office, desk: Desk) -> None:
    lane = await thread(office)

    async def decide(yes: bool, **more: str) -> None:
        asked = await desk.ask("desk_credit", CREDIT, thread=lane)
        await desk.gate.decide(desk.ben, asked.call_id or "", yes=yes, **more)

    await decide(yes=True)
    await decide(yes=False, reason="he is my cousin")
    late = await desk.ask("desk_credit", CREDIT, thread=lane)
    desk.world.at += timedelta(hours=25)
    await desk.gate.expire(late.call_id or "")
    posts = [one["text"] for one in await new(office)]
    assert [line.split("\n")[0] for line in sorted(posts)] == [
        "⚠️ Ben said no, so nothing was done. Ben gave a reason, which Ann has.",
        "⚠️ Nobody said yes in time, so nothing was done. Ask again if it is still needed.",
        "✅ Ben said yes, and this is done.",
    ]
    assert all("Credit a customer: Ann Lee (1001)" in post and "cousin" not in post for post in posts)
    await decide(yes=True, thread=lane)
    await decide(yes=False, thread=lane)
    own = await desk.ask("desk_suspend", {"customer": "1001"}, thread=lane)
    await desk.gate.decide(desk.ann, own.call_id or "", yes=True, thread="terminal-1")
    assert len(await new(office)) == 3


@pytest.mark.parametrize(
    ("name", "channel", "direct"),
    [
        ("code", "✅ Ben said yes, and this is done.", "the code is 1234"),
        (
            "broken",
            "🔴 Ben said yes, and this failed. An admin finds why in the audit.",
            "lever of Ann Lee is stuck",
        ),
        (
            "doubtful",
            "🔴 Ben said yes, and this ended, and nobody knows whether it happened. Look before you ask again.",
            "",
        ),
    ],
)
async def test_a_channel_reads_no_results(
    office: Office, desk: Desk, name: str, channel: str, direct: str
) -> None:
    private = office.slack.world.direct("UANN").id
    for lane in (await thread(office), await thread(office, private)):
        asked = await desk.ask(f"desk_{name}", thread=lane)
        with suppress(Conflict, OutcomeUnknown):  # told to Ben at once; the asker was not there
            await desk.gate.decide(desk.ben, asked.call_id or "", yes=True)
        await office.queue.idle()
    in_channel, in_direct = (office.slack.world.replies(where)[-1] for where in ("CNOC", private))
    assert in_channel["text"].split("\n")[0] == channel
    for secret in ("is 1234", "Ann Lee"):
        assert secret not in str(in_channel)
    assert direct in in_direct["text"]


@pytest.mark.parametrize(
    "lane", ["", "terminal-7", "T1:CNOC", "T1:CNOC:x", "T1:#noc:1.1", "x:CNOC:1.1", "T1:CNOC:1.1:2"]
)
async def test_what_was_asked_elsewhere_is_not_told_here(office: Office, desk: Desk, lane: str) -> None:
    await thread(office)
    asked = await desk.ask("desk_credit", CREDIT, thread=lane)
    await desk.gate.remind(asked.call_id or "")
    assert await new(office) == await rows(office) == []
    assert lane_of(lane) is None


async def test_of_a_foreign_workspace_or_tenant_nothing_is_told(
    office: Office, desk: Desk, other_tenant: Tenant
) -> None:
    lane = await thread(office)
    away = await desk.ask("desk_credit", CREDIT, thread=lane.replace("T1:", "T9:"))
    await desk.gate.remind(away.call_id or "")
    ours = await desk.ask("desk_credit", CREDIT, thread=lane)
    work = office.room.handlers["call_notice"]
    await work(other_tenant.id, {"call": ours.call_id, "event": "remind"})
    theirs = Desk(office.database, other_tenant)
    call = await theirs.ask("desk_credit", CREDIT, thread=lane)
    await work(other_tenant.id, {"call": call.call_id, "event": "remind"})
    assert await new(office) == await rows(office) == []


async def test_a_reminder_that_comes_too_late_says_nothing(office: Office, desk: Desk) -> None:
    asked = await desk.ask("desk_credit", CREDIT, thread=await thread(office))
    await desk.gate.decide(desk.ann, asked.call_id or "", yes=False)
    await office.room.handlers["call_notice"](office.tenant.id, {"call": asked.call_id, "event": "remind"})
    await office.room.handlers["call_notice"](office.tenant.id, {"call": "no such call", "event": "remind"})
    assert await new(office) == []


def call(**change: Any) -> Call:
    made = Call(
        id="0f" * 16,
        key="k",
        action_id="desk_note",
        args={},
        asked_by="u-ann",
        asked_name="Ann",
        asked_at=AT,
        via="person",
        needs=2,
        state="asked",
        preview={"summary": "Write a note: Ann Lee (1001)"},
        expires_at=AT,
    )
    return replace(made, **change)


@pytest.mark.parametrize(
    ("change", "event", "start"),
    [
        ({}, "asked", None),
        ({"via": "model"}, "asked", None),
        ({"via": Via.SCHEDULE}, "asked", "This waits for a yes from one other person"),
        (
            {"needs": 3},
            "remind",
            "This still waits for a yes from two other people who may do this (1 of 2 so far)",
        ),
        ({"state": "running"}, "remind", None),
        ({"state": "done"}, "denied", None),
        ({"state": "undone"}, "done", "Ben said yes, and this was done, and then taken back."),
        ({"state": "cancelled"}, "cancelled", None),
    ],
)
def test_what_is_said_of_each_event(change: dict[str, Any], event: str, start: str | None) -> None:
    ben = Decision(user_id="u-ben", name="Ben", yes=True, at=AT)
    reply = told(call(**change), [ben], event, direct=False)
    assert (reply is None) if start is None else (reply is not None and reply.text.startswith(start))


@pytest.mark.parametrize(
    ("change", "direct", "what"),
    [
        ({}, False, "Write a note: Ann Lee (1001)"),
        ({"needs": 0}, False, "Write a note"),
        ({"needs": 0}, True, "Write a note: Ann Lee (1001)"),
        ({"key": f"{'0e' * 16}/1/desk_note"}, False, "Write a note"),
        ({"preview": {"summary": "x" * 9000}}, True, f"{'x' * 499}…"),
    ],
)
def test_only_what_was_shown_in_a_channel_is_named_there(
    change: dict[str, Any], direct: bool, what: str
) -> None:
    reply = told(call(state="done", **change), [], "done", direct=direct)
    assert reply is not None
    assert reply.facts["What"] == what
