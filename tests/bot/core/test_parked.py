"""What waits, or was asked for, when a question comes between."""

from __future__ import annotations

from typing import Any

import pytest

from bot.contract.people import Tenant, User
from bot.contract.reply import Column, Reply, Table
from bot.db.database import Database
from bot.errors import Conflict
from tests.bot.core.answer_world import Talk, talk
from tests.bot.understand import isp

UNDERSTANDER = isp.understander()


@pytest.fixture
def chat(database: Database, tenant: Tenant) -> Talk:
    return talk(database, tenant, UNDERSTANDER)


async def test_a_yes_after_a_question_shows_again_what_waits_and_does_nothing_yet(chat: Talk) -> None:
    await chat.say("suspend Amina Bello")
    await chat.say("what does she owe")
    shown = await chat.say("yes")
    assert shown.waiting is not None
    assert chat.gate.decided == []
    await chat.say("yes")
    assert [yes for _, yes, _ in chat.gate.decided] == [True]


async def test_a_no_after_a_question_lets_it_be(chat: Talk) -> None:
    await chat.say("suspend Amina Bello")
    await chat.say("is ticket TCK-10234 closed")
    thread = await chat.say("show ticket TCK-10234")
    assert not thread.waiting
    await chat.say("drop it")
    assert [yes for _, yes, _ in chat.gate.decided] in ([False], [])
    assert chat.gate.done[-1][0] == "tickets_show"


async def test_another_proposal_is_what_a_yes_is_about(chat: Talk) -> None:
    await chat.say("suspend Amina Bello")
    await chat.say("open a ticket for Grace Adeyemi: no light")
    await chat.say("yes")
    assert chat.gate.done[-1][0] == "tickets_create"


async def test_what_was_asked_for_may_be_said_after_another_question(chat: Talk) -> None:
    await chat.say("add a note to Amina Bello")
    await chat.say("what does she owe")
    reply = await chat.say("gate code zebra four two")
    assert "text I asked for" in reply.text
    assert chat.gate.parked == {}
    await chat.say("yes")
    assert list(chat.gate.parked.values()) == [
        ("customers_note", {"customer": "100234", "text": "gate code zebra four two"})
    ]


async def test_who_was_left_open_is_described_after_another_question(chat: Talk) -> None:
    await chat.say("what does John Smith owe?")
    await chat.say("any outages")
    await chat.say("the suspended one")
    assert chat.last == ("billing_balance", {"customer": "100778"})


@pytest.mark.parametrize(
    "words",
    [
        "hm no, she has paid",
        "ok no",
        "actually leave it",
        "no she paid already",
        "don't, she is moving",
        "not now",
    ],
)
async def test_a_no_with_words_around_it_is_one_where_something_waits(chat: Talk, words: str) -> None:
    await chat.say("suspend Amina Bello")
    await chat.say(words)
    assert [yes for _, yes, _ in chat.gate.decided] == [False]


@pytest.mark.parametrize("words", ["no internet at Grace Adeyemi", "cancel her plan", "stop?"])
async def test_what_only_begins_like_a_no_is_none(chat: Talk, words: str) -> None:
    await chat.say("suspend Amina Bello")
    await chat.say(words)
    assert chat.gate.decided == []


async def test_back_to_a_first_name_is_whom_the_thread_was_about(chat: Talk) -> None:
    await chat.say("what does John Smith owe")
    await chat.say("the suspended one")
    await chat.say("what does Grace Adeyemi owe")
    await chat.say("back to john")
    assert chat.last == ("customers_card", {"customer": "100778"})


async def test_the_second_one_is_of_the_choices_just_shown_not_of_an_older_list(chat: Talk) -> None:
    tickets = Table(columns=(Column("Ticket"),), rows=(("TCK-10234",), ("TCK-10235",)))
    chat.gate.reply = Reply("two", table=tickets)
    await chat.say("all urgent tickets")
    chat.gate.reply = None
    await chat.say("what does John Smith owe?")
    await chat.say("the second one")
    assert chat.last == ("billing_balance", {"customer": "100778"})


async def test_a_remark_after_a_question_between_is_no_text_by_itself(chat: Talk) -> None:
    await chat.say("add a note to Amina Bello")
    await chat.say("what does she owe")
    await chat.say("that's odd")
    assert (await chat.say("no")).text == "All right, I let it be."
    await chat.say("that's odd")
    assert chat.gate.parked == {}


async def test_what_was_asked_for_is_forgotten_after_some_questions(chat: Talk) -> None:
    await chat.say("add a note to Amina Bello")
    for words in ("what does she owe", "what does Grace Adeyemi owe", "any outages"):
        await chat.say(words)
    assert "asked for" not in (await chat.say("gate code zebra four two")).text
    assert chat.gate.parked == {}


async def test_another_one_meant_by_the_question_between_ends_nothing(chat: Talk) -> None:
    await chat.say("suspend Amina Bello")
    await chat.say("what does she owe")
    await chat.say("no, I meant Grace Adeyemi")
    assert chat.gate.decided == []
    assert len(chat.gate.parked) == 1
    assert (
        await chat.say("no not now")
    ).text == "All right. What I showed still waits; say `waiting` to see it."


async def test_what_was_decided_meanwhile_is_proposed_in_no_other_form(
    chat: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = (await chat.say("suspend Amina Bello")).waiting
    assert first is not None
    decide = chat.gate.decide

    async def decided(user: User, call_id: str, **more: Any) -> Reply:
        if call_id == first.call_id:
            raise Conflict("It is done already.")
        return await decide(user, call_id, **more)

    monkeypatch.setattr(chat.gate, "decide", decided)
    reply = await chat.say("no, I meant Grace Adeyemi")
    assert "I proposed nothing in its place" in reply.text
    assert list(chat.gate.parked) == [first.call_id]
    assert [yes for _, yes, _ in chat.gate.decided] == [False]


async def test_what_waits_behind_a_message_nobody_understood_is_said_and_ended_by_a_no(chat: Talk) -> None:
    await chat.say("suspend Amina Bello")
    reply = await chat.say("florb the wug")
    assert "still waits" in reply.text
    while chat.gate.parked and chat.gate.decided == []:
        reply = await chat.say("no")
        assert "waits" in reply.text or chat.gate.decided
    assert [yes for _, yes, _ in chat.gate.decided] == [False]


@pytest.mark.parametrize("words", ["except tickets", "but not her tickets", "unless she pays", "after 6"])
async def test_a_limit_that_a_proposal_cannot_take_is_no_question(chat: Talk, words: str) -> None:
    await chat.say("suspend Amina Bello")
    done = len(chat.gate.done)
    reply = await chat.say(words)
    assert "I cannot take" in reply.text
    assert (len(chat.gate.done), len(chat.gate.parked)) == (done, 1)
    await chat.say("yes")
    assert [yes for _, yes, _ in chat.gate.decided] == [True]
