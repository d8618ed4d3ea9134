"""One of a short list by what describes it: "the one in Nyali", of two customers of one name."""

from __future__ import annotations

from contextlib import suppress

from bot.core.candidates import ONE, described
from bot.core.threads import Pick
from bot.core.turn import Turn
from bot.errors import UserError

MOST = 8
"""Rows that are looked at; of a longer list one is asked for otherwise."""
KIND = "customer"


async def the_one(turn: Turn) -> str | None:
    """Return the row that a message describes, where it is the only one."""
    thread, words = turn.thread, turn.question.words
    if thread.asking or not 1 < len(thread.rows) <= MOST or not ONE.match(words):
        return None
    picks = []
    for row in thread.rows:
        with suppress(UserError):  # not for this person, or its system is away
            found = [m for m in await turn.find(KIND, row, 1) if m.exact and m.key == row]
            picks += [Pick(label=m.label, words=row, about=m.detail or m.label) for m in found]
    told = described(picks, words) if len(picks) == len(thread.rows) else ()
    return told[0].words if len(told) == 1 else None
