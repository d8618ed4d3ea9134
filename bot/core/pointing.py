"""Words that point at what the last reply listed: "open the second one", "no, the other one"."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.contract.reply import Choice, Reply, Tone
from bot.core.threads import ORDINALS, Pick, Thread, picks_of

THING = r"(?:one|ticket|case|customer|invoice|payment|device|site|outage|row|entry)"
REFERS = re.compile(
    rf"\b(?:the\s+)?(?:(?P<o>{'|'.join(ORDINALS)})\s+{THING}|(?P<last>last)\s+(?:one|row|entry))\b",
    re.IGNORECASE,
)
NAME = (
    r"(?!(?:days?|week|month|year|time|night|way|side|half|thing|tickets?|customers?)\b)"
    r"[A-Za-z]\w+(?:\s[A-Z]\w+)?"
)
OTHER = re.compile(
    r"^(?:(?:no+|nope|sorry|wait|not (?:this|that)(?: one)?|i meant?|show me|show|and|what about)\b[\s,.!]*)*"
    rf"the other(?:\s+(?:{THING}|{NAME}))?[\s.!?]*$",
    re.IGNORECASE,
)
MOST = 8
"""Others that are still offered when one of a list was not the one."""


def pointed(thread: Thread, words: str) -> str | None:
    """Return a message with the thing in the place of "the second one"; None if it points at none."""
    found = REFERS.search(words)
    if not found or not thread.rows:
        return None
    at = len(thread.rows) - 1 if found["last"] else ORDINALS.index(found["o"].lower())
    if at >= len(thread.rows):
        return None
    return f"{words[: found.start()]}{thread.rows[at]}{words[found.end() :]}".strip()


def with_others(thread: Thread, taken: Pick | str) -> Thread:
    """Return the thread knowing what else could have been meant when this was taken from a list."""
    listed = thread.rows if isinstance(taken, str) else [p for p in thread.picks if p.words]
    picks = [Pick(label=one, words=one) if isinstance(one, str) else one for one in listed]
    words = taken if isinstance(taken, str) else taken.words
    others = tuple(p for p in picks if p.words != words)
    return replace(thread, others=others if len(others) <= MOST else ())


def others_of(thread: Thread, words: str) -> tuple[Pick, ...]:
    """Return what "the other one" may be; nothing if these words do not say that."""
    return thread.others if OTHER.match(words) and not thread.waiting else ()


def which_other(others: tuple[Pick, ...]) -> Reply:
    """Ask which of the others is meant."""
    choices = tuple(Choice(label=p.label, words=p.words) for p in others)
    return Reply("Which of the others?", choices=choices, tone=Tone.ASK)


def offered(thread: Thread, reply: Reply, others: tuple[Pick, ...]) -> Thread:
    """Return the thread with the others as its picks, each by the way it was offered."""
    picks = tuple(replace(p, via=o.via, asks=o.asks) for p, o in zip(picks_of(reply), others, strict=True))
    return replace(thread, picks=picks, rows=(), asking=None)
