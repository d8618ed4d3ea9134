"""Both ends of a range are used, or said not to be; none of them is an account or a count."""

from __future__ import annotations

import pytest

from bot.understand.understander import Understander
from tests.bot.understand.test_unused import ask
from tests.evals import score

MONEY = {"over": "5,000.00 NGN", "under": "10,000.00 NGN", "at_least": True, "at_most": True}


@pytest.fixture(scope="module")
def understander() -> Understander:
    return score.make(words_only=True)


@pytest.mark.parametrize(
    ("words", "action", "args"),
    [
        ("overdue 30-60 days", "billing_overdue", {"days": 30, "to_days": 60}),
        ("customers overdue 31 to 60 days", "billing_overdue", {"days": 31, "to_days": 60}),
        ("who is 2 to 4 weeks overdue", "billing_overdue", {"days": 14, "to_days": 28}),
        ("payments between 5k and 10k yesterday", "billing_payments", {**MONEY, "since": "2026-11-21"}),
        ("payments between 5000 and 10000", "billing_payments", MONEY),
        ("invoices in coast between 5000 and 10000", "billing_invoices", {**MONEY, "area": "coast"}),
        ("payments of 100234 between 5000 and 10000", "billing_payments", {**MONEY, "customer": "100234"}),
        (
            "payments between 1 and 10 november",
            "billing_payments",
            {"since": "2026-11-01", "until": "2026-11-10"},
        ),
    ],
)
async def test_both_ends_of_a_range_are_taken(
    understander: Understander, words: str, action: str, args: dict[str, object]
) -> None:
    got = await ask(understander, words, "billing")
    (guess,) = [g for g in got.guesses if g.action_id == action]
    assert {k: v for k, v in guess.args.items() if k != "until" or k in args} == args
    assert guess.unused == ()


async def test_a_list_that_takes_no_range_says_so(understander: Understander) -> None:
    got = await ask(understander, "failed payments between 1000 and 5000", "billing")
    guess = next(g for g in got.guesses if g.action_id == "billing_failed")
    assert guess.unused == ("between 1000 and 5000",)
    assert "customer" not in guess.args
