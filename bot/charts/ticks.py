"""What stands along the axes of a chart: where values lie, and few enough labels to be read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from math import ceil, floor, log10
from zoneinfo import ZoneInfo

from bot.contract.chart import Chart, number

SHORT = timedelta(days=2)
"""Up to this long a chart over time shows hours, beyond it days."""
LONG = timedelta(days=300)
"""Beyond this it shows months."""


def labels(axis: Sequence[datetime] | Sequence[date] | Sequence[str], zone: ZoneInfo) -> list[str]:
    """Return one label for each place: hours, days or months in the tenant's zone, or the names."""
    first, last = axis[0], axis[-1]
    if isinstance(first, datetime) and isinstance(last, datetime):
        form = _form(last - first)
        return [at.astimezone(zone).strftime(form) for at in axis if isinstance(at, datetime)]
    if isinstance(first, date) and isinstance(last, date):
        form = _form(max(last - first, SHORT + timedelta(days=1)))
        return [at.strftime(form) for at in axis if isinstance(at, date)]
    return [str(name) for name in axis]


def _form(length: timedelta) -> str:
    if length <= SHORT:
        return "%H:%M"
    return "%b %Y" if length > LONG else "%d %b"


def places(count: int, most: int) -> list[int]:
    """Return which of so many places get a label: so many at most, evenly apart, from the first one on."""
    return list(range(0, count, max(ceil(count / max(most, 1)), 1)))


def positions(axis: Sequence[datetime] | Sequence[date] | Sequence[str]) -> list[float]:
    """Return where each place lies: moments and days as far apart as they are, names one after the other."""
    first = axis[0]
    if isinstance(first, datetime):
        return [(at - first).total_seconds() for at in axis if isinstance(at, datetime)]
    if isinstance(first, date):
        return [float((at - first).days) for at in axis if isinstance(at, date)]
    return [float(n) for n in range(len(axis))]


def heights(chart: Chart) -> tuple[float, float]:
    """Return from where to where the value axis goes: all values and marks, and as much as was asked for."""
    known = [value for curve in chart.curves for each in curve.values if (value := number(each)) is not None]
    known += [mark.value for mark in chart.marks]
    known += [0.0] if chart.from_zero or not known else []
    low, high = min(known), max(known)
    lacks = max(chart.least, 1e-6 * max(abs(low), abs(high)), 1e-9) - (high - low)
    if lacks > 0:
        low, high = (low, high + lacks) if chart.from_zero else (low - lacks / 2, high + lacks / 2)
    return low, high


def steps(low: float, high: float, most: int) -> list[float]:
    """Return round values (1, 2 or 5 times a power of ten apart) that lie between two, so many at most."""
    rough = (high - low) / max(most - 1, 1)
    scale = 10.0 ** floor(log10(rough))
    step = next(scale * factor for factor in (1, 2, 5, 10, 20) if (high - low) / (scale * factor) <= most - 1)
    first = -floor(-low / step + 1e-9)
    count = floor(high / step + 1e-9) - first + 1
    return [round((first + n) * step, 10) for n in range(count)]
