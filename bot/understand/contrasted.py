"""A wish in other words: "to Brenda, not Halima" is to Brenda, "put that in the ticket" what is before it."""

from __future__ import annotations

import re

from bot.understand.marks import Mark
from bot.understand.sentence import Sentence

NOT = re.compile(r"(?:\s*,)?\s+(?:(?:but|and)\s+)?not\s+(?:(?:to|on|at|for|the|of|from)\s+)*$", re.IGNORECASE)
ENDS = re.compile(r"\s*(?:$|[,.;!:])")
AMOUNTS, NAMED = frozenset({"money", "number"}), frozenset({"name", "maybe"})
LEVELS = r"low|normal|medium|high|urgent|critical"
LEVEL = re.compile(
    rf"(?P<one>\b(?:{LEVELS})\b)\s*,?\s+(?:but\s+)?not\s+(?:{LEVELS})\b(?=\s*(?:$|[,.;!]))", re.IGNORECASE
)


PUT_DOWN = re.compile(
    r"^(?:(?P<about>TCK-\d+|\d{5,7})\s*[:,]\s*)?(?P<text>(?!(?:if|when|unless)\b).{3,300}?)\s*[,;.–—]\s*"
    r"(?:(?:please|pls|so|and|can you|could you)\s+)*(?:put|write|add|note)\s+"
    r"(?:that|this|it)(?: down)?\s+(?:in|on|to|into)\s+(?P<where>\S.{1,40}?)[\s.!?]*$",
    re.IGNORECASE | re.DOTALL,
)
TICKET = re.compile(
    r"(?:(?:the|her|his|their|that|this|my) )?(?:ticket|case)(?: (?P<a>\S*\d))?|(?P<b>TCK-\d+)", re.IGNORECASE
)
NOTES = re.compile(
    r"(?:(?P<who>her|his|their|the) )?(?:notes?|account|card|file|record)(?: (?:of )?(?P<a>\d{5,7}))?|"
    r"(?P<b>\d{5,7})",
    re.IGNORECASE,
)
HIS = {"her": "her", "his": "him"}


def without_contrast(said: Sentence) -> str:
    """Return a wish in the words that are understood: without what it is not, or with its text behind it."""
    return _told_apart(said) or put_down(said.text)


def put_down(text: str) -> str:
    """Return the wish to write down what stands before it: "nobody home, put that in the ticket"."""
    found = PUT_DOWN.match(text)
    if found is None:
        return ""
    where, about = found["where"], found["about"] or ""
    if ticket := TICKET.fullmatch(where):
        return f"comment on {ticket['a'] or ticket['b'] or about or 'the ticket'}: {found['text']}"
    if notes := NOTES.fullmatch(where):
        who = HIS.get((notes["who"] or "").lower(), "them")
        return f"add a note to {notes['a'] or notes['b'] or about or who}: {found['text']}"
    return ""


def _told_apart(said: Sentence) -> str:
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
