"""What of a reply the next message can name: its rows, its choices and its buttons."""

from __future__ import annotations

from bot.contract.action import Via
from bot.contract.reply import Reply, Table
from bot.core.threads import Pick

MOST_PICKS = 20
WHEN = frozenset({"When", "At", "On", "Day", "Time", "Date"})
"""Columns that name no thing: nothing is meant by the second of two hours."""
NAMES = frozenset({"Account", "Ticket", "Invoice", "Payment", "Visit", "Reminder", "Outage", "Device"})
"""Columns that name a thing also behind a day."""


def picks_of(reply: Reply, via: Via = Via.PERSON) -> tuple[Pick, ...]:
    """Return what of a reply can be chosen, in the order in which it is numbered: choices, then buttons."""
    said = [Pick(label=c.label, words=c.words, via=via) for c in reply.choices]
    pressed = [Pick(label=b.label, action_id=b.action_id, args=dict(b.args)) for b in reply.buttons]
    return tuple([*said, *pressed][:MOST_PICKS])


def picks(reply: Reply) -> tuple[str, ...]:
    """Return what can be chosen by number, as a surface that numbers it shows it; a table has the details."""
    brief = reply.table is not None
    said = [f"{c.label} · {c.detail}" if c.detail and not brief else c.label for c in reply.choices]
    return tuple([*said, *(b.label for b in reply.buttons)][:MOST_PICKS])


def listed_in(reply: Reply) -> Table | None:
    """Return the list of a reply: of several tables the first that goes on, else the last."""
    tables = [t for t in (reply.table, *reply.tables) if t is not None]
    longer = (t for t in tables if t.total is not None and t.total > len(t.rows))
    return next(longer, tables[-1] if tables and not reply.table else reply.table)


def shown_of(reply: Reply) -> int:
    """Return how many rows of a list were shown, 0 when these are all."""
    table = listed_in(reply)
    more = table is not None and table.total is not None and table.total > len(table.rows)
    return len(table.rows) if table is not None and more else 0


def rows_of(reply: Reply) -> tuple[str, ...]:
    """Return the first cell of each row shown, so that "the second one" names something."""
    tables = [t for t in (reply.table or None, *reply.tables) if t is not None and t.columns and t.rows]
    last = reply.table or (tables[-1] if tables else None)
    if last is None or (at := _naming(last)) is None:
        return ()
    if reply.table is None:  # of several lists of the same things the first is the one that is meant
        title = last.columns[at].title
        last, at = next(
            (t, i) for t in tables if (i := _naming(t)) is not None and t.columns[i].title == title
        )
    rows = tuple(str(row[at]) for row in last.rows[:MOST_PICKS] if row and row[at])
    return () if reply.focus and all(row.isdigit() and len(row) < 3 for row in rows) else rows  # noqa: PLR2004 - parts of the one thing


def only_one(reply: Reply) -> bool:
    """Say whether all that a reply lists is one customer."""
    rows, tables = rows_of(reply), [t for t in (reply.table, *reply.tables) if t is not None and t.rows]
    return len(rows) == 1 and any(
        (at := _naming(t)) is not None and t.columns[at].title == "Account" for t in tables
    )


def _naming(table: Table) -> int | None:
    """Return the column whose cells name things; behind a day only one that says what it names."""
    titles = [column.title for column in table.columns[:2]]
    if not titles or titles[0] not in WHEN:
        return 0 if titles else None
    return 1 if titles[1:] and titles[1] in NAMES else None
