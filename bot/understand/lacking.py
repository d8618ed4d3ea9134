"""What staff of a provider also ask a bot for: said plainly where no plugin that is on can do it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache

from bot.understand.freetext import LOOKS_FOR
from bot.understand.index import Fit
from bot.understand.marks import PEOPLE
from bot.understand.sentence import SEEN, Sentence, names_at
from bot.understand.understanding import Understanding, Verdict
from bot.understand.vain import REPORTS, Sort
from bot.understand.wishes_in_vain import WISHES, Wish
from bot.understand.words import FUNCTION, stem

RESTS = re.compile(
    r"(?:hm+|ok|and|but|no)?[,\s]*"
    r"(?:(?:excluding|except|without|but not|only|those|these|just)\b|(?:note|add)\s*:)",
    re.IGNORECASE,
)
"""Begins what goes on with something: "those of home fibre", "add: generator on the way"."""
CAME_IN = re.compile(
    r"\b(?:did|have|has) (?:we|you|i|it|this|that|the (?:payment|money)) (?:ever )?"
    r"(?:get|got|received?|arrived?|come?|came)\b"
    r"(?!.*\b(?:bank|account|till)\b)",
    re.IGNORECASE,
)
"""Asks about a payment, and moves no money: "mpesa QX7Y12AB, did we get it"."""
REPORT = re.compile(
    r"^\W*(?:(?:an?|the|my) )?(?:report|summary) (?:of|for) (?:the|this|last) \w+\W*$", re.IGNORECASE
)
"""Asks how it was, now, and for nothing to be sent later."""
NONE_OF = {"move money": CAME_IN, "watch for something": REPORT}
"""What is no wish of a sort, by the end of its name."""
ASKS = re.compile(r"(?:which|how (?:many|much)|who|when)\b", re.IGNORECASE)
CHANGES = re.compile(r"change|make|delete|restart|shut|upgrade|block|transfer|e-mail|set\b")
"""What a sort of wishes begins with that a look is none of: "which plans do we sell"."""
FITS, GUESSED, BASE = 0.69, 0.515, 0.30
"""What the best action at a first look and the best guess take off how well a sort of vain wishes fits.

Fitted (logit) on every fourth saying left out, and on the questions that something here can do."""
LEADS = {Verdict.UNKNOWN: 0.11, Verdict.UNSURE: 0.1, Verdict.HELD: 0.15}
"""How far a sort of vain wishes must lead before it is named; a verdict that is not here would act."""
PLAINLY = 0.14
LEAST, LEAST_PLAINLY = 0.45, 0.55
"""How well a sort must fit at all, and how well where something would be done otherwise."""
NEVER = 0.3
"""Taken off where a kind of thing is named that the sort is never about: a closed ticket orders no cable."""


class Lacks:
    """The wishes that no action speaks of: built once per view, so a plugin for one of them ends it."""

    def __init__(self, phrases: Iterable[str]) -> None:
        self._wishes = _unspoken(tuple(phrases))

    def named(self, said: Sentence) -> str:
        """Return what a message wishes for in vain, to stand after "I cannot"; else nothing."""
        text = re.sub(r'"[^"]*"', '""', said.text[: min(said.said_after, SEEN)])
        if about := LOOKS_FOR.search(text):
            text = text[: about.start()]
        named = said.whom or any(m.found or m.entity for m in said.marks)
        return next((w.named for w in self._wishes if not (w.many and named) and w.words.search(text)), "")


@lru_cache(8)
def _unspoken(phrases: tuple[str, ...]) -> tuple[Wish, ...]:
    """Return the wishes in none of the phrases; most views of a process say the same ten thousand."""
    return tuple(w for w in WISHES if not any(w.words.search(text) for text in phrases))


def in_vain(meant: Understanding, fit: Fit, said: Sentence) -> Understanding:
    """Return what was understood, or what is wished for in vain where that fits clearly better.

    The guesses stay, to be offered: who meant one of them after all need not say it again.
    """
    fits, sort = fit.vain
    acts = meant.verdict in {Verdict.CLEAR, Verdict.MISSING}
    if sort is None or fits < (LEAST_PLAINLY if acts else LEAST):
        return meant
    if REPORTS.match(said.mood.core) or not _is_plain(sort, said):
        return meant  # "done: 20 m of new cable" orders none
    if meant.guesses and meant.best.formed and not meant.best.missing and (acts or not meant.best.reads_only):
        return meant
    lead = fits + BASE - FITS * float(fit.coarse.max()) - GUESSED * meant.confidence
    if lead - NEVER * _is_never_about(sort, said) <= LEADS.get(meant.verdict, PLAINLY):
        return meant
    return replace(meant, verdict=Verdict.UNKNOWN, beyond=None, lacks=sort.named, instead=sort.instead)


def _is_plain(sort: Sort, said: Sentence) -> bool:
    """Say whether a message is a wish of this sort by a word of its own, and no rest of another wish."""
    if any(sort.named.endswith(end) and none.search(said.mood.core) for end, none in NONE_OF.items()):
        return False
    if RESTS.match(said.mood.core) or (ASKS.match(said.mood.core) and CHANGES.match(sort.named)):
        return False
    words = [w for w in said.words if w.low not in FUNCTION and not names_at(w.start, said)]
    stems = {stem(word) for word in sort.words}
    return any(w.stem in stems for w in words)


def _is_never_about(sort: Sort, said: Sentence) -> bool:
    return any(m.entity not in sort.words for m in said.marks if m.entity and m.entity not in PEOPLE)
