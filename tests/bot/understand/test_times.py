from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.errors import BadInput
from bot.understand.times import Clock, find_times

ZONE = ZoneInfo("Africa/Lagos")
CLOCK = Clock(datetime(2026, 11, 22, 15, 0, tzinfo=UTC), ZONE)  # a Sunday, 16:00 there


def said(text: str, *, past: bool = False) -> str:
    """The first time in a text as `from .. to`, in local wall-clock time."""
    mark = find_times(text, CLOCK, past=past)[0]
    if mark.first is None or mark.last is None:
        return f"length {mark.length}"
    shape = "%Y-%m-%d %H:%M"
    first, last = (t.astimezone(ZONE).strftime(shape) for t in (mark.first, mark.last))
    return first if first == last else f"{first} .. {last}"


@pytest.mark.parametrize(
    "text, expected",
    [
        ("today", "2026-11-22 00:00 .. 2026-11-23 00:00"),
        ("the day after tomorrow", "2026-11-24 00:00 .. 2026-11-25 00:00"),
        ("tomorrow at 10", "2026-11-23 10:00"),
        ("10am tomorrow", "2026-11-23 10:00"),
        ("tomorrow, 14:30", "2026-11-23 14:30"),
        ("tomorrow morning", "2026-11-23 09:00"),
        ("Friday in the afternoon", "2026-11-27 14:00"),
        ("tmrw evening", "2026-11-23 18:00"),
        ("before lunch", "2026-11-23 11:30"),
        ("after lunch tomorrow", "2026-11-23 13:30"),
        ("by end of day", "2026-11-22 17:00"),
        ("Friday", "2026-11-27 00:00 .. 2026-11-28 00:00"),
        ("last Friday", "2026-11-20 00:00 .. 2026-11-21 00:00"),
        ("next friday at 9", "2026-11-27 09:00"),
        ("since Monday", "2026-11-16 00:00 .. 2026-11-17 00:00"),
        ("Sunday 02:00", "2026-11-29 02:00"),
        ("14 Nov", "2026-11-14 00:00 .. 2026-11-15 00:00"),
        ("the 3rd of January", "2027-01-03 00:00 .. 2027-01-04 00:00"),
        ("Nov 14, 2025", "2025-11-14 00:00 .. 2025-11-15 00:00"),
        ("2026-11-30", "2026-11-30 00:00 .. 2026-12-01 00:00"),
        ("30/11/2026", "2026-11-30 00:00 .. 2026-12-01 00:00"),
        ("11.30.26", "2026-11-30 00:00 .. 2026-12-01 00:00"),
        ("last week", "2026-11-09 00:00 .. 2026-11-16 00:00"),
        ("this month", "2026-11-01 00:00 .. 2026-12-01 00:00"),
        ("in October", "2026-10-01 00:00 .. 2026-11-01 00:00"),
        ("in 2 hours", "2026-11-22 18:00"),
        ("2 hours ago", "2026-11-22 14:00"),
        ("in the last 24 hours", "2026-11-21 16:00 .. 2026-11-22 16:00"),
        ("over 30 days", "length 30 days, 0:00:00"),
        ("for a week", "length 7 days, 0:00:00"),
        ("at 9", "2026-11-23 09:00"),
        ("15h30", "2026-11-23 15:30"),
        ("noon", "2026-11-23 12:00"),
    ],
)
def test_people_write_times_like_this(text: str, expected: str) -> None:
    assert said(text) == expected


def test_a_bare_weekday_is_the_last_one_where_the_past_is_meant() -> None:
    assert said("Friday", past=True).startswith("2026-11-20")
    assert said("14 Dec", past=True).startswith("2025-12-14")


def test_from_and_to_share_their_day() -> None:
    start, end = find_times("Sunday 02:00-04:00", CLOCK)
    assert start.first is not None and end.first is not None
    assert end.first - start.first == timedelta(hours=2)


@pytest.mark.parametrize("text", ["30 February", "on 2026-02-30", "31/04/2026", "Feb 30"])
def test_a_day_that_does_not_exist_is_refused_with_what_to_write(text: str) -> None:
    with pytest.raises(BadInput, match="not a day in the calendar"):
        find_times(text, CLOCK)


@pytest.mark.parametrize(
    "text", ["1 Fibre Rd", "10 Gbps", "PON 1/1", "10.0.0.1", "may she pay", "24/7", "top 10", "olt-1"]
)
def test_these_are_no_times(text: str) -> None:
    assert find_times(text, CLOCK) == []


def test_clock_changes_do_not_shift_wall_clock_times() -> None:
    madrid = ZoneInfo("Europe/Madrid")
    clock = Clock(datetime(2026, 10, 24, 12, 0, tzinfo=UTC), madrid)
    mark = find_times("tomorrow at 10", clock)[0]
    assert mark.first is not None
    assert mark.first.astimezone(UTC).hour == 9  # summer time ended in between


def test_since_an_hour_is_always_behind_and_the_last_hour_is_one() -> None:
    (mark,) = find_times("run_at since 23:55", CLOCK)
    assert mark.first is not None
    assert mark.first < CLOCK.now
    (hour,) = find_times("audit of the last hour", CLOCK)
    assert hour.first == CLOCK.now - timedelta(hours=1)
