"""How plugins say lengths of time, instants and counts, so that all of them say it alike."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

MINUTE, HOUR, DAY = 60, 3600, 86_400


def span(length: timedelta) -> str:
    """Return a length in its two largest units, without sign: `45 s`, `2 h 10 min`, `3 d 4 h`."""
    seconds = int(abs(length.total_seconds()))
    if seconds < MINUTE:
        return f"{seconds} s"
    for unit, name, small, short in ((DAY, "d", HOUR, "h"), (HOUR, "h", MINUTE, "min")):
        if seconds >= unit:
            whole, rest = divmod(seconds, unit)
            return f"{whole} {name} {rest // small} {short}" if rest >= small else f"{whole} {name}"
    return f"{seconds // MINUTE} min"


def ago(at: datetime, now: datetime) -> str:
    """Return how long ago it was, or in how long it will be: `35 min ago`, `in 2 h 10 min`, `just now`."""
    length = now - at
    if abs(length) < timedelta(minutes=1):
        return "just now"
    return f"{span(length)} ago" if length > timedelta() else f"in {span(length)}"


def moment(at: datetime, now: datetime, zone: ZoneInfo) -> str:
    """Return an instant on the tenant's clock: `14:05`, `yesterday 14:05`, `12 Nov 14:05`."""
    local, today = at.astimezone(zone), now.astimezone(zone).date()
    clock = f"{local:%H:%M}"
    days = (today - local.date()).days
    named = {0: "", 1: "yesterday ", -1: "tomorrow "}
    return f"{named[days]}{clock}" if days in named else f"{day(local.date(), today)} {clock}"


def day(on: date, today: date) -> str:
    """Return a day, with its year when it is not this one: `12 Nov`, `12 Nov 2025`."""
    return f"{on.day} {on:%b}" if on.year == today.year else f"{on.day} {on:%b %Y}"


def plural(count: int, noun: str, several: str = "") -> str:
    """Return `1 ticket`, `3 tickets`, `1,204 customers`; `several` where an s will not do."""
    return f"{count:,} {noun if count == 1 else several or noun + 's'}"
