"""Threads in which the bot was mentioned: who is answered there without a mention, and who is left alone."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import text

from bot.contract.channel import FollowRule, Who
from bot.contract.people import Tenant
from bot.db import slack_follows
from bot.db.database import Database
from bot.slack.following import hushes
from tests.bot.slack.office import Office


class Talk:
    """A thread of #noc that begins with a mention, unless it began without one."""

    def __init__(self, office: Office) -> None:
        self.office, self.root = office, ""

    async def say(self, user: str, words: str) -> list[str]:
        """Say something there; return what the bot answered to it."""
        before = len(self.office.slack.world.replies("CNOC"))
        ts = await self.office.slack.seat(user).say("CNOC", words, thread=self.root or None)
        self.root = self.root or ts
        await self.office.queue.idle()
        return [str(each["text"]) for each in self.office.slack.world.replies("CNOC")[before:]]


@pytest.fixture
def talk(socket_office: Office) -> Talk:
    socket_office.answers.meant |= {"and the tickets?", "yes"}
    return Talk(socket_office)


async def rule(office: Office, channel: str, who: Who) -> None:
    async with office.database.tenant(office.tenant.id) as session:
        await slack_follows.do_set_rule(session, FollowRule(channel=channel, who=who), by="test")


async def inbox_texts(office: Office) -> list[str]:
    async with office.database.tenant(office.tenant.id) as session:
        found = await session.execute(text("select payload ->> 'text' from slack_inbox order by said_at"))
        return list(found.scalars())


async def test_who_asked_goes_on_without_a_mention(talk: Talk) -> None:
    await talk.say("UANN", "<@UBOT> what is down?")
    assert await talk.say("UANN", "and the tickets?") == ["You said: and the tickets?"]
    assert talk.office.answers.overheard == [("and the tickets?", True, True)]
    assert len({each["thread_ts"] for each in talk.office.slack.world.replies("CNOC")}) == 1
    assert talk.office.slack.violations == []


async def test_what_is_not_for_the_bot_is_let_pass_and_not_kept(talk: Talk) -> None:
    await talk.say("UANN", "<@UBOT> what is down?")
    assert await talk.say("UANN", "our customer is furious") == []
    assert await inbox_texts(talk.office) == ["<@UBOT> what is down?", ""]
    await talk.say("UANN", "yes")
    assert talk.office.answers.overheard[-1] == ("yes", False, True), "it may be for somebody else by now"


async def test_others_are_left_alone_and_interrupt(talk: Talk) -> None:
    await talk.say("UANN", "<@UBOT> what is down?")
    assert await talk.say("UBEN", "and the tickets?") == []
    assert await talk.say("UANN", "and the tickets?") != []
    assert talk.office.answers.overheard == [("and the tickets?", False, False)]
    assert await inbox_texts(talk.office) == ["<@UBOT> what is down?", "and the tickets?"]


async def test_an_answer_takes_the_talk_up_again(talk: Talk) -> None:
    await talk.say("UANN", "<@UBOT> what is down?")
    await talk.say("UBEN", "I look too")
    await talk.say("UANN", "and the tickets?")
    await talk.say("UANN", "yes")
    assert talk.office.answers.overheard[-1] == ("yes", True, False)


async def receive(office: Office, event: dict[str, Any]) -> str:
    team = await office.room.teams.find("T1")
    assert team is not None
    return await office.room.ingest.receive(team, event)


async def test_a_yes_that_comes_before_what_it_answers_is_for_who_spoke_first(talk: Talk) -> None:
    office = talk.office
    office.answers.meant_when_engaged.add("fine")
    ben, ann = office.slack.seat("UBEN"), office.slack.seat("UANN")
    await talk.say("UANN", "<@UBOT> suspend 100234")
    first = ben.write("CNOC", "shall we order pizza?", thread=talk.root)
    second = ann.write("CNOC", "fine", thread=talk.root)
    for user, message in ((ann, second), (ben, first)):  # Slack promises no order
        await receive(office, user.events("CNOC", message)[-1])
        await office.queue.idle()
    assert office.answers.overheard == [("fine", True, True), ("fine", False, False)]
    assert len(office.slack.world.replies("CNOC")) == 1
    assert office.slack.violations == []


async def test_what_another_does_in_words_interrupts_too(talk: Talk) -> None:
    office = talk.office
    office.answers.meant_when_engaged.add("fine")
    await talk.say("UANN", "<@UBOT> suspend 100234")
    ben = office.slack.seat("UBEN")
    done = ben.write("CNOC", "asks: shall we go for lunch?", thread=talk.root)
    done["subtype"] = "me_message"
    for event in ben.events("CNOC", done):
        assert await receive(office, event) == "not talk"
    assert await talk.say("UANN", "fine") == []
    assert office.answers.overheard == [("fine", True, True), ("fine", False, False)]


async def test_a_yes_after_the_bot_spoke_again_is_for_the_bot(talk: Talk) -> None:
    office = talk.office
    office.answers.meant_when_engaged.add("fine")
    office.queue.lose = True
    await talk.say("UANN", "<@UBOT> suspend 100234")
    await talk.say("UBEN", "I look too")
    office.queue.lose = False
    await office.room.sweep()
    await office.queue.idle()
    assert await talk.say("UANN", "fine") == ["You said: fine"]
    assert office.answers.overheard == [("fine", True, False)]


async def test_a_yes_is_let_pass_while_slack_does_not_show_the_thread(talk: Talk) -> None:
    office = talk.office
    office.answers.meant_when_engaged.add("fine")
    await talk.say("UANN", "<@UBOT> suspend 100234")
    office.slack.faults.plan("conversations.replies", "500")
    assert await talk.say("UANN", "fine") == []


@pytest.mark.parametrize("words", ["<@UBEN> and the tickets?", "<!here> and the tickets?"])
async def test_what_names_somebody_else_is_theirs(talk: Talk, words: str) -> None:
    await talk.say("UANN", "<@UBOT> what is down?")
    assert await talk.say("UANN", words) == []
    assert talk.office.answers.overheard == []
    await talk.say("UANN", "yes")
    assert talk.office.answers.overheard == [("yes", False, False)]


async def test_threads_without_the_bot_are_not_listened_to(talk: Talk) -> None:
    assert await talk.say("UANN", "and the tickets?") == []
    assert await talk.say("UANN", "and the tickets?") == []
    await Talk(talk.office).say("UANN", "<@UBOT> what is down?")  # elsewhere in the channel
    assert await talk.say("UANN", "and the tickets?") == []
    assert await inbox_texts(talk.office) == ["<@UBOT> what is down?"]


async def test_a_mention_in_the_middle_follows_from_there(talk: Talk) -> None:
    await talk.say("UBEN", "the tower is dark")
    await talk.say("UANN", "<@UBOT> what is down?")
    assert await talk.say("UANN", "and the tickets?") != []
    assert talk.office.answers.overheard == [("and the tickets?", True, False)]


async def test_a_channel_may_forbid_it_and_another_allow_everybody(talk: Talk) -> None:
    await rule(talk.office, "*", Who.NOBODY)
    await talk.say("UANN", "<@UBOT> what is down?")
    assert await talk.say("UANN", "and the tickets?") == []
    await rule(talk.office, "CNOC", Who.EVERYBODY)
    assert await talk.say("UANN", "and the tickets?") != []
    assert await talk.say("UBEN", "and the tickets?") != []
    assert await talk.say("UNEW", "and the tickets?") == [], "somebody unknown is not even told so"


@pytest.mark.parametrize("words", ["bot, be quiet please", "stop following, bot", "Backhaul: hush!"])
@pytest.mark.parametrize("user", ["UANN", "UBEN"])
async def test_it_is_quiet_when_told_so_until_it_is_mentioned(talk: Talk, words: str, user: str) -> None:
    await talk.say("UANN", "<@UBOT> what is down?")
    [hushed] = await talk.say(user, words)
    assert "until somebody mentions me" in hushed
    assert await talk.say("UANN", "and the tickets?") == []
    assert await talk.say("UANN", "<@UBOT> what is down?") != []
    assert await talk.say("UANN", "and the tickets?") != []


@pytest.mark.parametrize("user", ["UNEW", "UGUE"])
async def test_who_may_not_ask_is_let_pass_when_they_say_so(talk: Talk, user: str) -> None:
    world = talk.office.slack.world
    world.add_person("UGUE", "gus", "gus@x.example", is_restricted=True)
    world.home.channels["CNOC"].members.add("UGUE")
    await talk.say("UANN", "<@UBOT> what is down?")
    posts = talk.office.slack.count("chat.postMessage")
    assert await talk.say(user, "bot, be quiet") == []
    assert talk.office.slack.count("chat.postMessage") == posts
    assert await inbox_texts(talk.office) == ["<@UBOT> what is down?", ""]
    assert await talk.say("UANN", "and the tickets?") != []


async def test_stop_following_is_for_the_bot_from_who_asked_it_only(talk: Talk) -> None:
    await talk.say("UANN", "<@UBOT> what is down?")
    assert await talk.say("UBEN", "stop following us") == []
    [hushed] = await talk.say("UANN", "stop following this thread")
    assert "until somebody mentions me" in hushed


async def test_a_mention_may_say_so_too(talk: Talk) -> None:
    await talk.say("UANN", "<@UBOT> what is down?")
    [hushed] = await talk.say("UANN", "<@UBOT> quiet")
    assert "until somebody mentions me" in hushed
    assert await talk.say("UANN", "and the tickets?") == []


@pytest.mark.parametrize(
    ("words", "mentioned", "is_it"),
    [
        ("quiet", True, True),
        ("quiet", False, False),
        ("shut up", False, False),
        ("bot, quiet", False, True),
        ("quiet bot", False, True),
        ("stop following", False, False),
        ("stop following", True, True),
        ("stop following, bot", False, True),
        ("the night was quiet", True, False),
        ("stop following up on 100234", True, False),
    ],
)
def test_only_the_bot_is_told_to_be_quiet(words: str, mentioned: bool, is_it: bool) -> None:
    assert hushes(words, mentioned=mentioned) is is_it


async def test_files_of_people_to_each_other_are_not_fetched(talk: Talk) -> None:
    office = talk.office
    office.slack.world.install.scopes.add("files:read")
    await talk.say("UANN", "<@UBOT> what is down?")
    office.slack.faults.plan("files-pri", "500")
    await office.slack.seat("UANN").upload("CNOC", ("a.jpg", b"x"), text="look, Ben", thread=talk.root)
    await office.queue.idle()
    assert office.slack.faults.next("files-pri") == "500"
    assert len(office.slack.world.replies("CNOC")) == 1


async def test_a_failing_understanding_tells_nobody(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object, **__: object) -> bool:
        raise RuntimeError("no")

    await talk.say("UANN", "<@UBOT> what is down?")
    monkeypatch.setattr(talk.office.answers, "heeds", broken)
    assert await talk.say("UANN", "and the tickets?") == []


async def test_old_threads_are_forgotten(talk: Talk) -> None:
    await talk.say("UANN", "<@UBOT> what is down?")
    async with talk.office.database.tenant(talk.office.tenant.id) as session:
        await session.execute(text("update slack_follows set seen_at = now() - interval '15 days'"))
    await talk.office.room.forget()
    assert await talk.say("UANN", "and the tickets?") == []


async def test_people_who_speak_in_a_thread_at_once_do_not_wait_for_each_other(
    database: Database, tenant: Tenant
) -> None:
    spot = slack_follows.Spot(team_id="T1", channel="CNOC", thread="1700000000.000100")

    async def ask(account: str) -> None:
        async with database.tenant(tenant.id) as session:
            await slack_follows.do_follow(session, spot, account, begins=False)

    for account in ("UANN", "UBEN"):
        await ask(account)
    async with database.tenant(tenant.id) as session:
        for account in ("UANN", "UBEN"):
            await slack_follows.do_engage(session, spot, account)
    async with database.tenant(tenant.id) as session:
        await slack_follows.do_engage(session, spot, "UANN")
        ben = asyncio.create_task(ask("UBEN"))
        await asyncio.wait({ben}, timeout=0.5)
        # Had Ben changed his row by now, and waited for Ann's, the two would wait for each other.
        await slack_follows.do_interrupt(session, spot, besides="UANN")
    await ben
    async with database.tenant(tenant.id) as session:
        rows = await session.execute(text("select account, engaged from slack_follows"))
        assert {row.account: row.engaged for row in rows} == {"UANN": False, "UBEN": True}
