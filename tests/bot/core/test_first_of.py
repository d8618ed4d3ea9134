"""The first few rows of a list, and a row said by its number again."""

from __future__ import annotations

import pytest

from bot.core.first_of import SOME
from bot.core.pointing import pointed
from bot.core.threads import Thread
from tests.bot.core.answer_world import Talk
from tests.bot.core.debt_world import accounts


@pytest.mark.parametrize("words", ["the first two", "show the first 2", "only the first two of them"])
async def test_a_few_of_the_list_can_be_spoken_of(debts: Talk, words: str) -> None:
    reply = await debts.say(words)
    assert accounts(reply) == ["100234", "100999"] and reply.text.startswith("The first 2 of 3")
    assert [c.words for c in (await debts.say("suspend both")).choices] == [
        "suspend 100234",
        "suspend 100999",
    ]


async def test_the_last_two_are_the_last(debts: Talk) -> None:
    assert accounts(await debts.say("the last two")) == ["100999", "100777"]


def test_a_wish_for_a_few_and_a_span_are_no_part_of_a_list() -> None:
    assert not any(map(SOME.match, ("suspend the first two", "the last two weeks", "the first two days")))


def test_a_row_is_pointed_at_again_however_long_the_reason() -> None:
    thread = Thread(walk=("PAY-1", "PAY-2"))
    words = "reverse the first: booked on the wrong account"
    assert pointed(thread, words) == "reverse PAY-1: booked on the wrong account"
    assert pointed(thread, "reverse the first of all payments of this week") is None
