"""Covers over a rotation: who stands in for whom, swaps, those who left, and eras that follow each other."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from plugins.oncall.covers import Cover, Piece
from plugins.oncall.rotation import Rotation
from plugins.oncall.team import Era, Plan, Team

BERLIN = ZoneInfo("Europe/Berlin")
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
MONDAY = datetime(2026, 1, 5, 8, tzinfo=BERLIN)
ROTATION = Rotation(people=("a", "b", "c"), length=DAY, start=datetime(2026, 1, 5, 8))
TEAM = Team(name="noc", eras=(Era(since=MONDAY, rotation=ROTATION),))


def cover(number: int, *pieces: Piece, team: str = "noc") -> Cover:
    return Cover(
        id=f"c{number}",
        number=number,
        team=team,
        pieces=pieces,
        by="Ann",
        by_id="ann",
        made_at=MONDAY + number * HOUR,
    )


def piece(person: str, since: int, until: int, instead: str = "") -> Piece:
    return Piece(person=person, since=MONDAY + since * HOUR, until=MONDAY + until * HOUR, instead=instead)


def on_call(*covers: Cover, at: int, gone: tuple[str, ...] = (), team: Team = TEAM) -> str:
    moment = MONDAY + at * HOUR
    (turn,) = team.turns(Plan(zone=BERLIN, covers=covers, gone=gone), moment, moment + timedelta(seconds=1))
    assert turn.since <= moment < turn.until
    return turn.person


def test_a_cover_holds_from_its_beginning_up_to_its_end() -> None:
    bea = cover(1, piece("b", 10, 30))
    assert [on_call(bea, at=at) for at in (9, 10, 23, 24, 29, 30)] == ["a", "b", "b", "b", "b", "b"]
    assert on_call(cover(1, piece("c", 10, 30)), at=30) == "b", "then it is whose turn it would be"
    assert on_call(cover(1, piece("b", 10, 30), team="support"), at=12) == "a"


def test_a_cover_for_somebody_holds_only_while_it_would_be_theirs() -> None:
    for_a = cover(1, piece("c", 0, 48, "a"))
    assert [on_call(for_a, at=at) for at in (1, 25)] == ["c", "b"]


def test_what_was_arranged_later_lies_on_top() -> None:
    first, then = cover(1, piece("b", 0, 20, "a")), cover(2, piece("c", 5, 10, "b"))
    assert [on_call(then, first, at=at) for at in (1, 6, 11)] == ["b", "c", "b"]


def test_a_swap_changes_both_turns() -> None:
    swap = cover(1, piece("b", 0, 24, "a"), piece("a", 24, 48, "b"))
    assert [on_call(swap, at=at) for at in (1, 25, 49)] == ["b", "a", "c"]


def test_a_cover_of_somebody_who_left_does_not_hold() -> None:
    assert on_call(cover(1, piece("b", 0, 10)), at=1, gone=("b",)) == "a"
    assert on_call(at=25, gone=("b",)) == "c"
    assert on_call(at=1, gone=("a", "b", "c")) == ""


def test_an_era_ends_where_the_next_begins() -> None:
    later = Rotation(people=("x",), length=DAY, start=datetime(2026, 1, 6, 8))
    team = TEAM.then(Era(since=MONDAY + 30 * HOUR, rotation=later))
    assert [on_call(at=at, team=team) for at in (1, 29, 30, 90)] == ["a", "b", "x", "x"]
    removed = team.then(Era(since=MONDAY + 50 * HOUR, rotation=None))
    assert [on_call(at=at, team=removed) for at in (49, 50)] == ["x", ""]
    assert on_call(cover(1, piece("b", 48, 60)), at=55, team=removed) == "", "without a rotation no cover"
    assert on_call(at=-1, team=team) == ""


pieces = st.builds(
    piece,
    st.sampled_from("abc"),
    st.integers(0, 90),
    st.integers(91, 140),
    st.sampled_from(["", "a", "b", "c"]),
)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.lists(pieces, min_size=1, max_size=2), max_size=4),
    st.sets(st.sampled_from("abc")),
    st.integers(0, 150),
)
def test_covers_leave_no_gap_and_name_nobody_who_left(
    made: list[list[Piece]], gone: set[str], hours: int
) -> None:
    covers = [cover(number, *some) for number, some in enumerate(made)]
    plan = Plan(zone=BERLIN, covers=covers, gone=tuple(gone))
    turns = TEAM.turns(plan, MONDAY, MONDAY + hours * HOUR + HOUR)
    assert turns[0].since <= MONDAY and turns[-1].until >= MONDAY + hours * HOUR
    assert all(one.until == two.since for one, two in pairwise(turns))
    assert not {one.person for one in turns} & gone
    at = MONDAY + hours * HOUR
    alone = TEAM.turns(plan, at, at + timedelta(seconds=1))[0]
    assert alone.person == next(one.person for one in turns if one.since <= at < one.until)


def test_times_are_in_utc_or_any_zone_alike() -> None:
    at = datetime(2026, 1, 5, 8, tzinfo=UTC)
    assert TEAM.turns(Plan(zone=BERLIN), at, at + HOUR) == TEAM.turns(
        Plan(zone=BERLIN), at.astimezone(BERLIN), at + HOUR
    )
