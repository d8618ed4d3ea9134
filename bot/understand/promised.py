"""A promise told beside a wish: "told her I'd ring at 4, open a ticket: no light" is a wish and a promise."""

from __future__ import annotations

import re
from dataclasses import dataclass

LONGEST = 400
LEAST = 2
"""Words of the wish."""
DEED = r"(?:ring|call|phone|text|message|e?-?mail|write|visit|see|come|go|send|check|get|let|look|be)"
TO_WHOM = (
    r"(?:her|him|them|the (?:customer|client|subscriber|lady|man|caller)|"
    r"(?P<whom>(?!that\b|i\b|we\b|to\b)[\w@.+-]+(?:\s(?!I\b)[A-Z][\w-]+)?))"
)
OURS = r"(?:(?:i|we)(?:'ll|'d| will| would| am going to| are going to)|to)"
PROMISED = re.compile(
    r"(?:(?:i|we)(?:'ve| have)?\s+)?(?:(?:just|already|also)\s+)?"
    rf"(?:(?:told|promised|assured)\s+(?:{TO_WHOM}\s+)?(?:that\s+)?{OURS}|"
    rf"(?:said|agreed)\s+(?:that\s+)?{OURS}|(?:i|we)(?:'ll| will))\s+(?P<deed>{DEED}\b.*)",
    re.IGNORECASE | re.DOTALL,
)
CUT = re.compile(
    r"(?:\s*[,;]\s+|\s*[.!?]\s+|\s+[-\u2013\u2014]\s+|\n+)(?:(?:so|and|now|then|please|pls|but)\s+)*"
)
ELSES = re.compile(r"[\"\u201c\u201d\u201e\u00ab\u00bb>]|\b(?:wrote|says?)\b|:\s", re.IGNORECASE)
"""Marks words that somebody else said, or that are to be written down."""
NO = re.compile(r"\bnot\b|n't\b|\bnever\b|\?|\bif\b|\bunless\b", re.IGNORECASE)

REMINDS = re.compile(r"\bremind|\bforget\b|\breminder\b", re.IGNORECASE)
"""Says of a wish that it is for the promise itself: "I will ring him at 16:30, remind me"."""


@dataclass(frozen=True, kw_only=True)
class Aside:
    """What the writer promised, as words after "to", to whom if named, and the wish that stood beside it."""

    deed: str
    whom: str
    wish: str


def promise_beside(words: str) -> Aside | None:
    """Return a promise of the writer at one end of a message, and the wish that is the rest of it.

    None where there is only one of the two, and where it is not theirs or stands in a text to be written.
    """
    text = words.replace("\u2019", "'").strip()
    cuts = list(CUT.finditer(text)) if len(text) <= LONGEST else []
    if not cuts:
        return None
    first, last = cuts[0], cuts[-1]
    before = _promised(text[: first.start()], text[first.end() :])
    return before or (
        None if ELSES.search(text) else _promised(text[last.end() :].rstrip(" ."), text[: last.end()])
    )


def _promised(told: str, wish: str) -> Aside | None:
    found = PROMISED.fullmatch(told.strip())
    if found is None or len(wish.split()) < LEAST or ELSES.search(told):
        return None
    if NO.search(told) or REMINDS.search(wish):
        return None
    rest = wish.strip(" ,;\u2013\u2014")
    return Aside(deed=found["deed"].strip(" .!"), whom=found["whom"] or "", wish=rest)
