"""Lengths of time: `18h 50m` as people type and read it, `PT67800S` as JSON keeps it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from bot.understand.times import TimeMark
from bot.understand.timewords import UNITS

ISO = re.compile(r"P(?:(?P<d>\d+)D)?(?:T(?:(?P<h>\d+)H)?(?:(?P<m>\d+)M)?(?:(?P<s>\d+)S)?)?")
PARTS = re.compile(
    r"(?P<count>\d{1,6})\s*(?P<unit>weeks?|wks?|w|days?|d|hours?|hrs?|h|minutes?|mins?|m|seconds?|secs?|s)(?![a-z])"
    r"[\s,]*(?:and\s+)?",
    re.IGNORECASE,
)
BETWEEN = re.compile(r"\s*(?:,|and)?\s*", re.IGNORECASE)


def iso_length(length: timedelta) -> str:
    """Return a length as ISO 8601 text, which survives JSON."""
    seconds = int(length.total_seconds())
    return f"P{seconds // 86_400}D" if seconds % 86_400 == 0 else f"PT{seconds}S"


def read_length(text: str) -> timedelta | None:
    """Return the length that a whole text is, in one part or in several, else None."""
    words = text.strip()
    if len(words) > 1 and (iso := ISO.fullmatch(words)):
        days, hours, minutes, seconds = (int(part or 0) for part in iso.groups())
        return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    if not words or PARTS.sub("", words).strip():
        return None
    return sum((_part(found) for found in PARTS.finditer(words)), timedelta())


def _part(found: re.Match[str]) -> timedelta:
    return timedelta(seconds=int(found["count"]) * UNITS[found["unit"][0].lower()])


def spoken_length(value: str) -> str:
    """Return a kept length as people type it: `18h 50m`, `3d`; whole minutes from an hour on."""
    length = read_length(value)
    if length is None:
        return value
    seconds = int(length.total_seconds())
    if seconds >= UNITS["h"]:
        seconds = round(seconds / UNITS["m"]) * UNITS["m"]
    parts: list[str] = []
    for unit in ("d", "h", "m", "s"):
        count, seconds = divmod(seconds, UNITS[unit])
        parts += [f"{count}{unit}"] if count else []
    return " ".join(parts) or "0s"


def joined(text: str, marks: Iterable[TimeMark]) -> list[TimeMark]:
    """Return the marks with lengths that stand side by side made one: "18 hours 50 minutes"."""
    out: list[TimeMark] = []
    for mark in marks:
        before = out[-1] if out else None
        if before and before.length and mark.length and BETWEEN.fullmatch(text[before.end : mark.start]):
            out[-1] = _sum(before, mark, mark.length, before.length)
        else:
            out.append(mark)
    return out


def _sum(one: TimeMark, two: TimeMark, more: timedelta, length: timedelta) -> TimeMark:
    ends = replace(one, end=two.end, length=length + more)
    if two.first and not one.first:  # "2 hours 10 minutes ago"
        return replace(ends, first=two.first - length, last=two.first - length, exact=True)
    if one.first and one.last and one.first == one.last:  # "in 2 hours 10 minutes"
        return replace(ends, first=one.first + more, last=one.last + more)
    return replace(ends, last=one.last + more) if one.last and not one.first else ends
