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
        ("remind me friday at 4", "2026-11-27 16:00"),
        ("tomorrow at 2", "2026-11-23 14:00"),
        ("snooze it until 3", "2026-11-23 15:00"),
        ("freeze until 3", "2026-11-23 03:00"),
        ("maintenance sunday at 2", "2026-11-29 02:00"),
        ("who is on call friday at 3", "2026-11-27 03:00"),
        ("tonight at 2", "2026-11-23 02:00"),
        ("move the first one to 11", "2026-11-23 11:00"),
        ("move VIS-2041 to 3 tomorrow", "2026-11-23 15:00"),
        ("set eta to 11", "2026-11-23 11:00"),
        ("set the eta of OUT-0040 to 11", "2026-11-23 11:00"),
        ("at 12 tonight", "2026-11-23 00:00"),
        ("tomorrow at half past three", "2026-11-23 15:30"),
        ("at quarter to 4 am", "2026-11-23 03:45"),
        ("10am tomorrow", "2026-11-23 10:00"),
        ("tomorrow, 14:30", "2026-11-23 14:30"),
        ("tomorrow morning", "2026-11-23 06:00 .. 2026-11-23 12:00"),
        ("Friday in the afternoon", "2026-11-27 12:00 .. 2026-11-27 18:00"),
        ("tmrw evening", "2026-11-23 18:00 .. 2026-11-24 00:00"),
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
        ("tomorrow 2-4 am", "2026-11-23 02:00"),
        ("tomorrow from 2:30 to 4 am", "2026-11-23 02:30"),
        ("tomorrow 11-1 am", "2026-11-23 23:00"),
        ("friday 10-2pm", "2026-11-27 10:00"),
        ("tonight 1am to 3am", "2026-11-23 01:00"),
        ("in 2025", "2025-01-01 00:00 .. 2026-01-01 00:00"),
        ("since 2025", "2025-01-01 00:00 .. 2026-01-01 00:00"),
        ("tonight", "2026-11-22 18:00 .. 2026-11-23 00:00"),
        ("tonight at 8", "2026-11-22 20:00"),
        ("this morning", "2026-11-22 06:00 .. 2026-11-22 12:00"),
        ("last night", "2026-11-21 18:00 .. 2026-11-22 06:00"),
        ("this weekend", "2026-11-21 00:00 .. 2026-11-23 00:00"),
        ("last weekend", "2026-11-14 00:00 .. 2026-11-16 00:00"),
        ("next weekend", "2026-11-28 00:00 .. 2026-11-30 00:00"),
        ("in q3", "2026-07-01 00:00 .. 2026-10-01 00:00"),
        ("Q4 2025", "2025-10-01 00:00 .. 2026-01-01 00:00"),
        ("last quarter", "2026-07-01 00:00 .. 2026-10-01 00:00"),
        ("next quarter", "2027-01-01 00:00 .. 2027-04-01 00:00"),
        ("at the end of the month", "2026-11-30 00:00 .. 2026-12-01 00:00"),
        ("month end", "2026-11-30 00:00 .. 2026-12-01 00:00"),
        ("by the end of next month", "2026-12-31 00:00 .. 2027-01-01 00:00"),
        ("since the beginning of the week", "2026-11-16 00:00 .. 2026-11-17 00:00"),
        ("the end of last quarter", "2026-09-30 00:00 .. 2026-10-01 00:00"),
        ("end of december", "2026-12-31 00:00 .. 2027-01-01 00:00"),
        ("from 3 to 9 october", "2026-10-03 00:00 .. 2026-10-10 00:00"),
        ("between 1st and 10th Nov", "2026-11-01 00:00 .. 2026-11-11 00:00"),
        ("October 3-9", "2026-10-03 00:00 .. 2026-10-10 00:00"),
        ("since the 15th", "2026-11-15 00:00 .. 2026-11-16 00:00"),
        ("tomorrow 9", "2026-11-23 09:00"),
        ("friday 14", "2026-11-27 14:00"),
        ("on the 15th", "2026-12-15 00:00 .. 2026-12-16 00:00"),
        ("by the 30th", "2026-11-30 00:00 .. 2026-12-01 00:00"),
        ("for half an hour", "length 0:30:00"),
        ("eight hours ago", "2026-11-22 08:00"),
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


@pytest.mark.parametrize(
    "text, first, second",
    [
        ("between 10:00 and 12:00 yesterday", "2026-11-21 10:00", "2026-11-21 12:00"),
        ("tomorrow from 20:00 to 22:00", "2026-11-23 20:00", "2026-11-23 22:00"),
        ("tonight from 22:00 to 02:00", "2026-11-22 22:00", "2026-11-23 02:00"),
        ("tonight until 22:00", "2026-11-22 18:00", "2026-11-22 22:00"),
        ("friday 18:00 to monday 08:00", "2026-11-27 18:00", "2026-11-23 08:00"),
    ],
)
def test_two_ends_of_a_stretch_are_two_times(text: str, first: str, second: str) -> None:
    marks = find_times(text, CLOCK)
    shape = "%Y-%m-%d %H:%M"
    assert [m.first.astimezone(ZONE).strftime(shape) for m in marks if m.first] == [first, second]


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


@pytest.mark.parametrize(
    "text",
    [
        "outages on 0/3",
        "who is hit by port 3 on 1/3",
        "who hangs on the 1/9 of that olt",
        "tickets on 24/7 customers",
    ],
)
def test_where_a_line_hangs_and_round_the_clock_are_no_days(text: str) -> None:
    assert find_times(text, CLOCK) == []


def test_a_day_without_its_year_can_be_the_one_before() -> None:
    mark = find_times("payments on 1/4", CLOCK)[0]
    assert mark.first is not None
    assert mark.every is not None
    assert (mark.first - mark.every).astimezone(ZONE).date().isoformat() == "2026-04-01"
    assert said("to 5/12") == "2026-12-05 00:00 .. 2026-12-06 00:00", "the day something is moved to"


def test_a_day_of_the_month_can_be_the_one_before_though_a_month_between_lacks_it() -> None:
    mark = find_times("on the 31st", CLOCK)[0]
    assert mark.first is not None
    assert mark.every is not None
    assert (mark.first - mark.every).astimezone(ZONE).date().isoformat() == "2026-10-31"


def test_both_ends_of_a_stretch_are_read_without_their_year() -> None:
    assert [m.first.astimezone(ZONE).day for m in find_times("from 1/11 to 5/11", CLOCK) if m.first] == [1, 5]


@pytest.mark.parametrize(
    "text",
    [
        "book a visit on 5/12 to swap the ont of 100203",
        "remind me on 5/12 to check the olt",
        "outages on 5/12",
    ],
)
def test_a_day_is_one_whatever_hangs_there_as_well(text: str) -> None:
    (found,) = find_times(text, CLOCK)
    assert found.first is not None
    assert (found.first.day, found.first.month) == (5, 12)


@pytest.mark.parametrize(
    ("text", "hour", "expected"),
    [
        ("remind me at 4", 10, "16:00"),
        ("remind me at two", 10, "14:00"),
        ("remind me at 04:00", 10, "04:00"),
        ("remind me at 9: call her", 8, "09:00"),
        ("remind me at 4", 22, "04:00"),
        ("wake me at 4", 10, "04:00"),
        ("plan maintenance at 3", 10, "03:00"),
        ("cover for me from 2 to 4", 10, "14:00 16:00"),
        ("cover for me from 8 to 6", 7, "08:00 18:00"),
    ],
)
def test_a_bare_hour_is_the_one_people_mean_at_this_time_of_day(text: str, hour: int, expected: str) -> None:
    clock = Clock(datetime(2026, 11, 23, hour, 0, tzinfo=ZONE), ZONE)
    marks = find_times(text, clock)
    assert " ".join(m.first.astimezone(ZONE).strftime("%H:%M") for m in marks if m.first) == expected


@pytest.mark.parametrize(
    ("text", "first", "second"),
    [
        ("plan maintenance saturday from 1 to 4: card swap", "28.11 01:00", "28.11 04:00"),
        ("plan maintenance sunday 1-4: fans", "29.11 01:00", "29.11 04:00"),
        ("book a visit wednesday 9-11: splice", "25.11 09:00", "25.11 11:00"),
        ("freeze tonight 22-4: upgrade", "22.11 22:00", "23.11 04:00"),
        ("cover from 8 to 18 on monday", "23.11 08:00", "23.11 18:00"),
        ("maintenance on 5/12 from 22 to 23: swap card", "05.12 22:00", "05.12 23:00"),
    ],
)
def test_two_bare_hours_before_a_colon_or_beside_a_day_are_hours(text: str, first: str, second: str) -> None:
    one, two = find_times(text, CLOCK)
    assert [m.first and m.first.astimezone(CLOCK.zone).strftime("%d.%m %H:%M") for m in (one, two)] == [
        first,
        second,
    ]


def test_days_that_are_listed_are_one_stretch() -> None:
    assert said("24, 25 and 26 december") == said("24 to 26 december")
    with pytest.raises(BadInput, match="do not follow one another"):
        said("24, 26 and 28 december")


def test_years_make_one_stretch() -> None:
    assert said("payments from 2025 to 2026") == "2025-01-01 00:00 .. 2027-01-01 00:00"
