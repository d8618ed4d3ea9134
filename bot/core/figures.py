"""What a cell of a list measures, also where its figure is written out: “-28.4 dBm”, “12 days”."""

from __future__ import annotations

import re
from decimal import Decimal

from bot.contract.money import Money
from bot.contract.reply import Table

WRITTEN = re.compile(r"(?P<n>[-−]?\d[\d,]*(?:\.\d+)?)\s*(?:dBm|ms|%|days?|Mbit/s)?")


def measured(table: Table, at: int) -> bool:
    """Say whether a column holds figures, also where they are written out."""
    values = [row[at] for row in table.rows if row[at] is not None]
    return bool(values) and all(number(v) is not None for v in values)


def number(value: object) -> float | None:
    """Return what a figure measures; money in its whole units."""
    if isinstance(value, Money):
        return float(value.minor) / float(10**value.exponent)
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float | Decimal):
        return float(value)
    found = WRITTEN.fullmatch(value.strip()) if isinstance(value, str) else None
    return float(found["n"].replace("−", "-").replace(",", "")) if found else None
