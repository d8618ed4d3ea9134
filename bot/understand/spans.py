"""Stretches of time that people name as one: tonight, the weekend, a quarter, the end of a month."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, time, timedelta

from bot.errors import BadInput
from bot.understand.clock import Clock, TimeMark
from bot.understand.days import day_of, days_from, in_year, month_of, next_month
from bot.understand.holidays import NAMED as HOLIDAYS
from bot.understand.holidays import feast
from bot.understand.timewords import MONTH, PART_HOURS

SATURDAY = 5
QUARTERS = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4}
EVENING, MORNING, EARLY = time(18), time(9), time(6)
ORDINAL = r"(?:st|nd|rd|th)?"
PERIOD = rf"(?P<which>this|next|last|the|of|previous)?\s*(?:(?P<period>week|month|quarter|year)\b|{MONTH}\b)"


def tonight(found: re.Match[str], clock: Clock, _past: bool) -> TimeMark:
    """Read `tonight`: from 18:00 on, or from now on when it is later."""
    begins, ends = clock.at(clock.today, EVENING), clock.at(clock.today + timedelta(days=1))
    return TimeMark(found.start(), found.end(), first=begins, last=ends, at=max(begins, clock.now))


def last_night(found: re.Match[str], clock: Clock, _past: bool) -> TimeMark:
    """Read `last night`: from yesterday 18:00 to this morning."""
    begins = clock.at(clock.today - timedelta(days=1), EVENING)
    return TimeMark(found.start(), found.end(), first=begins, last=clock.at(clock.today, EARLY), exact=True)


def part_of(part: str, day: date, clock: Clock, start: int, end: int) -> TimeMark:
    """Return a morning, afternoon or evening: from when to when, and the hour people mean by it."""
    hours = (timedelta(hours=h) for h in PART_HOURS[part.lower()])
    begins, ends, meant = (clock.at(day) + hour for hour in hours)
    return TimeMark(start, end, first=begins, last=ends, exact=True, at=meant)


def this_part(found: re.Match[str], clock: Clock, _past: bool) -> TimeMark:
    """Read `this morning`, `this afternoon`, `this evening`."""
    return part_of(found["part"], clock.today, clock, found.start(), found.end())


A_WEEK = timedelta(days=7)


def weekend(found: re.Match[str], clock: Clock, past: bool) -> TimeMark:
    """Read `this weekend`, `the weekend`, `last weekend`: Saturday and Sunday."""
    which, today = (found["which"] or "").lower(), clock.today
    saturday = today + timedelta(days=SATURDAY - today.weekday())
    if which in {"last", "past", "previous"} or (past and saturday > today):
        saturday -= timedelta(days=7)
    elif which in {"next", "coming"} and today.weekday() >= SATURDAY:
        saturday += timedelta(days=7)
    mark = _from_now(days_from(found, clock, saturday, 2), clock)
    return mark if which in {"last", "past", "previous", "next", "coming"} else replace(mark, every=A_WEEK)


def _from_now(mark: TimeMark, clock: Clock) -> TimeMark:
    """Return the mark; what has begun already means from now on where one moment is meant."""
    runs = mark.first and mark.last and mark.first < clock.now < mark.last
    return replace(mark, at=clock.now) if runs else mark


def year_of(found: re.Match[str], clock: Clock, _past: bool) -> TimeMark:
    """Read `in 2026`, `since 2025`, `the year 2025`."""
    first = date(int(found["y"]), 1, 1)
    return days_from(found, clock, first, (date(first.year + 1, 1, 1) - first).days)


def years_to_years(found: re.Match[str], clock: Clock, _past: bool) -> TimeMark:
    """Read `from 2025 to 2026`: both years whole."""
    years = sorted((int(found["y"]), int(found["y2"])))
    first, after = date(years[0], 1, 1), date(years[1] + 1, 1, 1)
    return days_from(found, clock, first, (after - first).days)


def quarter(found: re.Match[str], clock: Clock, _past: bool) -> TimeMark:
    """Read `Q3`, `the third quarter`, `last quarter`."""
    today, said = clock.today, found.groupdict()
    now = (today.month - 1) // 3 + 1
    number = int(said["q"] or 0) or QUARTERS.get((said["nth"] or "").lower(), now)
    year = int(said["y"] or today.year)
    step = {"last": -1, "previous": -1, "past": -1, "next": 1}.get((said["which"] or "").lower(), 0)
    if step:
        number += step
    elif not said["y"] and number > now:
        year -= 1  # the last one there was
    first = date(year + (number - 1) // 4, (number - 1) % 4 * 3 + 1, 1)
    return days_from(found, clock, first, (_after(first, 3) - first).days)


def _after(first: date, months: int) -> date:
    for _ in range(months):
        first = next_month(first)
    return first


def edge(found: re.Match[str], clock: Clock, past: bool) -> TimeMark:
    """Read `the end of the month`, `month end`, `the beginning of last week`: one day."""
    first, after = _bounds(found, clock, past=past)
    begins = (found["edge"] or "end").lower() not in {"end", "close"}
    day = first if begins else after - timedelta(days=1)
    return replace(days_from(found, clock, day), at=clock.at(day, MORNING))


def _bounds(found: re.Match[str], clock: Clock, *, past: bool) -> tuple[date, date]:
    """Return the first day of a week, month, quarter or year, and the day after its last."""
    today = clock.today
    which = (found["which"] or "").lower()
    step = {"last": -1, "previous": -1, "next": 1}.get(which, 0)
    if found["month"]:
        first = in_year(month_of(found["month"]), 1, None, found[0], clock, past=past)
        return first, next_month(first)
    match (found["period"] or "month").lower():
        case "week":
            first = today - timedelta(days=today.weekday() - 7 * step)
            return first, first + timedelta(days=7)
        case "year":
            return date(today.year + step, 1, 1), date(today.year + step + 1, 1, 1)
        case "quarter":
            months = (today.month - 1) // 3 * 3 + 3 * step
            first = date(today.year + months // 12, months % 12 + 1, 1)
            return first, _after(first, 3)
    months = today.year * 12 + today.month - 1 + step
    first = date(months // 12, months % 12 + 1, 1)
    return first, next_month(first)


def days_to_days(found: re.Match[str], clock: Clock, past: bool) -> TimeMark:
    """Read `3 to 9 October`, `1-10 Nov`, `October 3 to 9`: from the one day up to the other, with it."""
    month = month_of(found["month"])
    end = in_year(month, int(found["d2"]), found["y"], found[0], clock, past=past)
    first = day_of(end.year, month, int(found["d1"]), found[0])
    first, end = min(first, end), max(first, end)
    return days_from(found, clock, first, (end - first).days + 1)


def days_listed(found: re.Match[str], clock: Clock, past: bool) -> TimeMark:
    """Read `24, 25 and 26 december`: days that follow one another; raises BadInput where they do not."""
    days = [int(found["d1"]), *(int(n) for n in re.findall(r"\d+", found["more"])), int(found["d2"])]
    if days != [*range(days[0], days[-1] + 1)]:
        raise BadInput(
            f"The days of “{found[0]}” do not follow one another: name the first and the last of them, or one"
            " after the other."
        )
    return days_to_days(found, clock, past)


def day_of_month(found: re.Match[str], clock: Clock, past: bool) -> TimeMark:
    """Read `on the 15th`: the next one, or the last where the past is meant."""
    day, first = int(found["d"]), clock.today.replace(day=1)
    month = (found["which"] or "").lower()
    past = past or found[0].lower().startswith("since")
    if month in {"last", "next"}:
        first = next_month(first) if month == "next" else (first - timedelta(days=1)).replace(day=1)
    elif not month and not past and (day < clock.today.day or not _has(first, day)):
        first = next_month(first)
    elif not month and past and day > clock.today.day:
        first = (first - timedelta(days=1)).replace(day=1)
    while not month and not _has(first, day):  # the 31st, said in November: of December, or of October
        first = (first - timedelta(days=1)).replace(day=1) if past else next_month(first)
    mark = days_from(found, clock, day_of(first.year, first.month, day, found[0]))
    if month or past:
        return mark
    before = (first - timedelta(days=1)).replace(day=1)
    while not _has(before, day):
        before = (before - timedelta(days=1)).replace(day=1)
    return replace(mark, every=first.replace(day=day) - before.replace(day=day))


def _has(first: date, day: int) -> bool:
    """Say whether the month that begins then has so many days."""
    return day <= (next_month(first) - first).days


def _re(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


Reader = Callable[[re.Match[str], Clock, bool], TimeMark]
GOES_ON = "at|to|until|till|because|for|from|between|in|please|pls|and|with|by|around|before|after|when|that"
LINK = r"\s*(?:to|and|until|till|through|-|–)\s*(?:the\s+)?"
SPANS: tuple[tuple[re.Pattern[str], Reader], ...] = (
    (HOLIDAYS, feast),
    (_re(r"\b(?:tonight|tonite|2nite)\b"), tonight),
    (_re(r"\blast night\b"), last_night),
    (_re(r"\bthis\s+(?P<part>morning|afternoon|evening)\b"), this_part),
    (
        _re(
            rf"\b(?:(?:at|by|in)\s+)?(?:the\s+)?(?P<edge>end|close|start|beginning)\s+of\s+(?:the\s+)?{PERIOD}|"
            r"\bmonth[\s-]end\b"
        ),
        edge,
    ),
    (
        _re(
            r"\b(?:(?:over|during|for|at|on)\s+)?(?:(?P<which>this|last|past|previous|next|coming|the)\s+)weekend\b"
        ),
        weekend,
    ),
    (
        _re(
            r"\b(?:in\s+)?(?:q(?P<q>[1-4])(?:\s*[/-]?\s*(?P<y>20\d\d))?|"
            r"(?:the\s+)?(?:(?P<nth>first|second|third|fourth|1st|2nd|3rd|4th)|"
            r"(?P<which>this|last|previous|past|next))\s+quarter)\b"
        ),
        quarter,
    ),
    (
        _re(
            r"\b(?:from|between)\s+(?P<y>20[12]\d)\s*(?:to|and|until|till|through|-|–)\s*(?P<y2>20[12]\d)\b(?![.,:/-]?\d)"
        ),
        years_to_years,
    ),
    (
        _re(r"\b(?:(?:in|during|throughout|since)\s+)(?:the\s+year\s+)?(?P<y>20[12]\d)\b(?![.,:/-]?\d)"),
        year_of,
    ),
    (
        _re(
            rf"\b(?P<d1>\d{{1,2}}){ORDINAL}(?P<more>(?:\s*,\s*\d{{1,2}}{ORDINAL})+)\s*,?\s*(?:and|&)\s*(?:the\s+)?"
            rf"(?P<d2>\d{{1,2}}){ORDINAL}(?:\s+of)?\s+{MONTH}\b(?:,?\s+(?P<y>20\d\d))?"
        ),
        days_listed,
    ),
    (
        _re(
            rf"\b(?P<d1>\d{{1,2}}){ORDINAL}{LINK}(?P<d2>\d{{1,2}}){ORDINAL}(?:\s+of)?\s+{MONTH}\b(?:,?\s+(?P<y>20\d\d))?"
        ),
        days_to_days,
    ),
    (
        _re(
            rf"\b{MONTH}\s+(?P<d1>\d{{1,2}}){ORDINAL}{LINK}(?P<d2>\d{{1,2}}){ORDINAL}(?!\w|:)(?:,?\s+(?P<y>20\d\d))?"
        ),
        days_to_days,
    ),
    (
        _re(
            r"(?:\b(?:(?:on|by|from|until|since|till)\s+(?:the\s+)?|the\s+)|^)"
            r"(?P<d>[12]?\d|3[01])(?:st|nd|rd|th)\b(?:\s+of\s+(?P<which>this|last|next)\s+month\b|"
            rf"(?=\s*(?:$|[,.;:?!]|\s(?:{GOES_ON})\b|\s\d{{1,2}}(?::|\s?[ap]m))))"
        ),
        day_of_month,
    ),
)
"""Tried before the days and months of which some of these are made."""
