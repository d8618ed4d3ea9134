"""A change wished for several rows of the last list at once: offered for one after the other."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.contract.action import Via
from bot.contract.reply import Choice, Reply, Tone
from bot.core.choosing import THING
from bot.core.listed import picks_of
from bot.core.turn import Turn
from bot.understand.verbs import ALSO_DOES, DOES

COUNTS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
MOST = 6
"""Rows that are offered at once."""
VERBS = "|".join(sorted(DOES | ALSO_DOES, key=len, reverse=True))
SEVERAL = re.compile(
    rf"^(?P<head>(?:(?:and|ok|please|now|then|can you|could you)\s+)*(?:{VERBS})\s+)"
    rf"(?:(?:the\s+)?(?:first|top|last)\s+(?P<n>{'|'.join(COUNTS)}|[2-6])"
    rf"(?:\s+(?:{THING}s?|people|of them))?|"
    r"(?P<both>both(?: of (?:them|these))?|(?:the )?two of them)|"
    r"(?P<all>(?:them|these|those) all|all(?: of)? (?:them|these|those)|each(?: of them| one)?|every ?one))"
    r"(?P<rest>(?:\s+(?:to|for|with|at|on|by|about|from|because|today|tomorrow|now|please)\b.*|\s*[:,].*)?)[\s.!]*$",
    re.IGNORECASE | re.DOTALL,
)
"""Begins with what is to be done, and says for how many of those that were listed."""


async def one_by_one(turn: Turn) -> Reply | None:
    """Offer the change for each of the rows; None where no list was shown, or the words say no such thing."""
    found, thread = SEVERAL.match(turn.question.words), turn.thread
    rows = thread.rows or thread.walk
    if found is None or thread.asking or thread.waiting or len(rows) < len(("one", "other")):
        return None
    count = COUNTS.get((found["n"] or "").lower()) or int(found["n"] or 0)
    if found["both"] and len(rows) != len(("one", "other")):
        return None
    named = (
        rows[-count:] if count and re.search(r"\blast\b", found[0], re.IGNORECASE) else rows[: count or MOST]
    )
    said = [f"{found['head']}{row}{found['rest']}".strip() for row in named]
    more = f" These are the first {MOST} of them." if not count and len(rows) > MOST else ""
    text = f"I do that for one after the other, and show you each before it is done.{more} Choose the first:"
    reply = Reply(text, choices=tuple(Choice(label=one, words=one) for one in said), tone=Tone.ASK)
    turn.thread = replace(thread, picks=picks_of(reply, Via.MODEL))
    return reply
