"""The rows of a list that say one of several things: "only in nyali or bamburi", "high or urgent"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from bot.contract.action import Via
from bot.contract.reply import Reply
from bot.core.kept_rows import kept, key_of, within
from bot.core.leaving_out import SEVERAL, denies
from bot.core.listed import listed_in
from bot.core.narrower import lasting, narrowed_to
from bot.core.rows import MOST
from bot.core.turn import Turn
from bot.core.whole_list import has_all, part_of, whole_list
from bot.understand.arguments import arguments_of
from bot.understand.understanding import Guess

WHERE = re.compile(r"(?P<lead>(?:in|at|of|by|with|from)\s+)\S", re.IGNORECASE)
"""Stands before the first of them, and is meant before the others."""
MOST_OF_THEM = 4


async def either(turn: Turn, what: str) -> Reply | None:
    """Show the rows of the last question narrowed by one or another of several values.

    None where the words are not several values of one and the same filter, or where the list is too long.
    """
    parts = [part for part in SEVERAL.split(what) if part]
    if not 1 < len(parts) <= MOST_OF_THEM or denies(what):
        return None
    where = WHERE.match(what)
    lead = where["lead"] if where else ""
    parts = [parts[0], *(part if WHERE.match(part) else f"{lead}{part}" for part in parts[1:])]
    guesses = [guess for part in parts if (guess := await narrowed_to(turn, f"only {part}"))]
    if len(guesses) < len(parts) or len({_filter(turn, guess) for guess in guesses}) != 1:
        return None
    return await _joined(turn, guesses, what) if _filter(turn, guesses[0]) else None


def _filter(turn: Turn, guess: Guess) -> str:
    """Return the one argument by which a reading is narrower than the last question."""
    had = lasting((turn.thread.last or ("", {}))[1])
    same = guess.action_id == (turn.thread.last or ("",))[0]
    more = [name for name, value in lasting(guess.args).items() if had.get(name) != value]
    return more[0] if same and len(more) == 1 and had.keys() <= guess.args.keys() else ""


async def _joined(turn: Turn, guesses: Sequence[Guess], what: str) -> Reply | None:
    """Show the rows that any of these readings gives, in the order of the list."""
    before = turn.thread
    reply, table = await whole_list(turn)
    whole = turn.thread
    if table is None or not has_all(table, before):
        turn.thread = before
        return None
    found: set[str] = set()
    for guess in guesses:
        known = {a.name for a in arguments_of(turn.desk.view.action(guess.action_id).item)}
        more = {"limit": MOST} if "limit" in known else {}
        one = within(await turn.call(guess.action_id, {**guess.args, **more}, Via.PERSON), kept(before))
        if one.error:
            return one
        found |= {key_of(row) for row in _rows(one)}
    turn.thread = whole if found else before
    rows = [row for row in table.rows if key_of(row) in found]
    text = f"{len(rows):,} with “{what}”, of {len(table.rows):,}{':' if rows else '.'}"
    return part_of(turn, reply, table, rows, text, stays=bool(rows))


def _rows(reply: Reply) -> Sequence[Sequence[Any]]:
    table = listed_in(reply)
    return table.rows if table is not None else ()
