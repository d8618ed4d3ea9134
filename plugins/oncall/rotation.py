"""Whose turn it is, as a pure function of a rotation and a moment: nothing is worked out ahead and kept."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

SECOND = timedelta(seconds=1)


@dataclass(frozen=True, kw_only=True)
class Turn:
    """A stretch of time and whose it is; without a person nobody's."""

    since: datetime
    until: datetime
    person: str = ""


@dataclass(frozen=True, kw_only=True)
class Rotation:
    """People who take turns, the first one from `start`: a wall-clock time where the provider is.

    `start` is naive. Every turn lasts `length` on that wall clock, so that a handover at 08:00 stays at 08:00
    when the clocks change, and the night they do is an hour shorter or longer.
    """

    people: tuple[str, ...]
    length: timedelta
    start: datetime

    def edge(self, number: int, zone: ZoneInfo) -> datetime:
        """Return when a turn begins."""
        return instant(self.start + number * self.length, zone)

    def number(self, at: datetime, zone: ZoneInfo) -> int:
        """Return which turn it is at a moment; below zero before the first one."""
        number = (at.astimezone(zone).replace(tzinfo=None) - self.start) // self.length
        while self.edge(number, zone) > at:
            number -= 1
        while self.edge(number + 1, zone) <= at:
            number += 1
        return number

    def person(self, number: int, gone: Collection[str] = ()) -> str:
        """Return whose turn it is: those who are gone are passed over; empty when all are."""
        if number < 0:
            return ""
        order = (self.people[(number + n) % len(self.people)] for n in range(len(self.people)))
        return next((one for one in order if one not in gone), "")

    def at(self, at: datetime, zone: ZoneInfo, gone: Collection[str] = ()) -> str:
        """Return whose turn it is at a moment."""
        return self.person(self.number(at, zone), gone)

    def turns(
        self, since: datetime, until: datetime, zone: ZoneInfo, gone: Collection[str] = ()
    ) -> Iterator[Turn]:
        """Return the turns that overlap a stretch, whole, without a gap between them."""
        number = self.number(since, zone)
        while (begin := self.edge(number, zone)) < until:
            end = self.edge(number + 1, zone)
            if end > begin:  # at an hour that the clocks leave out a turn may be none at all
                yield Turn(since=begin, until=end, person=self.person(number, gone))
            number += 1

    def turned(self, at: datetime, zone: ZoneInfo) -> Rotation:
        """Return the same rotation as begun with the turn of a moment, whoever's that is first."""
        number = max(0, self.number(at, zone))
        first = number % len(self.people)
        start = self.start + number * self.length
        return Rotation(people=self.people[first:] + self.people[:first], length=self.length, start=start)


def instant(wall: datetime, zone: ZoneInfo) -> datetime:
    """Return when a wall clock first shows this time or, where it leaves it out, when it jumps over it."""
    wall = wall.replace(fold=0)
    early = wall.replace(tzinfo=zone).astimezone(UTC)
    if early.astimezone(zone).replace(tzinfo=None) == wall:
        return early
    low, high = wall.replace(tzinfo=zone, fold=1).astimezone(UTC) - SECOND, early
    while high - low > SECOND:
        middle = low + (high - low) // 2
        late = middle.astimezone(zone).replace(tzinfo=None) >= wall
        low, high = (low, middle) if late else (middle, high)
    return high.replace(microsecond=0)


def joined(turns: Sequence[Turn]) -> list[Turn]:
    """Return turns of one person that follow each other as one."""
    found: list[Turn] = []
    for one in turns:
        if found and found[-1].person == one.person and found[-1].until == one.since:
            found[-1] = Turn(since=found[-1].since, until=one.until, person=one.person)
        else:
            found.append(one)
    return found
