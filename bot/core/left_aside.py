"""A list of which something is to be left out that no argument leaves out: its rows without those."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import replace

from bot.contract.reply import Reply
from bot.core.cells import cell
from bot.core.leaving_out import left_out, rows_without
from bot.core.listed import listed_in
from bot.core.turn import Turn
from bot.core.whole_list import part_of, seen_of, whole_list
from bot.understand.phrasing import command
from bot.understand.understanding import Guess
from bot.understand.words import FUNCTION, tokens

LITTLE = re.compile(
    r"^(?:not|except(?: for)?|excluding|other than|apart from|aside from|save for|all but|outside(?: of)?)\s+"
    r"(?:(?:on|at|of|for|to|in|by|with|from|the|an?|any|our|those)\s+)*",
    re.IGNORECASE,
)
"""What stands before the value itself."""
ME = frozenset({"me", "my", "mine", "myself"})
Act = Callable[[Turn, Guess], Awaitable[Reply]]


async def left_aside(turn: Turn, guess: Guess, leaves: tuple[str, ...], act: Act) -> Reply:
    """Show a list without the rows that say what is left out; where none says it, all, and say that.

    `leaves`: the words that leave something out, and the argument that would show just that.
    """
    words, name = leaves
    args = {key: value for key, value in guess.args.items() if key != name}
    said = command(turn.desk.view.action(guess.action_id), args, short=True)
    reply = await act(turn, replace(guess, args=args, said=said, leaves=(), too_much="", unused=()))
    if reply.error or listed_in(reply) is None:
        return reply if reply.error else _all_of_it(reply, words)
    return await _rows(turn, words) or _all_of_it(reply, words)


def _all_of_it(reply: Reply, words: str) -> Reply:
    return replace(reply, text=f"⚠ I cannot narrow this by “{words}”: it is all of it.\n\n{reply.text}")


async def _rows(turn: Turn, words: str) -> Reply | None:
    """Return the rows of the list just shown in which these words do not stand; None if none says them."""
    before, zone = turn.thread, turn.question.tenant.zone
    rest = LITTLE.sub("", words) or left_out(words)
    telling = [t.low for t in tokens(rest) if t.low not in FUNCTION]
    if turn.user.email and {t.low for t in tokens(rest)} <= ME:
        telling = [turn.user.email.split("@")[0].lower()]
    reply, table = await whole_list(turn)
    rows = (
        rows_without(table, words, [telling], lambda value: cell(value, zone)) if table and telling else None
    )
    if table is None or rows is None:
        turn.thread = before
        return None
    text = f"{len(rows):,} “{words}”, of {seen_of(table)}{':' if rows else '.'}"
    return part_of(turn, reply, table, rows, text, stays=bool(rows))
