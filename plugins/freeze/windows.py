"""When changes are frozen by the calendar: weekly, daily or dated windows on the tenant's own clock."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
EDGE = (
    rf"(?:(?P<SIDE_day>{'|'.join(DAYS)})[a-z]*\s+|(?P<SIDE_date>\d{{4}}-\d\d-\d\d)\s+)?"
    r"(?P<SIDE_h>[01]?\d|2[0-3]):(?P<SIDE_m>[0-5]\d)"
)
FROM, TO = EDGE.replace("SIDE", "from"), EDGE.replace("SIDE", "to")
WINDOW = re.compile(rf"\s*{FROM}\s*(?:-|–|to|until)\s*{TO}\s*", re.IGNORECASE)
WEEK = 7


@dataclass(frozen=True, kw_only=True)
class Edge:
    """Where a window begins or ends: a clock time, on a weekday, on a date, or every day."""

    at: time
    weekday: int | None = None
    on: date | None = None


@dataclass(frozen=True, kw_only=True)
class Window:
    """One window; `words` is how its admin wrote it."""

    words: str
    begin: Edge
    end: Edge

    def now_until(self, now: datetime, zone: ZoneInfo) -> datetime | None:
        """Return when the window that is open now ends; None when none is."""
        today = now.astimezone(zone).date()
        if self.begin.on and self.end.on:
            begun, ends = _at(self.begin.on, self.begin, zone), _at(self.end.on, self.end, zone)
            return ends if begun <= now < ends else None
        for back in range(WEEK + 1):
            day = today - timedelta(days=back)
            if self.begin.weekday not in {None, day.weekday()}:
                continue
            begun, ends = _at(day, self.begin, zone), _at(day + timedelta(days=self._days), self.end, zone)
            if begun <= now < ends:
                return ends
        return None

    @property
    def _days(self) -> int:
        """How many days after its first one it ends."""
        over = self.end.at <= self.begin.at
        if self.begin.weekday is None or self.end.weekday is None:
            return 1 if over else 0
        days = (self.end.weekday - self.begin.weekday) % WEEK
        return WEEK if days == 0 and over else days


def _at(day: date, edge: Edge, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, edge.at, tzinfo=zone).astimezone(UTC)


def read_windows(words: str) -> tuple[Window, ...]:
    """Return the windows of a setting; ValueError says how to write one."""
    return tuple(_read(part.strip()) for part in words.split(";") if part.strip())


def check_windows(words: str) -> str:
    """Return the setting as it is, if it can be read."""
    read_windows(words)
    return words


def _read(words: str) -> Window:
    found = WINDOW.fullmatch(words)
    if found is None:
        raise ValueError(
            f"“{words[:60]}” is no window; write `fri 16:00 - mon 07:00`, `22:00 - 06:00` for every night, "
            "or `2026-12-20 00:00 - 2027-01-03 08:00`"
        )
    begin, end = _edge(found, "from"), _edge(found, "to")
    if (begin.weekday is None) != (end.weekday is None) or (begin.on is None) != (end.on is None):
        raise ValueError(f"“{words[:60]}” names a day at one end only; name one at both, or at none")
    if begin.on and end.on and (begin.on, begin.at) >= (end.on, end.at):
        raise ValueError(f"“{words[:60]}” ends before it begins")
    return Window(words=words, begin=begin, end=end)


def _edge(found: re.Match[str], side: str) -> Edge:
    day, on = found[f"{side}_day"], found[f"{side}_date"]
    return Edge(
        at=time(int(found[f"{side}_h"]), int(found[f"{side}_m"])),
        weekday=DAYS.index(day.lower()) if day else None,
        on=date.fromisoformat(on) if on else None,
    )
