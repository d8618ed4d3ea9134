"""What is said in a thread without a mention: clear questions are the bot's, and people's talk is theirs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.contract.channel import ChannelRule
from bot.contract.people import Tenant
from bot.contract.place import Place, PlaceKind
from bot.core.overheard import is_meant
from bot.db.database import Database
from tests.bot.core.answer_world import Talk, talk
from tests.bot.core.test_answer import UNDERSTANDER

NOC = Place(surface="slack", channel="CNOC", kind=PlaceKind.PUBLIC)


@pytest.fixture
async def chat(database: Database, tenant: Tenant) -> Talk:
    """Somebody has just asked what a customer owes."""
    made = talk(database, tenant, UNDERSTANDER)
    made.place = NOC
    await made.say("what does Amina Bello owe?")
    return made


async def meant(chat: Talk, words: str, *, engaged: bool = True, alone: bool = True) -> bool:
    return await is_meant(chat.desk, chat.question(words), engaged=engaged, alone=alone)


@pytest.mark.parametrize(
    "words",
    [
        "and her tickets?",
        "show her open tickets",
        "what plan is she on",
        "what is 100234's balance?",
        "Ok, what does Bisi Okafor owe?",
        "open a ticket for her: no light",
        "billing balance customer=100234",
    ],
)
async def test_what_goes_on_is_meant(chat: Talk, words: str) -> None:
    done = list(chat.gate.done)
    assert await meant(chat, words)
    assert chat.gate.done == done, "nothing is done yet"
    assert chat.gate.parked == {}


@pytest.mark.parametrize(
    "words",
    [
        "Ben, can you look at 100234",
        "hey Nils: what does Amina Bello owe?",
        "@Ben what does Amina Bello owe?",
        "I'll call her",
        "I already told her what she owes",
        "we will open a ticket for her",
        "let me check her balance",
        "did you look at her balance?",
        "can somebody call Amina Bello?",
        "she is furious",
        "it rains here too",
        "lol",
        "thanks!",
        "thanks a lot bot",
        "good morning",
        "sorry, wrong channel",
        "so the tower came back at nine and the whole street went quiet again",
        "what does she owe? " * 20,
        "",
    ],
)
async def test_what_people_say_to_each_other_is_not(chat: Talk, words: str) -> None:
    assert not await meant(chat, words)


@pytest.mark.parametrize("words", ["yes", "no", "ok", "9", "undo"])
async def test_a_short_answer_is_one_only_to_what_stands_open(chat: Talk, words: str) -> None:
    assert not await meant(chat, words)


async def test_a_yes_counts_while_nobody_else_has_spoken(chat: Talk) -> None:
    await chat.say("open a ticket for Amina Bello: no light")
    assert await meant(chat, "yes")
    assert await meant(chat, "no, she moved out")
    assert not await meant(chat, "yes", engaged=False)
    await chat.say("yes")
    assert await meant(chat, "undo")
    assert not await meant(chat, "undo", engaged=False)


async def test_the_answer_to_what_the_bot_asked_is_meant(chat: Talk) -> None:
    reply = await chat.say("open a ticket for Amina Bello")
    assert "?" in reply.text
    assert await meant(chat, "no light since this morning")
    assert not await meant(chat, "no light since this morning", engaged=False)
    assert not await meant(chat, "does anybody know her?")


async def test_among_people_only_a_plain_question_is_meant_and_no_change(chat: Talk) -> None:
    assert await meant(chat, "what does Amina Bello owe?", engaged=False)
    assert not await meant(chat, "open a ticket for Amina Bello: no light", engaged=False, alone=False)
    assert not await meant(chat, "billing balance customer=100234 please do", engaged=False)


async def test_where_nothing_may_be_asked_nothing_is_meant(chat: Talk) -> None:
    chat.gate.rules[:] = [ChannelRule(channel="CNOC", closed=True)]
    assert not await meant(chat, "what does Amina Bello owe?")
    assert "closed" not in chat.gate.refused


async def test_a_file_alone_is_meant_only_where_one_was_asked_for(chat: Talk) -> None:
    asked = replace(chat.question(""), place=NOC)
    assert not await is_meant(chat.desk, asked, engaged=True, alone=True, files=True)


@pytest.mark.parametrize("words", ["change the vlan of her port", "and please disable the splitter"])
async def test_what_is_bidden_is_answered_also_where_it_is_not_understood(chat: Talk, words: str) -> None:
    assert await meant(chat, words)
    assert not await meant(chat, words, alone=False)
    assert not await meant(chat, words, engaged=False)


async def test_a_change_is_a_wish_also_after_words_that_were_let_pass(chat: Talk) -> None:
    words = "open a ticket for Amina Bello: no light on the ONT"
    assert await meant(chat, words, engaged=False, alone=True)
    assert not await meant(chat, words, engaged=False, alone=False)
    assert not await meant(chat, f"I will {words}", engaged=False, alone=True)
    assert not await meant(chat, "yes", engaged=False, alone=True)
