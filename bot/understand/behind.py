"""What stands behind a colon, or beside the word that says what it is: "the noc role"."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from bot.contract.action import Action
from bot.understand.arguments import Argument, Kind
from bot.understand.marks import Mark
from bot.understand.sentence import Sentence
from bot.understand.timewords import DAYS, MONTHS
from bot.understand.words import FUNCTION, word_set

NOBODY = "|".join(
    (
        *DAYS,
        *MONTHS,
        "today|tomorrow|tonight|next|this|the|end|noon|then|now|christmas|xmas|easter|boxing|new year",
    )
)
"""Behind a "by" these say when, or what."""
SORTS = "agent|colleague|clerk|day|week|month|date|customer|plan|region|area|amount|reason"
BY_PERSON = re.compile(rf"\bby\s+(?!(?:{NOBODY}|(?:{SORTS})s?)\b)(?P<who>[A-Za-z][\w.@'\-]*)")
"""Whose doing something was, and no kind of row that a list is told by."""
WHAT_FOR = re.compile(
    r"\s*[,:]?\s*for\s+(?:the\s+)?(?P<text>(?!\d|me\b|us\b)[a-z].*)$", re.IGNORECASE | re.DOTALL
)
NOT_BESIDE = word_set("by per each until till with at new this that called named its another every which any")


def spoken_of(
    left: Sequence[Argument], said: Sentence, action: Action, *, but: Collection[str]
) -> Argument | None:
    """Return the text that is named before the colon: "change the subject of the notice to: We are on it"."""
    if action.reads_only:
        return None
    words = [w.low for w in said.words if said.begin <= w.start < said.said_after]
    named = [a for a in left if a.kind is Kind.TEXT and a.title in words and a.name not in but]
    return min(named, key=lambda a: words.index(a.title), default=None)


def after_colon(said: Sentence) -> str:
    """Return what follows the colon or dash of `open a ticket for Amina: no light`."""
    found = re.search(r"(?<=[\w\)])(?::\s+|\s+[-–—]\s+)(?P<text>\S.*)$", said.text, re.DOTALL)
    return tidy(found["text"]) if found else ""


def what_for(said: Sentence, used: Collection[Mark]) -> str:
    """Return what follows the "for" behind all that was taken: "credit 500 to 100234 for outage"."""
    last = max((m.end for m in used), default=0)
    found = WHAT_FOR.match(said.text, last) if last else None
    text = tidy(found["text"]) if found else ""
    return "" if any(m.kind == "time" and m.text.lower() in text.lower() for m in said.marks) else text


def tidy(text: str) -> str:
    """Return words without quotes, blanks and full stops around them."""
    return text.strip(' \n"').rstrip(" .")


def beside(name: str, said: Sentence) -> str:
    """Return the word before or behind the one that says what it is: "the noc role", "add role noc"."""
    found = re.search(
        rf"\b(?:(?P<a>[\w\-]+)\s+)?{name}\b(?:\s+(?:called|named))?(?:\s+(?P<b>[\w\-]+))?",
        said.text,
        re.IGNORECASE,
    )
    called = re.search(rf"\b{name}\s+(?:called|named)\s+(?P<b>[\w\-]+)", said.text, re.IGNORECASE)
    if called:
        return called["b"]
    words = [found["a"] or "", found["b"] or ""] if found else []
    words = [w for w in words if w.lower() not in {said.verb, said.mood.verb}]
    return next((w for w in words if w and w.lower() not in FUNCTION | NOT_BESIDE), "")
