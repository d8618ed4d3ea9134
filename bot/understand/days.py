"""Days, months and lengths as people write them: one reader per way to say them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

from bot.errors import BadInput
from bot.understand.clock import Clock, TimeMark
from bot.understand.timewords import COUNT, DAY, DAYS, MONTH, MONTHS, NUMBERS, UNIT, UNITS

SHIFTS = {"tomorrow": 1, "tmrw": 1, "tmr": 1, "2moro": 1, "yesterday": -1, "yday": -1}
YEARS = range(1900, 9000)
"""Years that staff mean; beyond them a day has no next one to reckon with."""
Reader = Callable[[re.Match[str], Clock, bool], TimeMark]


def day_of(year: int, month: int, day: int, said: str) -> date:
    """Return the day, or raise BadInput that names what was said."""
    try:
        return date(year if year in YEARS else 0, month, day)
    except ValueError:
        hint = "is not a day in the calendar. Write it like 14 Nov or 2026-11-14."
        raise BadInput(f"“{said.strip()}” {hint}") from None


def length_of(found: re.Match[str]) -> timedelta:
    """Return the length of `30 days`, `2h`, `a week`."""
    unit = found["unit"].lower()
    number = int(found["count"]) if found["count"] else NUMBERS[found["word"].lower()]
    key = "mo" if unit.startswith("mo") else unit[0]
    return timedelta(seconds=int(number * UNITS[key]))


def days_from(found: re.Match[str], clock: Clock, first: date, days: int = 1) -> TimeMark:
    """Return the mark of so many whole days."""
    return TimeMark(
        found.start(), found.end(), first=clock.at(first), last=clock.at(first + timedelta(days=days))
    )


def _iso(found: re.Match[str], clock: Clock, _past: bool) -> TimeMark:
    return days_from(found, clock, day_of(int(found["y"]), int(found["m"]), int(found["d"]), found[0]))


def _numeric(found: re.Match[str], clock: Clock, past: bool) -> TimeMark:
    """Read 30/11/2026; the day comes first unless that cannot be."""
    day, month = int(found["d"]), int(found["m"])
    if month > 12 >= day:  # noqa: PLR2004 - months of a year
        day, month = month, day
    return days_from(found, clock, in_year(month, day, found["y"], found[0], clock, past=past))


def _yearless(found: re.Match[str], clock: Clock, past: bool) -> TimeMark:
    """Read 1/4: the day ahead, or the one a year before where the past is meant."""
    mark = _numeric(found, clock, past)
    if mark.first is None or past or (day := mark.first.astimezone(clock.zone).date()) <= clock.today:
        return mark
    before = in_year(day.month, day.day, None, found[0], clock, past=True)
    return replace(mark, every=day - before)


def _named(found: re.Match[str], clock: Clock, past: bool) -> TimeMark:
    month = month_of(found["month"])
    return days_from(found, clock, in_year(month, int(found["d"]), found["y"], found[0], clock, past=past))


def in_year(month: int, day: int, year: str | None, said: str, clock: Clock, *, past: bool) -> date:
    """Take the year as written, or the one that puts the day ahead (or behind, where the past is meant)."""
    if year:
        return day_of(int(year) + (2000 if len(year) == 2 else 0), month, day, said)  # noqa: PLR2004
    found = day_of(clock.today.year, month, day, said)
    if past and found > clock.today:
        return day_of(found.year - 1, month, day, said)
    if not past and (clock.today - found).days > 180:  # noqa: PLR2004 - so long ago: next year
        return day_of(found.year + 1, month, day, said)
    return found


def month_of(word: str) -> int:
    """Return the number of a month."""
    return next(i for i, name in enumerate(MONTHS, 1) if name.startswith(word.lower()[:3]))


def _month_mark(found: re.Match[str], clock: Clock, past: bool) -> TimeMark:
    month = month_of(found["month"])
    year = int(found["y"]) if found["y"] else clock.today.year
    if not found["y"]:
        year -= int(month > clock.today.month and (past or (found["which"] or "").lower() == "last"))
    first = date(year, month, 1)
    return days_from(found, clock, first, (next_month(first) - first).days)


def next_month(first: date) -> date:
    """Return the first day of the month after the one that begins then."""
    return (first.replace(day=1) + timedelta(days=32)).replace(day=1)


def _relative_day(found: re.Match[str], clock: Clock, _past: bool) -> TimeMark:
    word = " ".join(found[0].lower().split())
    shift = {"tomorrow": 1, "tmrw": 1, "tmr": 1, "2moro": 1, "yesterday": -1, "yday": -1}.get(
        word.split()[-1], 0
    )
    shift += {"after": 1, "before": -1}.get((found["side"] or "").lower(), 0)
    return days_from(found, clock, clock.today + timedelta(days=shift))


def _weekday(found: re.Match[str], clock: Clock, past: bool) -> TimeMark:
    wanted = next(i for i, name in enumerate(DAYS) if name.startswith(found["day"].lower()[:3]))
    which = (found["which"] or "").lower()
    back = which in {"last", "past", "since"} or (past and which not in {"next", "this", "coming"})
    gap = (clock.today.weekday() - wanted) % 7 if back else (wanted - clock.today.weekday()) % 7
    gap = gap or (7 if which in {"last", "next", "past"} else 0)
    mark = days_from(found, clock, clock.today + timedelta(days=-gap if back else gap))
    return mark if which in {"last", "past", "next", "coming"} else replace(mark, every=timedelta(days=7))


def _period(found: re.Match[str], clock: Clock, _past: bool) -> TimeMark:
    """Read this, last or next week, month, year."""
    which, unit, today = found["which"].lower(), found["period"].lower(), clock.today
    step = {"last": -1, "previous": -1, "past": -1, "next": 1}.get(which, 0)
    if unit == "week":
        return days_from(found, clock, today - timedelta(days=today.weekday() - 7 * step), 7)
    if unit == "year":
        first = date(today.year + step, 1, 1)
        return days_from(found, clock, first, (date(first.year + 1, 1, 1) - first).days)
    first = today.replace(day=1)
    if step:
        first = next_month(first) if step > 0 else (first - timedelta(days=1)).replace(day=1)
    return days_from(found, clock, first, (next_month(first) - first).days)


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


DAY_AND_MONTH = _re(
    r"(?:(?<=\btill )|(?<=\buntil )|(?<=\bby )|(?<=\bsince )|(?<=\bon )|(?<=\bbefore )|(?<=\bfrom )|"
    r"(?<=\bdue )|(?<=\bafter )|(?<=\bthe )|(?<=\bto ))"
    r"(?!24/0?7\b)(?P<d>0?[1-9]|[12]\d|3[01])/(?P<m>1[0-2]|0?[1-9])(?P<y>)\b(?![./]\d)"
)
"""A day without its year; 24/7 is none."""
PORT_BEFORE = _re(
    r"\b(?:g?pon|ports?|slots?|cards?|splitters?|uplinks?)(?:\s+(?:no|number|on|from|to|the))*\s+$"
)
PORT_ASKED = _re(r"\b(?:g?pon|ports?|olts?|slots?|splitters?|uplinks?|hangs?|hit|affected)\b")
DATED = _re(
    r"\b(?:book|visits?|remind|reminders?|schedule|plan|move|call|appointments?|install\w*|swap|shifts?|"
    r"invoices?|payments?|paid|promised?|credits?|tickets?|start|starting|turns?|cover)\b"
)
"""What is done on a day, whatever it is done to."""
ON = _re(r"\b(?:on|from)(?:\s+the)?\s*$")
PORT_BEHIND = _re(r"\s+(?:of|on|at)\s+(?:(?:the|that|this)\s+)?(?:olt|\w+-\w+-\d)")
"""Beside these 1/9 is where a line hangs, and no day."""


def is_port(text: str, found: re.Match[str]) -> bool:
    """Say whether 1/9 is where a line hangs: beside what has ports, or where ports are asked about."""
    if PORT_BEFORE.search(text, 0, found.start()) or PORT_BEHIND.match(text, found.end()):
        return True
    return (
        ON.search(text, 0, found.start()) is not None
        and DATED.search(text) is None
        and PORT_ASKED.search(text) is not None
    )


READERS: tuple[tuple[re.Pattern[str], Reader], ...] = (
    (_re(r"\b(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})(?=\b|T)"), _iso),
    (_re(r"\b(?P<d>\d{1,2})[./](?P<m>\d{1,2})[./](?P<y>\d{4}|\d{2})\b(?![./]\d)"), _numeric),
    (DAY_AND_MONTH, _yearless),
    (_re(rf"\b(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?:\s+of)?\s+{MONTH}\b(?:,?\s+(?P<y>20\d\d))?"), _named),
    (_re(rf"\b{MONTH}\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\b(?!:)(?:,?\s+(?P<y>20\d\d))?"), _named),
    (
        _re(
            r"\b(?:(?:the )?day (?P<side>after|before) (?:tomorrow|yesterday)|"
            r"today|tomorrow|tmrw|tmr|2moro|yesterday|yday)\b"
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
    (_re(rf"\b(?P<which>){MONTH}(?P<y>)(?=\s+(?:vs\.?|versus|against|compared (?:to|with))\s)"), _month_mark),
    (
        _re(rf"(?:(?<=vs )|(?<=versus )|(?<=against )|(?<=d with )|(?<=d to ))(?P<which>){MONTH}(?P<y>)\b"),
        _month_mark,
    ),
    (
        _re(
            rf"(?:(?<=\w )|(?<=\w, ))(?P<which>)(?!may\b){MONTH}(?P<y>)"
            r"(?=\s*(?:$|[?.!,;])|\s+(?:and|vs\.?|to|with|revenue|income|sales|turnover|only|please|pls|for|of)\b)"
        ),
        _month_mark,
    ),
    (
        _re(
            r"(?<=[a-z] )(?P<which>)"
            r"(?P<month>january|february|july|sept(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?|feb)(?P<y>)(?=\s+[a-z])"
        ),
        _month_mark,
    ),
    (_re(rf"^(?:and|what about|how about|same for|for)?\s*(?P<which>){MONTH}(?P<y>)[\s?.!]*$"), _month_mark),
)
