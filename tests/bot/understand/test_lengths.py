from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.understand.lengths import joined, read_length, spoken_length
from bot.understand.times import Clock, find_times

CLOCK = Clock(datetime(2026, 11, 22, 15, 0, tzinfo=UTC), ZoneInfo("Africa/Lagos"))


@pytest.mark.parametrize(
    "words, length",
    [
        ("18h 50m", timedelta(hours=18, minutes=50)),
        ("18 hours and 50 minutes", timedelta(hours=18, minutes=50)),
        ("1w 2d", timedelta(days=9)),
        ("90 min", timedelta(minutes=90)),
        ("PT67839S", timedelta(seconds=67_839)),
        ("P3D", timedelta(days=3)),
        ("18h for nothing", None),
        ("tomorrow", None),
        ("P", None),
        ("", None),
    ],
)
def test_lengths_are_read_whole_or_not_at_all(words: str, length: timedelta | None) -> None:
    assert read_length(words) == length


@pytest.mark.parametrize(
    "kept, said",
    [("PT67839S", "18h 51m"), ("PT67800S", "18h 50m"), ("P3D", "3d"), ("PT90S", "1m 30s"), ("soon", "soon")],
)
def test_kept_lengths_are_said_as_people_type_them(kept: str, said: str) -> None:
    assert spoken_length(kept) == said


@pytest.mark.parametrize(
    "text, length, first",
    [
        (
            "what breaches in 18 hours 50 minutes",
            timedelta(hours=18, minutes=50),
            CLOCK.now + timedelta(hours=18, minutes=50),
        ),
        ("down since 2 hours and 10 minutes", timedelta(hours=2, minutes=10), None),
        (
            "it fell 2 hours 10 minutes ago",
            timedelta(hours=2, minutes=10),
            CLOCK.now - timedelta(hours=2, minutes=10),
        ),
    ],
)
def test_hours_and_minutes_are_one_length(text: str, length: timedelta, first: datetime | None) -> None:
    marks = joined(text, find_times(text, CLOCK))
    assert [(m.length, m.first) for m in marks] == [(length, first)]


def test_lengths_with_words_between_stay_apart() -> None:
    text = "2 hours for 30 minutes"
    assert len(joined(text, find_times(text, CLOCK))) == 2
