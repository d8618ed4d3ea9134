"""Cron on a tenant's wall clock: every slot of the wall happens once, whatever daylight saving does to it.

A slot that the clock jumps over in spring happens as much later; one that comes twice in autumn happens the
first time. Schedules for every hour ("*" in the hour) mean real hours instead: none in spring's gap, and both
in autumn. Weekdays are written by name, because their numbers mean different days in different programs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from apscheduler.triggers.cron import CronTrigger

from bot.errors import BadInput

PARTS = ("minute", "hour", "day of the month", "month", "weekday")
FIELDS = ("minute", "hour", "day", "month", "day_of_week")
AROUND = timedelta(hours=50)
"""Twice as far as any zone's clock ever jumped at once."""
SECOND = timedelta(seconds=1)


@dataclass(frozen=True, order=True)
class Slot:
    """One time on the wall, and when that is."""

    due: datetime
    wall: str
    """As people read it, the same in every process: `2026-10-25T02:30 Europe/Berlin`."""


class WallClock:
    """The slots of one cron text in one time zone; five parts, or six with seconds first."""

    def __init__(self, cron: str, zone: str) -> None:
        parts = cron.lower().split()
        names = FIELDS if len(parts) == len(FIELDS) else ("second", *FIELDS)
        given = dict(zip(names, parts, strict=True))
        self._cron = CronTrigger(timezone=UTC, **{"second": "0", **given})
        self._zone = ZoneInfo(zone)
        self._real_hours = given["hour"] == "*"

    def between(self, after: datetime, until: datetime) -> Iterator[Slot]:
        """Slots later than `after` and not later than `until`, in the order they happen."""
        while (slot := self.next(after)) is not None and slot.due <= until:
            same = [one for one in self._near(slot.due) if one.due == slot.due]
            yield from sorted(same)
            after = slot.due

    def next(self, after: datetime) -> Slot | None:
        """The first slot later than `after`; None if there never is one."""
        first: Slot | None = None
        for wall in self._walls(self._local(after) - self._jump(after)):
            for slot in self._slots(wall):
                if slot.due > after and (first is None or slot < first):
                    first = slot
            if first is not None:
                jump = self._jump(first.due)  # near one, a later wall may be an earlier instant
                if not jump or self._instant(wall) > first.due + jump:
                    break
        return first

    def newest(self, after: datetime, until: datetime) -> list[Slot]:
        """The last slot of `between`, without walking through all of them; several if they coincide."""
        back = timedelta(hours=2)
        while True:
            begin = max(after, until - back)
            found = list(self.between(begin, until))
            if found or begin == after:
                return [slot for slot in found if slot.due == found[-1].due]
            back *= 24

    def _near(self, due: datetime) -> Iterator[Slot]:
        """Every slot on the walls around an instant."""
        local, jump = self._local(due), self._jump(due)
        for wall in self._walls(local - jump - SECOND):
            if wall > local + jump:
                return
            yield from self._slots(wall)

    def _walls(self, after: datetime) -> Iterator[datetime]:
        """The cron's times on a wall that knows no daylight saving."""
        at = after.replace(tzinfo=UTC)
        while (found := self._cron.get_next_fire_time(None, at + timedelta(microseconds=1))) is not None:
            yield found.replace(tzinfo=None)
            at = found

    def _slots(self, wall: datetime) -> Iterator[Slot]:
        words = f"{wall.isoformat(timespec='seconds' if wall.second else 'minutes')} {self._zone.key}"
        due = self._instant(wall)
        if not self._real_hours:
            yield Slot(due, words)
            return
        if self._local(due) == wall:
            yield Slot(due, words)
            again = wall.replace(tzinfo=self._zone, fold=1).astimezone(UTC)
            if again != due:
                yield Slot(again, f"{words} again")

    def _instant(self, wall: datetime) -> datetime:
        """When it is: the first time if there are two, and moved on by the jump if there is none."""
        return wall.replace(tzinfo=self._zone, fold=0).astimezone(UTC)

    def _local(self, at: datetime) -> datetime:
        return at.astimezone(self._zone).replace(tzinfo=None)

    def _jump(self, at: datetime) -> timedelta:
        """How far the clock is moved in the days around an instant; mostly not at all."""
        before, later = ((at + days).astimezone(self._zone).utcoffset() for days in (-AROUND, AROUND))
        return abs((later or timedelta()) - (before or timedelta()))


@lru_cache(maxsize=10_000)
def wall_clock(cron: str, zone: str) -> WallClock:
    """The clock of a checked schedule."""
    return WallClock(cron, zone)


def check_schedule(cron: str, zone: str) -> None:
    """Refuse what is no schedule, and say which part and how to write it."""
    parts = cron.lower().split()
    if len(parts) != len(PARTS):
        raise BadInput(
            f"A schedule has five parts ({', '.join(PARTS)}), such as `0 8 * * mon-fri`; "
            f"this one has {len(parts)}."
        )
    if re.search(r"\d", parts[4]):
        raise BadInput(
            "Write weekdays by name, such as mon-fri: their numbers mean different days elsewhere."
        )
    if parts[2] != "*" and parts[4] != "*":
        raise BadInput("Give either a day of the month or weekdays, not both: put * in the other place.")
    for name, field, part in zip(PARTS, FIELDS, parts, strict=True):
        try:
            CronTrigger(timezone=UTC, **{field: part})
        except ValueError:
            raise BadInput(f"{part[:40]!r} is no {name} of a schedule, such as `0 8 * * mon-fri`.") from None
    check_zone(zone)
    if parts[2] != "*" and not _ever(parts[2], parts[3]):
        raise BadInput(f"There is no day {parts[2][:40]} in month {parts[3][:40]}: this would never happen.")


def check_zone(zone: str) -> None:
    """Refuse an unknown time zone and name the nearest ones."""
    known = available_timezones()
    if zone in known:
        return
    tail = {name.rpartition("/")[2].lower(): name for name in known if "/" in name}
    near = get_close_matches(zone.strip().lower().replace(" ", "_"), tail, n=1, cutoff=0.7)
    hint = f"did you mean {tail[near[0]]}?" if near else "write it like Europe/Berlin."
    raise BadInput(f"There is no time zone {zone[:40]!r}; {hint}")


def _ever(day: str, month: str) -> bool:
    """Whether such a day comes in eight years, which have a leap day even around 2100."""
    begin = datetime(2096, 1, 1, tzinfo=UTC)
    cron = CronTrigger(day=day, month=month, hour=0, timezone=UTC, end_date=begin + timedelta(days=9 * 366))
    return cron.get_next_fire_time(None, begin) is not None
