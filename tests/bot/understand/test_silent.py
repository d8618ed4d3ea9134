"""Words that would have narrowed a reading and came to none of its arguments are named, never dropped."""

from __future__ import annotations

import pytest

from bot.understand.cutting import is_manner
from bot.understand.understander import Understander
from bot.understand.understanding import Guess
from tests.bot.understand.test_bad_input import ask
from tests.evals import score


@pytest.fixture(scope="module")
def understander() -> Understander:
    return score.make()


async def read(understander: Understander, words: str, role: str, action: str) -> Guess:
    got = await ask(understander, words, role)
    return next(g for g in got.guesses if g.action_id == action)


@pytest.mark.parametrize(
    ("words", "role", "action", "left"),
    [
        ("tickets opened last week by agent", "support", "tickets_search", "by agent"),
        ("sla breaches last week by team", "admin", "tickets_breaching", "by team"),
        ("payments with no customer", "billing", "billing_payments", "with no customer"),
        ("collected last week vs the week before", "billing", "billing_payments", "vs the week before"),
        ("how many new customers this week vs last week", "admin", "customers_browse", "vs last week"),
        ("tickets without a visit", "support", "tickets_search", "without a visit"),
        ("failed payments in cost", "billing", "billing_failed", "cost"),
        ("unpaid invoices for installations", "billing", "billing_invoices", "installations"),
        ("offline customers without power", "noc", "network_offline", "power"),
        ("churn by reason in october", "billing", "customers_leavers", "reason"),
        ("refused tickets of kevin", "support", "tickets_search", "refused"),
        ("visa payments yesterday", "billing", "billing_payments", "visa"),
        ("outages whose cause is power", "noc", "network_outages", "whose cause is power"),
        ("weak signals by pon", "noc", "network_weak_signals", "by pon"),
    ],
)
async def test_what_would_have_narrowed_a_reading_is_named(
    understander: Understander, words: str, role: str, action: str, left: str
) -> None:
    guess = await read(understander, words, role, action)
    assert any(left in words for words in guess.unused), guess


@pytest.mark.parametrize(
    ("words", "role", "action", "name", "value"),
    [
        ("failed card payments last week", "billing", "billing_failed", "method", "card"),
        ("how many tickets did each agent close this week", "admin", "tickets_breakdown", "closed", True),
        ("tickets of business customers", "support", "tickets_search", "kind", "business"),
        ("who paid twice this month", "billing", "billing_payments", "twice", True),
        ("longest outages this year", "noc", "network_outages", "longest", True),
    ],
)
async def test_what_an_action_can_be_narrowed_by_is_taken(
    understander: Understander, words: str, role: str, action: str, name: str, value: object
) -> None:
    guess = await read(understander, words, role, action)
    assert (guess.args[name], guess.unused) == (value, ())


@pytest.mark.parametrize(
    ("words", "role", "action"),
    [
        ("payments by card last week", "billing", "billing_payments"),
        ("who are our business customers", "support", "customers_browse"),
        ("closed tickets of last week", "support", "tickets_search"),
        ("tickets by team", "support", "tickets_breakdown"),
        ("does 100203 have an outage", "support", "network_line"),
        ("tickets close to breaching", "support", "tickets_breaching"),
    ],
)
async def test_nothing_is_named_that_a_reading_takes(
    understander: Understander, words: str, role: str, action: str
) -> None:
    assert (await read(understander, words, role, action)).unused == ()


@pytest.mark.parametrize("words", ["please", "now", "then", "after all", "asap", "immediately please"])
async def test_manner_is_no_reason(understander: Understander, words: str) -> None:
    guess = await read(understander, f"suspend 100203 {words}", "billing", "customers_suspend")
    assert "reason" not in guess.args
    assert "reason" in guess.missing


@pytest.mark.parametrize("words", ["as well", "too", "please", "right away"])
async def test_manner_is_no_resolution(understander: Understander, words: str) -> None:
    guess = await read(understander, f"close TCK-10234 {words}", "support", "tickets_close")
    assert "resolution" not in guess.args


@pytest.mark.parametrize("words", ["non-payment", "moved away", "now paid", "replaced the ONT"])
def test_a_reason_is_no_manner(words: str) -> None:
    assert not is_manner(words)


@pytest.mark.parametrize("words", ["overdue over 10000", "overdue debtors over 20000"])
async def test_five_figures_behind_over_are_an_amount(understander: Understander, words: str) -> None:
    guess = await read(understander, words, "billing", "billing_overdue")
    assert guess.args["over"] == f"{words[-5:-3]},000.00 NGN"
    assert guess.unused == ()


@pytest.mark.parametrize("when", ["this year", "in 2026"])
async def test_how_long_it_lasted_is_no_day(understander: Understander, when: str) -> None:
    guess = await read(understander, f"outages longer than 3 hours {when}", "noc", "network_outages")
    assert guess.args["since"] == "2026-01-01"
    assert (guess.args["longer_than"], guess.unused) == ("PT10800S", ())


@pytest.mark.parametrize(
    ("words", "role"),
    [
        ("open tickets in total", "admin"),
        ("who is on call tonight", "noc"),
        ("whats on my plate", "support"),
        ("payments by card", "billing"),
        ("who left us in october in the coast region", "support"),
        ("any overdue customers at the moment", "billing"),
    ],
)
async def test_what_narrows_nothing_is_not_named(understander: Understander, words: str, role: str) -> None:
    got = await ask(understander, words, role)
    assert not got.best.unused, got.best
