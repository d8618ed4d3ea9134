"""The last list with all the rows it can give, and an answer made of some of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bot.contract.action import Via
from bot.contract.reply import Reply, Table
from bot.core.rows import MOST, SORTED
from bot.core.threads import listed_in
from bot.core.turn import Turn
from bot.understand.arguments import arguments_of

NAMED = 4
"""Columns in which a row names what it is about."""
KEY = re.compile(r"\(([^()\s]+)\)\s*$")
"""What somebody or something is called by behind its name: “Amina Bello (100234)”."""


async def whole_list(turn: Turn) -> tuple[Reply, Table | None]:
    """Run the last reading once more with all the rows it can give."""
    before = turn.thread
    action_id, args = before.last or ("", {})
    known = {a.name for a in arguments_of(turn.desk.view.action(action_id).item)}
    reply = await turn.call(action_id, {**args, **({"limit": MOST} if "limit" in known else {})}, Via.PERSON)
    turn.thread = replace(turn.thread, last=before.last)
    return reply, None if reply.error else listed_in(reply)


def part_of(turn: Turn, reply: Reply, table: Table, rows: Sequence[Sequence[Any]], text: str) -> Reply:
    """Return some rows of a list as an answer that can be pointed at."""
    shown = replace(table, rows=rows[:SORTED], total=None, title="")
    answer = Reply(
        text, table=shown if rows else None, evidence=reply.evidence, focus=reply.focus, private=reply.private
    )
    turn.thread = turn.thread.about(
        {**reply.focus, **_named_in(turn, rows[0])} if len(rows) == 1 else reply.focus
    )
    return turn.listed(answer) if rows else answer


def _named_in(turn: Turn, row: Sequence[Any]) -> dict[str, str]:
    """Return the things that stand in the one row of a list, by kind: "phone" is of its customer then."""
    words = [text for value in row[:NAMED] if isinstance(value, str) for text in (value, *KEY.findall(value))]
    named = {text: turn.desk.understander.kind_of(text) for text in words}
    return {kind: text for text, kind in reversed(named.items()) if kind}


def seen_of(table: Table) -> str:
    """Say of how many rows something is, where not all could be looked at."""
    total = table.total if table.total is not None else len(table.rows)
    seen = len(table.rows)
    return f"{total:,}" if seen >= total else f"the first {seen:,} of {total:,}; I can list no more at once"
