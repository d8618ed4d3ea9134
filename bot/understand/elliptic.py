"""A message without a subject of its own, which is about what was said last: "by pon", "of them mpesa"."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

BEFORE = r"^(?:(?:and|so|ok|okay|but|now|then|no|show|list|me|please|pls)\b[\s,]*)*"
LEAD = re.compile(BEFORE, re.IGNORECASE)
THINGS = (
    r"(?:customers?|people|subscribers?|clients?|accounts?|homes|users|tickets?|cases|payments?|invoices?|"
    r"bills|lines|services|visits?|devices|onts|outages?|pons|ports|sites?|credits?|credit notes)"
)
BY = re.compile(
    rf"{BEFORE}(?:(?:count|split|group|break|broken|grouped|counted|down|them|it|that|those|the same|same|"
    r"how many)\b\s*)*(?:by|per|for each|each)\s+(?:the\s+)?(?P<by>[a-z][a-z-]*(?: type)?)"
    r"(?:\s+(?:please|pls|instead))*[\s?.!]*$",
    re.IGNORECASE,
)
"""Counts what was listed by one of its columns."""
HOW_MANY = re.compile(
    rf"{BEFORE}how many(?:\s+of\s+(?:them|these|those|it))?(?:\s+(?P<what>{THINGS}))?"
    r"(?:\s+(?:are|is|were)(?:\s+(?:there|they|that|it|these|those|affected|hit|down|out|off))*)?"
    r"(?:\s+(?:in (?:all|total)|altogether|overall))?[\s?.!]*$",
    re.IGNORECASE,
)
"""Counts, and says of nothing else what."""
ONLY = re.compile(rf"{BEFORE}(?:only|just)\b|^\S+(?: \S+){{0,3}} only[\s?.!]*$", re.IGNORECASE)
WHICH = re.compile(
    r"^(?:(?:and|so|ok|but)\s+)*which(?:\s+(?:ones?|of (?:them|these|those)))?\s+"
    r"(?:is|are|was|were|have|has)\s+(?!(?:the|our|my|a|an)\b)\S",
    re.IGNORECASE,
)
BOUND = re.compile(
    rf"{BEFORE}(?:over|under|above|below|more than|less than|older than|younger than|at least|at most|"
    r"between)\s+\S",
    re.IGNORECASE,
)
THOSE = re.compile(rf"{BEFORE}(?:those|the ones|these)\b", re.IGNORECASE)
OF_THEM = re.compile(
    rf"{BEFORE}(?:(?:how )?(?:many|much|any|all|which|who|what|some|none|one|most|half|those|each|\d+)\s+)?"
    r"(?:of|from|among)\s+(?:it|them|these|those)\b",
    re.IGNORECASE,
)
OF_WHAT = re.compile(
    r"^(?:(?:how (?:much|many)|any|all|which|those|what)\s+)?(?:of|from|among)\s+(?:it|them|these|those)\s+"
    r"(?:(?:is|are|was|were|by|came by|in|through)\s+)?",
    re.IGNORECASE,
)
"""Says of the whole what a part is wanted of."""
TOTAL = re.compile(
    rf"{BEFORE}(?:how much(?: is (?:it|that))?(?: in (?:all|total))?|(?:the )?(?:total|sum)|"
    r"in (?:all|total)|altogether)[\s?.!]*$",
    re.IGNORECASE,
)
MOST = re.compile(
    rf"{BEFORE}(?:which (?:one )?is )?the (?:oldest|newest|latest|earliest|biggest|largest|highest|smallest|"
    r"lowest|worst|weakest|longest)(?: one)?[\s?.!]*$",
    re.IGNORECASE,
)
AND = re.compile(r"^and\b", re.IGNORECASE)
LONGEST, LONGEST_AND, LETTERS = 8, 4, 120
"""Words of a message that only makes sense behind another, and of one that begins with "and"."""
BEGINNING = 3
"""Words with which both begin, where one is the other said again."""
ALIKE = 0.6
"""From here a message is the one before it, said once more."""


def is_part(words: str) -> bool:
    """Say whether a message asks for a part of what was said last, or for its sum."""
    if len(words) > LETTERS or len(words.split()) > LONGEST:
        return False
    return any(form.match(words) for form in (BY, ONLY, WHICH, BOUND, THOSE, TOTAL, OF_THEM))


def goes_back(words: str) -> bool:
    """Say whether a message is about the last list, also behind a change of one of its rows."""
    return is_part(words) or HOW_MANY.match(words) is not None or MOST.match(words) is not None


def is_elliptic(words: str) -> bool:
    """Say whether a message has no subject of its own."""
    if goes_back(words):
        return True
    short = len(words.split()) <= LONGEST_AND and len(words) <= LETTERS
    return short and AND.match(words) is not None


def is_again(before: str, words: str) -> bool:
    """Say whether a message is the one before it said otherwise: mistyped first, or just as short."""
    if is_elliptic(before) or before.lower().split()[:BEGINNING] == words.lower().split()[:BEGINNING]:
        return True
    return SequenceMatcher(None, before.lower(), words.lower()).ratio() >= ALIKE
