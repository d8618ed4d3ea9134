"""What a process that died had begun is ended by another, and how it ended is the one answer."""

from __future__ import annotations

import asyncio

from sqlalchemy import text

from bot.contract.reply import Reply
from bot.core.question import Question
from bot.slack.taken_up import until_ended
from tests.bot.slack.gated import CREDIT, Staff
from tests.bot.slack.test_sender import mention


async def made(staff: Staff, state: str) -> str:
    """Return the id of a call in this state."""
    reply = await staff.desk.ask("desk_credit", CREDIT, user=staff.ann, thread="")
    await become(staff, reply.call_id, state)
    return reply.call_id


async def become(staff: Staff, call_id: str, state: str) -> None:
    await staff.desk.sql(
        f"update calls set state = '{state}', lease_until = now() + interval '1 hour' where id = '{call_id}'"
    )


async def test_waits_for_the_end_of_a_call_and_says_whether_it_had_to(staff: Staff) -> None:
    office = staff.office
    call_id = await made(staff, "running")
    waiting = asyncio.create_task(until_ended(office.database, office.tenant.id, call_id))
    await asyncio.sleep(0.1)
    assert not waiting.done()
    await become(staff, call_id, "failed")
    assert await waiting
    assert not await until_ended(office.database, office.tenant.id, call_id)
    assert not await until_ended(office.database, office.tenant.id, "no such call")


async def test_what_ended_between_the_answer_and_the_look_is_told(staff: Staff) -> None:
    office = staff.office
    call_id = await made(staff, "failed")
    said = iter([Reply("It goes on.", call_id=call_id, under_way=True), Reply("It is done.")])

    async def answer(_question: Question) -> Reply:
        return next(said)

    office.answers.answer = answer  # type: ignore[method-assign]
    office.queue.lose = True
    await mention(office)
    async with office.database.tenant(office.tenant.id) as session:
        await session.execute(text("update slack_inbox set attempts = 1"))
    office.queue.lose = False
    await office.room.sweep()
    await office.queue.idle()
    assert [each["text"] for each in office.slack.world.replies("CNOC")] == ["It is done."]


async def test_question_of_a_dead_worker_is_answered_with_the_end_of_what_it_began(staff: Staff) -> None:
    office = staff.office
    call_id = await made(staff, "running")
    said = iter([Reply("This is being done right now.", call_id=call_id), Reply("It is done.")])

    async def answer(_question: Question) -> Reply:
        return next(said)

    office.answers.answer = answer  # type: ignore[method-assign]
    office.queue.lose = True
    await mention(office)
    async with office.database.tenant(office.tenant.id) as session:
        await session.execute(text("update slack_inbox set attempts = 1"))
        lane = (await session.execute(text("select lane from slack_inbox"))).scalar_one()
    office.queue.lose = False
    working = asyncio.create_task(office.room.reader.drain(office.tenant.id, lane))
    await asyncio.sleep(0.1)
    assert not working.done()
    await become(staff, call_id, "failed")
    await working
    await office.queue.idle()
    assert [each["text"] for each in office.slack.world.replies("CNOC")] == ["It is done."]
    assert office.slack.violations == []
