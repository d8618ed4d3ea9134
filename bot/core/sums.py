"""How many rows a list has, and how much money it comes to."""

from __future__ import annotations

import re

from bot.contract.money import Money
from bot.contract.reply import Reply, Table

AMOUNT = re.compile(r"\d[\d,]*\.\d\d [A-Z]{3}\b")
SHOWN = re.compile(r"^The (?:first|last|newest|latest|largest) [\d,]+ of (?P<all>[\d,]+)")
COUNTABLE = re.compile(
    r"Account|Ticket|Invoice|Payment|Visit|Reminder|Outage|Device|Customer|Port|PON|ONT|Plan|Site|Serial|Role"
)
"""Titles of columns that say what is counted."""


def summed(reply: Reply, table: Table | None) -> Reply | None:
    """Say how much money a list comes to: as its answer says, else the sum of its first amounts."""
    if AMOUNT.search(head := _of_all(reply.text.split("\n")[0])):
        return Reply(head, evidence=reply.evidence, focus=reply.focus, private=reply.private)
    if table is None or (table.total is not None and table.total > len(table.rows)):
        return None
    at = _money(table)
    amounts = [] if at is None else [row[at] for row in table.rows if isinstance(row[at], Money)]
    if at is None or len({one.currency for one in amounts}) != 1:
        return None
    total = Money(sum(one.minor for one in amounts), amounts[0].currency)
    text = f"{table.columns[at].title}: {total} in all, of {things(table, len(table.rows))}."
    return Reply(text, data=total, evidence=reply.evidence, focus=reply.focus, private=reply.private)


def _money(table: Table) -> int | None:
    """Return the first column of amounts."""
    columns = range(len(table.columns))
    priced = (i for i in columns if any(isinstance(row[i], Money) for row in table.rows))
    return next((i for i in priced if "price" not in table.columns[i].title.lower()), None)


def _of_all(head: str) -> str:
    """Return the heading of a list as an answer to "how much": no "The last 12 of", no colon at its end."""
    whole = SHOWN.sub(lambda found: found["all"], head, count=1) if head.startswith("The ") else head
    return f"{whole.rstrip()[:-1]}." if whole.rstrip().endswith(":") else whole


def things(table: Table, count: int) -> str:
    """Return a count with what is counted, as far as the column that names it says that."""
    title = table.columns[0].title if table.columns else ""
    if not COUNTABLE.fullmatch(title):
        return f"{count:,}"
    noun = title if title.isupper() else title.lower()
    return f"{count:,} {noun}{'s' * (count != 1)}"
