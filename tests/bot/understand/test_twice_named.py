"""A name beside an account number, and two things of which a call takes one."""

from __future__ import annotations

import pytest

from bot.understand.understander import Understander
from bot.understand.understanding import Understanding, Verdict
from tests.bot.understand.test_unused import ask
from tests.evals import score


@pytest.fixture(scope="module")
def understander() -> Understander:
    return score.make(words_only=True)


def customers(got: Understanding) -> list[object]:
    return [g.args.get("customer") for g in got.guesses]


@pytest.mark.parametrize(
    "words",
    [
        "which invoices of grace adeyemi 100999 are still open",
        "invoices of grace adeyemi (100999)",
        "100999 grace adeyemi invoices",
        "invoices of Grace Adeyemy, account 100999",
    ],
)
async def test_a_name_beside_its_own_number_is_no_filter(understander: Understander, words: str) -> None:
    got = await ask(understander, words, "billing")
    assert (got.verdict, got.action_id, got.args["customer"]) == (Verdict.CLEAR, "billing_invoices", "100999")
    assert got.best.unused == ()


async def test_a_payment_is_from_whom_name_and_number_say(understander: Understander) -> None:
    got = await ask(understander, "record 2500 from peter kamau 100118 cash", "billing")
    assert (got.action_id, got.args["customer"]) == ("billing_record_payment", "100118")
    assert str(got.args["amount"]).startswith("2,500.00")


@pytest.mark.parametrize(
    "words", ["invoices of peter kamau 100234", "suspend peter kamau 100234 because overdue"]
)
async def test_a_name_beside_another_ones_number_is_asked_about(
    understander: Understander, words: str
) -> None:
    got = await ask(understander, words, "billing")
    assert got.verdict is Verdict.UNSURE
    assert customers(got) == ["peter kamau", "100234"]
    assert all("100234" not in str(g.args.get("reason")) for g in got.guesses)


async def test_what_is_not_meant_is_no_second_one(understander: Understander) -> None:
    got = await ask(understander, "reboot 100118, not 100234", "noc")
    assert (got.verdict, got.args["customer"]) == (Verdict.CLEAR, "100118")


@pytest.mark.parametrize("words", ["mwangi kamau 100234"])
async def test_a_name_that_nobody_bears_is_told(understander: Understander, words: str) -> None:
    got = await ask(understander, f"which invoices of {words} are still open", "billing")
    assert got.best.unused == ("mwangi kamau",)
