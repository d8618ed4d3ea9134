"""A list wished for without something never is the list of just that."""

from __future__ import annotations

import pytest

from bot.understand.understanding import Understanding, Verdict
from tests.evals import score
from tests.evals.cases import Case

UNDERSTANDER = score.make()


async def understand(words: str, role: str) -> Understanding:
    return await score.understand(UNDERSTANDER, Case(q=words, role=role, want=()))


@pytest.mark.parametrize(
    ("words", "role", "left"),
    [
        ("tickets not of kevin", "support", "not of kevin"),
        ("credits not by me", "billing", "not by me"),
        ("credits not between 500 and 1000", "billing", "not between 500 and 1000"),
        ("payments other than card", "billing", "other than card"),
        ("who owes exactly 3999", "billing", "exactly 3999"),
        ("non business customers in nyali", "billing", "non business"),
        ("lines that dropped fewer than 5 times", "noc", "fewer than 5"),
        ("onts not in stock", "noc", "not in stock"),
        ("weak signals not in westlands", "noc", "not in westlands"),
        ("sessions not on bng1", "noc", "not on bng1"),
    ],
)
async def test_what_was_to_be_left_out_is_not_what_is_shown(words: str, role: str, left: str) -> None:
    got = await understand(words, role)
    assert (got.verdict, got.lacks.split("”")[0]) == (Verdict.UNKNOWN, f"narrow that by “{left}")


@pytest.mark.parametrize(
    ("words", "role", "args"),
    [
        ("lines that dropped at least 5 times", "noc", {"least": 5}),
        ("invoices not paid by 100234", "billing", {"customer": "100234", "unpaid": True}),
        ("overdue not less than 30 days", "billing", {"days": 30, "at_least": True}),
        ("overdue 60-30 days", "billing", {"days": 30, "to_days": 60}),
        ("who has not promised", "billing", {"unpromised": True}),
    ],
)
async def test_what_a_list_can_do_it_does(words: str, role: str, args: dict[str, object]) -> None:
    got = await understand(words, role)
    assert (got.verdict, dict(got.args)) == (Verdict.CLEAR, args)


@pytest.mark.parametrize(
    ("words", "role", "leaves"),
    [
        ("weak signals not in Bamburi", "noc", ("not in Bamburi", "site")),
        ("tickets not of kevin", "support", ("not of kevin", "assignee")),
        ("failed payments except cards", "billing", ("except cards", "method")),
        ("credits not by me", "billing", ("not by me", "agent")),
        ("pools under 20%", "noc", ("under 20%", "over")),
        ("onts not in stock", "noc", ()),
        ("suspensions not before monday", "billing", ()),
        ("lines that dropped fewer than 5 times", "noc", ()),
    ],
)
async def test_a_list_is_not_narrowed_to_what_was_to_be_left_out(
    words: str, role: str, leaves: tuple[str, ...]
) -> None:
    got = await understand(words, role)
    assert got.verdict is Verdict.UNKNOWN and got.lacks.startswith("narrow that by “")
    assert (got.best.leaves if got.guesses else ()) == leaves


@pytest.mark.parametrize(
    ("words", "role", "left"),
    [
        ("pons that are not hit", "noc", "that are not hit"),
        ("customers with more than 2 open invoices", "billing", "2"),
        ("payments without a reference", "billing", "without a reference"),
        ("overdue with no email", "billing", "with no email"),
    ],
)
async def test_what_no_list_leaves_out_is_said(words: str, role: str, left: str) -> None:
    got = await understand(words, role)
    assert got.best.unused == (left,)
    assert "over" not in got.args


@pytest.mark.parametrize(
    ("words", "role", "args"),
    [
        ("who has not promised", "billing", {"unpromised": True}),
        ("tickets not answered", "support", {"unanswered": True}),
        ("pools over 80%", "noc", {"over": "80%"}),
        ("OUT-0040 cause: fibre cut, eta 18:30", "noc", {"outage": "OUT-0040", "cause": "fibre cut"}),
        ("disconnect 100234: stuck session", "noc", {"customer": "100234", "reason": "stuck session"}),
    ],
)
async def test_what_an_argument_says_is_taken(words: str, role: str, args: dict[str, object]) -> None:
    got = await understand(words, role)
    assert got.best.unused == () and got.best.leaves == ()
    assert {name: got.args[name] for name in got.args if name != "eta"} == args
