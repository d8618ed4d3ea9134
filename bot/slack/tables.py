"""Tables as Slack's data_table block, and as text for where blocks are not shown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import isfinite
from typing import Any
from zoneinfo import ZoneInfo

from bot.contract.money import Money
from bot.contract.reply import Table
from bot.contract.spoken import plural
from bot.core.cells import cell
from bot.slack import mrkdwn

MOST_ROWS, MOST_COLUMNS, MOST_CELL, MOST_CHARACTERS = 201, 20, 1000, 18_000
"""Of one data_table block: its first row is the header, and all its cells together have a limit."""
PAGE = 10
"""Rows shown at once; the reader turns the pages."""
MOST_CAPTION = 250
MOST_NUMBER = 2**53
"""Above it a number loses digits on its way."""
TEXT_WIDTH = 28

Block = dict[str, Any]


def to_blocks(table: Table, zone: ZoneInfo) -> Iterator[Block]:
    """Return table blocks that together show every row and column."""
    for columns in _groups(table):
        yield from _pages(table, columns, zone) if columns else ()


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


def is_cut(table: Table, zone: ZoneInfo) -> bool:
    """Say whether a cell is too long for the blocks, so that they do not say all of it."""
    groups = list(_groups(table))
    titles = [column.title for column in table.columns]
    return any(
        len(_clean(each)) > _most(max(map(len, groups), default=1))
        for row in (titles, *([cell(value, zone) for value in row] for row in table.rows))
        for each in row
    )


def _groups(table: Table) -> Iterator[list[int]]:
    """Return which columns stand side by side: the first one, which names the row, is repeated."""
    if len(table.columns) <= MOST_COLUMNS:
        yield list(range(len(table.columns)))
        return
    for start in range(1, len(table.columns), MOST_COLUMNS - 1):
        yield [0, *range(start, min(start + MOST_COLUMNS - 1, len(table.columns)))]


def _most(columns: int) -> int:
    return min(MOST_CELL, MOST_CHARACTERS // (2 * max(columns, 1)))


def _pages(table: Table, columns: Sequence[int], zone: ZoneInfo) -> Iterator[Block]:
    most = _most(len(columns))
    header = [_cell(table.columns[at].title, most) for at in columns]
    width = sum(len(each["text"]) for each in header)
    page: list[list[Block]] = []
    size = width
    for row in table.rows:
        values = [row[at] if at < len(row) else None for at in columns]
        cells = [_number(value, _cell(cell(value, zone), most)) for value in values]
        length = sum(len(each["text"]) for each in cells)
        if page and (len(page) >= MOST_ROWS - 1 or size + length > MOST_CHARACTERS):
            yield _block(table, header, page)
            page, size = [], width
        page.append(cells)
        size += length
    if page:
        yield _block(table, header, page)


def _block(table: Table, header: list[Block], rows: list[list[Block]]) -> Block:
    return {
        "type": "data_table",
        "caption": (_clean(caption(table)) or plural(len(rows), "row"))[:MOST_CAPTION],
        "page_size": PAGE,
        "rows": [header, *rows],
    }


def _number(value: Any, shown: Block) -> Block:
    """Return a number or an amount as one, so that readers can sort by it."""
    if isinstance(value, Money):
        value = value.minor / 10**value.exponent
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        return shown
    return (
        {"type": "raw_number", "value": value, "text": shown["text"]} if abs(value) < MOST_NUMBER else shown
    )


def _cell(value: str, most: int) -> Block:
    text = _clean(value) or "–"
    return {"type": "raw_text", "text": text if len(text) <= most else text[: most - 1] + "…"}


def _clean(value: str) -> str:
    return mrkdwn.cell(value).strip()


def _short(value: str) -> str:
    return value if len(value) <= TEXT_WIDTH else value[: TEXT_WIDTH - 1] + "…"
