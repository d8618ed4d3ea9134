"""Dates, times and lengths of time as people write them, in the tenant's time zone."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, time, timedelta

from bot.understand.clock import Clock, TimeMark
from bot.understand.days import DAY_AND_MONTH, READERS, day_of, is_port
from bot.understand.spans import SPANS, part_of
from bot.understand.timewords import CLOCK, DAY, HOURS, MOVING, PART, PARTS, SINCE

__all__ = ["Clock", "TimeMark", "day_of", "find_times"]

WEEK, TODAY = timedelta(days=7), timedelta(days=1)
PAIR = re.compile(r"\s*(?:to|and|until|till|til|-|–|—)\s*", re.IGNORECASE)
"""What stands between the two hours of one stretch: the day said with the second is that of both."""
ENDS = re.compile(r"[\s,]*(?:and\s+)?\b(?:until|till|til)\s*", re.IGNORECASE)
LATE = re.compile(r"tonight|evening|tonite", re.IGNORECASE)
NIGHT = re.compile(r"\b(?:tonight|tonite|2nite)\b", re.IGNORECASE)
HOURLY = re.compile(
    r"\b(?:covers?|shifts?|visits?|VIS|moved?|book|works?|working|maintenance|freeze|on[- ]?call|duty|free|"
    r"turns?|appointment|available|technician|remind|schedule|postpone)\b",
    re.IGNORECASE,
)
AT_NIGHT = re.compile(
    r"\b(?:maintenance|window|freeze|patch\w*|upgrade|firmware|reload|night|nightly|tonight|midnight|morning|"
    r"wake|asleep|early)\b",
    re.IGNORECASE,
)
"""What is done while people sleep: "plan maintenance at 3"."""
ETA = re.compile(r"\beta(?:\s+of\s+\S+)?(?:\s+(?:to|is|at))?\s+$", re.IGNORECASE)
MOVES = re.compile(
    rf"\b{MOVING}\b[^,;:]*"
    r"\b(?:VIS-\d+|REM-\d+|MNT-\d+|visits?|appointment|reminder|call|maintenance|it|that|one|stop|first|last)\b"
    r"[^,;:]*\bto\s+$",
    re.IGNORECASE,
)
"""What stands before the hour to which something is moved, where nothing but the hour follows."""
DUTY = re.compile(r"\b(?:on[- ]?call|oncall|duty|standby|pager|shifts?|covers?)\b", re.IGNORECASE)
"""What goes on day and night: "who is on call Friday at 3"."""
DAWN, NOON, EVENING = 6, 12, 18


def find_times(text: str, clock: Clock, *, past: bool = False) -> list[TimeMark]:
    """Return the times in a text, in order; `past` says that a bare weekday is the last one.

    Raises BadInput for a day that does not exist.
    """
    taken: list[TimeMark] = []
    for pattern, reader in (*SPANS, *READERS):
        for found in pattern.finditer(text):
            if pattern is DAY_AND_MONTH and is_port(text, found):
                continue
            if not any(found.start() < t.end and t.start < found.end() for t in taken):
                taken.append(reader(found, clock, past))
    return _with_hours(text, sorted(taken, key=lambda t: t.start), clock, past=past)


def _with_hours(text: str, marks: list[TimeMark], clock: Clock, *, past: bool) -> list[TimeMark]:
    """Join a time of day to the day beside it, or to today or tomorrow when there is none."""
    out = [_in_part(text, mark, clock) for mark in marks]
    hours = [f for f in CLOCK.finditer(text) if not any(f.start() < t.end and t.start < f.end() for t in out)]
    if not HOURLY.search(text):  # "vlan from 10 to 20"
        hours = [f for f in hours if not (f["h9"] or f["h10"] or f["h12"] or f["h14"])]
    hours = [f for f in hours if not f["h13"] or _moves(text, f)]
    for at, found in enumerate(hours):
        day = _day_beside(text, out, found)
        if day is None and at + 1 < len(hours) and PAIR.fullmatch(text, found.end(), hours[at + 1].start()):
            day = _day_beside(text, out, hours[at + 1])  # the "10:00" of "between 10:00 and 12:00 yesterday"
            if day is not None and (not day.exact or day.spans):
                out.append(_span(found.start(), found.end(), _on(day, found, text, clock)))
                continue
        if day is None:
            out.append(_by_itself(text, found, clock, past=past))
        elif ENDS.fullmatch(text[day.end : found.start()]) and day.spans:  # "tonight until 22:00"
            out.append(_span(found.start(), found.end(), _on(day, found, text, clock)))
        else:
            _join(text, out, day, found, clock, past=past)
    return sorted(out, key=lambda t: t.start)


def _moves(text: str, found: re.Match[str]) -> bool:
    """Say whether a number behind a "to" is an hour: "move the visit to 11", "eta to 11"."""
    before = text[: found.start("h13")]
    return MOVES.search(before) is not None or ETA.search(before) is not None


def _day_beside(text: str, marks: list[TimeMark], found: re.Match[str]) -> TimeMark | None:
    """Return the day that stands beside an hour."""
    return next((t for t in marks if t.first and t.length is None and _near(text, t, found)), None)


def _by_itself(text: str, found: re.Match[str], clock: Clock, *, past: bool) -> TimeMark:
    """Take an hour without a day as the next one, or the one before where the past is meant."""
    since = past or SINCE.search(text, 0, found.start()) is not None
    when = _time_of(found)
    if not since and _by_day(text, found, when, clock):
        when = when.replace(hour=when.hour + NOON)
    at = clock.at(clock.today, when)
    shift = -int(at > clock.now) if since else int(at <= clock.now)
    return replace(_span(found.start(), found.end(), at + timedelta(days=shift)), every=TODAY)


def _by_day(text: str, found: re.Match[str], when: time, clock: Clock) -> bool:
    """Say whether a bare "at 4" is one of the afternoon: so people mean it by day, but for work at night."""
    awake = DAWN <= clock.now.astimezone(clock.zone).hour < EVENING
    return _is_bare(found) and awake and 0 < when.hour < DAWN and AT_NIGHT.search(text) is None


def _by_daylight(text: str, day: TimeMark, found: re.Match[str], when: time, clock: Clock) -> bool:
    """Say whether a bare "Friday at 4" is one of the afternoon, of a day to come and nobody's duty."""
    ahead = day.first is not None and day.first >= clock.at(clock.today)
    whole = ahead and not (day.exact and not day.spans) and not NIGHT.search(text, day.start, day.end)
    asleep = AT_NIGHT.search(text) or DUTY.search(text)
    return whole and _is_bare(found) and 0 < when.hour < DAWN and not asleep


def _is_bare(found: re.Match[str]) -> bool:
    """Say whether an hour leaves open which half of the day it is in."""
    bare = any(found[name] for name in ("h3", "hw", "h5", "h6", "h9", "h10", "h12", "h13", "h14"))
    parted = found["h11"] is not None and not found["ap11"]
    return parted or (bare and not found[0].split()[-1].startswith("0"))


def _join(
    text: str, out: list[TimeMark], day: TimeMark, found: re.Match[str], clock: Clock, *, past: bool
) -> None:
    """Put an hour to its day; the second of "02:00 to 04:00" stays a time of its own."""
    at = _on(day, found, text, clock)
    if day.exact and day.first and not day.spans:
        later = at + timedelta(hours=NOON)  # the 4 of "from 14:00 to 4"
        if at <= day.first < later and at.hour < NOON and _is_bare(found):
            at = later
        out.append(_span(found.start(), found.end(), at if at > day.first else at + timedelta(days=1)))
        return
    weekly = re.search(DAY, text[day.start : day.end], re.IGNORECASE) is not None
    if at < clock.now and weekly and not past and not _behind(day, clock):
        at += WEEK  # "Sunday 02:00", said on a Sunday afternoon
    joined = _span(min(day.start, found.start()), max(day.end, found.end()), at)
    out[out.index(day)] = replace(joined, every=day.every)


def _behind(day: TimeMark, clock: Clock) -> bool:
    """Say whether a weekday was said to be over: "last Friday"."""
    return day.last is not None and day.last <= clock.now


def _on(day: TimeMark, found: re.Match[str], text: str, clock: Clock) -> datetime:
    """Return an hour of a day; eight tonight is in the evening, two and twelve are behind it."""
    when = _time_of(found)
    tonight = NIGHT.search(text, day.start, day.end) is not None
    if tonight and when.hour == NOON and _is_bare(found):
        when = when.replace(hour=0)
    night = tonight and when.hour < DAWN - 1  # at 2 tonight
    if (
        (found["h3"] or found["hw"])
        and when.hour < NOON
        and not night
        and LATE.search(text[day.start : day.end])
    ):
        when = when.replace(hour=when.hour + NOON)
    first = day.first or clock.now
    if _by_daylight(text, day, found, when, clock):
        when = when.replace(hour=when.hour + NOON)
    at = clock.at(first.astimezone(clock.zone).date(), when)
    early = tonight and when.hour < DAWN and not (day.exact and not day.spans)
    sits_up = clock.now < at and clock.now.astimezone(clock.zone).hour < DAWN
    return at + timedelta(days=1) if early and not sits_up else at  # 01:00 tonight is after midnight


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
        return time(0 if word.lower() == "midnight" else NOON)
    if part := found["part"]:
        return _part(part)
    if found["h7"]:
        return _shared(found)
    if found["h11"]:
        return _parted(found)
    if found["hw"]:
        return time((HOURS.index(found["hw"].lower()) + 1) % 24)
    hour = int(
        found["h"]
        or found["h2"]
        or found["h3"]
        or found["h4"]
        or found["h5"]
        or found["h6"]
        or found["h9"]
        or found["h10"]
        or found["h12"]
        or found["h13"]
        or found["h14"]
    )
    half = (found["ap"] or found["ap2"] or "").lower()[:1]
    if half and hour <= NOON:
        hour = hour % NOON + (NOON if half == "p" else 0)
    return time(hour % 24, int(found["m"] or 0))


def _shared(found: re.Match[str]) -> time:
    """Return the 2 of "2-4 am": in the same half of the day, or in the one before, as the 11 of "11-1 am"."""
    hour, end = int(found["h7"]) % NOON, int(found["h8"]) % NOON
    late = (found["ap7"].lower() == "p") is (hour <= end)
    return time(hour + NOON * late, int(found["m7"] or 0))


def _parted(found: re.Match[str]) -> time:
    """Return the time of "half past 3", "quarter to four pm"."""
    word = found["h11"].lower()
    hour = HOURS.index(word) + 1 if word in HOURS else int(word)
    half = (found["ap11"] or "").lower()[:1]
    hour = hour % NOON + (NOON if half == "p" else 0) if half else hour % 24
    minute = 30 if found["part11"].lower() == "half" else 15
    to = found["side11"].lower() == "to"
    return time((hour - 1) % 24, 60 - minute) if to else time(hour, minute)


def _part(words: str) -> time:
    return next(when for begins, when in PARTS if begins in words.lower())


def _in_part(text: str, mark: TimeMark, clock: Clock) -> TimeMark:
    """Join the part of a day that follows it: `tomorrow morning`, `Friday afternoon`."""
    found = PART.match(text[mark.end :])
    if found is None or mark.first is None or mark.exact or mark.length is not None or mark.at:
        return mark
    day = mark.first.astimezone(clock.zone).date()
    return part_of(found["part"], day, clock, mark.start, mark.end + found.end())
