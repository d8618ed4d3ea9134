"""Lengths, instants and counts in words."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.contract.spoken import ago, day, moment, plural, span

NOW = datetime(2026, 11, 20, 16, 55, tzinfo=UTC)
MADRID = ZoneInfo("Europe/Madrid")


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (timedelta(seconds=9), "9 s"),
        (timedelta(minutes=35, seconds=20), "35 min"),
        (timedelta(hours=2, minutes=10), "2 h 10 min"),
        (timedelta(hours=2), "2 h"),
        (timedelta(days=3, hours=4, minutes=50), "3 d 4 h"),
        (-timedelta(days=1), "1 d"),
    ],
)
def test_span(length: timedelta, said: str) -> None:
    assert span(length) == said


def test_ago_looks_both_ways() -> None:
    assert ago(NOW - timedelta(minutes=35), NOW) == "35 min ago"
    assert ago(NOW + timedelta(hours=2, minutes=10), NOW) == "in 2 h 10 min"
    assert ago(NOW - timedelta(seconds=50), NOW) == "just now"


def test_moment_is_on_the_tenants_clock() -> None:
    assert moment(NOW, NOW, MADRID) == "17:55"
    assert moment(NOW - timedelta(hours=18), NOW, MADRID) == "yesterday 23:55"
    assert moment(NOW + timedelta(hours=7), NOW, MADRID) == "tomorrow 00:55"
    assert moment(NOW - timedelta(days=9), NOW, MADRID) == "11 Nov 17:55"
    assert moment(NOW - timedelta(days=400), NOW, MADRID) == "16 Oct 2025 18:55"


def test_day_and_plural() -> None:
    assert day(date(2026, 11, 2), NOW.date()) == "2 Nov" and day(date(2025, 3, 9), NOW.date()) == "9 Mar 2025"
    assert [plural(n, "ticket") for n in (0, 1, 1204)] == ["0 tickets", "1 ticket", "1,204 tickets"]
    assert plural(2, "POP", "POPs") == "2 POPs"
