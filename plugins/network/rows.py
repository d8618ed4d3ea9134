"""A table of records as CSV that a spreadsheet opens without running anything in it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

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
