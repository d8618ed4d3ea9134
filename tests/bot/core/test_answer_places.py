"""A conversation in a place with a rule: what is offered, understood and looked up there is what may be done there."""

from __future__ import annotations

from typing import Any

import pytest

from bot.contract.channel import ChannelRule
from bot.contract.people import Tenant
from bot.contract.place import Place, PlaceKind
from bot.core.answer import decide, press, undo, waiting
from bot.db.database import Database
from bot.understand.understander import Understander
from tests.bot.core.answer_world import Talk, talk
from tests.bot.core.test_answer import UNDERSTANDER

NOC = Place(surface="slack", channel="CNOC", kind=PlaceKind.PUBLIC)
SHARED = Place(surface="slack", channel="CNOC", kind=PlaceKind.SHARED)


@pytest.fixture
def chat(database: Database, tenant: Tenant) -> Talk:
    made: Understander = UNDERSTANDER
    found = talk(database, tenant, made)
    found.place = NOC
    return found


def only(chat: Talk, *names: str, **more: Any) -> None:
    chat.gate.rules[:] = [ChannelRule(channel="CNOC", only=names, **more)]


SAID = [
    "what does Amina Bello owe?", "help", "show customer Amina Bello", "billing balance customer=100234", "hello",
    "is there someone called Amina", "open a ticket for Amina Bello: no light", "billing balance", "yes", "undo", "waiting",
]  # fmt: skip


@pytest.mark.parametrize("words", SAID)
async def test_where_outsiders_read_along_nothing_is_said_and_nothing_looked_up(
    chat: Talk, words: str
) -> None:
    chat.place = SHARED
    reply = await chat.say(words)
    assert "other organisations" in reply.text and "direct message" in reply.text
    assert chat.gate.sought == [] and chat.gate.done == []
    assert not (reply.choices or reply.table or reply.buttons)


async def test_buttons_and_decisions_are_turned_away_as_well(chat: Talk) -> None:
    chat.place = SHARED
    question = chat.question("")
    for reply in (
        await press(chat.desk, question, "billing_balance", {"customer": "100234"}),
        await decide(chat.desk, question, "c0ffee01", yes=True),
        await undo(chat.desk, question, "c0ffee01"),
        await waiting(chat.desk, question),
    ):
        assert "other organisations" in reply.text
    assert chat.gate.done == chat.gate.decided == chat.gate.undone == chat.gate.sought == []


async def test_what_is_not_for_the_channel_is_refused_with_what_is(chat: Talk) -> None:
    only(chat, "tickets")
    for words in ("what does Amina Bello owe?", "billing balance customer=100234", "billing balance"):
        reply = await chat.say(words)
        assert "In this channel I do only tickets." in reply.text, words
    assert chat.gate.done == []


async def test_what_is_for_the_channel_goes_on(chat: Talk) -> None:
    only(chat, "billing")
    await chat.say("what does Amina Bello owe?")
    assert chat.last == ("billing_balance", {"customer": "100234"})


async def test_an_argument_is_not_asked_for_what_may_not_be_done(chat: Talk) -> None:
    only(chat, "tickets")
    reply = await chat.say("billing balance")
    assert "Which customer" not in reply.text
    assert chat.gate.sought == []


async def test_help_and_suggestions_know_the_place(chat: Talk) -> None:
    only(chat, "tickets")
    assert {row[0] for row in (await chat.say("help")).table.rows} == {"tickets"}
    assert "no help on" in (await chat.say("help billing")).text
    greeting = await chat.say("hello")
    assert greeting.choices
    for choice in greeting.choices:
        assert "In this channel" not in (await chat.say(choice.words)).text


async def test_help_on_a_command_that_is_not_for_here_says_so(chat: Talk) -> None:
    only(chat, "tickets")
    assert "only tickets" in (await chat.say("billing balance --help")).text


async def test_next_questions_are_those_of_the_place(chat: Talk) -> None:
    everywhere = {c.words.split()[0] for c in (await chat.say("what does Amina Bello owe?")).choices}
    only(chat, "billing", "tickets")
    here = {c.words.split()[0] for c in (await chat.say("what does Amina Bello owe?")).choices}
    assert here <= {"billing", "tickets"}
    assert not everywhere <= {"billing", "tickets"}, "else this shows nothing"


async def test_reads_only_leaves_changes_to_elsewhere(chat: Talk) -> None:
    only(chat, reads_only=True)
    assert "change nothing" in (await chat.say("open a ticket for Amina Bello: no light since noon")).text
    await chat.say("what does Amina Bello owe?")
    assert chat.last[0] == "billing_balance"


async def test_who_lacks_the_role_is_told_which(chat: Talk) -> None:
    only(chat, roles=("wizard",))
    assert "only for people with the role wizard" in (await chat.say("what does Amina Bello owe?")).text
    assert chat.gate.sought == []
