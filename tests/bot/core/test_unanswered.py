"""A few words behind a question that was not answered."""

from __future__ import annotations

import pytest

from bot.contract.reply import Reply, Tone
from bot.core.threads import Thread
from bot.core.unanswered import left_after
from tests.bot.core.answer_world import Talk


async def test_they_are_not_asked_of_everybody(debts: Talk) -> None:
    await debts.say("frobnicate the zorgs of yesterday")
    done = len(debts.gate.done)
    reply = await debts.say("how much of it business")
    assert reply.text.startswith("“frobnicate the zorgs of yesterday” is still open, so I do not know")
    assert reply.tone is Tone.ASK
    assert len(debts.gate.done) == done


async def test_the_list_before_is_offered_too(debts: Talk) -> None:
    await debts.say("frobnicate the zorgs of yesterday")
    reply = await debts.say("over 60")
    assert reply.choices[-1].label.startswith("Of what I showed before:")
    reply = await debts.say(reply.choices[-1].words)
    assert debts.gate.done[-1] == ("billing_overdue", {"days": 60})


async def test_what_was_mistyped_is_said_again_of_the_list(debts: Talk) -> None:
    await debts.say("which of them are purple")
    await debts.say("onyl busines")
    assert (await debts.say("only business")).text == "2 with “business”, of 3:"


async def test_what_has_a_subject_goes_on(debts: Talk) -> None:
    await debts.say("show 100234")
    await debts.say("frobnicate the zorgs of yesterday")
    await debts.say("and her balance")
    assert debts.gate.done[-1] == ("billing_balance", {"customer": "100234"})


@pytest.mark.parametrize(
    ("reply", "left"),
    [
        (Reply("done"), ""),
        (Reply("Which?", tone=Tone.ASK), "new"),
        (Reply("no", tone=Tone.WARN, error="NotFound"), "new"),
        (Reply("this list has no such row", tone=Tone.WARN), ""),
    ],
)
def test_what_is_left_open(reply: Reply, left: str) -> None:
    assert left_after(Thread(unanswered="old"), "new", reply) == left


def test_what_goes_back_to_it_leaves_it_open() -> None:
    asked = Reply("Which?", tone=Tone.ASK)
    assert left_after(Thread(unanswered="show the outage"), "how many customers", asked) == "show the outage"
    assert left_after(Thread(unanswered="show the outage"), "no", asked) == "show the outage"
    assert left_after(Thread(unanswered="show the outage"), "4", asked) == "show the outage"


async def test_which_thing_was_asked_is_not_answered_by_a_count(debts: Talk) -> None:
    assert (await debts.say("what does the customer owe")).tone is Tone.ASK
    done = len(debts.gate.done)
    reply = await debts.say("how many customers")
    assert "is still open" in reply.text
    assert len(debts.gate.done) == done
