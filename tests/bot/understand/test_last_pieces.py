"""What is due is no day of opening; what stands behind the words of a ticket is taken, or stays told."""

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
    ("words", "subject", "more"),
    [
        (
            "level -28, needs new connector, high, for field",
            "level -28, needs new connector",
            {"priority": "high", "team": "field"},
        ),
        ("no light, for the noc team, urgent please", "no light", {"priority": "urgent", "team": "noc"}),
        ("router dead, low priority", "router dead", {"priority": "low"}),
        ("high latency in the evening, for noc", "high latency in the evening", {"team": "noc"}),
        ("no light, high loss", "no light, high loss", {}),
        ("no light, levels are high", "no light, levels are high", {}),
    ],
)
async def test_priority_and_team_behind_a_subject_are_used_and_none_of_it(
    understander: Understander, words: str, subject: str, more: dict[str, Any]
) -> None:
    best = (await ask(understander, f"open a ticket for 100457: {words}", "support")).best
    said = {name: best.args.get(name) for name in ("subject", "priority", "team")}
    assert said == {"subject": subject, "priority": None, "team": None} | more


@pytest.mark.parametrize(
    ("words", "action", "args"),
    [
        (
            "tickets of business customers due tonight",
            "tickets_search",
            {"kind": "business", "due": True, "since": "2026-11-22", "until": "2026-11-22"},
        ),
        ("tickets due on friday", "tickets_search", {"due": True, "since": "2026-11-27"}),
        ("tickets due by friday", "tickets_search", {"due": True, "since": None, "until": "2026-11-27"}),
        (
            "urgent tickets due within 2 hours",
            "tickets_breaching",
            {"priority": "urgent", "within": "PT7200S"},
        ),
        ("tickets opened today", "tickets_search", {"due": None, "since": "2026-11-22"}),
    ],
)
async def test_due_is_a_day_to_come_and_hours_stay_hours(
    understander: Understander, words: str, action: str, args: dict[str, Any]
) -> None:
    best = (await ask(understander, words, "support")).best
    assert (best.action_id, {name: best.args.get(name) for name in args}) == (action, args)


@pytest.mark.parametrize(
    ("words", "role", "action"),
    [
        ("come back tomorrow 11:30", "field", "visits_schedule"),
        ("call back tomorrow 11:30", "field", "reminders_add"),
    ],
)
async def test_coming_back_is_a_visit_and_calling_back_a_reminder(
    understander: Understander, words: str, role: str, action: str
) -> None:
    assert (await ask(understander, words, role)).best.action_id == action


async def test_a_team_is_not_what_a_ticket_is_about(understander: Understander) -> None:
    words = "open a ticket: level -28, high, for field"
    best = (await ask(understander, words, "support", focus={"customer": "100457"})).best
    assert (best.args.get("customer"), best.args.get("team")) == ("100457", "field")
