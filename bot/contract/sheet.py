"""Records and tables as CSV that a spreadsheet opens without running anything in it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from bot.contract.money import Money
from bot.contract.reply import ONLY, File, Table

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet takes for the begin of a formula."""
NUMBER = re.compile(r"[+-]?\d[\d ]*")
"""A telephone number is none."""
OFFERED = 2_000
"""Rows up to which a list comes with its answer as a file too; longer ones when they are asked for."""
MOST_ROWS = 50_000
"""Rows of the longest file."""
Page = TypeVar("Page")


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """The file that goes with a list, or a sentence about why there is none."""

    file: File | None = None
    note: str = ""

    def after(self, text: str) -> str:
        """Return what is said of the list, and behind it why there is no file."""
        return f"{text.rstrip(':.')}. {self.note}" if self.note else text


def to_csv(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return CSV after RFC 4180; text that could start a formula gets an apostrophe before it."""
    made = io.StringIO(newline="")
    made.write("\ufeff")  # else spreadsheets read UTF-8 as something else
    writer = csv.writer(made)
    writer.writerow(heads)
    writer.writerows([_safe(value) for value in row] for row in rows)
    return made.getvalue()


def _safe(value: object) -> object:
    if value is None:
        return ""
    if isinstance(value, str):
        formula = value.lstrip(" ").startswith(FORMULA) and not NUMBER.fullmatch(value)
        return f"'{value}" if formula else value
    return value


def sheet_of(table: Table, name: str, about: str) -> File:
    """Return a whole table as a CSV file; amounts are plain numbers, with their currency in the head."""
    columns = [column.title for column in table.columns]
    units = [_unit(row[at] for row in table.rows) for at in range(len(columns))]
    heads = [f"{title} {unit}" if unit else title for title, unit in zip(columns, units, strict=True)]
    rows = ([_plain(cell, unit) for cell, unit in zip(row, units, strict=True)] for row in table.rows)
    return File(name=f"{name}.csv", media_type="text/csv", text=to_csv(heads, rows), about=about)


def _unit(cells: Iterable[object]) -> str:
    """Return the currency of a column, if it is the only one."""
    found = {cell.currency for cell in cells if isinstance(cell, Money)}
    return found.pop() if len(found) == 1 else ""


def _plain(cell: object, unit: str) -> object:
    if isinstance(cell, Money):
        return Decimal(cell.minor).scaleb(-cell.exponent) if unit else str(cell)
    return cell


async def read_for_sheet(
    read: Callable[[int], Awaitable[Page]], count: Callable[[Page], int], *, csv: bool
) -> Page:
    """Read as many rows of a list as go into its file; what would not fit one is not read for nothing."""
    found = await read(OFFERED)
    return await read(MOST_ROWS) if csv and OFFERED < count(found) <= MOST_ROWS else found


def sheet_with(
    table: Callable[[], Table], name: str, what: str, *, shown: int, read: int, total: int, csv: bool
) -> Sheet:
    """Return all rows as a file where there are more than are shown or it is asked for, or why not.

    `what` is what they are, such as `312 customers`; `table` is made only if it is used.
    """
    if read >= total:
        about = f"{ONLY}{what.removeprefix('1 ')}" if total == 1 else f"All {what}"
        return Sheet(file=sheet_of(table(), name, about) if csv or total > shown else None)
    if total > MOST_ROWS:
        return Sheet(note=f"No file: {MOST_ROWS:,} rows fit one. Narrow the list down." if csv else "")
    if csv:
        return Sheet(note=f"No file: only {read:,} of {total:,} could be read. Narrow the list down.")
    return Sheet(note="Say “as CSV” for a file of all of them.")
