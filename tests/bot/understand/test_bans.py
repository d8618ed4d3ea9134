"""A ban in any words is one: nothing is proposed, and nothing else than it speaks of is offered."""

from __future__ import annotations

import pytest

from bot.understand.bans import begins_with_ban
from bot.understand.understanding import Understanding, Verdict
from tests.evals import score
from tests.evals.cases import Case

UNDERSTANDER = score.make()


async def understand(words: str, role: str = "billing") -> Understanding:
    return await score.understand(UNDERSTANDER, Case(q=words, role=role, want=()))


@pytest.mark.parametrize(
    "words",
    [
        "I forbid you to suspend 100234",
        "under no circumstances suspend 100234",
        "by no means suspend 100234",
        "refrain from suspending 100234",
        "hold your horses on suspending 100234",
        "hold off suspending 100234",
        "wait with suspending 100234",
        "suspending 100234 is out of the question",
        "not a single suspension for 100234",
        "100234 is protected from suspension",
        "it would be a mistake to suspend 100234",
        "better not suspend 100234",
        "I'd rather you didn't suspend 100234",
        "suspend 100234? not yet",
    ],
)
async def test_what_is_forbidden_is_named_and_not_done(words: str) -> None:
    got = await understand(words)
    assert (got.verdict, got.forbids) == (Verdict.HELD, "customers_suspend")
    assert "reason" not in got.args


@pytest.mark.parametrize(
    "words",
    [
        "hands off 100234",
        "leave 100234 alone",
        "leave the service of 100234 untouched",
        "stay away from 100234",
        "steer clear of 100234",
        "keep your fingers off 100234",
        "spare 100234",
    ],
)
async def test_a_ban_on_everything_offers_no_suspension(words: str) -> None:
    got = await understand(words)
    assert (got.verdict, got.forbids) == (Verdict.HELD, "")
    assert not {g.action_id for g in got.guesses} & {"customers_suspend", "customers_terminate"}


@pytest.mark.parametrize(
    ("words", "role", "action"),
    [
        ("hands off until friday 18:00, big game", "noc", "freeze_start"),
        ("leave 100234 alone, suspend 100118: non payment", "billing", "customers_suspend"),
        ("forbid support to cancel visits", "admin", "admin_forbid"),
        ("add a note to 100234: hands off, vip", "support", "customers_add_note"),
        ("resume 100234, it was a mistake to suspend him", "billing", "customers_resume"),
        ("nobody home at VIS-2041", "field", "visits_missed"),
    ],
)
async def test_what_only_sounds_like_a_ban_is_done(words: str, role: str, action: str) -> None:
    got = await understand(words, role)
    assert (got.verdict, got.action_id) == (Verdict.CLEAR, action)


async def test_who_gets_what_they_forbid_by_a_change_is_offered_that() -> None:
    got = await understand("caller asks not to get our newsletters any more, grace@acme.example")
    assert "email_unsubscribe" in {g.action_id for g in got.guesses}


@pytest.mark.parametrize(
    ("answer", "ban"),
    [("don't suspend her", True), ("nobody is to touch her line", True), ("she does not pay", False)],
)
def test_an_answer_may_begin_with_a_ban(answer: str, ban: bool) -> None:
    assert begins_with_ban(answer) is ban
