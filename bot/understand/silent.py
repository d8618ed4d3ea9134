"""What would have narrowed a reading and came to nothing: it is named, that no figure is wrong in silence."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from bot.contract.action import Action
from bot.understand.arguments import Argument, Kind, arguments_of
from bot.understand.filled import Filled
from bot.understand.focused import PERSON_KIND
from bot.understand.jargon import FLAGS
from bot.understand.placed import placed
from bot.understand.ranges import in_range, range_of
from bot.understand.sentence import Sentence
from bot.understand.typed import ALSO
from bot.understand.values import match_choice
from bot.understand.words import FUNCTION, Token, stem, tokens, word_set

SELDOM, OFTEN, MOSTLY = 0.02, 0.06, 0.2
"""The share of its wordings from which on a word is what an action is about, not what narrows it.

In a clause of its own it is what the action is about from fewer on: "business customers who owe".
"""
KINDS = word_set(
    "business residential corporate card cash mpesa failed refused refusals close closed resolved unpaid "
    "overdue disputed suspended terminated vip"
)
"""Words that narrow a list wherever they stand."""
SORTS = word_set("business residential corporate card cash mpesa")
"""Of them those that a wording says as well without being narrowed by it: "failed card payments"."""
BRANDS = word_set("visa mastercard amex maestro")
"""Kinds of cards, which nobody keeps apart."""
THINGS = word_set(
    "ticket invoice payment visit outage promise session device ont stock card agent team region plan site"
)
HEADS = THINGS - word_set("team region plan site agent session stock card device")
"""Of them those that nobody adds to say where or whose: "in the coast region"."""
PARTS = word_set(
    "customer reference email mail phone address note assignee reason router contract technician"
)
"""What somebody or something may lack."""
BEHIND = re.compile(
    r"\b(?:with|without|have|has|having|by|per|each)\s+(?:(?:no|not|an?|any|the|open|unpaid)\s+)*"
    r"(?P<noun>[a-z]+)\b",
    re.IGNORECASE,
)
GROUPED = re.compile(
    r"\b(?:by|per)\s+(?:the\s+)?"
    r"(?P<noun>agent|colleague|plan|team|region|area|site|technician|method|day|week|month|model|vendor|reason|"
    r"cause|customer|kind|olt|pon|device|priority|category|status)\b",
    re.IGNORECASE,
)
"""By what a list was to be counted."""
LACKS = re.compile(
    r"\b(?:without|with no|have no|has no)\s+(?:an?\s+|the\s+|any\s+)?(?P<noun>[a-z]+)\b", re.IGNORECASE
)
CLAUSE = re.compile(
    r"(?<=\w)\s+(?P<clause>(?:who(?! is\b)|whose|that (?:have|has|had|not|never)|except|excluding|but not)\b"
    r"[^,;.?!:]*)",
    re.IGNORECASE,
)
APART = re.compile(
    r"\b(?:vs|versus|compared (?:with|to)|twice|never|longest|shortest|except|excluding)\b"
    r"(?:\s+(?!(?:this|in|on|by)\b)\w+){0,3}",
    re.IGNORECASE,
)
"""Words that change what is asked, wherever they stand, and what they are said of."""
LASTED = re.compile(
    r"\b(?:(?:longer|shorter|more|less|fewer) than|over|under|at least|at most)\s+(?:about\s+|an?\s+)?$",
    re.IGNORECASE,
)
DENIED = re.compile(
    r"(?:\b(?:that|which|who)\s+(?:are|is|were|was|have|has|had|did|do|does)(?:\s+not|n't)|(?<=\ws )not)\s+"
    r"(?:(?:yet|in|at|of|on|by|the|an?|been|being)\s+)*(?P<word>[a-z]{3,})\b",
    re.IGNORECASE,
)
"""Says what those that are listed are not: "pons that are not hit"."""
SMALL = FUNCTION | word_set(
    "new not no only never already still ever anything customers customer people ones others else"
)
LOOSE = frozenset({Kind.DAY, Kind.INSTANT, Kind.HOUR, Kind.LENGTH, Kind.MONEY, Kind.WHOLE, Kind.NUMBER})
"""Arguments of which the words around the value are no part of it."""

Span = tuple[int, int]


@dataclass(frozen=True, kw_only=True)
class Heard:
    """A message beside what one reading took of it. `formed` are its words that an example has itself."""

    said: Sentence
    filled: Filled
    action: Action
    given: frozenset[str]
    formed: frozenset[str]

    def free(self, word: Token, often: float = OFTEN) -> bool:
        """Say whether nothing came from a word, and the action is not about it anyway."""
        low = word.low
        formed = low in self.formed and low not in SORTS
        if low in self.given or formed or low in SMALL or stem(low) in about(self.action, often):
            return False
        taken = (a for a in arguments_of(self.action) if a.name in self.filled.args)
        if any(_means(a, low, self.filled) for a in taken):
            return False
        marks = self.filled.used | self.filled.told
        return not any(m.start < word.end and word.start < m.end for m in marks)


def silent(
    said: Sentence, filled: Filled, values: frozenset[str], captured: Mapping[str, str] | None
) -> list[Span]:
    """Return the stretches that would have narrowed a reading and came to none of its arguments."""
    action = filled.action
    if action is None or not filled.reads_only:
        return []
    loose = {a.name for a in arguments_of(action) if a.kind in LOOSE}
    words = {k: frozenset(t.low for t in tokens(v)) for k, v in (captured or {}).items()}
    taken = (w for k, w in words.items() if k in filled.args and k not in loose)
    formed: frozenset[str] = frozenset()
    if captured is not None:
        formed = frozenset(w.low for w in said.words).difference(*words.values())
    heard = Heard(said=said, filled=filled, action=action, given=values.union(*taken), formed=formed)
    return sorted({*_kinds(heard), *_things(heard), *_apart(heard), *_lengths(heard), *_placed(heard)})


@lru_cache(maxsize=2_048)
def about(action: Action, often: float = OFTEN) -> frozenset[str]:
    """Return the stems of what an action is about: its name, its summary, and what it says often."""
    first = action.about.split("\n", 1)[0]
    said = Counter(s for text in action.sayings for s in {t.stem for t in tokens(text)})
    least = max(2, often * len(action.sayings))
    named = {t.stem for text in (action.name.replace("_", " "), first) for t in tokens(text)}
    return frozenset(named | {s for s, times in said.items() if times >= least})


@lru_cache(maxsize=1_024)
def _spoken(action: Action) -> str:
    """Return all that an action says of itself, to look whether it says some words side by side."""
    return "\n".join((*action.sayings, action.about)).lower()


def _kinds(heard: Heard) -> Iterator[Span]:
    """Find words for a value of a choice that was not filled, and such as narrow any list."""
    filled = heard.filled
    if any(m.kind == "entity" for m in filled.used):
        return  # it is about one thing, whose status is told anyway
    choices = [a for a in arguments_of(heard.action) if a.kind is Kind.CHOICE and a.name not in filled.args]
    for word in heard.said.words:
        if word.low in BRANDS and filled.args.get("method") == "card":
            yield word.start, word.end  # all cards are listed, whoever issued them
        if word.low == "close" and heard.said.text[word.end :].startswith(" to "):
            continue  # "close to breaching"
        also = PERSON_KIND in filled.args and "status" not in filled.args
        if also and any(f.start() <= word.start < f.end() for f in ALSO.finditer(heard.said.text)):
            continue  # "all tickets of 100234, closed ones too"
        if word.low in KINDS:
            left = heard.free(word, MOSTLY)
        else:
            left = any(match_choice(a, word.low, 100.0) is not None for a in choices) and heard.free(word)
        if left:
            yield word.start, word.end


def _things(heard: Heard) -> Iterator[Span]:
    """Find other sorts of things behind with, without, by and per: "tickets … by agent"."""
    spoken = _spoken(heard.action)
    alone = any(a.entity and a.name in heard.filled.args for a in arguments_of(heard.action))
    for found in BEHIND.finditer(heard.said.text):
        word = _noun(found)
        if alone and found[0].lower().startswith("ha"):
            continue  # "does 100203 have an outage"
        if word.low.removesuffix("s") in THINGS and heard.free(word):
            yield found.span()
    for found in LACKS.finditer(heard.said.text):
        word = _noun(found)
        sort = word.low.removesuffix("s")
        lacking = (f"{no} {sort}" in spoken for no in ("no", "without", "without a", "without an"))
        known = heard.filled.has_flag or word.low in heard.given | heard.formed
        if sort in THINGS | PARTS and not known and not any(lacking):
            yield found.span()


def _noun(found: re.Match[str]) -> Token:
    noun = tokens(found["noun"])[0]
    return Token(noun.text, noun.low, found.start("noun"), found.end("noun"))


def _apart(heard: Heard) -> Iterator[Span]:
    """Find clauses of which nothing was taken, and words that compare or rank."""
    said, spoken = heard.said, _spoken(heard.action)
    for found in CLAUSE.finditer(said.text):
        inside = [w for w in said.words if found.start("clause") <= w.start < found.end()]
        inside = [w for w in inside if heard.free(w, SELDOM)]
        left = [w for w in inside if not any(m.start <= w.start < m.end for m in said.marks)]
        if left:
            yield found.start("clause"), left[-1].end
    for found in () if heard.filled.has_flag else DENIED.finditer(said.text, said.begin):
        low = found["word"].lower()
        if (
            not re.search(rf"(?:\bno[tn]?|n't)\b[\w ]{{0,12}} {re.escape(low)}", spoken)
            and low not in heard.given
        ):
            yield found.start(), found.end()
    for found in APART.finditer(said.text):
        first = tokens(found[0])[0].low
        if first not in spoken and first not in heard.formed | heard.given:
            yield found.span()


def _lengths(heard: Heard) -> Iterator[Span]:
    """Find how long something was to last: "longer than 3 hours"."""
    taken = heard.filled.used | heard.filled.told
    if (found := range_of(heard.said)) and not any(in_range(m.start, m.end, heard.said) for m in taken):
        yield found.span()
    for mark in heard.said.marks:
        before = LASTED.search(heard.said.text, 0, mark.start)
        if before and mark.time and mark.time.length and mark not in taken:
            yield before.start(), mark.end


def _placed(heard: Heard) -> Iterator[Span]:
    """Find what stands where a filter does; a reading of one thing is told all that beside it."""
    if any(m.kind == "entity" or m.found for m in heard.filled.used):
        return
    spoken = _spoken(heard.action)

    def unspoken(word: Token) -> bool:
        return heard.free(word) and not re.search(rf"\b{re.escape(word.low)}\b", spoken)

    yield from placed(heard.said, heard.filled, unspoken)
    for word in heard.said.words:
        if word.start >= heard.said.begin and word.low.removesuffix("s") in HEADS and unspoken(word):
            yield word.start, word.end
    for found in GROUPED.finditer(heard.said.text):
        told = any(f"{by} {found['noun'].lower()}" in spoken for by in ("by", "per", "each", "of each"))
        if not told and found["noun"].lower() not in heard.given | heard.formed:
            yield found.span()


def _means(argument: Argument, low: str, filled: Filled) -> bool:
    """Say whether a word is one for the value that an argument has."""
    if argument.kind is Kind.CHOICE:
        return match_choice(argument, low) == str(filled.args[argument.name])
    if argument.kind is Kind.YES_NO:
        said = any(low.startswith(part[:5]) for part in argument.name.split("_"))
        return said or any(low in words for words in FLAGS.get(argument.name, ()))
    return argument.kind is Kind.ENTITY and low.removesuffix("s") == argument.entity
