"""A change wished for several rows at once, and the nouns of a card."""

from __future__ import annotations

import pytest

from bot.contract.reply import Tone
from tests.bot.core.answer_world import Talk


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("suspend the first two", ["suspend 100234", "suspend 100999"]),
        ("suspend the last two: fraud", ["suspend 100999: fraud", "suspend 100777: fraud"]),
        ("suspend them all", ["suspend 100234", "suspend 100999", "suspend 100777"]),
    ],
)
async def test_it_is_offered_for_one_after_the_other(debts: Talk, words: str, offered: list[str]) -> None:
    reply = await debts.say(words)
    assert reply.tone is Tone.ASK
    assert [choice.words for choice in reply.choices] == offered
    assert not debts.gate.parked


async def test_both_are_none_of_three(debts: Talk) -> None:
    assert (await debts.say("suspend both")).choices == ()
    assert not debts.gate.parked


async def test_both_are_two_and_no_others(debts: Talk) -> None:
    await debts.say("which of them are business")
    assert [c.words for c in (await debts.say("suspend both")).choices] == [
        "suspend 100999",
        "suspend 100777",
    ]


async def test_whose_phone_of_several_is_asked(debts: Talk) -> None:
    assert (await debts.say("phone")).text.startswith("Whose? I listed several")
    await debts.say("the second")
    await debts.say("her address?")
    assert debts.gate.done[-1] == ("customers_card", {"customer": "100999"})
