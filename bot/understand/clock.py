"""The present moment in the zone of a workspace, and a stretch of time that somebody named."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Clock:
    """The present instant (aware) and the zone in which people here mean their times."""

    now: datetime
    zone: ZoneInfo

    @property
    def today(self) -> date:
        """The present day in that zone."""
        return self.now.astimezone(self.zone).date()

    def at(self, day: date, when: time = time()) -> datetime:
        """Return the instant of a wall-clock time."""
        return datetime.combine(day, when, self.zone)


@dataclass(frozen=True, slots=True)
class TimeMark:
    """Words that mean a stretch of time: from `first` up to `last`; `exact` when an hour was named.

    `length` is set when the words name a length ("30 days", "2 hours ago" has both). `at` is the one moment
    that people mean by it where it is not `first`: 9 o'clock for "tomorrow morning". `every` says that it
    comes again and again, a weekday or an hour, so that the one before may be meant.
    """

    start: int
    end: int
    first: datetime | None = None
    last: datetime | None = None
    exact: bool = False
    length: timedelta | None = None
    at: datetime | None = None
    every: timedelta | None = None

    @property
    def spans(self) -> bool:
        """Whether it is a stretch with a beginning and an end."""
        return self.first is not None and self.last is not None and self.first < self.last

    def moved(self, by: timedelta) -> TimeMark:
        """Return the mark earlier or later by so much, on the wall clock."""
        first, last, at = (moment + by if moment else None for moment in (self.first, self.last, self.at))
        return replace(self, first=first, last=last, at=at)
