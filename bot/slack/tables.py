"""Tables as Slack's table block, and as text for where blocks are not shown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from bot.contract.reply import Align, Table
from bot.core.cells import cell
from bot.slack import mrkdwn

MOST_ROWS, MOST_COLUMNS, MOST_CELL, MOST_CHARACTERS = 100, 20, 1000, 9_000
"""Of one table block: its first row is the header, and all its cells together have a limit."""
TEXT_WIDTH = 28

Block = dict[str, Any]


def to_blocks(table: Table, zone: ZoneInfo) -> Iterator[Block]:
    """Return table blocks that together show every row and column."""
    for start in range(0, len(table.columns), MOST_COLUMNS - 1):
        columns = list(range(start, min(start + MOST_COLUMNS - 1, len(table.columns))))
        # The first column is repeated beside later ones, for it names the row.
        yield from _pages(table, [0, *columns] if start else columns, zone)


def to_text(table: Table, zone: ZoneInfo, most: int) -> str:
    """Return the first rows as lines of text."""
    lines = [table.title] if table.title else []
    lines.append(" | ".join(column.title for column in table.columns))
    lines += [" | ".join(_short(cell(value, zone)) for value in row) for row in table.rows[:most]]
    if len(table.rows) > most:
        lines.append(f"… and {len(table.rows) - most:,} more rows")
    return "\n".join(lines)


def caption(table: Table) -> str:
    """Return the table's title, and of how many rows these are the first."""
    more = table.total is not None and table.total > len(table.rows)
    count = f"the first {len(table.rows):,} of {table.total:,}" if more else ""
    return f"{table.title} ({count})" if table.title and count else table.title or count


def _pages(table: Table, columns: Sequence[int], zone: ZoneInfo) -> Iterator[Block]:
    most = min(MOST_CELL, MOST_CHARACTERS // (2 * len(columns)))
    header = [_cell(table.columns[at].title, most) for at in columns]
    width = sum(len(each["text"]) for each in header)
    page: list[list[Block]] = []
    size = width
    for row in table.rows:
        cells = [_cell(cell(row[at] if at < len(row) else None, zone), most) for at in columns]
        length = sum(len(each["text"]) for each in cells)
        if page and (len(page) >= MOST_ROWS - 1 or size + length > MOST_CHARACTERS):
            yield _block(table, columns, header, page)
            page, size = [], width
        page.append(cells)
        size += length
    if page or not table.rows:
        yield _block(table, columns, header, page)


def _block(table: Table, columns: Sequence[int], header: list[Block], rows: list[list[Block]]) -> Block:
    return {
        "type": "table",
        "column_settings": [
            {"align": "right" if table.columns[at].align is Align.RIGHT else "left", "is_wrapped": True}
            for at in columns
        ],
        "rows": [header, *rows],
    }


def _cell(value: str, most: int) -> Block:
    text = mrkdwn.cell(value).strip() or "–"
    return {"type": "raw_text", "text": text if len(text) <= most else text[: most - 1] + "…"}


def _short(value: str) -> str:
    return value if len(value) <= TEXT_WIDTH else value[: TEXT_WIDTH - 1] + "…"
