"""Values as people read them: money, times in the tenant's zone, durations, yes and no."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from enum import Enum, StrEnum
from functools import singledispatch
from zoneinfo import ZoneInfo

from bot.contract import spoken

EMPTY = "–"
RECENT = timedelta(minutes=1)
DAY = timedelta(days=1)


@singledispatch
def plain(value: object, zone: ZoneInfo) -> str:  # noqa: ARG001 - the other kinds need the zone
    """Return text for one kind of value; registered per type below."""
    return str(value)


plain.register(bool, lambda value, _zone: "yes" if value else "no")
plain.register(int, lambda value, _zone: f"{value:,}")
plain.register(float, lambda value, _zone: f"{value:,.2f}".rstrip("0").rstrip("."))
plain.register(date, lambda value, zone: spoken.day(value, datetime.now(zone).date()))
plain.register(StrEnum, lambda value, _zone: value.value.replace("_", " "))
plain.register(Enum, lambda value, _zone: str(value.value).replace("_", " "))
plain.register(str, lambda value, _zone: value)
plain.register(Mapping, lambda value, zone: ", ".join(f"{k} {cell(v, zone)}" for k, v in value.items()))
plain.register(Sequence, lambda value, zone: ", ".join(cell(each, zone) for each in value) or EMPTY)


def cell(value: object, zone: ZoneInfo) -> str:
    """Return one value as text; None and empty become a dash."""
    return EMPTY if value is None or value == "" else plain(value, zone)


def moment(at: datetime, zone: ZoneInfo) -> str:
    """Return a point in time in the tenant's zone, e.g. `22 Nov 14:05` or with the year if not this one."""
    local = at.astimezone(zone)
    return f"{spoken.day(local.date(), datetime.now(zone).date())} {local:%H:%M}"


def span(length: timedelta) -> str:
    """Return a duration in its two largest units, with its sign: `2 h 10 min`, `-3 d 4 h`."""
    return f"{'-' if length < timedelta() else ''}{spoken.span(length)}"


plain.register(datetime, moment)
plain.register(timedelta, lambda value, _zone: span(value))


def age(at: datetime | None, zone: ZoneInfo) -> str:
    """Return how fresh something is: `just now`, `14 min ago`, or the moment when older than a day."""
    if at is None:
        return "just now"
    past = datetime.now(UTC) - at
    if past < RECENT:
        return "just now"
    return f"{span(past)} ago" if past < DAY else moment(at, zone)
