"""A change wished for several things at once, or joined to a second wish: it is for one, and alone."""

from __future__ import annotations

import re

from bot.contract.action import Action
from bot.understand.arguments import Kind, arguments_of
from bot.understand.filled import Filled
from bot.understand.index import Index
from bot.understand.marks import IT, LONG_NUMBER, PRONOUNS, Mark
from bot.understand.sentence import Sentence
from bot.understand.words import FUNCTION, stem, tokens, word_set

EACH = "do that to several at once, only to one after the other"
BOTH = "do two things in one message, only one after the other"
JOINS = re.compile(
    r"(?:[\s,;&+/]|\b(?:and|or|also|plus|then|for|customers?|tickets?|the|with|account)\b)*", re.IGNORECASE
)
OR = re.compile(r"\s*,?\s*\bor\s+(?:(?:to|for|with|on)\s+)?", re.IGNORECASE)
AND_ALSO = re.compile(r"[,;&+]|\b(?:and|or|also|plus|then)\b", re.IGNORECASE)
THEN = re.compile(
    r"(?:[,;.]\s*)?(?:\b(?:and|then|plus)\b|[&+;])\s*(?:(?:also|then|please|pls|just)\s+)*", re.IGNORECASE
)
ONCE_MORE = re.compile(
    r"[,;.]\s+(?:(?:please|pls|then|and|so)\s+)*(?:(?:try|book|visit|call|come|go|send|schedule)\s+"
    r"(?:(?:him|her|them|it|someone)\s+)?again|retry|rebook|reschedule)\b",
    re.IGNORECASE,
)
WHY = word_set("reason resolution cause outcome why")
NEAR = 60
BEFORE_THING = word_set("a an the his her their its this that all another new my our for to")
"""What follows the verb of a wish: "open a ticket", not the "close" of "and close of business"."""


def asks_too_much(index: Index, at: int, filled: Filled, said: Sentence) -> str:
    """Return why a change is not done as wished, to stand after "I cannot"; else nothing."""
    action = index.actions[at].item
    if action.reads_only:
        return ""
    if _others(action, filled, said):
        return EACH
    return BOTH if _second_wish(index, at, filled, said) or _once_more(said) else ""


def _others(action: Action, filled: Filled, said: Sentence) -> bool:
    """Say whether a thing of the same kind stands beside the one that is taken: "close TCK-1 and TCK-2"."""
    texts = [
        str(filled.args.get(a.name, "")) for a in arguments_of(action) if a.kind in {Kind.TEXT, Kind.MANY}
    ]
    things = {str(filled.args.get(a.name)) for a in arguments_of(action) if a.kind is Kind.ENTITY}
    taken = [m for m in said.marks if m in filled.used and m.text in things]
    free = [m for m in said.marks if m not in filled.used and m.text not in things]
    for one in taken:
        for other in free:
            first, second = sorted((one, other), key=lambda m: m.start)
            between = said.text[first.end : second.start]
            told = any(one.text in text and other.text in text for text in texts)
            if between == "/" and max(len(one.text), len(other.text)) < LONG_NUMBER:
                continue  # "PON 1/5" is one
            if OR.fullmatch(between):
                continue  # which of the two is asked
            if _alike(one, other) and not told and between.strip(" ") and JOINS.fullmatch(between):
                return True
            if _alike(one, other) and not told and _each_its_own(said, first, second):
                return True
    return False


def _each_its_own(said: Sentence, first: Mark, second: Mark) -> bool:
    """Say whether two things are named with an amount or a time each: "100234 500 and 100187 300"."""
    inside = [m for m in said.marks if first.end <= m.start and m.end <= second.start]
    values = [m for m in inside if m.kind in {"money", "time"} or (m.kind == "number" and not m.long_number)]
    between = said.text[first.end : second.start]
    for mark in reversed(values):
        between = between[: mark.start - first.end] + between[mark.end - first.end :]
    return bool(values) and AND_ALSO.search(between) is not None and JOINS.fullmatch(between) is not None


def _alike(one: Mark, other: Mark) -> bool:
    """Say whether two marks name things of one kind."""
    if one.entity and other.entity:
        return one.entity == other.entity
    return one.text.isdigit() and other.text.isdigit() and len(other.text) >= LONG_NUMBER


def _second_wish(index: Index, at: int, filled: Filled, said: Sentence) -> bool:
    """Say whether an "and" joins two changes, outside of what is only told, and this is one of them."""
    own = index.speaks_of(at)
    for found in THEN.finditer(said.text, said.begin, said.said_after):
        words = tokens(said.text[found.end() : found.end() + NEAR])[:2]
        if len(words) == 1 or not words:
            continue
        if not _is_deed(words[0].low, index) and not (_orders(said) and stem(words[0].low) in own):
            continue
        if found.end() >= filled.text_from or _told(index.actions[at].item, filled, said, found.start()):
            continue
        first = said.verb if _is_deed(said.verb, index) or _orders(said) else words[0].low
        if stem(words[0].low) in own and stem(first) in own:
            continue
        start = found.end() + words[1].start
        thing = any(m.start <= start < m.end and (m.entity or m.found or m.long_number) for m in said.marks)
        if thing or words[1].low in BEFORE_THING | PRONOUNS | IT:
            return True
    return False


def _once_more(said: Sentence) -> bool:
    """Say whether it is to be done again later, behind what is done now: "missed, try again tomorrow"."""
    found = ONCE_MORE.search(said.text, said.begin, said.said_after)
    if found is None or not any(m.kind == "time" and m.start >= found.end() for m in said.marks):
        return False
    named = any(m.end <= found.start() and (m.entity or m.found or m.long_number) for m in said.marks)
    return named or "again" in found[0].lower()  # not "she is away, reschedule VIS-1 to Thursday"


def _orders(said: Sentence) -> bool:
    """Say whether a message begins with an order nothing here knows: "acknowledge OUT-1 and …"."""
    first = [w for w in said.words if w.start >= said.begin][:2]
    if len(first) < len(("verb", "thing")) or first[0].low in FUNCTION or said.mood.question:
        return False
    return any(
        m.start <= first[1].start < m.end and m.entity and m.entity != first[0].low for m in said.marks
    )


def _is_deed(word: str, index: Index) -> bool:
    """Say whether the wish for a change may begin with a word."""
    return word in index.deeds or (stem(word) in index.tells and not word.endswith(("ed", "ing", "s")))


def _told(action: Action, filled: Filled, said: Sentence, at: int) -> bool:
    """Say whether a place is inside of what is to be written down: "remind me to call and tell him"."""
    for argument in arguments_of(action):
        text = filled.args.get(argument.name)
        if argument.kind is not Kind.TEXT or argument.name in WHY or not isinstance(text, str) or not text:
            continue
        start = said.text.find(text)
        if 0 <= start < at < start + len(text):
            return True
    return False
