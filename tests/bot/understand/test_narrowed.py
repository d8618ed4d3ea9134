"""Lists of accounts are narrowed by what was said: a due date, an amount, a plan, a name, a kind, two months."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import pytest

from bot.contract.entity import Match
from bot.understand.understander import Understander
from bot.understand.understanding import Ask
from tests.evals import score, world

Resolve = Callable[[str, str], Awaitable[Sequence[Match]]]


@pytest.fixture(scope="module")
def understander() -> Understander:
    return score.make()


async def _read(
    understander: Understander,
    words: str,
    role: str = "billing",
    last: tuple[str, Mapping[str, Any]] | None = None,
    resolve: Resolve = world.find,
) -> tuple[str, dict[str, Any]]:
    asker = world.person(role)
    got = await understander.understand(
        Ask(
            words=words,
            user=asker,
            clock=score.CLOCK,
            resolve=resolve,
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
        ("mrr of the north region", "billing_revenue", {"area": "north"}),
        ("payments by card failed last week", "billing_failed", {"method": "card", "since": "2026-11-09"}),
        ("overdue but not suspended", "billing_overdue", {"still_on": True}),
        ("customers with no promise to pay", "billing_overdue", {"unpromised": True}),
        ("credits per agent this month", "billing_credits", {"by_agent": True, "since": "2026-11-01"}),
        ("credit notes of more than 500 this month by dorcas", "billing_credits",
         {"agent": "dorcas", "over": "500.00 KES", "since": "2026-11-01"}),
        ("credits over 500 by ben", "billing_credits", {"agent": "ben", "over": "500.00 KES"}),
        ("unpaid invoices of october for business customers", "billing_invoices",
         {"unpaid": True, "kind": "business", "since": "2026-10-01"}),
        ("who paid twice this month", "billing_payments", {"twice": True, "since": "2026-11-01"}),
        ("who paid more than once in october", "billing_payments", {"twice": True, "since": "2026-10-01"}),
        ("who owes more than 5000 and promised nothing", "billing_overdue",
         {"unpromised": True, "over": "5,000.00 KES"}),
        ("who left us and still has debts", "customers_leavers", {"owing": True}),
        ("balance history of 100234", "billing_statement", {"customer": "100234"}),
        ("cash 2000 from peter kamau", "billing_record_payment", {"method": "cash", "amount": "2,000.00 KES"}),
        ("transfer 3000 to Amina's bank account", "billing_refund", {"amount": "3,000.00 KES"}),
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


async def _find(kind: str, text: str) -> Sequence[Match]:
    """Find people who live in Nyali by its name, as a search over addresses does."""
    there = [Match(key=key, label=key, record=None, score=0.8) for key in ("100118", "100203")]
    return there if (kind, text.lower()) == ("customer", "nyali") else await world.find(kind, text)


@pytest.mark.parametrize("words", ["payments in nyali yesterday", "unpaid invoices in nyali"])
async def test_a_place_is_no_customer_though_people_live_there(understander, words) -> None:
    _, args = await _read(understander, words, resolve=_find)
    assert (args.get("area"), "customer" in args) == ("nyali", False)


async def test_a_list_is_narrowed_to_a_place_in_which_people_live(understander) -> None:
    got = await _read(
        understander, "only in nyali", last=("billing_invoices", {"unpaid": True}), resolve=_find
    )
    assert got == ("billing_invoices", {"unpaid": True, "area": "nyali"})
