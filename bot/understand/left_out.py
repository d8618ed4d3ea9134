"""A list that is wished for without something: what was to be left out is never what is shown instead."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.contract.action import Action
from bot.understand.arguments import Argument, Kind, arguments_of
from bot.understand.filled import Filled
from bot.understand.ranges import range_of
from bot.understand.sentence import Sentence
from bot.understand.typed import SHARE
from bot.understand.values import match_choice
from bot.understand.words import tokens

LITTLE = (
    r"(?:(?:on|at|of|for|to|in|by|with|from|since|before|after|until|between|the|an?|any|our|my|those|"
    r"customers?|people|ones|tickets?|plan|site)\s+)*"
)
NOT = re.compile(
    r"(?:\b(?:not|except(?: for)?|excluding|other than|apart from|aside from|save for|all but|"
    r"(?:any|every)(?:thing|one|body|where)?(?: \w+)? but|outside(?: of)?)|n't)\s+" + LITTLE + r"$",
    re.IGNORECASE,
)
"""Before a name or a value that is not meant."""
NON = re.compile(r"\bnon[- ]?$", re.IGNORECASE)
NOT_ME = re.compile(
    r"\b(?:not|except|other than|anyone but|anybody but)\s+(?:(?:by|of|for|with|to|from)\s+)?"
    r"(?:me|my|mine|myself)\b",
    re.IGNORECASE,
)
FEWER = re.compile(
    r"\b(?:(?:fewer|less) than|under|below|at most|(?:no|not) more than|max(?:imum)?|exactly|precisely)\s+$",
    re.IGNORECASE,
)
MORE = frozenset({"least", "minimum", "times"})
"""Arguments that say how many there are at least."""
AMOUNT = "amount"
"""The argument that is an amount just so."""
EXACTLY = re.compile(r"\b(?:exactly|precisely)\s+$", re.IGNORECASE)
ME = frozenset({"me", "my", "mine", "myself"})
NARROW = frozenset({Kind.ENTITY, Kind.TEXT})


def left_out(action: Action, filled: Filled, said: Sentence) -> tuple[str, str]:
    """Return what is said of a list and was taken for its opposite, with the argument it was taken for.

    Nothing where there is no such; no argument where what is left out is what the list itself is of.
    """
    if not action.reads_only or said.mood.how_to:
        return "", ""
    optional = {a.name for a in arguments_of(action) if not a.required}
    for start, end in _found(action, filled, said):
        inside = {m.text for m in said.marks if start <= m.start and m.end <= end}
        words = [w.low for w in said.words if start <= w.start < end]
        taken = [n for n in filled.args if n in optional and _from(n, action, filled, inside, words)]
        return said.text[start:end].strip(" ,;.!?"), taken[0] if len(taken) == 1 else ""
    return "", ""


def _from(name: str, action: Action, filled: Filled, inside: set[str], words: list[str]) -> bool:
    """Say whether an argument was taken from a stretch of the message."""
    argument = next(a for a in arguments_of(action) if a.name == name)
    value = str(filled.args[name])
    if argument.kind is Kind.CHOICE:
        return any(match_choice(argument, word) == value for word in words)
    if argument.kind not in NARROW:
        return False
    if "@" in value and any(word in ME for word in words):
        return True
    named = {t.low for t in tokens(value)}
    return value in inside or bool(named & {*words}) or SHARE.fullmatch(value) is not None


def _found(action: Action, filled: Filled, said: Sentence) -> Iterator[tuple[int, int]]:
    text, arguments = said.text, arguments_of(action)
    taken = [a for a in arguments if a.name in filled.args and a.name not in filled.from_focus]
    for share in SHARE.finditer(text, said.begin):
        if share[0] in filled.args.values() and (found := FEWER.search(text, said.begin, share.start())):
            yield found.start(), share.end()
    span = range_of(said)
    ranged = span and any(span.start() <= m.start < span.end() for m in filled.used)
    if span and ranged and (found := NOT.search(text, said.begin, span.start("a"))):
        yield found.start(), span.end()
    for mark in said.marks:
        one = any(a.kind in NARROW and str(filled.args[a.name]) == mark.text for a in taken)
        used = one or mark in filled.used
        if used and mark.kind != "quoted" and (found := NOT.search(text, said.begin, mark.start)):
            yield found.start(), mark.end
        figure = mark.kind in {"number", "money"} and not mark.entity
        counted = bool(MORE & {a.name for a in taken})
        exact = mark not in filled.used and AMOUNT not in {a.name for a in arguments}
        below = FEWER if counted else EXACTLY
        if figure and (counted or exact) and (found := below.search(text, said.begin, mark.start)):
            yield found.start(), mark.end
    for word in said.words:
        if word.stem in filled.own and (found := NOT.search(text, said.begin, word.start)):
            yield found.start(), word.end
    yield from _values(taken, filled, said)


def _values(taken: list[Argument], filled: Filled, said: Sentence) -> Iterator[tuple[int, int]]:
    """Find the word for a choice, and oneself, behind a not."""
    for argument in taken:
        if argument.kind is Kind.CHOICE:
            value = str(filled.args[argument.name])
            words = [w for w in said.words if match_choice(argument, w.low) == value]
            found = [
                f
                for w in words
                if (f := NOT.search(said.text, said.begin, w.start) or NON.search(said.text, 0, w.start))
            ]
            if found and len(found) == len(words):
                yield found[0].start(), words[0].end
        own = argument.kind in NARROW and "@" in str(filled.args[argument.name])
        if own and (me := NOT_ME.search(said.text, said.begin)):
            yield me.start(), me.end()
