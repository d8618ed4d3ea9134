"""What staff said in a review and was lost, taken for something else, warned of or refused for nothing."""

from __future__ import annotations

from typing import Any

import pytest

from bot.understand.understander import Understander
from bot.understand.understanding import Verdict
from tests.bot.understand.test_bad_input import ask
from tests.evals import score


@pytest.fixture(scope="module")
def understander() -> Understander:
    return score.make()


@pytest.mark.parametrize(
    ("words", "role", "action", "args"),
    [
        ("suspend everyone overdue more than 60 days", "billing", "billing_suspend_many", {"days": 60}),
        (
            "how much do business customers bring in per month",
            "billing",
            "billing_revenue",
            {"kind": "business"},
        ),
        ("revenue per region", "billing", "billing_revenue", {}),
        ("customers who came in november", "billing", "customers_browse", {"since": "2026-11-01"}),
        ("export audit log of november", "admin", "admin_audit_search", {"about": None}),
        ("what is left for tomorrow", "field", "visits_route", {"technician": None}),
        (
            "add user joe otieno joe@x.example as support",
            "admin",
            "admin_add_user",
            {"full_name": "joe otieno", "role": "support"},
        ),
        (
            "put these in TCK-10234: pole and readings",
            "field",
            "tickets_attach",
            {"caption": "pole and readings"},
        ),
        ("what's down", "noc", "network_devices", {"status": "down"}),
        ("on my way to VIS-2041", "field", "visits_on_the_way", {"visit": "VIS-2041"}),
        (
            "did we get mpesa QX7Y12AB",
            "billing",
            "billing_payments",
            {"customer": None, "reference": "QX7Y12AB"},
        ),
        (
            "all tickets of 100234 closed ones too",
            "support",
            "tickets_search",
            {"customer": "100234", "status": None},
        ),
    ],
)
async def test_it_is_understood_and_nothing_is_said_to_be_left(
    understander: Understander, words: str, role: str, action: str, args: dict[str, Any]
) -> None:
    got = await ask(understander, words, role)
    assert got.verdict in {Verdict.CLEAR, Verdict.MISSING}
    assert (got.best.action_id, {k: got.best.args.get(k) for k in args}) == (action, args)
    assert got.best.unused == ()


@pytest.mark.parametrize(
    ("words", "role", "lacks"),
    [
        ("which customers changed plan this month", "billing", "list who changed plan"),
        ("new customers per month", "admin", "count new customers by month"),
        ("why is the bill of 100234 higher than last month", "billing", "compare two bills"),
        (
            "bea is on leave until friday, who covers her approvals",
            "admin",
            "say who stands in for somebody's approvals",
        ),
        ("100234 pays half on friday and the rest next week", "billing", "reckon “half”"),
        ("100234 pays 2000 on friday and the rest next week", "billing", "do “the rest”"),
    ],
)
async def test_what_it_cannot_do_is_said_and_nothing_else_shown(
    understander: Understander, words: str, role: str, lacks: str
) -> None:
    got = await ask(understander, words, role)
    assert got.verdict is Verdict.UNKNOWN
    assert got.lacks.startswith(lacks)


async def test_half_past_is_a_time(understander: Understander) -> None:
    got = await ask(understander, "100234 pays on friday half past ten", "billing")
    assert "reckon" not in got.lacks


async def test_a_grade_is_no_subject(understander: Understander) -> None:
    got = await ask(understander, "open a ticket, high, and give it to field", "support")
    assert got.verdict is Verdict.MISSING
    assert (got.best.missing, got.best.args.get("subject")) == (("subject",), None)


async def test_a_report_of_the_week_is_no_alert(understander: Understander) -> None:
    got = await ask(understander, "report of the week", "admin")
    assert "alerts" not in got.lacks
