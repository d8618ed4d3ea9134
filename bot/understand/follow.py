"""A message that only changes the last question: "and Bisi?", "only the urgent ones", "over 60 days"."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from bot.contract.action import Action
from bot.understand.arguments import Argument, Kind, arguments_of
from bot.understand.filled import Asker, Filled
from bot.understand.freetext import BESIDE, NAMES, PLACES, REGION, SEARCH
from bot.understand.index import Index
from bot.understand.jargon import FLAGS
from bot.understand.marks import PEOPLE, REGIONS, Mark
from bot.understand.sentence import FOLLOWS, Sentence
from bot.understand.slots import fill
from bot.understand.understanding import Ask
from bot.understand.values import match_choice
from bot.understand.words import FUNCTION, Token, word_set

ONLY = re.compile(r"^(?:(?:no|ok|okay|but|now|then|show|me|just|only)\b[\s,]*)+", re.IGNORECASE)
FILLERS = word_set(
    "before day week month same thing again instead region one ones only too those else under since"
)
BEFORE_THAT = re.compile(r"\bthe (?P<unit>day|week|month) before(?: that)?[\s?.!]*$", re.IGNORECASE)
BACK = re.compile(r"^(?:ok(?:ay)?[\s,]+)?back to\b", re.IGNORECASE)
MENDS = re.compile(r"^(?:no|sorry|wait|oops|ah)\b[\s,]*(?:i mea?nt?|of|for|rather)\b", re.IGNORECASE)
"""Says that another one was meant; the "no" is no wish for a change."""
CORRECTS = re.compile(
    r"^(?:(?:no+|nope|wait|sorry|actually|oops|hold on|hm+|ok|okay|and|but|please)\b[\s,.!\-]*)*"
    r"(?:(?:make|set|put|change|turn) (?:it|that|this|the \w+)(?: (?:to|as|at|for|into|an?)\b)?|i mea?nt?\b|"
    r"rather\b|better\b)[\s,:]*(?P<said>.+)$|"
    r"^(?:(?:no+|wait|sorry|actually)\b[\s,.!\-]+)+(?P<brief>\S+(?: \S+){0,3})$",
    re.IGNORECASE,
)
"""Says what should be otherwise in what was just proposed."""
POLITE = re.compile(r"(?:[\s,]+(?:please|pls|plz|instead|then|thanks))+[\s.!]*$", re.IGNORECASE)
PLAIN = frozenset({Kind.CHOICE, Kind.DAY, Kind.INSTANT, Kind.LENGTH, Kind.MONEY, Kind.WHOLE, Kind.NUMBER})
"""Kinds of arguments that are mended by their value alone; nearly any words may be a text or a name."""
LONGEST = 6
"""Words in which a question is changed without an "and" before it."""


def changed(action: Action, last: Mapping[str, Any], said: Sentence, asker: Asker) -> dict[str, Any] | None:
    """Return the last question with what a message changes in it, if it does nothing else."""
    does = said.does and not MENDS.match(said.text)
    if not action.reads_only or does or not said.words:
        return None
    rest = _after(said)
    if not said.follows and (said.mood.question or len(said.words) > LONGEST):
        return None
    filled = fill(action, said, asker)
    taken = {k: v for k, v in filled.args.items() if k not in filled.from_focus}
    if BACK.match(said.text):
        return None  # a thing to speak of again, not the last question about it
    new = {k: v for k, v in taken.items() if _changes(k, v, action, said)}
    new |= _earlier(action, last, said)
    new |= _number(action, last, new, said) | _searched(action, last, new, said)
    new |= _named(action, last, new, said, rest)
    if not new or not all(_explained(w, action, said, filled, new) for w in said.words if w.start >= rest):
        return None
    if all(last.get(k) == v for k, v in new.items()):
        return None
    return {**{k: v for k, v in last.items() if not _outdated(k, action, new)}, **new}


def mended(index: Index, ask: Ask, sentence: Callable[[str], Sentence]) -> dict[str, Any] | None:
    """Return the change that was proposed last with what a message mends in it, if it says nothing else."""
    found, last = CORRECTS.match(ask.words), ask.last
    offered = next((o for o in index.actions if last and o.id == last[0]), None)
    if not found or last is None or offered is None or offered.item.reads_only:
        return None
    said = sentence(POLITE.sub("", found["said"] or found["brief"]))
    asker = Asker(clock=ask.clock, currency=ask.currency, email=ask.user.email, name=ask.user.name)
    filled = fill(offered.item, said, asker)
    plain = {a.name for a in arguments_of(offered.item) if a.kind in PLAIN}
    new = {k: v for k, v in filled.args.items() if k in plain and k not in filled.from_focus}
    if not new or not all(_explained(w, offered.item, said, filled, new) for w in said.words):
        return None
    return {**last[1], **new}


def _outdated(name: str, action: Action, new: Mapping[str, Any]) -> bool:
    """Say whether a time of the last question ends with the one that is asked for now."""
    times = {a.name for a in arguments_of(action) if a.kind in {Kind.DAY, Kind.INSTANT, Kind.LENGTH}}
    return name in times and not times.isdisjoint(new)


def beyond(action: Action, said: Sentence) -> tuple[str, ...]:
    """Return the place a message wants the last question for, if that is all it says and it cannot be had."""
    found = REGION.search(said.text)
    if not (found and said.follows and action.reads_only):
        return ()
    rest = [w for w in said.words if w.start >= _after(said) and w.low not in FUNCTION | FILLERS]
    return (found["region"],) if [w.low for w in rest] == [found["region"].lower()] else ()


def _named(
    action: Action, last: Mapping[str, Any], new: Mapping[str, Any], said: Sentence, rest: int
) -> dict[str, Any]:
    """Take one word as the name the last question had: "and support?", after what the role noc may do."""
    names = [
        a.name for a in arguments_of(action) if a.kind is Kind.TEXT and a.name in NAMES and last.get(a.name)
    ]
    words = [w for w in said.words if w.start >= rest and w.low not in FUNCTION]
    plain = len(names) == len(words) == 1 and said.follows and not new
    return {names[0]: words[0].text} if plain else {}


def _after(said: Sentence) -> int:
    """Return where what is to be changed begins."""
    found = FOLLOWS.match(said.text) or ONLY.match(said.text)
    return found.end() if found else 0


def _changes(name: str, value: object, action: Action, said: Sentence) -> bool:
    """Say whether an argument may be what a message changes: a name only after an "and"."""
    argument = next(a for a in arguments_of(action) if a.name == name)
    if argument.kind is Kind.ENTITY:
        return said.follows or (argument.entity in PEOPLE and said.asker)
    if name in PLACES and str(value).lower() in REGIONS:
        return True
    text = argument.kind in {Kind.TEXT, Kind.MANY, Kind.SECRET}
    return not text or (name in BESIDE | PLACES and _mark_of(value, said) is not None)


def _mark_of(value: object, said: Sentence) -> Mark | None:
    return next((m for m in said.marks if m.text == value), None)


def _earlier(action: Action, last: Mapping[str, Any], said: Sentence) -> dict[str, Any]:
    """Take "the month before" from what the last question was about, not from today."""
    found = BEFORE_THAT.search(said.text)
    days = [a.name for a in arguments_of(action) if a.kind is Kind.DAY and last.get(a.name)]
    if not found or not days:
        return {}
    at = date.fromisoformat(str(last[days[0]])[:10])
    unit = found["unit"].lower()
    if unit == "month":
        first = (at.replace(day=1) - timedelta(days=1)).replace(day=1)
        return dict.fromkeys(days[:1], first.isoformat()) | (
            {days[1]: (at.replace(day=1) - timedelta(days=1)).isoformat()} if len(days) > 1 else {}
        )
    step = timedelta(days=7 if unit == "week" else 1)
    return {name: (date.fromisoformat(str(last[name])[:10]) - step).isoformat() for name in days}


def _number(
    action: Action, last: Mapping[str, Any], new: Mapping[str, Any], said: Sentence
) -> dict[str, Any]:
    """Take a bare number as the one number the last question had: "and over 90?"."""
    numbers = [m for m in said.marks if m.kind == "number" and m.text.isdigit() and not m.long_number]
    wholes = [a.name for a in arguments_of(action) if a.kind is Kind.WHOLE and a.name in last]
    return {wholes[0]: int(numbers[0].text)} if len(numbers) == len(wholes) == 1 and not new else {}


def _searched(
    action: Action, last: Mapping[str, Any], new: Mapping[str, Any], said: Sentence
) -> dict[str, Any]:
    """Look for another name as the last question did."""
    asked = [a.name for a in arguments_of(action) if a.name in SEARCH and a.name in last]
    names = [m for m in said.marks if m.kind in {"name", "id", "entity"}]
    return {asked[0]: names[0].text} if said.follows and not new and len(asked) == len(names) == 1 else {}


def _explained(word: Token, action: Action, said: Sentence, filled: Filled, new: Mapping[str, Any]) -> bool:
    """Say whether a word is part of what is changed, or says nothing."""
    mark = next((m for m in said.marks if m.start <= word.start < m.end), None)
    if mark is not None and mark.kind != "maybe":
        return mark in filled.used or mark.text in {str(v) for v in new.values()} or mark.kind == "number"
    if word.low in FUNCTION or word.low in FILLERS:
        return True
    return any(_says(word.low, a) for a in arguments_of(action) if a.name in new) or word.low in {
        str(v).lower() for v in new.values()
    }


def _says(word: str, argument: Argument) -> bool:
    if argument.entity:
        return word.rstrip("s") in {argument.entity, argument.name}
    if argument.kind is Kind.CHOICE:
        return match_choice(argument, word) is not None or any(word in v.split("_") for v in argument.values)
    says, denied = FLAGS.get(argument.name, (frozenset(), frozenset()))
    return word in says | denied or any(word.startswith(part[:5]) for part in argument.name.split("_"))
