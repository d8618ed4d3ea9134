"""Windows of the calendar: on the tenant's own clock, over midnight, over the week's end, over a change of clocks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.freeze.windows import DAYS, read_windows

NAIROBI, MADRID = ZoneInfo("Africa/Nairobi"), ZoneInfo("Europe/Madrid")


def until(words: str, now: str, zone: ZoneInfo = MADRID) -> str | None:
    [window] = read_windows(words)
    found = window.now_until(datetime.fromisoformat(now).replace(tzinfo=zone), zone)
    return f"{found.astimezone(zone):%Y-%m-%d %H:%M}" if found else None


@pytest.mark.parametrize(
    ("words", "now", "ends"),
    [
        ("fri 16:00 - mon 07:00", "2026-11-20 15:59", None),
        ("fri 16:00 - mon 07:00", "2026-11-20 16:00", "2026-11-23 07:00"),
        ("Friday 16:00 – Monday 07:00", "2026-11-22 12:00", "2026-11-23 07:00"),
        ("fri 16:00 - mon 07:00", "2026-11-23 06:59", "2026-11-23 07:00"),
        ("fri 16:00 - mon 07:00", "2026-11-23 07:00", None),
        ("22:00 - 06:00", "2026-11-20 23:00", "2026-11-21 06:00"),
        ("22:00 until 06:00", "2026-11-21 05:59", "2026-11-21 06:00"),
        ("22:00 - 06:00", "2026-11-21 12:00", None),
        ("09:00 to 17:00", "2026-11-21 12:00", "2026-11-21 17:00"),
        ("2026-12-20 00:00 - 2027-01-03 08:00", "2026-12-31 23:59", "2027-01-03 08:00"),
        ("2026-12-20 00:00 - 2027-01-03 08:00", "2027-01-03 08:00", None),
        ("mon 09:00 - mon 08:00", "2026-11-22 12:00", "2026-11-23 08:00"),
        ("mon 09:00 - mon 08:00", "2026-11-23 08:30", None),
        ("sat 22:00 - sun 06:00", "2026-03-29 03:30", "2026-03-29 06:00"),
    ],
)
def test_a_window_is_open_until_it_ends(words: str, now: str, ends: str | None) -> None:
    assert until(words, now) == ends


@pytest.mark.parametrize(
    "words",
    [
        "weekend",
        "fri - mon",
        "25:00 - 26:00",
        "fri 16:00 - 07:00",
        "2026-12-20 00:00 - 2026-12-19 00:00",
        "2026-13-01 00:00 - 2026-12-19 00:00",
    ],
)
def test_what_is_no_window_is_said(words: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_windows(words)


def test_several_stand_between_semicolons() -> None:
    assert len(read_windows("fri 16:00 - mon 07:00; 22:00-06:00 ;")) == 2
    assert read_windows("  ") == ()


@given(
    begin=st.tuples(st.sampled_from(DAYS), st.integers(0, 23)),
    end=st.tuples(st.sampled_from(DAYS), st.integers(0, 23)),
    now=st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),
)
def test_it_ends_later_than_now_and_within_a_week(
    begin: tuple[str, int], end: tuple[str, int], now: datetime
) -> None:
    [window] = read_windows(f"{begin[0]} {begin[1]}:00 - {end[0]} {end[1]}:00")
    ends = window.now_until(now, NAIROBI)
    if ends is not None:
        assert timedelta() < ends - now <= timedelta(days=7)
        local = ends.astimezone(NAIROBI)
        assert (DAYS[local.weekday()], local.hour) == end
        assert window.now_until(ends - timedelta(seconds=1), NAIROBI) == ends
