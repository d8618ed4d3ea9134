"""A text argument without the words at its end that fill another: "the role billing for 8 hours"."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from bot.understand.clauses import WISHES
from bot.understand.marks import Mark
from bot.understand.mood import LEAD, REQUEST
from bot.understand.sentence import Sentence
from bot.understand.words import FUNCTION, stem, tokens

LINK = re.compile(
    r"[\s,]+(?:for|until|till|since|from|of|to|on|in|at|by|with|within|during|over|"
    r"(?:with )?(?:ref(?:erence)?|receipt|txn|transaction)(?: (?:no|number|id|code))?)(?:\s+the|[.:#])?$",
    re.IGNORECASE,
)
"""What joins the words of one argument to those of the next."""


IF_YOU_CAN = (
    r"(?:as soon as|if) (?:possible|needed|necessary|you (?:can|could|may|please|like)|"
    r"(?:that(?:'s| is) )?(?:ok(?:ay)?|fine|possible))"
)
TAIL = re.compile(
    r"(?:^|[\s,.;!]+)(?:(?:and |so |then )?(?:please|pls|plz|kindly)"
    r"(?:,? (?:book|post|log|record|note|save|enter|file|register|process|apply|handle|arrange|do)"
    r" (?:it|this|that|them)(?: (?:in|now|asap|today|for (?:me|us)))*)?|"
    r"thanks(?: a lot| so much| in advance)?|thank you(?: very much| so much| in advance)?|thx|cheers)"
    r"[\s.!]*$|"
    rf"(?:^|[\s,.;!]+){IF_YOU_CAN}[\s.!]*$|"
    r"(?:^|[,.;!]\s*)(?:and |so |then )?(?:book|post|log|record|note|enter|process|apply)"
    r" (?:it|this|that|them)(?: (?:in|now|asap|please|pls))*[\s.!]*$",
    re.IGNORECASE,
)
"""Politeness and the wish itself again, behind somebody's own words."""
POLITE = re.compile(rf"^{IF_YOU_CAN}\s*[:,;–—]\s*", re.IGNORECASE)
MANNER = re.compile(
    r"(?:(?:please|pls|plz|kindly|now|then|asap|as well|too|also|after all|immediately|at once|anyway|"
    r"(?:right|straight) (?:away|now)|quickly|quick|urgently|instead|again|though|thanks|thank you|thx|"
    r"ok(?:ay)?|for (?:me|us))\b[\s,.!]*)+",
    re.IGNORECASE,
)
"""How a change is wished for; it is no reason, no resolution and no note."""
LONGEST_WISH = 6
"""Words of a wish behind somebody's own words."""
WHAT_FOR = re.compile(r"^[\s,:]*(?:(?:for|because(?: of)?|due to)\b)?\s*", re.IGNORECASE)


PARTS = re.compile(r"[,;.!]\s+|\s[-–—]\s")


def without_wish(text: str, values: Collection[str], own: Collection[str]) -> str:
    """Return a text without the wish itself behind it: "no light since Monday, log a ticket, high".

    `values` are the words taken for other arguments, `own` the stems of the action's own words.
    """
    cuts = [m.start() for m in PARTS.finditer(text)]
    keep = len(text)
    for start in reversed(cuts):
        part = LEAD.sub("", text[start:keep].lstrip(" ,;.!-–—"))
        words = [t.low for t in tokens(REQUEST.sub("", part, count=1))]
        if not words or len(words) > LONGEST_WISH:
            break
        wish = words[0] in WISHES
        if not all(
            (i == 0 and wish) or w in values or w in FUNCTION or stem(w) in own for i, w in enumerate(words)
        ):
            break
        if wish:
            text, keep = text[:start], start
        else:
            keep = start
    return text


def is_manner(text: str) -> bool:
    """Say whether a text only says how it is wished for: "now please", "as well"."""
    return MANNER.fullmatch(text.strip(" ,.!")) is not None


def without_tail(text: str) -> str:
    """Return a note or reason without what is said to the bot at its end: "…, please book it", "thanks"."""
    text = POLITE.sub("", text)
    while (rest := TAIL.sub("", text)) != text:
        text = rest
    return text


def without_others(text: str, said: Sentence, used: Collection[Mark]) -> str:
    """Return a text of the message up to what was taken for something else; what follows a colon stays."""
    start = said.text.find(text)
    if start < 0 or start >= said.said_after:
        return text
    end = start + len(text)
    first = next(
        (m for m in used if m.start == start and m.end < end and m.kind in {"money", "number"}), None
    )
    if first and (rest := WHAT_FOR.sub("", said.text[first.end : end]).strip()):
        start = end - len(rest)
    while (cut := _last(said.text[start:end].rstrip(" .,;?!"), start, said, used)) is not None:
        end = cut
    return said.text[start:end].strip() or text


def _last(text: str, start: int, said: Sentence, used: Collection[Mark]) -> int | None:
    """Return where the words before the mark at the end of a text end, if they are joined to it."""
    end = start + len(text)
    for mark in used:
        if mark.end == end and mark.start > start:
            before = said.text[start : mark.start].rstrip()
            found = LINK.search(before)
            if found and found.start():
                return start + found.start()
            if mark.kind == "time" and before:
                return start + len(before)
    return None


def told(text: str, said: Sentence) -> set[Mark]:
    """Return the marks that are only words of this text: nothing in live data goes by them."""
    start = said.text.find(text)
    return {
        m
        for m in said.marks
        if start >= 0 and start <= m.start < start + len(text) and not (m.found or m.entity)
    }


ETA = re.compile(
    r"(?:\s*[,;–—-]|\s+and)\s+(?:(?:the |an? )?(?:new )?eta|back (?:by|at)|expected)\b[^,;]*$", re.IGNORECASE
)
"""Behind why something is down: by when it is back, which is told apart from it."""


def without_eta(text: str, args: Mapping[str, Any]) -> str:
    """Return a cause without the time it ends with, where that was taken: "fibre cut, eta 18:30"."""
    return ETA.sub("", text) if args.get("eta") else text
