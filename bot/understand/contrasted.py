"""What is said only to tell it from what is meant: "to Brenda, not Halima" is to Brenda."""

from __future__ import annotations

import re

from bot.understand.marks import Mark
from bot.understand.sentence import Sentence

NOT = re.compile(r"(?:\s*,)?\s+(?:(?:but|and)\s+)?not\s+(?:(?:to|on|at|for|the|of|from)\s+)*$", re.IGNORECASE)
ENDS = re.compile(r"\s*(?:$|[,.;!])")
AMOUNTS, NAMED = frozenset({"money", "number"}), frozenset({"name", "maybe"})
LEVELS = r"low|normal|medium|high|urgent|critical"
LEVEL = re.compile(
    rf"(?P<one>\b(?:{LEVELS})\b)\s*,?\s+(?:but\s+)?not\s+(?:{LEVELS})\b(?=\s*(?:$|[,.;!]))", re.IGNORECASE
)


def without_contrast(said: Sentence) -> str:
    """Return a wish for a change without what it is not: where that is of the kind of what it is.

    Nothing where there is no such: "book him, not Friday" says no other day.
    """
    if said.mood.question or said.mood.shows or " not " not in said.text.lower():
        return ""
    text = said.text
    for mark in said.marks:
        found = NOT.search(text, said.begin, mark.start)
        if found is None or found.start() >= said.said_after or not ENDS.match(text, mark.end):
            continue
        if any(m.end <= found.start() and _alike(m, mark) for m in said.marks):
            return text[: found.start()] + text[mark.end :]
    level = LEVEL.sub(r"\g<one>", text)
    return level if level != text else ""


def _alike(one: Mark, other: Mark) -> bool:
    """Say whether two marks are of one kind, and what the one is the other could be."""
    if one.text.lower() == other.text.lower():
        return False
    if one.kind in AMOUNTS and other.kind in AMOUNTS:
        return one.long_number == other.long_number
    if one.kind in NAMED and other.kind in NAMED:
        return True
    return one.kind == other.kind and one.entity == other.entity
