"""A conversation with the agent is called by its first question, unless the person calls it otherwise."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.contract.people import Tenant
from bot.db import outbox, paces
from bot.db.database import Database
from bot.slack.agent.closing import settling
from bot.slack.agent.shown import MOST_TITLE, title_of
from bot.slack.agent.tempo import Tempo
from bot.slack.event import Heard
from bot.slack.manifest import make_manifest
from tests.bot.slack.agent_office import QUICK, Slow, Work, ask, declare_agent, direct, said, streams, until
from tests.bot.slack.conftest import make_office
from tests.bot.slack.office import Office
from tests.slackd import Slackd, sessions

STATUS, RENAME = "agents.sessions.setStatus", "agents.sessions.rename"
LOADING = "assistant.threads.setStatus"


async def opened(slack: Slackd, database: Database, tenant: Tenant, tempo: Tempo = QUICK) -> Office:
    office = make_office(slack, database, tenant, Slow(), tempo=tempo, slack_app_token=slack.world.app_token)
    await office.room.start()
    return office


async def close(office: Office) -> None:
    await office.queue.stop()
    await office.room.stop()
    assert office.queue.errors == []
    assert office.slack.violations == []


@pytest.fixture
async def agent(slack: Slackd, database: Database, tenant: Tenant) -> AsyncIterator[Office]:
    declare_agent(slack)
    office = await opened(slack, database, tenant)
    yield office
    await close(office)


@pytest.fixture
async def quick(slack: Slackd, database: Database, tenant: Tenant) -> AsyncIterator[Office]:
    """An agent whose every answer is there before anything is shown of it."""
    declare_agent(slack)
    office = await opened(slack, database, tenant, Tempo(after=600.0))
    yield office
    await close(office)


def title(office: Office, ts: str) -> str | None:
    session = office.slack.seat("UANN").session(direct(office), ts)
    return session.title if session else None


def calls(office: Office) -> list[str]:
    return [name for name, _ in office.slack.calls if name.startswith(("chat.", "agents.", "assistant."))]


async def asked(office: Office, words: str = "who owes?", thread: str | None = None) -> str:
    ts = await office.slack.seat("UANN").say(direct(office), words, thread=thread)
    await office.queue.idle()
    return thread or ts


async def test_a_quick_answer_in_private_names_the_conversation_once(quick: Office) -> None:
    ts = await asked(quick, "<@UBEN> asks:\n who *owes*  &lt;!channel&gt; most?")
    assert title(quick, ts) == "a colleague asks: who *owes* ‹!channel> most?"
    assert sorted(calls(quick)) == [STATUS, "chat.postMessage"]
    session = quick.slack.seat("UANN").session(direct(quick), ts)
    assert session is not None
    assert (session.initiator, session.status) == ("UANN", "active")
    await asked(quick, "and Ben?", thread=ts)
    assert title(quick, ts) == "a colleague asks: who *owes* ‹!channel> most?"
    assert quick.slack.count(STATUS) == 1


async def test_a_slow_answer_is_named_as_it_begins_and_costs_no_further_call(agent: Office) -> None:
    work = Work(agent)
    ts = await ask(agent, channel="D")
    await until(agent, lambda: streams(agent))
    work.go()
    await agent.queue.idle()
    assert title(agent, ts) == "who owes?"
    assert (agent.slack.count(STATUS), agent.slack.count(RENAME)) == (1, 0)


async def test_a_session_without_a_title_gets_it(quick: Office) -> None:
    work, world = Work(quick), quick.slack.world
    ts = await quick.slack.seat("UANN").say(direct(quick), "who owes?")
    sessions.open_session(world.home, world.app, world.direct("UANN"), ts)
    work.go()
    await quick.queue.idle()
    assert (title(quick, ts), quick.slack.count(RENAME)) == ("who owes?", 1)


async def test_the_title_that_a_person_gave_stays(agent: Office) -> None:
    work = Work(agent)
    ts = await ask(agent, channel="D")
    await until(agent, lambda: title(agent, ts) == "who owes?")
    await agent.slack.seat("UANN").rename_session(direct(agent), ts, "Debts")
    work.go()
    await agent.queue.idle()
    await asked(agent, "and Ben?", thread=ts)
    assert title(agent, ts) == "Debts"


async def test_the_title_that_a_person_took_away_stays_away(quick: Office) -> None:
    """Slack may not say which title there is; then it counts who gave it."""
    work, world = Work(quick), quick.slack.world
    ts = await quick.slack.seat("UANN").say(direct(quick), "who owes?")
    sessions.open_session(world.home, world.app, world.direct("UANN"), ts)
    await quick.slack.seat("UANN").rename_session(direct(quick), ts, "")
    work.go()
    await quick.queue.idle()
    assert (title(quick, ts), quick.slack.count(RENAME)) == ("", 0)


async def test_only_what_somebody_we_know_asked_is_a_title(quick: Office) -> None:

    async def link(_tenant: Tenant, _surface: str, _account: str, words: str) -> str | None:
        return "You are linked." if words == "link 4711" else None

    quick.room.reader._link = link
    for words in ("link 4711", "<@UBOT>"):
        ts = await asked(quick, words)
        assert (len(said(quick, ts, direct(quick))), title(quick, ts)) == (1, None)
    ts = await quick.slack.seat("UNEW").say(direct(quick, "UNEW"), "who owes?")
    await quick.queue.idle()
    assert quick.slack.seat("UNEW").session(direct(quick, "UNEW"), ts) is None
    ts = await ask(quick)
    await quick.queue.idle()
    assert quick.slack.seat("UANN").session("CNOC", ts) is None, (
        "in a channel only what takes its time is one"
    )


@pytest.mark.parametrize("fault", ["reset_after", "reset_before", "500", "429", "error:internal_error"])
async def test_no_answer_waits_for_a_title_or_is_doubled_by_it(quick: Office, fault: str) -> None:
    quick.slack.faults.plan(STATUS, fault, fault)
    ts = await asked(quick)
    await asked(quick, "and Ben?", thread=ts)
    assert len(said(quick, ts, direct(quick))) == 2
    if fault != "429":
        await until(quick, lambda: title(quick, ts) == "who owes?")
    assert quick.slack.count("chat.postMessage") == 2


async def test_too_many_at_once_are_not_named(quick: Office, database: Database) -> None:
    async with database.tenant(quick.tenant.id) as session:
        await paces.do_take_turn(session, "T1", f"agent:{RENAME}", every=timedelta(hours=1))
    ts = await asked(quick)
    assert (len(said(quick, ts, direct(quick))), title(quick, ts)) == (1, None)
    assert quick.slack.count(STATUS) == 0


async def test_an_app_that_is_no_agent_is_never_asked(
    slack: Slackd, database: Database, tenant: Tenant
) -> None:
    slack.world.app.manifest = make_manifest()
    office = await opened(slack, database, tenant)
    ts = await asked(office)
    work = Work(office)
    other = await ask(office)
    await until(office, lambda: slack.count(LOADING))
    work.go()
    await office.queue.idle()
    assert len(said(office, ts, direct(office))) == 1
    last = settling(Heard(user="UANN", text="", channel="CNOC", ts=other, thread=other), "T1")
    async with database.tenant(tenant.id) as session:
        await outbox.do_put(session, [last])
    await office.room.sender.drain(tenant.id, last.lane)
    assert [args["status"] for name, args in slack.calls if name == LOADING][-1] == ""
    assert not [name for name in calls(office) if name.startswith("agents.")]
    await close(office)


async def test_a_workspace_without_agents_is_asked_once_also_after_a_restart(
    slack: Slackd, database: Database, tenant: Tenant
) -> None:
    declare_agent(slack)
    slack.world.home.is_paid = False
    for times in (1, 0):
        office = await opened(slack, database, tenant)
        with slack.expect(*["feature_disabled"] * times):
            for _ in range(3):
                await asked(office)
        work = Work(office)
        ts = await ask(office)
        await until(office, partial(slack.seat("UANN").session, "CNOC", ts))
        work.go()
        await close(office)
    assert slack.count(STATUS) == 1


async def test_what_has_been_free_for_long_is_forgotten(quick: Office, database: Database) -> None:
    async with database.tenant(quick.tenant.id) as session:
        for days in (-15, -13, 12):
            await paces.do_freeze(session, "T1", f"what {days}", timedelta(days=days))
    await quick.room.forget()
    async with database.tenant(quick.tenant.id) as session:
        assert await paces.do_forget(session, timedelta(days=-400)) == 2


@given(st.text(max_size=400))
def test_a_title_is_short_and_one_line(text: str) -> None:
    made = title_of(text, "UBOT")
    assert len(made) <= MOST_TITLE + 1
    assert made == " ".join(made.split())
    assert "<" not in made
