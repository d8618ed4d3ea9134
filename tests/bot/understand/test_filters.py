"""What narrows a list is used though it was mistyped, terse, or stood where something else might."""

from __future__ import annotations

from typing import Any

import pytest

from bot.understand.understander import Understander
from tests.bot.understand.test_unused import ask
from tests.evals import score


@pytest.fixture(scope="module")
def understander() -> Understander:
    return score.make(words_only=True)


@pytest.mark.parametrize(
    ("words", "role", "action", "args"),
    [
        (
            "churn october business",
            "billing",
            "customers_leavers",
            {"since": "2026-10-01", "kind": "business"},
        ),
        ("revenue sept business", "billing", "billing_revenue", {"month": "2026-09-01", "kind": "business"}),
        ("paymnets of 100118 since januray", "billing", "billing_payments", {"since": "2026-01-01"}),
        ("payments of 100234 last wk", "billing", "billing_payments", {"since": "2026-11-09"}),
        ("payed invoices of 100234", "billing", "billing_invoices", {"status": "paid", "customer": "100234"}),
        (
            "overdue customers in Ikeja more than 90 days",
            "billing",
            "billing_overdue",
            {"plan": None, "area": "Ikeja"},
        ),
        ("graces invoices", "billing", "billing_invoices", {"customer": "grace"}),
        ("offline pons per olt in ikeja", "noc", "network_pons", {"per": "OLT"}),
        ("who has the most tickets", "support", "tickets_breakdown", {"by": "assignee"}),
        (
            "aa:bb:cc:00:01:18 belongs to which client?",
            "support",
            "customers_find",
            {"query": "aa:bb:cc:00:01:18"},
        ),
        ("outages longer than 3 hours this week", "noc", "network_outages", {"longest": None}),
    ],
)
async def test_what_narrows_a_list_is_used(
    understander: Understander, words: str, role: str, action: str, args: dict[str, Any]
) -> None:
    got = await ask(understander, words, role)
    (guess,) = [g for g in got.guesses if g.action_id == action]
    assert {name: guess.args.get(name) for name in args} == args
    assert guess.unused == ()


@pytest.mark.parametrize(
    ("words", "role", "action", "args"),
    [
        (
            "book a visit for 100234 on fridy 10:00",
            "support",
            "visits_schedule",
            {"at": "2026-11-27T10:00:00+01:00"},
        ),
        (
            "record payment 500 from 100234 cash yestrday",
            "billing",
            "billing_record_payment",
            {"received": "2026-11-21"},
        ),
        (
            "suspend Custmer 100234 for fraud",
            "billing",
            "customers_suspend",
            {"customer": "100234", "reason": "fraud"},
        ),
    ],
)
async def test_a_slip_behind_what_a_change_is_about_is_one(
    understander: Understander, words: str, role: str, action: str, args: dict[str, Any]
) -> None:
    got = await ask(understander, words, role)
    assert got.action_id == action
    assert {name: got.args.get(name) for name in args} == args


async def test_what_is_no_phone_is_told(understander: Understander) -> None:
    words = "new customer john doe in nyali, 0712 345 999, home fibre 20"
    got = await ask(understander, words, "support")
    assert (got.action_id, got.args["phone"]) == ("customers_create", "0712 345 999")
    assert "nyali" in " ".join(got.best.unused)
