"""A change wished for under a condition, again and again, within bounds or for one of two is held back."""

import pytest

from bot.understand.understanding import Understanding, Verdict
from tests.evals import score
from tests.evals.cases import Case

UNDERSTANDER = score.make()


async def understand(words: str, role: str) -> Understanding:
    return await score.understand(UNDERSTANDER, Case(q=words, role=role, want=()))


@pytest.mark.parametrize(
    "words, role, left",
    [
        ("close TCK-10234 once she confirms", "support", "once she confirms"),
        ("close TCK-10234 after 6", "support", "after 6"),
        ("close TCK-10234 as soon as it is up", "support", "as soon as it is up"),
        ("resolve OUT-77 when all are up", "noc", "when all are up"),
        ("resume 100234 after he pays", "billing", "after he pays"),
        ("suspend 100234 until he pays", "billing", "until he pays"),
        ("suspend 100234 if not paid by friday", "billing", "if not paid by friday"),
        ("cancel VIS-2041 unless he calls", "field", "unless he calls"),
        ("credit 100234 500 each month", "billing", "each month"),
        ("suspend 100234 every time he is late", "billing", "every time he is late"),
        ("credit 100234 up to 500 for the outage", "billing", "up to 500"),
        ("suspend 100234 but not the voice line", "billing", "but not the voice line"),
        ("book a visit for 100234 any day but friday", "field", "any day but friday"),
        ("move VIS-2041 to friday or saturday at 9", "field", "friday or saturday at 9"),
        ("credit 100234 500 or 300 for the outage", "billing", "500 or 300"),
        ("remind me at 9 and 15: call her", "support", "at 9 and 15"),
        ("book a visit for 100234 any day after wednesday", "field", "after wednesday"),
    ],
)
async def test_what_binds_a_change_is_named_and_nothing_proposed(words: str, role: str, left: str) -> None:
    got = await understand(words, role)
    assert got.verdict is Verdict.UNKNOWN
    assert f"“{left}”, only" in got.lacks


@pytest.mark.parametrize(
    "words, role, reason",
    [
        ("suspend 100234, he has not paid since october", "billing", "he has not paid since october"),
        ("suspend 100234 after two warnings", "billing", "after two warnings"),
        ("suspend 100234 because he called twice every day", "billing", "he called twice every day"),
        ("suspend 100234: unpaid, until he pays", "billing", "unpaid, until he pays"),
        ("credit 100234 500, line drops every evening", "billing", "line drops every evening"),
        ("reopen TCK-10234, it drops when it rains", "support", "it drops when it rains"),
        ("suspend 100234 when he cheated", "billing", "when he cheated"),
        ("credit 100234 500, every evening it drops", "billing", "every evening it drops"),
    ],
)
async def test_a_reason_of_what_is_or_was_stays_one(words: str, role: str, reason: str) -> None:
    got = await understand(words, role)
    assert got.verdict is Verdict.CLEAR
    assert reason in got.args.values()


async def test_several_things_with_an_amount_each_are_not_one_with_a_reason() -> None:
    got = await understand("credit 100234 500 and 100640 300, outage", "billing")
    assert got.lacks == "do that to several at once, only to one after the other"


async def test_what_is_to_be_tried_again_is_no_reason() -> None:
    got = await understand("VIS-2041 missed, try again tomorrow", "field")
    assert got.lacks == "do two things in one message, only one after the other"


async def test_a_condition_before_the_wish_is_no_reason_of_it() -> None:
    got = await understand("if 100234 does not pay by friday suspend her", "support")
    assert got.verdict is Verdict.HELD
    assert "reason" not in got.args


async def test_the_words_around_a_time_that_is_used_are_not_warned_of() -> None:
    got = await understand("freeze between friday 18:00 and monday 6:00: weekend", "admin")
    assert got.verdict is Verdict.CLEAR
    assert got.best.unused == ()


@pytest.mark.parametrize(
    "words, role, left",
    [
        ("assign TCK-11570 to brenda or halima", "support", "brenda or halima"),
        ("assign TCK-11570 to halima, or brenda", "support", "halima, or brenda"),
        ("suspend 100234 or 100187: non payment", "billing", "100234 or 100187"),
        ("upgrade 100234 to home fibre 100 or 300", "billing", "home fibre 100 or 300"),
        ("give bea or nils the noc role", "admin", "bea or nils"),
    ],
)
async def test_one_of_two_is_asked_for(words: str, role: str, left: str) -> None:
    assert (await understand(words, role)).lacks == f"choose “{left}”, only do it for the one that you name"


@pytest.mark.parametrize(
    "words, left",
    [
        ("email everybody but the business customers: hello", "everybody but the business customers"),
        ("email all non-business customers: hello", "all non-business customers"),
        ("email all business customers in nyali except 101248: hello", "except 101248"),
        ("suspend 100234 except the voice line: fraud", "except the voice line"),
    ],
)
async def test_all_but_some_is_refused(words: str, left: str) -> None:
    assert (await understand(words, "billing")).lacks == f"go by “{left}”, only by what you name"


@pytest.mark.parametrize(
    "words",
    [
        "credit 100234 500 each to her two services: outage",
        "credit 100234 500 per service: outage",
        "credit 100234 twice 500: outage",
        "credit 500 to 100234 for each day without light",
    ],
)
async def test_one_amount_is_not_made_of_several(words: str) -> None:
    assert "only with the whole amount, once" in (await understand(words, "billing")).lacks


async def test_a_figure_beside_an_amount_is_not_left_over() -> None:
    got = await understand("record payment of 500 from 100234 cash 3999", "billing")
    assert "where every figure is clear" in got.lacks


async def test_a_rule_begins_at_once() -> None:
    for when in ("from monday", "starting next week", "from 1 december"):
        got = await understand(f"credits over 3000 need two people {when}", "admin")
        assert f"“{when}”" in got.lacks
    got = await understand("credits over 3000 need two people from now on", "admin")
    assert got.verdict is Verdict.CLEAR
