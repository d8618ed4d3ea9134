"""Which one "it" or "her" is for a change: what the last reply named, or asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.contract.entity import Match
from bot.contract.people import Tenant, User
from bot.contract.reply import Column, Reply, Table
from bot.core.keeping import hidden, kept
from bot.core.named import named_by
from bot.core.threads import Pick, Thread
from bot.core.which_one import which_one, with_named
from bot.db.database import Database
from bot.understand.times import Clock
from bot.understand.understanding import Ask, Guess, Understanding, Verdict
from tests.bot.core.answer_world import NOW, Talk, talk
from tests.bot.understand import isp

UNDERSTANDER = isp.understander()
KINDS = {"TCK": "ticket", "OUT": "outage"}


@pytest.fixture
def chat(database: Database, tenant: Tenant) -> Talk:
    return talk(database, tenant, UNDERSTANDER)


def listed(*rows: Sequence[str], columns: Sequence[str] = ("Ticket", "Subject")) -> Reply:
    return Reply("a list", table=Table(columns=[Column(c) for c in columns], rows=rows))


def kind_of(key: str) -> str:
    return KINDS.get(key[:3], "customer" if key.isdigit() else "")


def test_what_a_reply_is_about_comes_before_what_it_lists() -> None:
    reply = listed(("TCK-1", "a"), ("TCK-2", "b"))
    kinds = ("ticket", "customer", "outage")
    assert named_by(reply, kinds, kind_of) == {"ticket": ("TCK-1", "TCK-2")}
    about = replace(reply, focus={"ticket": "TCK-2", "customer": "100234"})
    assert named_by(about, kinds, kind_of) == {"ticket": ("TCK-2",), "customer": ("100234",)}
    card = Reply("Hit by outage OUT-7", facts={"Open tickets": "TCK-3 no light"})
    assert named_by(card, kinds, kind_of) == {"outage": ("OUT-7",), "ticket": ("TCK-3",)}
    owing = listed(("100234", "Amina"), ("100999", "Grace"), columns=("Account", "Name"))
    assert named_by(owing, kinds, kind_of) == {"customer": ("100234", "100999")}


async def test_a_change_of_one_of_several_is_asked_for(chat: Talk) -> None:
    chat.gate.reply = listed(("TCK-10234", "No light"), ("TCK-10235", "Slow in the evening"))
    await chat.say("list open tickets")
    chat.gate.reply = None
    reply = await chat.say("close it: fixed remotely")
    assert [choice.label[-10:-1] for choice in reply.choices] == ["TCK-10234", "TCK-10235"]
    assert chat.gate.parked == {}
    await chat.say("2")
    assert [*chat.gate.parked.values()] == [
        ("tickets_close", {"resolution": "fixed remotely", "ticket": "TCK-10235"})
    ]


async def test_one_that_was_spoken_of_before_a_list_is_one_of_several(chat: Talk) -> None:
    await chat.say("what does Amina Bello owe")
    chat.gate.reply = listed(("100999", "Grace"), ("100777", "Brian"), columns=("Account", "Name"))
    await chat.say("list overdue customers")
    chat.gate.reply = None
    reply = await chat.say("suspend her because overdue")
    assert "customer=100234" in reply.choices[0].words
    assert len(reply.choices) > 1
    assert chat.gate.parked == {}


async def test_the_only_one_that_was_named_is_meant(chat: Talk) -> None:
    chat.gate.reply = replace(Reply("One ticket is open: TCK-10235."), focus={"customer": "100234"})
    await chat.say("what does Amina Bello owe")
    chat.gate.reply = None
    reply = await chat.say("close it: fixed remotely")
    assert reply.waiting is not None
    assert [args["ticket"] for _, args in chat.gate.parked.values()] == ["TCK-10235"]


async def test_a_look_up_is_about_what_the_thread_was_about(chat: Talk) -> None:
    await chat.say("what does Amina Bello owe")
    chat.gate.reply = listed(("100999", "Grace"), ("100777", "Brian"), columns=("Account", "Name"))
    await chat.say("list overdue customers")
    chat.gate.reply = None
    await chat.say("show her open tickets")
    assert chat.last[1]["customer"] == "100234"


async def test_why_a_row_is_on_a_list_is_asked_of_the_list_itself(chat: Talk) -> None:
    chat.gate.reply = listed(("100999", "Grace"), ("100777", "Brian"), columns=("Account", "Name"))
    await chat.say("list open tickets")
    await chat.say("why the second")
    assert chat.last[0] == "tickets_search"
    assert chat.last[1]["customer"] == "100777"


async def test_him_is_none_of_two_who_were_named(chat: Talk) -> None:
    await chat.say("compare 100234 and 100999")
    reply = await chat.say("suspend him")
    assert len(reply.choices) == 2
    assert chat.gate.parked == {}


async def test_choices_between_do_not_end_a_list(chat: Talk) -> None:
    chat.gate.reply = listed(("TCK-10234", "No light"), ("TCK-10235", "Slow in the evening"))
    await chat.say("list open tickets")
    chat.gate.reply = None
    await chat.say("what does John Smith owe?")
    await chat.say("the second")
    assert chat.last[0] == "billing_balance"
    await chat.say("close the second: fixed")
    assert [args["ticket"] for _, args in chat.gate.parked.values()] == ["TCK-10235"]


async def test_a_row_that_is_not_there_is_not_the_one_that_was_named(chat: Talk) -> None:
    chat.gate.reply = replace(Reply("One ticket is open: TCK-10235."), focus={"customer": "100234"})
    await chat.say("what does Amina Bello owe")
    chat.gate.reply = None
    reply = await chat.say("resolve the oldest: fixed remotely")
    assert chat.gate.parked == {}
    assert "esolution" not in reply.text


async def test_what_is_asked_of_a_row_of_tickets_is_of_its_customer(
    chat: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    find = chat.gate.find

    async def found(user: User, kind: str, text: str, limit: int = 8, **more: Any) -> Sequence[Match]:
        whose = [replace(m, record=SimpleNamespace(customer="100999")) for m in await find(user, kind, text)]
        return whose if kind == "ticket" else await find(user, kind, text, limit, **more)

    monkeypatch.setattr(chat.gate, "find", found)
    chat.gate.reply = listed(("TCK-10234", "No light"), ("TCK-10235", "Slow in the evening"))
    await chat.say("list open tickets")
    chat.gate.reply = None
    await chat.say("what does the second owe?")
    assert chat.last == ("billing_balance", {"customer": "100999"})
    await chat.say("close the second: fixed")
    assert [args["ticket"] for _, args in chat.gate.parked.values()] == ["TCK-10235"]


async def test_make_it_is_of_what_was_shown_and_nothing_new(chat: Talk) -> None:
    chat.gate.reply = listed(("TCK-10234", "No light"), ("TCK-10235", "Slow in the evening"))
    await chat.say("list open tickets")
    chat.gate.reply = None
    reply = await chat.say("make it high priority")
    assert chat.gate.parked == {}
    assert "subject" not in reply.text and "Which customer" not in reply.text


async def test_a_change_that_leaves_a_row_unused_is_not_proposed() -> None:
    turn: Any = SimpleNamespace(desk=SimpleNamespace(view=isp.VIEW), thread=Thread())
    guess = Guess(
        action_id="tickets_create", args={"subject": "no light"}, score=1.0, reads_only=False, said=""
    )
    assert await which_one(turn, guess) is None
    reply = await which_one(turn, replace(guess, unused=("the fifth",)))
    assert reply is not None
    assert "which one" in reply.text


class Reader:
    """Reads everything as closing the ticket in focus."""

    kinds = ("ticket",)

    def __init__(self, *unused: str) -> None:
        self.unused = unused

    async def understand(self, ask: Ask) -> Understanding:
        if "ticket" not in ask.focus:
            return Understanding(verdict=Verdict.UNSURE)
        close = Guess(
            action_id="tickets_close",
            args={"ticket": ask.focus["ticket"]},
            score=1.0,
            reads_only=False,
            said="",
            from_focus=frozenset({"ticket"}),
            unused=self.unused,
        )
        return Understanding(verdict=Verdict.CLEAR, guesses=(close,))


def asked_for(words: str) -> Ask:
    return Ask(words=words, user=isp.person(), clock=Clock(NOW, ZoneInfo("UTC")), resolve=isp.find)


async def test_what_was_named_is_it_and_no_row_of_a_list() -> None:
    thread, unsure = Thread(named={"ticket": ("TCK-1",)}), Understanding(verdict=Verdict.UNSURE)
    turn: Any = SimpleNamespace(desk=SimpleNamespace(view=isp.VIEW, understander=Reader()), thread=thread)
    assert (await with_named(turn, asked_for("close it"), unsure)).args == {"ticket": "TCK-1"}
    assert await with_named(turn, asked_for("close the oldest, it works"), unsure) is unsure


async def test_what_was_named_is_not_it_in_a_long_message_or_where_words_are_left_over() -> None:
    thread, unsure = Thread(named={"ticket": ("TCK-1",)}), Understanding(verdict=Verdict.UNSURE)
    turn: Any = SimpleNamespace(desk=SimpleNamespace(view=isp.VIEW, understander=Reader()), thread=thread)
    assert await with_named(turn, asked_for(f"close it, {'x' * 152}"), unsure) is unsure
    assert await with_named(turn, asked_for(f"close it, {'x' * 150}"), unsure) is not unsure
    turn.desk.understander = Reader("and hers")
    assert await with_named(turn, asked_for("close it and hers"), unsure) is unsure


async def test_what_was_named_is_it_only_where_something_is_open() -> None:
    thread = Thread(named={"ticket": ("TCK-1",)})
    turn: Any = SimpleNamespace(desk=SimpleNamespace(view=isp.VIEW, understander=Reader()), thread=thread)
    for verdict in (Verdict.HELD, Verdict.FORBIDDEN):
        meant = Understanding(verdict=verdict)
        assert await with_named(turn, asked_for("close it"), meant) is meant
    unsure = Understanding(verdict=Verdict.UNSURE)
    assert await with_named(turn, asked_for("close"), unsure) is unsure


async def test_make_it_makes_nothing_new() -> None:
    turn: Any = SimpleNamespace(desk=SimpleNamespace(view=isp.VIEW, understander=Reader()), thread=Thread())
    new = Guess(action_id="tickets_create", args={"subject": "high"}, score=1.0, reads_only=False, said="")
    meant = Understanding(verdict=Verdict.CLEAR, guesses=(new,))
    assert (await with_named(turn, asked_for("make it high"), meant)).verdict is Verdict.UNKNOWN
    assert await with_named(turn, asked_for("open a ticket: high"), meant) is meant


async def test_a_list_is_hidden_for_a_choice_and_there_again() -> None:
    before = Thread(unanswered="x", picks=(Pick(label="a", words="a"),), walk=("TCK-1", "TCK-2"))
    assert hidden(before, "the second").walk == ()
    assert hidden(before, "close the second").walk == before.walk
    turn: Any = SimpleNamespace(thread=Thread())
    await kept(turn, before, Reply("answered"), "the second")
    assert turn.thread.walk == before.walk


async def test_both_are_not_the_one_in_focus(chat: Talk) -> None:
    await chat.say("what does Amina Bello owe")
    await chat.say("suspend both of them because overdue")
    assert chat.gate.parked == {}


async def test_nothing_is_the_first_of_an_empty_list(chat: Talk) -> None:
    chat.gate.reply = listed(("TCK-10234", "No light"), ("TCK-10235", "Slow in the evening"))
    await chat.say("list open tickets")
    chat.gate.reply = Reply("No tickets.")
    await chat.say("list open tickets")
    chat.gate.reply = None
    await chat.say("close the first: solved")
    assert chat.gate.parked == {}
