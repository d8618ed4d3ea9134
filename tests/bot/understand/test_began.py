"""By when a promise is due, and before when something began."""

from __future__ import annotations

import pytest

from bot.understand.understander import Understander
from tests.bot.understand.test_unused import ask
from tests.evals import score


@pytest.fixture(scope="module")
def understander() -> Understander:
    return score.make(words_only=True)


@pytest.mark.parametrize(
    ("words", "action", "since", "until"),
    [
        ("who promised to pay by friday", "billing_promises", None, "2026-11-27"),
        ("promises due on friday", "billing_promises", "2026-11-27", "2026-11-27"),
        ("promises last friday", "billing_promises", "2026-11-20", "2026-11-20"),
        ("customers suspended for more than 30 days", "customers_browse", None, "2026-10-23"),
        ("who left in the last 30 days", "customers_leavers", "2026-10-23", "2026-11-22"),
        ("invoices due before friday", "billing_invoices", None, "2026-11-26"),
        ("payments before 1 november", "billing_payments", None, "2026-10-31"),
        ("invoices due until friday", "billing_invoices", None, "2026-11-27"),
    ],
)
async def test_a_bound_is_on_its_own_side(
    understander: Understander, words: str, action: str, since: str | None, until: str | None
) -> None:
    got = await ask(understander, words, "billing")
    (guess,) = [g for g in got.guesses if g.action_id == action]
    assert (guess.args.get("since"), guess.args.get("until")) == (since, until), guess


@pytest.mark.parametrize(
    ("words", "role", "starts", "ends"),
    [
        ("freeze from 8 to 18 tomorrow because of upgrade", "noc", "2026-11-23T08", "2026-11-23T18"),
        ("freeze from 22 to 4 tonight because of upgrade", "noc", "2026-11-22T22", "2026-11-23T04"),
    ],
)
async def test_both_hours_are_of_the_day_beside_them(
    understander: Understander, words: str, role: str, starts: str, ends: str
) -> None:
    got = await ask(understander, words, role)
    assert got.action_id == "freeze_start"
    assert str(got.args["starts_at"]).startswith(starts) and str(got.args["until"]).startswith(ends)
    assert got.args["because"] == "upgrade"


@pytest.mark.parametrize(
    ("words", "amount"),
    [
        ("credit 10000 to 100234 for outage", "10,000.00"),
        ("credit 500 KES to 100234 for outage", "500.00 KES"),
    ],
)
async def test_an_account_is_no_amount(understander: Understander, words: str, amount: str) -> None:
    got = await ask(understander, words, "billing")
    assert (got.action_id, got.args["customer"], got.args["reason"]) == ("billing_credit", "100234", "outage")
    assert str(got.args["amount"]).startswith(amount)


async def test_since_when_something_is_down_is_not_when_it_is_back(understander: Understander) -> None:
    got = await ask(understander, "declare outage olt-ctr-01-1: dark since 14:00", "noc")
    (guess,) = [g for g in got.guesses if g.action_id == "network_declare"]
    assert "eta" not in guess.args, guess
