"""Dates, times and lengths of time as people write them, in the tenant's time zone."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.errors import BadInput
from bot.understand.timewords import (
    CLOCK,
    COUNT,
    DAY,
    DAYS,
    MONTH,
    MONTHS,
    NUMBERS,
    PART,
    PARTS,
    SINCE,
    UNIT,
    UNITS,
)


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

    `length` is set when the words name a length ("30 days", "2 hours ago" has both).
    """

    start: int
    end: int
    first: datetime | None = None
    last: datetime | None = None
    exact: bool = False
    length: timedelta | None = None


Reader = Callable[[re.Match[str], Clock, bool], TimeMark]


def find_times(text: str, clock: Clock, *, past: bool = False) -> list[TimeMark]:
    """Return the times in a text, in order; `past` says that a bare weekday is the last one.

    Raises BadInput for a day that does not exist.
    """
    taken: list[TimeMark] = []
    for pattern, reader in READERS:
        for found in pattern.finditer(text):
            if not any(found.start() < t.end and t.start < found.end() for t in taken):
                taken.append(reader(found, clock, past))
    return _with_hours(text, sorted(taken, key=lambda t: t.start), clock, past=past)


def _with_hours(text: str, marks: list[TimeMark], clock: Clock, *, past: bool) -> list[TimeMark]:
    """Join a time of day to the day beside it, or to today or tomorrow when there is none."""
    out = [_in_part(text, mark, clock) for mark in marks]
    for found in CLOCK.finditer(text):
        if any(found.start() < t.end and t.start < found.end() for t in marks):
            continue
        when = _time_of(found)
        day = next((t for t in out if t.first and t.length is None and _near(text, t, found)), None)
        if day is None or day.first is None:
            at = clock.at(clock.today, when)
            since = past or SINCE.search(text, 0, found.start()) is not None
            shift = -int(at > clock.now) if since else int(at <= clock.now)
            out.append(_span(found.start(), found.end(), at + timedelta(days=shift)))
            continue
        at = clock.at(day.first.astimezone(clock.zone).date(), when)
        if day.exact:  # the second of "02:00 to 04:00"
            out.append(_span(found.start(), found.end(), at if at > day.first else at + timedelta(days=1)))
            continue
        if at < clock.now and re.search(DAY, text[day.start : day.end], re.IGNORECASE) and not past:
            at += timedelta(days=7)  # "Sunday 02:00", said on a Sunday afternoon
        out[out.index(day)] = _span(min(day.start, found.start()), max(day.end, found.end()), at)
    return sorted(out, key=lambda t: t.start)


def _span(start: int, end: int, at: datetime) -> TimeMark:
    return TimeMark(start, end, first=at, last=at, exact=True)


def _near(text: str, mark: TimeMark, found: re.Match[str]) -> bool:
    gap = text[mark.end : found.start()] if mark.end <= found.start() else text[found.end() : mark.start]
    return (
        re.fullmatch(r"\s*(?:,|at|on|by|@|between|from|-|–|to|until|till|and)?\s*", gap, re.IGNORECASE)
        is not None
    )


def _time_of(found: re.Match[str]) -> time:
    if word := found["word"]:
        return time(0 if word.lower() == "midnight" else 12)
    if part := found["part"]:
        return _part(part)
    hour = int(found["h"] or found["h2"] or found["h3"] or found["h4"] or found["h5"])
    half = (found["ap"] or found["ap2"] or "").lower()[:1]
    if half and hour <= 12:  # noqa: PLR2004 - the hours of a clock face
        hour = hour % 12 + (12 if half == "p" else 0)
    return time(hour % 24, int(found["m"] or 0))


def _part(words: str) -> time:
    return next(when for begins, when in PARTS if begins in words.lower())


def _in_part(text: str, mark: TimeMark, clock: Clock) -> TimeMark:
    """Join the part of a day that follows it: `tomorrow morning`, `Friday afternoon`."""
    found = PART.match(text[mark.end :])
    if found is None or mark.first is None or mark.exact or mark.length is not None:
        return mark
    day = mark.first.astimezone(clock.zone).date()
    return _span(mark.start, mark.end + found.end(), clock.at(day, _part(found["part"])))


def day_of(year: int, month: int, day: int, said: str) -> date:
    """Return the day, or raise BadInput that names what was said."""
    try:
        return date(year, month, day)
    except ValueError:
        hint = "is not a day in the calendar. Write it like 14 Nov or 2026-11-14."
        raise BadInput(f"“{said.strip()}” {hint}") from None


def length_of(found: re.Match[str]) -> timedelta:
    """Return the length of `30 days`, `2h`, `a week`."""
    unit = found["unit"].lower()
    number = int(found["count"]) if found["count"] else NUMBERS[found["word"].lower()]
    key = "mo" if unit.startswith("mo") else unit[0]
    return timedelta(seconds=number * UNITS[key])


def _days(found: re.Match[str], clock: Clock, first: date, days: int = 1) -> TimeMark:
    return TimeMark(
        found.start(), found.end(), first=clock.at(first), last=clock.at(first + timedelta(days=days))
    )


def _iso(found: re.Match[str], clock: Clock, _past: bool) -> TimeMark:
    return _days(found, clock, day_of(int(found["y"]), int(found["m"]), int(found["d"]), found[0]))


def _numeric(found: re.Match[str], clock: Clock, past: bool) -> TimeMark:
    """Read 30/11/2026; the day comes first unless that cannot be."""
    day, month = int(found["d"]), int(found["m"])
    if month > 12 >= day:  # noqa: PLR2004 - months of a year
        day, month = month, day
    return _days(found, clock, _in_year(month, day, found["y"], found[0], clock, past=past))


def _named(found: re.Match[str], clock: Clock, past: bool) -> TimeMark:
    month = _month(found["month"])
    return _days(found, clock, _in_year(month, int(found["d"]), found["y"], found[0], clock, past=past))


def _in_year(month: int, day: int, year: str | None, said: str, clock: Clock, *, past: bool) -> date:
    """Take the year as written, or the one that puts the day ahead (or behind, where the past is meant)."""
    if year:
        return day_of(int(year) + (2000 if len(year) == 2 else 0), month, day, said)  # noqa: PLR2004
    found = day_of(clock.today.year, month, day, said)
    if past and found > clock.today:
        return day_of(found.year - 1, month, day, said)
    if not past and (clock.today - found).days > 180:  # noqa: PLR2004 - so long ago: next year
        return day_of(found.year + 1, month, day, said)
    return found


def _month(word: str) -> int:
    return next(i for i, name in enumerate(MONTHS, 1) if name.startswith(word.lower()[:3]))


def _month_mark(found: re.Match[str], clock: Clock, past: bool) -> TimeMark:
    month = _month(found["month"])
    year = int(found["y"]) if found["y"] else clock.today.year
    if not found["y"]:
        year -= int(month > clock.today.month and (past or (found["which"] or "").lower() == "last"))
    first = date(year, month, 1)
    return _days(found, clock, first, (_next_month(first) - first).days)


def _next_month(first: date) -> date:
    return (first.replace(day=1) + timedelta(days=32)).replace(day=1)


def _relative_day(found: re.Match[str], clock: Clock, _past: bool) -> TimeMark:
    word = " ".join(found[0].lower().split())
    shift = {"today": 0, "tonight": 0, "tomorrow": 1, "tmrw": 1, "tmr": 1, "yesterday": -1}.get(
        word.split()[-1], 0
    )
    shift += {"after": 1, "before": -1}.get((found["side"] or "").lower(), 0)
    return _days(found, clock, clock.today + timedelta(days=shift))


def _weekday(found: re.Match[str], clock: Clock, past: bool) -> TimeMark:
    wanted = next(i for i, name in enumerate(DAYS) if name.startswith(found["day"].lower()[:3]))
    which = (found["which"] or "").lower()
    back = which in {"last", "past", "since"} or (past and which not in {"next", "this", "coming"})
    gap = (clock.today.weekday() - wanted) % 7 if back else (wanted - clock.today.weekday()) % 7
    gap = gap or (7 if which in {"last", "next", "past"} else 0)
    return _days(found, clock, clock.today + timedelta(days=-gap if back else gap))


def _period(found: re.Match[str], clock: Clock, _past: bool) -> TimeMark:
    """Read this, last or next week, month, year."""
    which, unit, today = found["which"].lower(), found["period"].lower(), clock.today
    step = {"last": -1, "previous": -1, "past": -1, "next": 1}.get(which, 0)
    if unit == "week":
        return _days(found, clock, today - timedelta(days=today.weekday() - 7 * step), 7)
    if unit == "year":
        first = date(today.year + step, 1, 1)
        return _days(found, clock, first, (date(first.year + 1, 1, 1) - first).days)
    first = today.replace(day=1)
    if step:
        first = _next_month(first) if step > 0 else (first - timedelta(days=1)).replace(day=1)
    return _days(found, clock, first, (_next_month(first) - first).days)


def _length(found: re.Match[str], clock: Clock, _past: bool) -> TimeMark:
    """Read `30 days`, `in 2 hours`, `2 hours ago`, `last 7 days`."""
    length = length_of(found)
    before, after = (found["before"] or "").lower(), (found["after"] or "").lower()
    first = last = None
    if after in {"ago", "back"}:
        first = last = clock.now - length
    elif before in {"in", "after"} or after == "from now":
        first = last = clock.now + length
    elif before in {"last", "past", "previous", "since"}:
        first, last = clock.now - length, clock.now
    elif before in {"next", "coming"}:
        first, last = clock.now, clock.now + length
    return TimeMark(
        found.start(), found.end(), first=first, last=last, exact=first is not None, length=length
    )


def _last_one(found: re.Match[str], clock: Clock, _past: bool) -> TimeMark:
    """Read `the last hour`."""
    length = timedelta(seconds=UNITS[found["unit"][0].lower()])
    return TimeMark(
        found.start(), found.end(), first=clock.now - length, last=clock.now, exact=True, length=length
    )


def _re(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


READERS: tuple[tuple[re.Pattern[str], Reader], ...] = (
    (_re(r"\b(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})(?=\b|T)"), _iso),
    (_re(r"\b(?P<d>\d{1,2})[./](?P<m>\d{1,2})[./](?P<y>\d{4}|\d{2})\b(?![./]\d)"), _numeric),
    (_re(rf"\b(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?:\s+of)?\s+{MONTH}\b(?:,?\s+(?P<y>20\d\d))?"), _named),
    (_re(rf"\b{MONTH}\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\b(?!:)(?:,?\s+(?P<y>20\d\d))?"), _named),
    (
        _re(
            r"\b(?:(?:the )?day (?P<side>after|before) (?:tomorrow|yesterday)|"
            r"today|tonight|tomorrow|tmrw|tmr|yesterday)\b"
        ),
        _relative_day,
    ),
    (
        _re(
            r"\b(?:(?:(?:in|since|over|for|during|within)\s+(?=(?:the\s+)?(?:last|past|previous|next)))?"
            r"(?:the\s+)?"
            rf"(?P<before>in|last|past|previous|next|coming|after)\s+)?{COUNT}{UNIT}\b"
            r"(?:\s+(?P<after>ago|back|from now))?"
        ),
        _length,
    ),
    (_re(r"\b(?:in\s+|of\s+)?(?:the\s+)?(?P<before>last|past)\s+(?P<unit>hour|minute|day)\b"), _last_one),
    (_re(r"\b(?P<which>this|last|previous|past|next)\s+(?P<period>week|month|year)\b"), _period),
    (_re(rf"\b(?:(?P<which>this|last|past|next|coming|since|on)\s+)?{DAY}\b(?!-)"), _weekday),
    (_re(rf"\b(?:(?P<which>in|last|since|for|during|of)\s+){MONTH}\b(?:\s+(?P<y>20\d\d))?"), _month_mark),
    (_re(rf"\b(?P<which>)(?!may\b){MONTH}\s+(?P<y>20\d\d)\b"), _month_mark),
    (_re(rf"^(?:and|what about|how about|same for|for)?\s*(?P<which>){MONTH}(?P<y>)[\s?.!]*$"), _month_mark),
)
