"""A limit on the last list that could not be followed: nothing is done to all of it while that is open."""

from __future__ import annotations

import re

from bot.contract.reply import Reply, Tone
from bot.core.listed import listed_in
from bot.core.one_by_one import VERBS
from bot.core.threads import Thread
from bot.core.turn import Turn
from bot.core.wishes import ask_of
from bot.understand.understanding import Verdict

LIMIT = re.compile(
    r"^(?:(?:and|but|ok(?:ay)?|then|no|please)\b[\s,]*)*(?:not|only|just|without|with no|except(?: for)?|"
    r"excluding|exclude|leave (?:out|off)|apart from|other than|those|the ones|all but|minus)\s+"
    rf"(?!(?:now|yet|really|sure|that|this|it|so|needed|ok|{VERBS})\b)\S",
    re.IGNORECASE,
)
"""Begins what narrows a list, or leaves some of it out."""
LONGEST_LIMIT = 8
OF_ALL = re.compile(r"^[^:\"]{0,60}\b(?:them|these|those|both|all|each|every ?(?:one|body))\b", re.IGNORECASE)
"""Speaks of everybody in a list."""


def limit_after(before: Thread, words: str, reply: Reply, after: Thread) -> str:
    """Return the limit that is open behind a reply: until a list is shown, or a change is proposed."""
    if reply.waiting or listed_in(reply) is not None:
        return ""
    limits = LIMIT.match(words) is not None and len(words.split()) <= LONGEST_LIMIT and bool(after.walk)
    return words if limits and (reply.error or reply.tone in {Tone.ASK, Tone.WARN}) else before.limit


async def limit_open(turn: Turn) -> Reply | None:
    """Hold what is to be done to "them" while it was not understood who of them is meant."""
    limit, words = turn.thread.limit, turn.question.words
    if not limit or turn.thread.asking or LIMIT.match(words) or not OF_ALL.match(words):
        return None
    meant = await turn.desk.understander.understand(ask_of(turn))
    if meant.verdict is Verdict.CLEAR and meant.best.reads_only:
        return None
    return Reply(
        f"“{limit}” is still open: I could not narrow the list by it, so I begin nothing for all of it. "
        "Say it otherwise, or show the list again, and then say what to do.",
        tone=Tone.ASK,
    )
