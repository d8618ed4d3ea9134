"""What a cell of a list measures, also where its figure is written out: “-28.4 dBm”, “12 days”."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from bot.contract.money import Money
from bot.contract.reply import Table

COUNTING = 2
"""Columns of a list that counts: what, and how many."""
WRITTEN = re.compile(r"(?P<n>[-−]?\d[\d,]*(?:\.\d+)?)\s*(?:dBm|ms|%|days?|Mbit/s)?")


def measured(table: Table, at: int) -> bool:
    """Say whether a column holds figures, also where they are written out."""
    values = [row[at] for row in table.rows if row[at] is not None]
    return bool(values) and all(number(v) is not None for v in values)


def figure_of(table: Table, rows: Sequence[Sequence[Any]]) -> str:
    """Return what the counted things of some rows come to: “8 tickets”, of support; empty for other lists."""
    if len(table.columns) < COUNTING or not rows or not measured(table, 1):
        return ""
    title = table.columns[1].title
    counted = [value for row in rows if (value := number(row[1])) is not None]
    if not title.endswith("s") or any(
        isinstance(row[1], Money) or value % 1 for row, value in zip(rows, counted, strict=False)
    ):
        return ""
    what = " or ".join(str(row[0]) for row in rows[:COUNTING])
    return f"**{sum(int(value) for value in counted):,} {title.lower()}** are {what}."


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
