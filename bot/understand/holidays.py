"""Days people call by the name of a feast: Christmas, New Year's Eve, Easter, as the day they fall on."""

from __future__ import annotations

import re
from datetime import date, timedelta

from bot.understand.clock import Clock, TimeMark
from bot.understand.days import days_from

ON = r"(?:(?:on|over|for|at|during)\s+)?(?:the\s+)?"
OF = r"(?:x-?mas|christmas)"
FIXED: tuple[tuple[str, int, int], ...] = (
    (rf"{OF}\s+eve", 12, 24),
    (rf"{OF}(?:\s+day)?", 12, 25),
    (r"boxing\s+day", 12, 26),
    (r"new\s+year(?:'?s)?\s+eve", 12, 31),
    (r"new\s+year(?:'?s)?(?:\s+day)?(?!\s+eve)", 1, 1),
)
MOVING: tuple[tuple[str, int], ...] = (
    (r"good\s+friday", -2),
    (r"holy\s+saturday|easter\s+saturday", -1),
    (r"easter\s+sunday", 0),
    (r"easter\s+monday", 1),
)
"""Days by how far they are from Easter Sunday."""
WAS = re.compile(
    r"\b(?:since|did|was|were|had|happened|collected|paid|came|called|gave|payments?|revenue|takings|last)\b"
    r"(?!.*\b(?:due|will|next|coming|until|till|by|before)\b)",
    re.IGNORECASE,
)
"""Before a feast that was: "payments since christmas"."""
NAMED = re.compile(
    rf"\b{ON}(?:{'|'.join(f'(?P<f{i}>{words})' for i, (words, *_) in enumerate(FIXED))}|"
    rf"{'|'.join(f'(?P<m{i}>{words})' for i, (words, _) in enumerate(MOVING))})\b(?:,?\s+(?P<y>20\d\d)\b)?",
    re.IGNORECASE,
)


def feast(found: re.Match[str], clock: Clock, past: bool) -> TimeMark:
    """Read `on christmas eve`, `good friday`: the coming one, or the last where the past is meant."""
    years = [int(found["y"])] if found["y"] else [clock.today.year + n for n in (-1, 0, 1)]
    days = [_day(found, year) for year in years]
    ahead = [day for day in days if day >= clock.today]
    behind = [day for day in days if day <= clock.today]
    if (past or WAS.search(found.string, 0, found.start())) and not found["y"]:
        return days_from(found, clock, behind[-1])
    return days_from(found, clock, (ahead or days)[0])


def _day(found: re.Match[str], year: int) -> date:
    for i, (_, month, day) in enumerate(FIXED):
        if found[f"f{i}"]:
            return date(year, month, day)
    shift = next(by for i, (_, by) in enumerate(MOVING) if found[f"m{i}"])
    return _easter(year) + timedelta(days=shift)


def _easter(year: int) -> date:
    """Return Easter Sunday of the Gregorian calendar (Meeus, Jones and Butcher)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    h = (19 * a + b - d - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    i, k = divmod(c, 4)
    rest = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * rest) // 451
    month, day = divmod(h + rest - 7 * m + 114, 31)
    return date(year, month, day + 1)
