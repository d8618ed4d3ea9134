"""Feasts as the days they fall on."""

from __future__ import annotations

import pytest

from tests.bot.understand.test_times import said


@pytest.mark.parametrize(
    "words, day",
    [
        ("who is on call on christmas", "2026-12-25"),
        ("xmas eve", "2026-12-24"),
        ("on boxing day", "2026-12-26"),
        ("on new years eve", "2026-12-31"),
        ("new year's day", "2027-01-01"),
        ("on good friday", "2027-03-26"),
        ("easter monday 2026", "2026-04-06"),
    ],
)
def test_a_feast_is_a_day(words: str, day: str) -> None:
    assert said(words).split()[0] == day


def test_the_last_one_where_the_past_is_meant() -> None:
    assert said("on christmas", past=True).startswith("2025-12-25")


@pytest.mark.parametrize(
    "words, day",
    [
        ("payments since christmas", "2025-12-25"),
        ("what did we collect on christmas", "2025-12-25"),
        ("payments since new year's day", "2026-01-01"),
        ("payments since new year", "2026-01-01"),
        ("invoices due on new year's day", "2027-01-01"),
        ("freeze changes until new year's day", "2027-01-01"),
    ],
)
def test_what_was_is_of_the_last_one(words: str, day: str) -> None:
    assert day in said(words)
