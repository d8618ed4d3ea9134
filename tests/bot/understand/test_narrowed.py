"""Lists of accounts are narrowed by what was said: a due date, an amount, a plan, a name, a kind, two months."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from bot.understand.understander import Understander
from bot.understand.understanding import Ask
from tests.evals import score, world


@pytest.fixture(scope="module")
def understander() -> Understander:
    return score.make()


async def _read(
    understander: Understander,
    words: str,
    role: str = "billing",
    last: tuple[str, Mapping[str, Any]] | None = None,
) -> tuple[str, dict[str, Any]]:
    asker = world.person(role)
    got = await understander.understand(
        Ask(
            words=words,
            user=asker,
            clock=score.CLOCK,
            resolve=world.find,
            currency="KES",
            focus={},
            last=last,
        )
    )
    best = got.guesses[0]
    return best.action_id, dict(best.args)


@pytest.mark.parametrize(
    ("words", "action", "args"),
    [
        ("bills falling due this week", "billing_invoices", {"due": True, "since": "2026-11-16", "until": "2026-11-22"}),
        ("invoices due friday", "billing_invoices", {"due": True, "since": "2026-11-27", "until": "2026-11-27"}),
        ("invoices due in 3 days", "billing_invoices", {"due": True, "since": "2026-11-22", "until": "2026-11-25"}),
        ("invoices issued this week", "billing_invoices", {"since": "2026-11-16"}),
        ("unpaid invoices over 20000", "billing_invoices", {"unpaid": True, "over": "20,000.00 KES"}),
        ("largest invoices in october", "billing_invoices", {"biggest": True, "since": "2026-10-01"}),
        ("card payments above 7000 in september", "billing_payments",
         {"method": "card", "over": "7,000.00 KES", "since": "2026-09-01", "until": "2026-09-30"}),
        ("was 2500 paid yesterday by anybody", "billing_payments", {"amount": "2,500.00 KES", "since": "2026-11-21"}),
        ("overdue on home fibre 100 in coast for more than 60 days", "billing_overdue",
         {"plan": "home fibre 100", "area": "coast", "days": 60}),
        ("overdue customers named Otieno", "billing_overdue", {"called": "Otieno"}),
        ("customers on home fibre 100 in bamburi", "customers_browse", {"plan": "home fibre 100", "area": "bamburi"}),
        ("how many customers on home fibre 100", "customers_browse", {"plan": "home fibre 100"}),
        ("monthly revenue of business customers", "billing_revenue", {"kind": "business"}),
        ("revenue september versus august", "billing_revenue", {"month": "2026-09-01", "other_month": "2026-08-01"}),
        ("who left owing us money", "customers_leavers", {"owing": True}),
    ],
)  # fmt: skip
async def test_what_was_said_narrows_the_list(understander, words, action, args) -> None:
    got, found = await _read(understander, words)
    assert (got, {name: found.get(name) for name in args}) == (action, args)
    if words == "invoices issued this week":
        assert "due" not in found


async def test_a_bound_of_days_is_no_amount_and_money_that_came_in_is_still_booked(understander) -> None:
    _, found = await _read(understander, "overdue over 60 days")
    assert (found["days"], "over" in found) == (60, False)
    action, found = await _read(understander, "record payment of 2500 from Amina Bello by cash")
    assert (action, found["amount"]) == ("billing_record_payment", "2,500.00 KES")


async def test_a_follow_up_keeps_method_and_period(understander) -> None:
    before = {"method": "cash", "since": "2026-10-01", "until": "2026-10-31"}
    got = await _read(understander, "only failed", last=("billing_payments", before))
    assert got == ("billing_payments", before | {"status": "failed"})
