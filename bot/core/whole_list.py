"""The last list with all the rows it can give, and an answer made of some of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bot.contract.action import Via
from bot.contract.reply import Reply, Table
from bot.core.kept_rows import kept, key_of, within
from bot.core.listed import listed_in
from bot.core.named import named_by
from bot.core.rows import MOST
from bot.core.sorting import SORTED
from bot.core.threads import Thread
from bot.core.turn import Turn
from bot.understand.arguments import arguments_of

KEYED = re.compile(r"^.*\(([^()\s]+)\)$")
"""What somebody goes by behind the name: “Amina Bello (100234)”."""


async def whole_list(turn: Turn) -> tuple[Reply, Table | None]:
    """Run the last reading once more with all the rows it can give, and keep those that were kept of it."""
    before = turn.thread
    action_id, args = before.last or ("", {})
    known = {a.name for a in arguments_of(turn.desk.view.action(action_id).item)}
    reply = await turn.call(action_id, {**args, **({"limit": MOST} if "limit" in known else {})}, Via.PERSON)
    turn.thread = replace(turn.thread, last=before.last, part=before.part)
    reply = within(reply, kept(before))
    return reply, None if reply.error else listed_in(reply)


def has_all(table: Table, before: Thread) -> bool:
    """Say whether a list has all its rows: as many as it says, or as were shown or kept of it before."""
    if table.total is not None:
        return len(table.rows) == table.total
    return len(table.rows) in {len(before.walk), len(kept(before))}


def part_of(
    turn: Turn,
    reply: Reply,
    table: Table,
    rows: Sequence[Sequence[Any]],
    text: str,
    *,
    stays: bool = False,
) -> Reply:
    """Return some rows of a list as an answer that can be pointed at.

    What is asked next is about these rows where the list `stays` narrowed to them.
    """
    shown = replace(table, rows=rows[:SORTED], total=None, title="")
    answer = Reply(
        text, table=shown if rows else None, evidence=reply.evidence, focus=reply.focus, private=reply.private
    )
    focus = {**reply.focus, **_alone(turn, answer)} if len(rows) == 1 else reply.focus
    turn.thread = turn.thread.about(focus)
    if stays:
        turn.thread = replace(turn.thread, part=tuple(key_of(row) for row in rows))
    return turn.listed(answer) if rows else answer


def _alone(turn: Turn, answer: Reply) -> dict[str, str]:
    """Return the things of the one row of a list, by kind: "phone" is of its customer then."""
    known = turn.desk.understander
    named = named_by(replace(answer, focus={}), known.kinds, known.kind_of)
    keys = {kind: KEYED.sub(r"\1", those[0]) for kind, those in named.items() if len(those) == 1}
    return {kind: key for kind, key in keys.items() if any(map(str.isdigit, key))}


def seen_of(table: Table) -> str:
    """Say of how many rows something is, where not all could be looked at."""
    total = table.total if table.total is not None else len(table.rows)
    seen = len(table.rows)
    if table.total is None and seen >= MOST:
        return f"the first {seen:,}; I can list no more at once"
    return f"{total:,}" if seen >= total else f"the first {seen:,} of {total:,}; I can list no more at once"
