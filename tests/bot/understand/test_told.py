"""What is told beside a wish is not warned of, where it neither names a thing nor binds the wish."""

from __future__ import annotations

import pytest

from bot.understand.understander import Understander
from bot.understand.understanding import Guess
from tests.bot.understand.test_bad_input import ask
from tests.evals import score


@pytest.fixture(scope="module")
def understander() -> Understander:
    return score.make()


async def read(understander: Understander, words: str, action: str) -> Guess:
    got = await ask(understander, words, "support")
    return next(g for g in got.guesses if g.action_id == action)


@pytest.mark.parametrize(
    ("words", "action"),
    [
        ("give TCK-10234 to halima, she knows that customer", "tickets_assign"),
        ("escalate TCK-10234, the customer is angry", "tickets_escalate"),
    ],
)
async def test_how_things_are_is_not_warned_of(understander: Understander, words: str, action: str) -> None:
    assert (await read(understander, words, action)).unused == ()


@pytest.mark.parametrize(
    ("words", "left"),
    [
        ("give TCK-10234 to halima, she is only on noc", "only on noc"),  # it may bind the wish
        ("give TCK-10234 to halima. urgent stuff", "urgent stuff"),  # it tells of nobody
        ("give TCK-10234 to halima, she knows TCK-10235", "knows TCK-10235"),  # it names another
    ],
)
async def test_what_may_be_part_of_the_wish_is_warned_of(
    understander: Understander, words: str, left: str
) -> None:
    assert (await read(understander, words, "tickets_assign")).unused == (left,)
