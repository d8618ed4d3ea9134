"""What is left of a message: its words without the action's own at the ends, and without what was used."""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from functools import lru_cache

from bot.contract.action import Action
from bot.understand.jargon import SAME
from bot.understand.marks import Mark
from bot.understand.sentence import Sentence
from bot.understand.words import FUNCTION, Token, stem, tokens, word_set

FAULTS = word_set(
    "wrong wrongly mistake mistaken error twice double doubly duplicate duplicated not never no"
)
"""With these somebody begins to say why, also where the action speaks so: "void CN-1 wrong customer"."""
SPOKEN = word_set("mind now yet problem worries thanks need rush hurry")
"""Behind a not: "never mind", "not now"."""
FIRST = re.compile(r"\s*(?:(?:sorry|oops|oh|no),?\s+)?(?P<text>[^,;:\n]{4,80})[,;:]\s+\w")


def _is_own(word: Token, own: AbstractSet[str]) -> bool:
    plain = stem(word.low)
    return plain in own or word.low in FUNCTION or not own.isdisjoint(SAME.get(plain, ()))


def leftover(action: Action, said: Sentence, used: AbstractSet[Mark], *, trim: bool) -> str:
    """Return the message without politeness, the action's own words at its ends, and what was used.

    `trim`: what is sought is a name or words to look for, so that own words at the end are none of it.
    """
    own = own_words(action)
    begin = said.begin
    kept: list[Token] = []
    for word in said.words:
        if word.start < begin or any(m.start < word.end and word.start < m.end for m in used):
            continue
        kept.append(word)
    last = max((m.end for m in used), default=len(said.text))
    why = frozenset() if trim else FAULTS
    while kept and _is_own(kept[0], own) and not _is_name(kept[0], said):
        if kept[0].low in why and kept[0].start >= last:
            break
        kept.pop(0)
    says_why = bool(kept) and kept[0].low in why and kept[0].start >= last
    while (
        kept
        and not says_why
        and (kept[-1].low in FUNCTION or (trim and stem(kept[-1].low) in own))
        and not _is_name(kept[-1], said)
    ):
        kept.pop()
    if not kept:
        return ""
    first = min([kept[0].start, *(m.start for m in said.marks if m.start <= kept[0].start < m.end)])
    rest = said.text[first:] if kept[-1] is said.words[-1] else said.text[first : kept[-1].end]
    return rest.strip(" .,;:!?")


def said_first(said: Sentence) -> str:
    """Return why something is to be taken back where that comes first: "wrong customer, take it back"."""
    found = FIRST.match(said.text)
    words = tokens(found["text"]) if found else []
    says_why = len(words) > 1 and words[0].low in FAULTS and words[1].low not in SPOKEN
    return found["text"].strip() if found and says_why else ""


def is_all_used(text: str, action: Action, said: Sentence, used: AbstractSet[Mark]) -> bool:
    """Say whether words say nothing but what was used: the "3 payments of 1000" of a plan is no note too."""
    at, own = said.text.find(text), own_words(action)
    marks = [m for m in used if at <= m.start < at + len(text)]
    inside = [w for w in said.words if at <= w.start < at + len(text)]
    taken = (any(m.start < w.end and w.start < m.end for m in marks) for w in inside)
    return bool(marks) and all(t or _is_own(w, own) for t, w in zip(taken, inside, strict=True))


@lru_cache(maxsize=4_096)
def own_words(action: Action) -> frozenset[str]:
    """Return the stems of an action's name and of the fixed words of its examples and summary."""
    fixed = " ".join(
        re.sub(r"\{\w+\}", " ", text) for text in (action.about.split("\n")[0], *action.examples)
    )
    return frozenset(t.stem for t in tokens(f"{action.name.replace('_', ' ')} {fixed}"))


def _is_name(word: Token, said: Sentence) -> bool:
    return any(m.kind in {"name", "id", "entity"} and m.start <= word.start < m.end for m in said.marks)
