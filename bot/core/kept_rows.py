"""The rows that were kept of a list: "without an assignee", of all tickets; what is said next is of these."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bot.contract.reply import Reply
from bot.core.listed import listed_in
from bot.core.threads import Thread


def kept(thread: Thread) -> tuple[str, ...]:
    """Return the rows that were kept of the list that was asked for last; nothing of a card."""
    same = thread.last is not None and thread.listing is not None and thread.last[0] == thread.listing[0]
    return thread.part if same else ()


def within(reply: Reply, part: Sequence[str]) -> Reply:
    """Return a list with the rows that were kept of it, as `Thread.part` names them."""
    table = listed_in(reply) if part else None
    if table is None:
        return reply
    rows = [row for row in table.rows if key_of(row) in part]
    return Reply(
        "",
        table=replace(table, rows=rows, total=None),
        evidence=reply.evidence,
        focus=reply.focus,
        private=reply.private,
    )


def key_of(row: Sequence[Any]) -> str:
    """Return what tells a row from the others, whatever hour it is shown."""
    return " ".join(str(value) for value in row[:2])
