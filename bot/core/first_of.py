"""The first few rows of the list that was just shown: "the first two"."""

from __future__ import annotations

import re

from bot.contract.reply import Reply
from bot.core.choosing import THING
from bot.core.one_by_one import COUNTS
from bot.core.turn import Turn
from bot.core.whole_list import part_of, seen_of, whole_list

SOME = re.compile(
    r"^(?:(?:and|ok|now|then|please|show(?: me)?|list|only|just)\s+)*(?:the\s+)?(?P<end>first|top|last)\s+"
    rf"(?P<n>{'|'.join(COUNTS)}|\d{{1,2}})(?:\s+(?:{THING}s?|people|of (?:them|these|those)))?[\s?.!]*$",
    re.IGNORECASE,
)
"""Says how many of a list, and from which end."""


async def first_of(turn: Turn, found: re.Match[str]) -> Reply | None:
    """Show the first or last few rows as they were listed, so that "them" and "both" mean these."""
    count = COUNTS.get(found["n"].lower()) or int(found["n"])
    before = turn.thread
    shown = before.rows or before.walk
    reply, table = await whole_list(turn)
    if table is None or not shown or not 1 < count < len(table.rows):
        turn.thread = before
        return None
    first = found["end"].lower() != "last"
    rows = table.rows[:count] if first else table.rows[-count:]
    return part_of(
        turn, reply, table, rows, f"The {found['end'].lower()} {count} of {seen_of(table)}:", stays=True
    )
