"""Whose turn it is: at every moment exactly one person's, in order, and on the wall clock all year."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugins.oncall.rotation import Rotation, Turn, instant, joined

BERLIN, NAIROBI = ZoneInfo("Europe/Berlin"), ZoneInfo("Africa/Nairobi")
ZONES = (
    BERLIN,
    NAIROBI,
    ZoneInfo("America/New_York"),
    ZoneInfo("Australia/Lord_Howe"),
    ZoneInfo("Pacific/Apia"),
)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
START = datetime(2026, 1, 5, 8)
PEOPLE = st.integers(1, 5).map(lambda n: tuple("abcde"[:n]))


@st.composite
def rotations(draw: st.DrawFn) -> Rotation:
    start = draw(st.datetimes(datetime(2025, 12, 1), datetime(2027, 1, 31)))
    return Rotation(
        people=draw(PEOPLE),
        length=draw(st.sampled_from((1, 5, 8, 12, 24, 36, 48, 168, 336))) * HOUR,
        start=start.replace(minute=draw(st.sampled_from((0, 30))), second=0, microsecond=0),
    )


moments = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)).map(lambda at: at.replace(tzinfo=UTC))


@settings(max_examples=300, deadline=None)
@given(rotations(), moments, st.sampled_from(ZONES))
def test_every_moment_lies_in_the_turn_of_its_number(
    rotation: Rotation, at: datetime, zone: ZoneInfo
) -> None:
    number = rotation.number(at, zone)
    assert rotation.edge(number, zone) <= at < rotation.edge(number + 1, zone)
    wanted = "" if number < 0 else rotation.people[number % len(rotation.people)]
    (turn,) = rotation.turns(at, at + timedelta(microseconds=1), zone)
    assert turn.person == wanted and turn.since <= at < turn.until


@settings(max_examples=200, deadline=None)
@given(rotations(), moments, st.integers(1, 40), st.sampled_from(ZONES), st.sets(st.sampled_from("abcde")))
def test_turns_follow_each_other_without_gap_or_overlap(
    rotation: Rotation, since: datetime, days: int, zone: ZoneInfo, gone: set[str]
) -> None:
    until = since + days * DAY
    turns = list(rotation.turns(since, until, zone, gone))
    assert turns[0].since <= since and turns[-1].until >= until
    assert all(one.until == two.since for one, two in pairwise(turns))
    assert all(one.since < one.until for one in turns)
    here = set(rotation.people) - gone
    assert {one.person for one in turns if rotation.edge(0, zone) <= one.since} <= (here or {""})
    whole = joined(turns)
    assert (whole[0].since, whole[-1].until) == (turns[0].since, turns[-1].until)
    assert sum((one.until - one.since for one in whole), timedelta()) == turns[-1].until - turns[0].since


@settings(max_examples=200, deadline=None)
@given(st.sampled_from((1, 2, 7)), st.integers(0, 60), st.sampled_from((BERLIN, NAIROBI)))
def test_a_handover_stays_on_the_wall_clock_all_year(days: int, number: int, zone: ZoneInfo) -> None:
    rotation = Rotation(people=("a", "b", "c"), length=days * DAY, start=START)
    local = rotation.edge(number * 6, zone).astimezone(zone)
    assert (local.hour, local.minute) == (8, 0)


@settings(max_examples=300, deadline=None)
@given(
    st.datetimes(datetime(2011, 12, 25), datetime(2012, 1, 3))
    | st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)),
    st.integers(0, 7200),
    st.sampled_from(ZONES),
)
def test_a_later_wall_clock_time_is_never_earlier(wall: datetime, more: int, zone: ZoneInfo) -> None:
    wall = wall.replace(microsecond=0)
    first, second = instant(wall, zone), instant(wall + timedelta(seconds=more), zone)
    assert first <= second
    assert first.astimezone(zone).replace(tzinfo=None) >= wall


@pytest.mark.parametrize(
    ("wall", "utc"),
    [
        (datetime(2026, 3, 29, 1, 59), datetime(2026, 3, 29, 0, 59)),
        (datetime(2026, 3, 29, 2), datetime(2026, 3, 29, 1)),  # left out: the clock jumps over it then
        (datetime(2026, 3, 29, 2, 30), datetime(2026, 3, 29, 1)),
        (datetime(2026, 3, 29, 3), datetime(2026, 3, 29, 1)),
        (datetime(2026, 10, 25, 2, 30), datetime(2026, 10, 25, 0, 30)),  # shown twice: the first counts
        (datetime(2026, 10, 25, 3), datetime(2026, 10, 25, 2)),
    ],
)
def test_the_hours_the_clocks_leave_out_or_show_twice(wall: datetime, utc: datetime) -> None:
    assert instant(wall, BERLIN) == utc.replace(tzinfo=UTC)


def test_the_night_the_clocks_change_is_an_hour_shorter_or_longer() -> None:
    rotation = Rotation(people=("a", "b"), length=12 * HOUR, start=datetime(2026, 3, 28, 8))
    turns = rotation.turns(
        datetime(2026, 3, 28, 12, tzinfo=UTC), datetime(2026, 3, 29, 12, tzinfo=UTC), BERLIN
    )
    assert [one.until - one.since for one in turns] == [12 * HOUR, 11 * HOUR, 12 * HOUR]
    turns = rotation.turns(
        datetime(2026, 10, 24, 12, tzinfo=UTC), datetime(2026, 10, 25, 12, tzinfo=UTC), BERLIN
    )
    assert [one.until - one.since for one in turns] == [12 * HOUR, 13 * HOUR, 12 * HOUR]


def test_a_turn_that_the_clocks_leave_out_is_none() -> None:
    rotation = Rotation(people=("a", "b", "c"), length=HOUR, start=datetime(2026, 3, 29, 0))
    turns = list(
        rotation.turns(datetime(2026, 3, 28, 23, tzinfo=UTC), datetime(2026, 3, 29, 3, tzinfo=UTC), BERLIN)
    )
    assert [one.person for one in turns] == ["a", "b", "a", "b"], "the third hour of the night does not exist"


def test_those_who_left_are_passed_over_and_the_others_keep_their_turns() -> None:
    rotation = Rotation(people=("a", "b", "c"), length=DAY, start=START)
    turns = rotation.turns(
        datetime(2026, 1, 5, 8, tzinfo=UTC), datetime(2026, 1, 11, 8, tzinfo=UTC), ZoneInfo("UTC"), {"b"}
    )
    assert [one.person for one in turns] == ["a", "c", "c", "a", "c", "c"]


def test_turned_keeps_whose_turn_it_is() -> None:
    rotation = Rotation(people=("a", "b", "c"), length=DAY, start=START)
    for days in range(9):
        at = datetime(2026, 1, 5, 9, tzinfo=UTC) + days * DAY
        turned = rotation.turned(at, BERLIN)
        assert turned.people[0] == rotation.person(rotation.number(at, BERLIN))
        assert [turned.person(turned.number(at + n * DAY, BERLIN)) for n in range(4)] == [
            rotation.person(rotation.number(at + n * DAY, BERLIN)) for n in range(4)
        ]


def test_nobody_is_on_call_before_the_first_turn() -> None:
    rotation = Rotation(people=("a",), length=DAY, start=START)
    turns = list(
        rotation.turns(datetime(2026, 1, 4, tzinfo=UTC), datetime(2026, 1, 6, tzinfo=UTC), ZoneInfo("UTC"))
    )
    assert turns[0].person == "" and turns[-1] == Turn(
        since=datetime(2026, 1, 5, 8, tzinfo=UTC), until=datetime(2026, 1, 6, 8, tzinfo=UTC), person="a"
    )
