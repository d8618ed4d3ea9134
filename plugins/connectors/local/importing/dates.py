"""Days and instants as files write them; which number is the month is never guessed."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from plugins.connectors.local.importing.nouns import BadCellError, Reading, Stop

ISO = re.compile(r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})", re.ASCII)
NUMBERS = re.compile(r"([0-9]{1,2})([-/.])([0-9]{1,2})[-/.]([0-9]{4}|[0-9]{2})", re.ASCII)
NAMED = re.compile(r"([0-9]{1,2})[-/. ]+([A-Za-z]{3,9})\.?[-/., ]+([0-9]{4}|[0-9]{2})", re.ASCII)
NAMED_FIRST = re.compile(r"([A-Za-z]{3,9})\.? ([0-9]{1,2})(?:st|nd|rd|th)?,? ([0-9]{4})", re.ASCII)
CLOCK = re.compile(
    r"^(.*?)[T ,]+([0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?)\s*([AaPp]\.?[Mm]\.?)?\s*"
    r"(Z|[+-][0-9]{2}:?[0-9]{2})?$"
)
SERIAL = re.compile(r"[0-9]{5}(\.[0-9]+)?", re.ASCII)
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
TWELVE = 12
PIVOT = 69
"""Years of two digits from here on lie in the last century."""
EARLIEST, LATEST = 1900, 2200


def day_reader(reading: Reading) -> Callable[[str], date]:
    """Return what reads a cell as a day; a time of day behind it is passed over."""

    def read(cell: str) -> date:
        found = CLOCK.match(cell)
        return _day(found[1] if found else cell, reading.dates)

    return read


def instant_reader(reading: Reading) -> Callable[[str], datetime]:
    """Return what reads a cell as an instant: on the tenant's clock unless it says its offset."""

    def read(cell: str) -> datetime:
        found = CLOCK.match(cell)
        if not found:
            return _at(_day(cell, reading.dates), time(), reading.zone)
        on, clock = _day(found[1], reading.dates), _clock(found[2], found[3])
        if not found[4]:
            return _at(on, clock, reading.zone)
        offset = "+00:00" if found[4] == "Z" else found[4]
        return datetime.fromisoformat(f"{on.isoformat()}T{clock.isoformat()}{offset}").astimezone(UTC)

    return read


def _at(on: date, clock: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(on, clock, zone).astimezone(UTC)


def _clock(text: str, half: str | None) -> time:
    hour, _, rest = text.partition(":")
    number = int(hour)
    if half:
        number = number % TWELVE + (TWELVE if half[0] in "pP" else 0)
    try:
        return time.fromisoformat(f"{number:02d}:{rest}")
    except ValueError:
        raise BadCellError(f"“{text}” is no time of day.") from None


def _day(cell: str, order: str | None) -> date:
    if found := ISO.fullmatch(cell):
        return _made(int(found[1]), int(found[2]), int(found[3]), cell)
    if found := NUMBERS.fullmatch(cell):
        day, month = _sorted(int(found[1]), int(found[3]), found[2], order, cell)
        if order == "ymd":
            return _made(_year(found[1]), int(found[3]), int(found[4]), cell)
        return _made(_year(found[4]), month, day, cell)
    if found := NAMED.fullmatch(cell):
        return _made(_year(found[3]), _month(found[2], cell), int(found[1]), cell)
    if found := NAMED_FIRST.fullmatch(cell):
        return _made(int(found[3]), _month(found[1], cell), int(found[2]), cell)
    if SERIAL.fullmatch(cell):
        raise BadCellError(
            f"“{cell}” is a spreadsheet's inner number for a day. Format that column as a date."
        )
    raise BadCellError(f"“{cell[:40]}” is no day such as 2026-11-22.")


def _sorted(first: int, second: int, mark: str, order: str | None, cell: str) -> tuple[int, int]:
    """Return day and month; two that could each be either are not guessed, except with points: day first."""
    if order == "mdy":
        return second, first
    if order or mark == ".":
        return first, second
    if first > TWELVE or first == second:
        return first, second
    if second > TWELVE:
        return second, first
    raise Stop(
        f"Does {cell} begin with the day or with the month? Say --dates dmy if the day comes first in this "
        f"file, "
        "--dates mdy if the month does."
    )


def _year(text: str) -> int:
    year = int(text)
    return year if len(text) > 2 else year + (1900 if year >= PIVOT else 2000)  # noqa: PLR2004 - two digits


def _month(word: str, cell: str) -> int:
    short = word[:3].lower()
    if short not in MONTHS:
        raise BadCellError(f"“{cell[:40]}” is no day such as 2026-11-22.")
    return MONTHS.index(short) + 1


def _made(year: int, month: int, day: int, cell: str) -> date:
    try:
        made = date(year, month, day)
    except ValueError:
        order = " If the month comes first in this file, say --dates mdy." if month > TWELVE else ""
        raise BadCellError(f"There is no day {cell[:40]}.{order}") from None
    if not EARLIEST <= made.year < LATEST:
        raise BadCellError(f"“{cell[:40]}” lies in the year {made.year}.")
    return made
