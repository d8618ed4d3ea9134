"""A call whose process died: its end is told as the answer to what asked for it, or by a notice, never by both."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from bot.contract.reply import Reply
from bot.core.question import Question
from tests.bot.slack.gated import CREDIT, Staff
from tests.bot.slack.test_sender import mention


async def ended(staff: Staff, **arrival: Any) -> None:
    """Let a call of an arrival end in the gate's recovery, and the arrival stand as told; work the notice."""
    office = staff.office
    await mention(office)
    await office.queue.idle()
    asked = await staff.desk.ask(
        "desk_credit", CREDIT, user=staff.ann, thread=office.answers.asked[-1].thread
    )
    change = ", ".join(f"{name} = {value}" for name, value in arrival.items())
    await staff.desk.sql(f"update slack_inbox set {change}")
    await staff.desk.sql(
        "update calls set state = 'done', needs = 0, ended_at = now(), reply = '{}',"
        f" key = 'slack:' || (select id from slack_inbox) where id = '{asked.call_id}'"
    )
    await notice(staff, asked.call_id)


async def notice(staff: Staff, call_id: str | None) -> None:
    office = staff.office
    await office.room.handlers["call_notice"](office.tenant.id, {"call": call_id, "event": "done"})
    await office.queue.idle()


def said(staff: Staff) -> list[str]:
    return [each["text"].split("\n")[0] for each in staff.office.slack.world.replies("CNOC")][1:]


async def test_the_answer_told_it(staff: Staff) -> None:
    await ended(staff, done_at="now()")
    assert said(staff) == []
    assert staff.office.queue.later == []


async def test_nobody_tells_it_before_the_answer(staff: Staff) -> None:
    await ended(staff, state="'working'", done_at="null", lease_until="now() + interval '1 hour'")
    assert said(staff) == []
    [(_kind, _tenant, job)] = staff.office.queue.later
    assert job["event"] == "done"
    await staff.desk.sql("update slack_inbox set state = 'dead', done_at = now(), error = 'broken'")
    await notice(staff, job["call"])
    assert said(staff) == ["✅ This is done."], "given up without an answer: then the notice tells it"


async def test_what_was_taken_back_since_was_told_before(staff: Staff) -> None:
    await ended(staff, done_at="now() - interval '1 minute'", state="'done'")
    told = said(staff)
    await staff.desk.sql("delete from slack_outbox where notice_key is not null")
    await staff.desk.sql("update calls set state = 'undone', ended_at = now()")
    async with staff.office.database.tenant(staff.office.tenant.id) as session:
        call_id = (await session.execute(text("select id::text from calls"))).scalar_one()
    await notice(staff, call_id)
    assert said(staff) == told, "the undo was answered where it was asked for"


async def test_an_answer_that_came_before_the_end_did_not_tell_it(staff: Staff) -> None:
    await ended(staff, done_at="now() - interval '1 minute'")
    assert said(staff) == ["✅ This is done."]


@pytest.mark.parametrize("key", ["slack:panel:V1:1", "call:x"])
async def test_what_no_arrival_asked_for_is_told(staff: Staff, key: str) -> None:
    await ended(staff, done_at="now()")
    await staff.desk.sql(f"update calls set key = '{key}'")
    async with staff.office.database.tenant(staff.office.tenant.id) as session:
        call_id = (await session.execute(text("select id::text from calls"))).scalar_one()
    await notice(staff, call_id)
    assert said(staff) == ["✅ This is done."]


async def test_what_another_process_took_over_is_answered_with_its_end(staff: Staff) -> None:
    office = staff.office
    replies = iter([Reply("Another process goes on with it.", error="TakenOver"), Reply("It is done.")])

    async def answer(_question: Question) -> Reply:
        return next(replies)

    office.answers.answer = answer  # type: ignore[method-assign]
    await mention(office)
    await office.queue.idle()
    assert [each["text"] for each in office.slack.world.replies("CNOC")] == ["It is done."]
