"""The rows of a list whose figure is over or under a bound: "worse than -27", "over 500"."""

from __future__ import annotations

import re

from bot.contract.money import Money
from bot.contract.reply import Reply, Table
from bot.core.figures import measured, number
from bot.core.turn import Turn
from bot.core.whole_list import part_of, seen_of, whole_list
from bot.understand.words import word_set

BOUND = re.compile(
    r"^(?:(?:and|ok|only|just|those|the ones)\s+)*(?P<side>worse|weaker|lower|less|smaller|under|below|fewer|"
    r"over|above|more|better|higher|bigger|larger|older|longer|stronger)(?:\s+than)?\s+(?P<n>[-−]?\d[\d,]*(?:\.\d+)?)\s*"
    r"(?P<unit>days?|times|[a-z]{1,4})?(?:\s+(?:only|please))?[\s?.!]*$",
    re.IGNORECASE,
)
UNDER = word_set("weaker lower less smaller under below fewer")
MUCH = 400
"""No days, but money."""


async def beyond(turn: Turn, found: re.Match[str]) -> Reply | None:
    """Show the rows whose figure is over or under a bound."""
    bound = float(found["n"].replace("−", "-").replace(",", ""))
    reply, table = await whole_list(turn)
    at = _figured(table, bound, (found["unit"] or "").lower()) if table else None
    if table is None or at is None:
        return None
    side = found["side"].lower()
    under = side in UNDER or (side == "worse" and bound < 0)
    known = [(row, value) for row in table.rows if (value := number(row[at])) is not None]
    rows = [row for row, value in known if (value < bound if under else value > bound)]
    title, said = table.columns[at].title, f"{'under' if under else 'over'} {found['n']}"
    if not rows:
        return part_of(turn, reply, table, [], f"None of {seen_of(table)} has {title.lower()} {said}.")
    text = f"{len(rows):,} with {title.lower()} {said}, of {seen_of(table)}:"
    return part_of(turn, reply, table, rows, text, stays=True)


def _figured(table: Table, bound: float, unit: str) -> int | None:
    """Return the column a bound is for: one of its unit, of money where it is much, else the first figure."""
    shown = [i for i in range(1, len(table.columns)) if measured(table, i)]
    named = [i for i in shown if unit and unit.rstrip("s") in table.columns[i].title.lower()]
    money = [i for i in shown if any(isinstance(row[i], Money) for row in table.rows)]
    return next(iter(named or (money if abs(bound) >= MUCH else []) or shown), None)
