"""What stands along the axis of a chart, short enough to be read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

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
    """Return which of so many places get a label: so many at most, evenly spread, with first and last."""
    if count <= most:
        return list(range(count))
    most = max(most, 2)
    return [round(n * (count - 1) / (most - 1)) for n in range(most)]
