"""Two questions in one message get both answers; everything else stays one."""

from types import SimpleNamespace
from typing import cast

import pytest

from bot.contract.people import Tenant
from bot.contract.reply import Column, Reply, Table, Tone
from bot.core.turn import Turn
from bot.core.twofold import halves, joined, of_them
from bot.db.database import Database
from bot.understand.understanding import Guess
from tests.bot.core.answer_world import Talk, talk
from tests.bot.understand import isp
from tests.evals import world

UNDERSTANDER = isp.understander()


@pytest.fixture
def chat(database: Database, tenant: Tenant) -> Talk:
    return talk(database, tenant, UNDERSTANDER)


def test_only_a_short_message_with_one_and_may_be_two() -> None:
    assert halves("balance and open tickets") == ("balance", "open tickets")
    assert halves("balance, tickets and notes and mails") is None
    assert halves("debtors in coast between 5000 and 10000") is None
    assert halves("credits between 200 and 1000 this month") is None
    assert halves("balance and tickets and notes") is None
    assert halves("note for Amina: cable and router replaced") is None
    assert halves(f"balance and {'very ' * 20}long story") is None


async def test_both_questions_are_answered_and_the_second_is_about_the_same_customer(chat: Talk) -> None:
    reply = await chat.say("what does Amina Bello owe and show her open tickets")
    done = [name for name, _ in chat.gate.done][-2:]
    assert done == ["billing_balance", "tickets_search"]
    assert chat.last[1]["customer"] == "100234"
    assert reply.understood.count("I read this as") == 2


@pytest.mark.parametrize(
    ("args", "same", "unused"),
    [
        ({"kind": "business"}, {"kind": "business"}, ()),
        ({"status": "suspended"}, {}, ("they",)),
        ({"area": "Nyali"}, {}, ()),
    ],
)
def test_they_are_those_of_the_first_question_or_it_is_said(
    args: dict[str, str], same: dict[str, str], unused: tuple[str, ...]
) -> None:
    there = {owned.id: owned for owned in world.ACTIONS}
    turn = SimpleNamespace(desk=SimpleNamespace(view=SimpleNamespace(action=there.__getitem__)))
    first = Guess(action_id="customers_browse", args=args, said="", score=1.0, reads_only=True)
    second = Guess(action_id="billing_revenue", args={}, said="", score=1.0, reads_only=True)
    got = of_them(cast(Turn, turn), second, first)
    assert (got.args, got.unused) == (same, unused)
    assert got.said == " ".join(["billing revenue", *(f"{k}={v}" for k, v in same.items())])


async def test_a_change_is_never_half_of_two(chat: Talk) -> None:
    await chat.say("show Amina Bello and suspend her")
    assert "customers_suspend" not in [name for name, _ in chat.gate.done]


def test_two_answers_keep_their_tables_and_the_worse_tone() -> None:
    one = Table(columns=(Column("A"),), rows=(("1",),))
    two = Table(columns=(Column("B"),), rows=(("2",),))
    both = joined(Reply("x", table=one, tone=Tone.BAD, private=True), Reply("y", tables=(two,)))
    assert (both.text, both.tables, both.table) == ("x\n\ny", (one, two), None)
    assert both.tone is Tone.BAD
    assert both.private
