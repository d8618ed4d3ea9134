"""One message per letter, whatever Slack or the network does; in order; at Slack's pace."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import text

from bot.contract.place import Place, PlaceKind
from bot.contract.reply import Choice, Column, Reply, Table
from bot.db import outbox
from bot.errors import Unavailable
from bot.slack import people
from bot.slack.reader import MOST_ATTEMPTS
from tests.bot.slack.conftest import Office


async def mention(office: Office, words: str = "hello", user: str = "UANN", **facts: object) -> str:
    """Something said, kept, answered and sent, without a way in."""
    seat = office.slack.seat(user)
    message = seat.write("CNOC", f"<@UBOT> {words}")
    team = await office.room.teams.find("T1")
    assert team is not None
    for event in seat.events("CNOC", message):
        await office.room.ingest.receive(team, {**event, **facts})
    return str(message["ts"])


async def dead(office: Office) -> list[outbox.DeadLetter]:
    async with office.database.tenant(office.tenant.id) as session:
        return await outbox.find_dead(session)


def posts(office: Office) -> int:
    return [name for name, _ in office.slack.calls].count("chat.postMessage")


@pytest.mark.parametrize(
    "fault", ["reset_before", "reset_after", "500", "html", "ok_500", "internal_error", "429"]
)
async def test_one_message_whatever_happens_to_the_call(office: Office, fault: str) -> None:
    office.slack.faults.plan("chat.postMessage", fault)
    await mention(office)
    await office.queue.idle()
    assert len(office.slack.world.replies()) == 1
    assert posts(office) == (1 if fault in {"reset_after", "ok_500"} else 2)
    assert office.slack.world.violations == []


async def test_several_failures_in_a_row_and_of_the_looking_too(office: Office) -> None:
    office.slack.faults.plan("chat.postMessage", "reset_after")
    office.slack.faults.plan("conversations.replies", "500", "reset_before", "429")
    await mention(office)
    await office.queue.idle()
    assert (len(office.slack.world.replies()), posts(office)) == (1, 1)


async def states(office: Office) -> list[str]:
    async with office.database.tenant(office.tenant.id) as session:
        return sorted((await session.execute(text("select state from slack_outbox"))).scalars())


async def test_slacks_pause_is_kept_by_everybody(office: Office) -> None:
    office.slack.faults.plan("chat.postMessage", "429")
    await mention(office)
    async with asyncio.timeout(5):
        while await states(office) != ["queued"] or not posts(office):
            await asyncio.sleep(0.01)
    await mention(office, "again, from another thread, while the pause runs")
    await office.queue.idle()
    assert len(office.slack.world.replies()) == 2
    assert office.slack.world.violations == [], "called while Retry-After runs"


async def test_many_threads_in_one_channel_keep_slacks_pace(office: Office) -> None:
    await asyncio.gather(*(mention(office, f"n{n}") for n in range(7)))
    async with asyncio.timeout(5):
        while (found := await states(office)).count("sent") < 3 or "queued" not in found:
            await asyncio.sleep(0.01)
    await office.queue.idle()
    assert len(office.slack.world.replies()) == 7
    assert posts(office) == 7, "nothing was refused for its pace"
    assert office.slack.world.violations == []


@pytest.mark.refused("channel_not_found", "is_archived", "not_in_channel")
@pytest.mark.parametrize("trouble", ["channel gone", "archived", "kicked"])
async def test_answer_that_its_channel_does_not_take_goes_to_them_directly(
    office: Office, trouble: str
) -> None:
    world = office.slack.world
    office.queue.lose = True
    await mention(office)
    office.queue.lose = False
    if trouble == "channel gone":
        world.channels.pop("CNOC")
    elif trouble == "archived":
        world.channels["CNOC"].archived = True
    elif trouble == "kicked":
        world.channels["CNOC"].members.discard("UBOT")
    await office.room.sweep()
    await office.queue.idle()
    [told] = world.replies(world.home.direct("UANN").id)
    assert "You said: hello" in told["text"]
    assert await dead(office) == []


async def test_a_dead_letter_is_thrown_away_when_it_is_old(office: Office) -> None:
    async with office.database.tenant(office.tenant.id) as session:
        for lane in ("old", "retried", "young"):
            letter = outbox.Letter(lane=lane, team_id="T1", channel="C1", payload={"text": lane})
            await outbox.do_put(session, [letter])
            taken = await outbox.do_take(session, lane, timedelta(minutes=1))
            assert taken and await outbox.do_bury(session, taken, lane)
        for name, column in (("old", "created_at = x, not_before = x"), ("retried", "created_at = x")):
            change = column.replace("x", "now() - interval '15 days'")
            where = {"lane": name}
            await session.execute(text(f"update slack_outbox set {change} where lane = :lane"), where)
        assert await outbox.do_forget(session, timedelta(days=14)) == 1
    assert {letter.error for letter in await dead(office)} == {"retried", "young"}


@pytest.mark.refused("is_archived")
async def test_dead_letter_can_be_sent_after_all(office: Office) -> None:
    office.slack.world.channels["CNOC"].archived = True
    office.slack.faults.plan("conversations.open", "error:user_not_visible")
    await mention(office)
    await office.queue.idle()
    [letter] = await dead(office)
    office.slack.world.channels["CNOC"].archived = False
    async with office.database.tenant(office.tenant.id) as session:
        assert await outbox.do_revive(session, letter.id)
    await office.room.sweep()
    await office.queue.idle()
    assert len(office.slack.world.replies()) == 1


async def test_lost_jobs_are_found_by_the_sweep(office: Office) -> None:
    office.queue.lose = True
    await mention(office)
    await office.room.sweep()
    await office.room.sweep()
    assert len(office.slack.world.replies()) == 1


@pytest.mark.refused("invalid_blocks")
async def test_refused_blocks_are_said_as_text(office: Office) -> None:
    office.answers.replies["hello"] = Reply("plain words")
    real = office.room.calls.post
    tried: list[bool] = []

    async def post(token: str, **what):
        tried.append("blocks" in what["message"])
        if "blocks" in what["message"]:
            what["message"] = {**what["message"], "blocks": [{"type": "no_such_block"}]}
        return await real(token, **what)

    office.room.calls.post = post
    await mention(office)
    await office.queue.idle()
    [reply] = office.slack.world.replies()
    made = [block["type"] for block in reply["blocks"]]  # Slack makes them of the text
    assert (reply["text"], made, tried) == ("plain words", ["rich_text"], [True, False])


async def test_long_answer_comes_in_order_and_whole(office: Office) -> None:
    rows = [(n, f"customer {n}", "x" * 60) for n in range(250)]
    table = Table(
        columns=[Column("No."), Column("Name"), Column("Note")], rows=rows, title="Customers", total=9000
    )
    words = "\n\n".join(f"Paragraph {n}. " + "word " * 100 for n in range(40))
    office.answers.replies["hello"] = Reply(words, table=table)
    ts = await mention(office)
    await office.queue.idle()
    replies = office.slack.world.replies()
    assert len(replies) >= 3
    assert {reply["thread_ts"] for reply in replies} == {ts}
    said = "\n".join(b["text"]["text"] for r in replies for b in r["blocks"] if b["type"] == "section")
    assert [n for n in range(40) if f"Paragraph {n}. " not in said] == []
    cells = [
        row[1]["text"]
        for r in replies
        for b in r["blocks"]
        if b["type"] == "data_table"
        for row in b["rows"][1:]
    ]
    assert cells == [f"customer {n}" for n in range(250)]
    assert "the first 250 of 9,000" in str(replies)
    assert office.slack.world.violations == []


async def test_errors_are_said_without_their_inside(office: Office) -> None:
    office.answers.replies["hello"] = RuntimeError("password=hunter2")
    office.answers.replies["down"] = Unavailable("Billing does not answer. Try again in a minute.")
    await mention(office)
    await mention(office, "down")
    await office.queue.idle()
    first, second = sorted(office.slack.world.replies(), key=lambda r: "Billing" in r["text"])
    assert "incident" in first["text"]
    assert "hunter2" not in first["text"]
    assert "Billing does not answer" in second["text"]


async def test_private_answer_goes_to_the_direct_conversation(office: Office) -> None:
    office.slack.faults.plan("chat.postMessage", "reset_after")
    office.answers.replies["hello"] = Reply("Salary: 1", private=True)
    ts = await mention(office)
    await office.queue.idle()
    direct = office.slack.world.direct("UANN").id
    [secret] = office.slack.world.replies(direct)
    [pointer] = office.slack.world.replies("CNOC")
    assert "Salary" in secret["text"]
    assert "Salary" not in str(pointer)
    assert pointer["thread_ts"] == ts


async def test_whoever_answers_knows_that_outsiders_read_along(office: Office) -> None:
    await mention(office, is_ext_shared_channel=True)
    await office.queue.idle()
    assert office.answers.asked[-1].place == Place(surface="slack", channel="CNOC", kind=PlaceKind.SHARED)
    assert office.slack.world.replies("CNOC"), "what may be said there is the answer's business"


async def test_choice_button_says_its_words(office: Office) -> None:
    office.answers.replies["hello"] = Reply(
        "Which one?", choices=(Choice("Ann Lee", "card 100234"), Choice("Ann Li", "card 100999", "Nairobi"))
    )
    ts = await mention(office)
    await office.queue.idle()
    [question] = office.slack.world.replies()
    assert "2. Ann Li · Nairobi" in str(question["blocks"])
    seat = office.slack.seat("UBEN")
    office.slack.delivery.request_url = None
    payload = {
        "type": "block_actions",
        "user": {"id": seat.user},
        "team": {"id": "T1"},
        "channel": {"id": "CNOC"},
        "message": {"ts": question["ts"], "thread_ts": ts},
        "actions": [{**question["blocks"][-2]["elements"][1], "action_ts": office.slack.world.next_ts()}],
    }
    team = await office.room.teams.find("T1")
    assert team is not None
    for _ in range(2):
        await office.room.ingest.receive(team, payload)
    await office.queue.idle()
    asked = office.answers.asked[-1]
    assert (asked.words, asked.user.name, asked.thread) == ("card 100999", "Ben", f"T1:CNOC:{ts}")
    assert len(office.answers.asked) == 2


async def test_thread_is_answered_in_order_while_others_go_on(office: Office) -> None:
    order: list[str] = []
    gate = asyncio.Event()

    async def answer(question):
        if question.words == "slow":
            await gate.wait()
        order.append(question.words)
        return Reply(question.words)

    office.answers.answer = answer
    seat = office.slack.seat("UANN")
    team = await office.room.teams.find("T1")
    root = seat.write("CNOC", "<@UBOT> slow")
    for message in (
        root,
        *(seat.write("CNOC", f"<@UBOT> {n}", thread=root["ts"]) for n in ("second", "third")),
    ):
        await office.room.ingest.receive(team, seat.events("CNOC", message)[0])
    await mention(office, "other")
    async with asyncio.timeout(5):
        while order != ["other"]:
            await asyncio.sleep(0.01)
    gate.set()
    await office.queue.idle()
    assert order == ["other", "slow", "second", "third"]


async def test_somebody_who_cannot_be_identified_at_the_moment_is_told_so(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(people, "WAITS", (0.01,))
    office.slack.faults.plan("users.info", "500", times=2)
    office.room.reader._patience = timedelta()
    await mention(office)
    await office.queue.idle()
    assert "who you are at the moment" in office.slack.world.replies()[0]["text"]
    assert office.answers.asked == []


async def test_answer_that_takes_for_ever_is_ended(office: Office) -> None:
    async def answer(_question):
        await asyncio.sleep(60)

    office.answers.answer = answer
    office.room.reader._deadline = timedelta(milliseconds=50)
    await mention(office)
    await office.queue.idle()
    assert "took longer" in office.slack.world.replies()[0]["text"]


async def test_message_that_kills_its_worker_is_given_up_and_said(office: Office) -> None:
    office.queue.lose = True
    await mention(office)
    async with office.database.tenant(office.tenant.id) as session:
        await session.execute(text(f"update slack_inbox set attempts = {MOST_ATTEMPTS}"))
    await office.room.sweep()
    await office.room.sweep()
    assert f"stopped me {MOST_ATTEMPTS} times" in office.slack.world.replies()[0]["text"]
    assert office.answers.asked == []


async def expire(office: Office) -> None:
    async with office.database.tenant(office.tenant.id) as session:
        await session.execute(text("update slack_inbox set lease_until = now() - interval '1 s'"))


@pytest.mark.parametrize("first_back", ["late", "early"])
async def test_slow_worker_does_not_answer_twice(office: Office, first_back: str) -> None:
    """Somebody else takes the message over (this process slept too long): the first answer is dropped."""
    entered = [asyncio.Event(), asyncio.Event()]
    go_on = [asyncio.Event(), asyncio.Event()]
    turns = iter((0, 1))

    async def answer(_question):
        turn = next(turns)
        entered[turn].set()
        await go_on[turn].wait()
        return Reply(f"answer {turn}")

    office.answers.answer = answer
    await mention(office)
    await entered[0].wait()
    await expire(office)
    other = asyncio.create_task(office.room.sweep())
    await entered[1].wait()
    first, second = (0, 1) if first_back == "early" else (1, 0)
    go_on[first].set()
    async with asyncio.timeout(5):
        if first == 1:
            await other
        else:
            await office.queue.idle()
    go_on[second].set()
    await other
    await office.queue.idle()
    assert [reply["text"] for reply in office.slack.world.replies()] == ["answer 1"]


async def test_a_table_that_is_refused_in_every_form_becomes_text(office: Office) -> None:
    table = Table(columns=(Column("Number"),), rows=tuple((n,) for n in range(5)))
    office.answers.replies["hello"] = Reply("Two", tables=(table,))
    office.slack.faults.plan("chat.postMessage", "error:invalid_blocks", times=4)
    await mention(office)
    await office.queue.idle()
    [told] = office.slack.world.replies("CNOC")
    assert "Two" in told["text"]
    assert all(each["type"] not in {"data_table", "table"} for each in told.get("blocks") or ())
    assert office.slack.count("chat.postMessage") == 5
    assert await dead(office) == []
