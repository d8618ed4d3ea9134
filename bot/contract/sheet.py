"""Records and tables as CSV that a spreadsheet opens without running anything in it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal

from bot.contract.money import Money
from bot.contract.reply import File, Table

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet takes for the begin of a formula."""
NUMBER = re.compile(r"[+-]?\d[\d ]*")
"""A telephone number is none."""


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
