"""The wall clock: each slot once, through every change of daylight saving."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest

from bot.errors import BadInput
from bot.jobs.wall import WallClock, check_schedule

EDGES = [
    # a gap: moved on by the jump
    ("Europe/Berlin", "30 2 * * *", "2026-03-28", ["28T01:30", "29T01:30", "30T00:30"]),
    # a fold: the first of the two
    ("Europe/Berlin", "30 2 * * *", "2026-10-24", ["24T00:30", "25T00:30", "26T01:30"]),
    ("America/New_York", "30 1 * * *", "2026-10-31", ["31T05:30", "01T05:30", "02T06:30"]),
    # half an hour
    ("Australia/Lord_Howe", "45 1 * * *", "2026-04-04", ["03T14:45", "04T14:45", "05T15:15"]),
    # a gap at midnight
    ("Africa/Cairo", "15 0 * * *", "2026-04-23", ["22T22:15", "23T22:15", "24T21:15"]),
    # an odd offset, and weekdays that are the ones written
    ("Asia/Kathmandu", "0 8 * * mon-fri", "2026-04-24", ["24T02:15", "27T02:15", "28T02:15"]),
    # a slot moved on meets the one that stands there: both happen
    ("Europe/Berlin", "30 2,3 * * *", "2026-03-29", ["29T01:30", "29T01:30", "30T00:30"]),
    # every hour means real hours
    ("Europe/Berlin", "0 * * * *", "2026-10-25T02:00", ["25T00:00", "25T01:00", "25T02:00"]),
    ("Europe/Berlin", "0 * * * *", "2026-03-29T01:00", ["29T00:00", "29T01:00", "29T02:00"]),
    # a day that one zone left out
    ("Pacific/Apia", "0 8 * * *", "2011-12-29", ["29T18:00", "30T18:00", "30T18:00"]),
]
NEVER = datetime.max.replace(tzinfo=UTC)


def local(words: str, zone: str) -> datetime:
    return datetime.fromisoformat(words).replace(tzinfo=ZoneInfo(zone))


@pytest.mark.parametrize("zone, cron, start, due", EDGES, ids=[f"{e[0]} {e[1]} {e[2][:7]}" for e in EDGES])
def test_edges(zone: str, cron: str, start: str, due: list[str]) -> None:
    clock = WallClock(cron, zone)
    after = local(start, zone) - timedelta(seconds=1)
    found = []
    for slot in clock.between(after, after + timedelta(days=9)):
        found.append(slot)
        if len(found) == 3:
            break
    assert [slot.due.strftime("%dT%H:%M") for slot in found] == due
    assert len({slot.wall for slot in found}) == 3
    assert clock.next(after) == found[0]


def every_day(zone: str, hour: int, minute: int, year: int = 2026) -> None:
    clock = WallClock(f"{minute} {hour} * * *", zone)
    begin = datetime(year, 1, 1, hour, minute)
    due = [slot.due for day in range(365) for slot in clock._slots(begin + timedelta(days=day))]
    assert len(set(due)) == 365
    assert due == sorted(due)


@pytest.mark.parametrize(
    "zone", ["Europe/Berlin", "Africa/Casablanca", "America/St_Johns", "Asia/Beirut", "Chile/Continental"]
)
def test_every_day_of_a_year_has_one_slot(zone: str) -> None:
    for hour, minute in ((0, 15), (2, 30)):
        every_day(zone, hour, minute)


def test_walking_finds_the_same_slots_as_counting() -> None:
    for zone in ("Europe/Berlin", "Africa/Cairo"):
        clock = WallClock("30 0,2 * * *", zone)
        begin = datetime(2026, 1, 1, tzinfo=UTC)
        walked = list(clock.between(begin, begin + timedelta(days=365)))
        assert len(walked) == 730
        assert walked == sorted(walked)
        assert len({slot.wall for slot in walked}) == 730


@pytest.mark.deep
def test_every_zone_every_day() -> None:
    zones = [zone for zone in available_timezones() if "/" in zone and not zone.startswith("Etc/")]
    for zone in zones:
        for hour, minute in ((0, 15), (2, 30)):
            every_day(zone, hour, minute)
        clock = WallClock("15 0,2 * * *", zone)
        begin = local("2026-01-01", zone) - timedelta(seconds=1)
        assert len(list(clock.between(begin, begin + timedelta(days=200)))) in range(399, 402)


def test_the_newest_slot_is_the_last_one_passed() -> None:
    begin, end = datetime(2024, 1, 1, tzinfo=UTC), datetime(2026, 5, 5, 12, tzinfo=UTC)
    for cron, wall in (
        ("0 8 * * *", "2026-05-05T08:00 UTC"),
        ("0 0 1 1 *", "2026-01-01T00:00 UTC"),
        ("* * * * *", "2026-05-05T12:00 UTC"),
    ):
        assert [slot.wall for slot in WallClock(cron, "UTC").newest(begin, end)] == [wall]
    assert WallClock("0 0 1 6 *", "UTC").newest(datetime(2026, 1, 1, tzinfo=UTC), end) == []
    both = WallClock("30 2,3 * * *", "Europe/Berlin").newest(begin, datetime(2026, 3, 29, 1, 30, tzinfo=UTC))
    assert [slot.wall for slot in both] == [
        "2026-03-29T02:30 Europe/Berlin",
        "2026-03-29T03:30 Europe/Berlin",
    ]


WRONG = [
    ("0 8 * *", "UTC", "five parts"),
    ("@daily", "UTC", "this one has 1"),
    ("0 8 * * 1-5", "UTC", "weekdays by name"),
    ("0 8 * * mon,3", "UTC", "weekdays by name"),
    ("0 8 1 * mon", "UTC", "not both"),
    ("61 8 * * *", "UTC", "'61' is no minute"),
    ("0 25 * * *", "UTC", "'25' is no hour"),
    ("0 8 * * funday", "UTC", "'funday' is no weekday"),
    ("0 8 32 * *", "UTC", "'32' is no day"),
    ("0 8 31 2,4 *", "UTC", "no day 31 in month 2,4"),
    ("0 8 * * mon", "Berlin", "did you mean Europe/Berlin"),
    ("0 8 * * mon", "new york", "did you mean America/New_York"),
    ("0 8 * * mon", "Mars/Base", "like Europe/Berlin"),
    ("0 8 * * mon", "", "like Europe/Berlin"),
]


@pytest.mark.parametrize("cron, zone, says", WRONG, ids=[f"{w[0]} {w[1]}" for w in WRONG])
def test_what_is_no_schedule_is_said(cron: str, zone: str, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        check_schedule(cron, zone)


@pytest.mark.parametrize(
    "cron", ["0 8 * * MON-FRI", "*/5 * * * *", "0 0 29 2 *", "0 8 last * *", "0 8,17 1,15 jan-jun *"]
)
def test_what_is_one_passes(cron: str) -> None:
    check_schedule(cron, "Europe/Madrid")
    assert WallClock(cron, "Europe/Madrid").next(datetime(2026, 1, 1, tzinfo=UTC)) is not None
