"""The rows of a list in the order of one of its columns: "sort by amount", "newest first"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bot.contract.money import Money
from bot.contract.reply import Align, Reply, Table, Tone
from bot.core.row_words import DOWN, LIKE, TIMELY

SORTED = 50


def sorted_by(found: re.Match[str], reply: Reply, table: Table) -> Reply:
    """Show the list in another order."""
    at = column_of(table, found)
    if at is None:
        names = ", ".join(c.title for c in table.columns if c.title)
        return Reply(f"This list has these columns: {names}. Say which to sort by.", tone=Tone.ASK)
    down = is_down(table, at, found)
    rows = ordered(table, at, down=down)
    total = table.total if table.total is not None else len(rows)
    page = rows[:SORTED]
    part = (
        ""
        if total <= len(rows)
        else f" Only the first {len(rows):,} of {total:,} were sorted: I can list no more at once."
    )
    order = "largest or latest first" if down else "smallest or earliest first"
    text = f"By {table.columns[at].title.lower()}, {order}, {len(page):,} of {total:,}.{part}"
    shown = replace(table, rows=page, total=total if total > len(page) else None)
    return Reply(text, table=shown, evidence=reply.evidence, focus=reply.focus, private=reply.private)


def is_down(table: Table, at: int, found: re.Match[str]) -> bool:
    """Say whether the largest or latest comes first; a column of figures begins so."""
    way = found["way"] or found["first"] or ""
    return bool(DOWN.search(way)) if way else table.columns[at].align is Align.RIGHT


def ordered(table: Table, at: int, *, down: bool) -> list[Sequence[Any]]:
    """Return the rows by one column, those without a value last."""
    known = [row for row in table.rows if row[at] is not None]
    rows = sorted(known, key=lambda row: _key(row[at]), reverse=down)
    return [*rows, *(row for row in table.rows if row[at] is None)]


def _key(value: object) -> tuple[str, Any]:
    """Return what orders values of one column, of which some may be words."""
    if isinstance(value, Money):
        return value.currency, value.minor
    number = isinstance(value, int | float)
    return (
        ("", value) if number else (type(value).__name__, value.lower() if isinstance(value, str) else value)
    )


def column_of(table: Table, found: re.Match[str]) -> int | None:
    """Return the column that is meant."""
    titles = [c.title.lower() for c in table.columns]
    by = (found["by"] or "").lower().strip()
    if by:
        wanted: Sequence[str] = (by, by.removesuffix("s"), *LIKE.get(by, ()))
        return next(
            (i for w in wanted for i, title in enumerate(titles) if w and (w in title.split() or w == title)),
            None,
        )
    if TIMELY.search(found["first"]):
        likely: Sequence[str] = LIKE["date"]
        return next((i for w in likely for i, title in enumerate(titles) if w in title.split()), None)
    return next((i for i in range(len(titles)) if figures(table, i)), None)


def figures(table: Table, at: int) -> bool:
    """Say whether a column holds figures."""
    values = [row[at] for row in table.rows if row[at] is not None]
    return bool(values) and all(
        isinstance(v, int | float | Money) and not isinstance(v, bool) for v in values
    )
