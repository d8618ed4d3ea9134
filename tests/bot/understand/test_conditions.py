"""A condition binds a change wherever it stands: behind a reason, in it, or in the answer that gives it."""

from __future__ import annotations

import pytest

from bot.contract.action import Action
from bot.understand.conditions import conditions, hangs_on
from bot.understand.held_back import answer_binds
from bot.understand.understanding import Understanding, Verdict
from tests.evals import score
from tests.evals.cases import Case

UNDERSTANDER = score.make()


async def understand(words: str, role: str = "billing") -> Understanding:
    return await score.understand(UNDERSTANDER, Case(q=words, role=role, want=()))


@pytest.mark.parametrize(
    ("words", "left"),
    [
        ("suspend 100234, she agreed, if not paid by then", "if not paid by then"),
        ("suspend 100234, non payment, in case he does not pay", "in case he does not pay"),
        ("suspend 100234, non payment subject to approval by dorcas", "subject to approval by dorcas"),
        ("suspend 100234 depending on what she says", "depending on what she says"),
        ("suspend 100234 pending dorcas's approval", "pending dorcas's approval"),
        ("suspend 100234 should he not pay", "should he not pay"),
        ("suspend 100234, non-payment, so long as nobody objects", "so long as nobody objects"),
        ("suspend 100234 because he owes, unless money arrives", "unless money arrives"),
        ("waive the fee of 100234, goodwill, assuming dorcas is fine", "assuming dorcas is fine"),
    ],
)
async def test_a_condition_behind_a_reason_holds_the_change_back(words: str, left: str) -> None:
    got = await understand(words)
    assert (got.verdict, got.lacks.split("”")[0]) == (Verdict.UNKNOWN, f"do that “{left}")


async def test_what_somebody_still_has_to_do_is_waited_for() -> None:
    got = await understand("resolve OUT-77 after the splice", "noc")
    assert "“after the splice”" in got.lacks
    assert (await understand("resolve OUT-77: fixed after the splice", "noc")).verdict is Verdict.CLEAR


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("credit 100234 500: drops when it rains", "drops when it rains"),
        ("credit 100234 500 for the outage, if possible", "the outage"),
        ("suspend 100234 as soon as possible: fraud", "fraud"),
        ("suspend 100234, non payment, even if he complains", "non payment, even if he complains"),
        ("credit 100234 500 after two outages", "after two outages"),
    ],
)
async def test_what_only_sounds_like_a_condition_binds_nothing(words: str, reason: str) -> None:
    got = await understand(words)
    assert (got.verdict, got.args["reason"]) == (Verdict.CLEAR, reason)


@pytest.mark.parametrize(
    ("answer", "left"),
    [
        ("if not paid by friday", "if not paid by friday"),
        ("non payment, if dorcas agrees", "if dorcas agrees"),
        ("only when he confirms", "when he confirms"),
        ("until he pays", "until he pays"),
        ("not paid since october", ""),
        ("he rang when it failed", ""),
        ("customer does not know if he stays", ""),
    ],
)
def test_an_answer_that_is_a_condition_is_no_reason(answer: str, left: str) -> None:
    assert hangs_on(answer) == left


def test_an_answer_that_only_says_when_is_no_reason() -> None:
    clock = score.CLOCK
    assert hangs_on("from monday on", clock) == "from monday on"
    assert hangs_on("tomorrow at 9", clock) == "tomorrow at 9"
    assert hangs_on("no light since monday", clock) == ""


def test_where_a_condition_ends_is_known() -> None:
    (one,) = conditions("close it, unless she calls, thanks")
    assert "close it, unless she calls, thanks"[one.start : one.end] == "unless she calls"


def _action(action_id: str) -> Action:
    return next(offered.item for offered in UNDERSTANDER.index.actions if offered.id == action_id)


def test_the_answer_to_what_the_reason_is_goes_round_no_rule() -> None:
    suspend = _action("customers_suspend")
    why = answer_binds(suspend, "reason", "if not paid by friday", score.CLOCK)
    assert why == "do that “if not paid by friday”, only at once: say it again when it is time"
    assert answer_binds(suspend, "reason", "tomorrow", score.CLOCK).startswith("do that “tomorrow”")
    assert answer_binds(suspend, "reason", "not paid since october", score.CLOCK) == ""
    assert answer_binds(_action("customers_add_note"), "note", "if she calls: tell her", score.CLOCK) == ""
