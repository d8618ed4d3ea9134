"""One customer told by name and number, and two of whom a call takes one: "peter kamau 100234"."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from rapidfuzz.distance import OSA

from bot.contract.action import Action
from bot.understand.arguments import Kind, arguments_of
from bot.understand.focused import PERSON_KIND
from bot.understand.index import Index
from bot.understand.lookups import Lookups
from bot.understand.marks import Mark
from bot.understand.phrasing import command
from bot.understand.sentence import Sentence
from bot.understand.understanding import Guess, Understanding, Verdict
from bot.understand.words import tokens

BETWEEN = re.compile(
    r"(?:\s|[,(/#:–—-]|'s\b|\b(?:acct?|account|a/c|customer|cust|no|nr|number|id|with|of|is|i mean)\b\.?)*",
    re.IGNORECASE,
)
"""What stands between a name and the number of the same account."""
NOT_IT = re.compile(r"\b(?:not|instead of|rather than|like|unlike)\s+$", re.IGNORECASE)
LETTERS = 4
"""From so many on one slip in a name is forgiven."""


async def one_by_both(said: Sentence, lookups: Lookups) -> Sentence:
    """Take a name beside an account number for the same customer, where it is theirs."""
    marks = list(said.marks)
    for number in [m for m in marks if m.long_number and m.found and m.entity == PERSON_KIND]:
        beside = next((m for m in marks if _beside(m, number, said)), None)
        if beside is None:
            continue
        found = await lookups.find(PERSON_KIND, number.text) or ()
        if any(m.exact and _called(beside.text, m.label) for m in found):
            start, end = min(number.start, beside.start), max(number.end, beside.end)
            end += said.text.startswith(")", end) and "(" in said.text[start:end]
            marks[marks.index(number)] = replace(number, start=start, end=end)
            marks.remove(beside)
    return replace(said, marks=tuple(marks)) if len(marks) != len(said.marks) else said


def _beside(mark: Mark, number: Mark, said: Sentence) -> bool:
    """Say whether a name stands right before or behind an account number."""
    if mark is number or mark.long_number or mark.kind not in {"name", "maybe", "entity"}:
        return False
    if mark.entity not in {"", PERSON_KIND} and not mark.near:
        return False
    first, second = sorted((mark, number), key=lambda m: m.start)
    return BETWEEN.fullmatch(said.text, first.end, second.start) is not None


def _called(name: str, label: str) -> bool:
    """Say whether all words of a name are in what somebody is called."""
    theirs = [t.low for t in tokens(label)]
    said = [t.low for t in tokens(name)]
    return bool(said) and all(any(_same(word, one) for one in theirs) for word in said)


def _same(word: str, one: str) -> bool:
    return word == one or (
        min(len(word), len(one)) >= LETTERS and OSA.distance(word, one, score_cutoff=1) <= 1
    )


def ask_which(index: Index, meant: Understanding, said: Sentence, masked: str) -> Understanding:
    """Offer both where two things of one kind were named and the call takes one of them.

    A list is only asked about where a number and another's name stand side by side. `masked` is the message
    without what it names.
    """
    meant = replace(meant, masked=masked)
    if meant.verdict not in {Verdict.CLEAR, Verdict.MISSING}:
        return meant
    best = meant.best
    offered = next(o for o in index.actions if o.id == best.action_id)
    for name, entity in _things(offered.item, best):
        taken = next((m for m in said.marks if m.text == best.args[name] and m.entity == entity), None)
        if taken is None:
            continue
        others = [m for m in said.marks if _is(m, entity) and m.text != taken.text and _meant(m, said)]
        told = "" if best.reads_only else _texts(best.args.values())
        others = [
            m for m in others if _beside(m, taken, said) or _beside(taken, m, said) or m.text not in told
        ]
        if best.reads_only:
            others = [m for m in others if _beside(m, taken, said) or _beside(taken, m, said)]
        if not others:
            continue
        plain = _without(best.args, others[0].text)
        choices = [plain, {**plain, name: others[0].text}]
        both = [replace(best, args=a, said=command(offered, a, short=True)) for a in choices]
        return replace(meant, verdict=Verdict.UNSURE, guesses=tuple(both))
    return meant


def _is(mark: Mark, entity: str) -> bool:
    """Say whether a mark is a thing of this kind, beyond doubt."""
    return mark.entity == entity and ((mark.found and not mark.near) or mark.kind == "entity")


def _meant(mark: Mark, said: Sentence) -> bool:
    """Say whether a thing may be the one that is meant: not the one of "not 100234"."""
    return NOT_IT.search(said.text, 0, mark.start) is None


def _without(args: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return the arguments with no reason or note that begins with the other one's name."""
    begins = re.compile(rf"^{re.escape(name)}\b[\s,:]*(?:because(?: of)?|as|for|due to)?\s*", re.IGNORECASE)
    return {k: begins.sub("", v) if isinstance(v, str) and v != name else v for k, v in args.items()}


def _things(action: Action, guess: Guess) -> list[tuple[str, str]]:
    """Return the arguments of a call that are things, of the kinds of which it takes only one."""
    kinds = [a.entity for a in arguments_of(action) if a.kind is Kind.ENTITY]
    return [
        (a.name, a.entity)
        for a in arguments_of(action)
        if a.kind is Kind.ENTITY and a.name in guess.args and kinds.count(a.entity) == 1
    ]


def _texts(values: Collection[object]) -> str:
    """Return all values as one text, to see whether something is told in one of them."""
    return "\n".join(str(value) for value in values)
