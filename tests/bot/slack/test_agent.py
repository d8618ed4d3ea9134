"""Answers that take their time: status, growing messages, Stop; and nothing of it for quick ones."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from bot.contract.people import Tenant
from bot.contract.reply import Column, Evidence, Reply, Table
from bot.db.database import Database
from bot.slack.manifest import make_manifest
from tests.bot.slack.agent_office import (
    LOOK,
    QUICK,
    READ,
    Slow,
    Work,
    ask,
    declare_agent,
    direct,
    said,
    streams,
    text_of,
    until,
)
from tests.bot.slack.conftest import make_office
from tests.bot.slack.office import Office
from tests.bot.slack.test_outage import tried
from tests.bot.slack.test_places import told
from tests.bot.slack.test_waits import ROUNDS, again, arrivals
from tests.slackd import Slackd
from tests.slackd.page_scene import scene


@pytest.fixture(autouse=True)
def _declared(slack: Slackd) -> None:
    declare_agent(slack)


@pytest.fixture
async def agent(slack: Slackd, database: Database, tenant: Tenant) -> AsyncIterator[Office]:
    made = make_office(slack, database, tenant, Slow(), tempo=QUICK, slack_app_token=slack.world.app_token)
    await made.room.start()
    yield made
    await made.queue.stop()
    await made.room.stop()
    assert made.queue.errors == []
    assert slack.violations == []


def status(office: Office, ts: str, channel: str = "CNOC") -> str:
    session = office.slack.seat("UANN").session(channel, ts)
    return session.status if session else ""


def tasks(office: Office, at: int = -1) -> list[tuple[str, str]]:
    return [(each["title"], each["status"]) for each in streams(office)[at].tasks.values()]


async def test_a_quick_answer_is_one_call(agent: Office) -> None:
    await ask(agent)
    await agent.queue.idle()
    posted = [name for name, _ in agent.slack.calls if name.startswith(("chat.", "agents.", "assistant."))]
    assert posted == ["chat.postMessage"]


async def test_a_slow_answer_shows_its_steps_and_becomes_the_answer(agent: Office) -> None:
    work = Work(agent)
    ts = await ask(agent)
    await until(agent, lambda: streams(agent) and tasks(agent) == [(LOOK, "in_progress")])
    assert status(agent, ts) == "processing"
    assert agent.slack.seat("UANN").session("CNOC", ts).title == "who owes?"
    work.go(LOOK)
    await until(agent, lambda: tasks(agent) == [(LOOK, "complete"), (READ, "in_progress")])
    work.go()
    await agent.queue.idle()
    [message] = said(agent, ts)
    assert "Amina owes 40." in text_of(message)
    assert tasks(agent) == [(LOOK, "complete"), (READ, "complete")]
    assert streams(agent)[0].plan_title == "What I did"
    assert (message["streaming_state"], status(agent, ts)) == ("completed", "active")
    assert agent.slack.count("chat.postMessage") == agent.slack.count("chat.update") == 0
    [shown] = [each for each in scene(agent.slack.seat("UANN"), "CNOC")["messages"] if each.get("bot_id")]
    assert "is_text" not in shown, "the page would draw its empty text instead of its blocks"


async def test_a_table_and_what_is_too_much_for_one_message_follow(agent: Office) -> None:
    table = Table(columns=(Column("Number"),), rows=tuple((n,) for n in range(150)))
    work = Work(agent, reply=Reply("Two lists.", tables=(table, table)))
    ts = await ask(agent)
    await until(agent, lambda: streams(agent))
    work.go()
    await agent.queue.idle()
    first, *others = said(agent, ts)
    assert [b["type"] for b in first["blocks"]].count("data_table") == 1
    assert sum(b["type"] == "data_table" for m in others for b in m.get("blocks", [])) == 1


async def test_words_are_written_as_they_come_only_in_private(agent: Office) -> None:
    words = ("Amina owes 40 euros. ", "She pays ", "[here](https://evil.example) <!channel> tomorrow.")
    work = Work(agent, steps=(LOOK,), words=words, reply=Reply("".join(words)))
    ts, channel = await ask(agent, channel="D"), direct(agent)
    work.go(LOOK, words[0])
    await until(agent, lambda: streams(agent) and "She pays" in streams(agent)[0].text)
    work.go()
    await agent.queue.idle()
    [message] = said(agent, ts, channel)
    shown = text_of(message)
    assert shown.count("Amina owes 40 euros.") == 1
    assert "tomorrow." in shown
    assert "[here] (https://evil.example)" in shown
    assert "broadcast" not in str(message)
    again = Work(agent, steps=(), words=words, reply=Reply("".join(words), private=True))
    ts = await ask(agent)
    await until(agent, lambda: status(agent, ts) == "processing")
    again.go()
    await agent.queue.idle()
    assert len(streams(agent)) == 1, "words of an answer that may turn out private"
    assert "Amina" not in "".join(text_of(m) for m in said(agent, ts))
    assert status(agent, ts) == "active"


@pytest.mark.parametrize("times", [1, 2, 9])
@pytest.mark.parametrize("with_table", [True, False])
async def test_an_answer_that_grew_ends_whatever_slack_refuses_below_it(
    agent: Office, times: int, *, with_table: bool
) -> None:
    words = ("Amina owes 40 euros. ", "She pays tomorrow.")
    table = Table(columns=(Column("Number"),), rows=tuple((number,) for number in range(5)))
    reply = Reply("".join(words), tables=(table,) if with_table else ())
    work = Work(agent, steps=(LOOK,), words=words, reply=reply)
    ts, channel = await ask(agent, channel="D"), direct(agent)
    await until(agent, lambda: streams(agent))
    agent.slack.faults.plan("chat.stopStream", *["error:invalid_blocks"] * times)
    work.go(LOOK, words[0])
    await until(agent, lambda: "Amina" in streams(agent)[0].text)
    work.go()
    await agent.queue.idle()
    shown = "\n".join(f"{m['text']}\n{text_of(m)}" for m in said(agent, ts, channel))
    assert "She pays tomorrow." in shown
    assert times > 1 or not any(one.live for one in streams(agent)), "else Slack ends it within minutes"
    assert status(agent, ts, channel) == "active"


async def test_words_that_are_not_the_answer_do_not_stay(agent: Office) -> None:
    work = Work(agent, steps=(), words=("I think it is 50 ", "or so "), reply=Reply("It is 40."))
    ts, channel = await ask(agent, channel="D"), direct(agent)
    await until(agent, lambda: streams(agent) and "I think" in streams(agent)[0].text)
    work.go()
    await agent.queue.idle()
    [message] = said(agent, ts, channel)
    assert "I think" not in text_of(message)
    assert "It is 40." in text_of(message)
    assert status(agent, ts, channel) == "active"


async def test_a_private_answer_shows_in_the_channel_only_that_it_is_elsewhere(agent: Office) -> None:
    reply = Reply(
        "Amina owes 40.", private=True, evidence=(Evidence(source="billing", link="https://b.example/1"),)
    )
    work = Work(agent, reply=reply)
    ts = await ask(agent)
    await until(agent, lambda: streams(agent))
    work.go()
    await agent.queue.idle()
    [message] = said(agent, ts)
    assert "direct conversation" in text_of(message)
    assert "Amina" not in str(message)
    assert "b.example" not in str(message)
    assert (message["streaming_state"], status(agent, ts)) == ("completed", "active")
    assert "Amina owes 40." in str(agent.slack.seat("UANN").sees(direct(agent)))


async def test_sources_and_reasons_are_told_in_private(agent: Office) -> None:
    work = Work(agent, reply=Reply("x", evidence=(Evidence(source="billing", link="https://b.example/1"),)))
    ts, channel = await ask(agent, channel="D"), direct(agent)
    work.go(LOOK)
    await until(agent, lambda: streams(agent) and "b.example" in str(streams(agent)[0].tasks))
    work.go()
    await agent.queue.idle()
    assert len(said(agent, ts, channel)) == 1


async def test_stop_while_a_lookup_runs(agent: Office) -> None:
    Work(agent)
    ts = await ask(agent)
    await until(agent, lambda: streams(agent))
    await agent.slack.seat("UANN").stop("CNOC", ts)
    await agent.queue.idle()
    [message] = said(agent, ts)
    assert "Stopped, as you asked. Nothing was changed." in text_of(message)
    assert status(agent, ts) == "active"
    await agent.slack.clock.advance(60)


async def test_stop_before_anything_is_shown_but_the_status(agent: Office) -> None:
    work = Work(agent, steps=(), words=("Amina ",))
    ts = await ask(agent)
    await until(agent, lambda: status(agent, ts) == "processing")
    await agent.slack.seat("UANN").stop("CNOC", ts)
    await until(agent, lambda: status(agent, ts) == "active")
    work.go()
    await agent.queue.idle()
    assert len(said(agent, ts)) == 1
    assert status(agent, ts) == "active"


async def test_stop_in_the_middle_of_a_change_lets_it_end_and_says_what_was_done(agent: Office) -> None:
    work = Work(agent, writes=True)
    ts = await ask(agent)
    await until(agent, lambda: streams(agent))
    await agent.slack.seat("UANN").stop("CNOC", ts)
    [live] = agent.room.agent._running
    await until(agent, live.stop.is_set)
    work.go()
    await agent.queue.idle()
    [message] = said(agent, ts)
    assert f"Before that this was done: “{LOOK}”" in text_of(message)
    assert READ not in text_of(message)
    assert status(agent, ts) == "active"


async def test_stop_reaches_an_answer_that_another_process_works_on(agent: Office) -> None:
    Work(agent)
    ts = await ask(agent)
    await until(agent, lambda: streams(agent))
    [live] = agent.room.agent._running
    agent.room.agent._running.clear()  # as if it were not in this process
    await agent.slack.seat("UANN").stop("CNOC", ts)
    await until(agent, live.stop.is_set)
    await agent.queue.idle()
    assert "Stopped" in text_of(said(agent, ts)[0])


async def test_nobody_else_stops_what_somebody_asked(agent: Office) -> None:
    work = Work(agent)
    ts = await ask(agent)
    await until(agent, lambda: streams(agent))
    await agent.slack.seat("UBEN").stop("CNOC", ts)
    await until(agent, lambda: "Only whoever asked" in str(agent.slack.seat("UBEN").sees("CNOC")))
    assert "Only whoever asked" not in str(agent.slack.seat("UANN").sees("CNOC"))
    work.go()
    await agent.queue.idle()
    [message] = said(agent, ts)
    assert "Amina owes 40." in text_of(message)
    assert status(agent, ts) == "active"


async def test_stop_also_ends_what_the_person_asked_after_it(agent: Office) -> None:
    work = Work(agent)
    ts = await ask(agent)
    await until(agent, lambda: streams(agent))
    await agent.slack.seat("UANN").say("CNOC", "<@UBOT> and who else?", thread=ts)
    await agent.slack.seat("UANN").stop("CNOC", ts)
    await agent.queue.idle()
    assert [text_of(m).count("Stopped, as you asked") for m in said(agent, ts)] == [1, 1]
    assert work.tries == 2
    await agent.slack.seat("UANN").say("CNOC", "<@UBOT> now then", thread=ts)
    work.go()
    await agent.queue.idle()
    assert "Amina owes 40." in text_of(said(agent, ts)[-1])


async def test_a_message_that_slack_ended_is_replaced_by_the_answer(agent: Office) -> None:
    work = Work(agent)
    ts = await ask(agent)
    await until(agent, lambda: streams(agent))
    await agent.slack.clock.advance(301)
    assert not streams(agent)[0].live
    with agent.slack.expect("message_not_in_streaming_state"):
        work.go()
        await agent.queue.idle()
    [message] = said(agent, ts)
    assert "Amina owes 40." in text_of(message)
    assert LOOK not in text_of(message), "half of it stays"
    assert status(agent, ts) == "active"


async def test_a_message_goes_on_in_another_before_slack_ends_it(
    slack: Slackd, database: Database, tenant: Tenant
) -> None:
    office = make_office(
        slack, database, tenant, Slow(), tempo=replace(QUICK, roll=0.1), slack_app_token=slack.world.app_token
    )
    await office.room.start()
    work = Work(office)
    ts = await ask(office)
    await until(office, lambda: len(streams(office)) >= 2)
    assert streams(office)[0].message["streaming_state"] == "completed"
    assert tasks(office, 0) == [(LOOK, "pending")]
    assert status(office, ts) == "processing"
    work.go()
    await office.queue.idle()
    told = [text_of(message) for message in said(office, ts)]
    assert ["Amina owes 40." in each for each in told] == [False] * (len(told) - 1) + [True]
    assert not any(each.live for each in streams(office))
    assert status(office, ts) == "active"
    await office.queue.stop()
    await office.room.stop()
    assert slack.violations == []


@pytest.mark.parametrize("fault", ["reset_after", "reset_before", "500", "429", "error:internal_error"])
@pytest.mark.parametrize("method", ["chat.startStream", "chat.appendStream", "chat.stopStream"])
async def test_one_answer_whatever_happens_to_a_call(agent: Office, method: str, fault: str) -> None:
    agent.slack.faults.plan(method, fault)
    work = Work(agent)
    ts = await ask(agent)
    if method == "chat.startStream":
        await until(agent, lambda: agent.slack.count(method))
    else:
        await until(agent, lambda: streams(agent))
    if method == "chat.appendStream":
        work.go(LOOK)
        await until(agent, lambda: agent.slack.count(method))
    work.go()
    await agent.queue.idle()
    told = [text_of(message) for message in said(agent, ts)]
    assert [each.count("Amina owes 40.") for each in told] == [1]
    assert not any(each.live for each in streams(agent))
    assert status(agent, ts) == "active"


async def test_an_app_that_is_no_agent_answers_as_ever(
    slack: Slackd, database: Database, tenant: Tenant
) -> None:
    slack.world.app.manifest = make_manifest()
    office = make_office(slack, database, tenant, Slow(), tempo=QUICK, slack_app_token=slack.world.app_token)
    await office.room.start()
    for times in (1, 0):
        work = Work(office)
        with slack.expect(*["feature_disabled"] * times):
            ts = await ask(office)
            await until(office, lambda ts=ts: status(office, ts) == "processing")
        work.go()
        await office.queue.idle()
        assert (streams(office), len(said(office, ts)), status(office, ts)) == ([], 1, "active")
    assert slack.count("agents.sessions.setStatus") == 1, "it remembers that there are none"
    await office.queue.stop()
    await office.room.stop()
    assert slack.violations == []


async def test_nothing_grows_where_outsiders_read(agent: Office, slack: Slackd) -> None:
    slack.world.add_channel("CEXT", "with-acme", "UANN", shared=True)
    work = Work(agent)
    ts = await ask(agent, channel="CEXT")
    await until(agent, lambda: work.tries)
    await asyncio.sleep(0.2)
    work.go()
    await agent.queue.idle()
    assert (streams(agent), len(said(agent, ts, "CEXT")), status(agent, ts, "CEXT")) == ([], 1, "")


@pytest.mark.parametrize("fault", ["", "reset_after", "ok_500", "reset_before"])
async def test_what_is_given_up_without_a_word_ends_what_it_showed(agent: Office, fault: str) -> None:
    office, reader = agent, agent.room.reader
    if fault:
        office.slack.faults.plan("chat.stopStream", fault)
    whole = reader._letters

    async def broken(tenant_id: str, taken: Any, outcome: Any) -> Any:
        if outcome.said:
            raise RuntimeError("no letters can be made of it")
        return await whole(tenant_id, taken, outcome)

    reader._letters = broken  # type: ignore[method-assign]
    work = Work(office)
    ts = await ask(office)
    await until(office, lambda: streams(office))
    office.queue.lose = True
    work.go()
    await again(office, ROUNDS)
    await again(office)
    await tried(office)
    await office.queue.idle()
    office.queue.errors.clear()
    assert [one["state"] for one in await arrivals(office)] == ["dead"]
    assert office.slack.seat("UANN").session("CNOC", ts).status == "active"
    assert "in_progress" not in str([one.get("streaming_state") for one in said(office, ts)])


async def test_the_message_was_deleted_meanwhile(agent: Office, slack: Slackd) -> None:
    work = Work(agent)
    ts = await ask(agent)
    await until(agent, lambda: streams(agent))
    place: Any = slack.world.channels["CNOC"]
    place.messages.remove(streams(agent)[0].message)
    with slack.expect("message_not_found"):
        work.go()
        await agent.queue.idle()
    [message] = said(agent, ts)
    assert "Amina owes 40." in message["text"]
    assert status(agent, ts) == "active"


async def test_nothing_grows_above_an_earlier_answer_that_is_still_under_way(agent: Office) -> None:
    agent.slack.faults.plan("chat.postMessage", "429")
    ts = await ask(agent)
    await until(agent, lambda: agent.slack.count("chat.postMessage"))
    work = Work(agent)
    await agent.slack.seat("UANN").say("CNOC", "<@UBOT> and who else?", thread=ts)
    await until(agent, lambda: streams(agent))
    work.go()
    await agent.queue.idle()
    assert ["You said" in (each["text"] or text_of(each)) for each in said(agent, ts)] == [True, False]


async def test_what_grew_where_others_came_to_read_ends_without_the_answer(agent: Office) -> None:
    work = Work(agent)
    ts = await ask(agent)
    await until(agent, lambda: streams(agent))
    await told(agent.slack.admin().share("CNOC"))
    work.go()
    await agent.queue.idle()
    [message] = said(agent, ts)
    assert "Amina" not in text_of(message)
    assert (message["streaming_state"], status(agent, ts)) == ("completed", "active")
    alone = [text_of(m) for m in agent.slack.world.channels[direct(agent)].messages if m.get("bot_id")]
    assert "Amina owes 40." in alone[-1]
    assert "Somebody from outside" in alone[-1]


async def test_a_status_waits_for_slacks_pause(agent: Office) -> None:
    work = Work(agent)
    ts = await ask(agent)
    await until(agent, lambda: streams(agent))
    await agent.slack.clock.advance(301)
    agent.slack.faults.plan("agents.sessions.setStatus", "429")
    with agent.slack.expect("message_not_in_streaming_state"):
        work.go()
        await agent.queue.idle()
    [message] = said(agent, ts)
    assert "Amina owes 40." in text_of(message)
    assert status(agent, ts) == "active"


async def test_stop_keeps_slacks_pause(agent: Office) -> None:
    work = Work(agent)
    ts = await ask(agent)
    await until(agent, lambda: streams(agent))
    agent.slack.faults.plan("agents.sessions.setStatus", "429")
    await agent.slack.seat("UANN").stop("CNOC", ts)
    await agent.queue.idle()
    assert status(agent, ts) == "active"
    work.go()
