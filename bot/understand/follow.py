"""A message that only changes the last question: "and Bisi?", "only the urgent ones", "over 60 days"."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from bot.contract.action import Action
from bot.contract.entity import Match
from bot.understand.arguments import Argument, Kind, arguments_of, is_time
from bot.understand.filled import Asker, Filled
from bot.understand.freetext import ANY_REGION, BESIDE, NAMES, PLACES, REGION, SEARCH, WHYS
from bot.understand.jargon import FLAGS
from bot.understand.marks import PEOPLE, REGIONS, Mark
from bot.understand.sentence import FOLLOWS, Sentence
from bot.understand.slots import fill
from bot.understand.values import match_choice
from bot.understand.words import FUNCTION, Token, tokens, word_set

Find = Callable[[str, str], Awaitable[Sequence[Match] | None]]
ONLY = re.compile(
    r"^(?:(?:no|ok|okay|and|but|now|then|show|list|me|just|only)\b[\s,]*)+"
    r"(?:(?:those|these|the ones|ones)\b\s*)?(?:(?:that|which|who) (?:are|is)\b\s*)?",
    re.IGNORECASE,
)
NARROWS = re.compile(r"\b(?:only|just)\b", re.IGNORECASE)
AFTER = re.compile(r"(?:[\s,]+(?:only|instead|please|pls|then|too|as well))+[\s?.!]*$", re.IGNORECASE)
"""Says nothing of what is changed."""
TOP = re.compile(
    r"^(?:the\s+)?(?:(?:top|worst|first|last|latest|newest|oldest|biggest|largest)\s+(?P<a>\d{1,3})|"
    r"(?P<b>\d{1,3})\s+(?:worst|latest|newest|oldest|biggest|largest))(?:\s+(?:ones|of them))?[\s?.!]*$",
    re.IGNORECASE,
)
PLACE = re.compile(
    r"^(?P<in>(?:those\s+)?(?:in|at|around|near|on|from|of|for)\s+)?(?:the\s+)?"
    r"(?P<place>[A-Za-z][\w'-]*(?: [\w'-]+)?)(?:\s+(?:side|region|area|zone|ones?|tickets?))?[\s?.!]*$",
    re.IGNORECASE,
)
FILLERS = word_set(
    "before day week month same thing again instead region one ones only too those else since worse more "
    "than over above beyond least most weaker higher older longer top worst best biggest oldest latest "
    "newest night morning afternoon evening noon what with"
)
PEOPLE_SAID = word_set("customers customer accounts account subscribers clients people")
THINGS = PEOPLE_SAID | word_set("tickets invoices payments devices outages visits lines")
"""What is narrowed, said once more: "only business customers"."""
DOWN = word_set("less fewer under below within lower younger smaller better")
"""Bounds from above: said only of a question that knows them."""
PART_OF_DAY = word_set("night morning afternoon evening noon")
BY = ("by", "who", "person")
"""Arguments of text that are somebody who works here."""
BEFORE_THAT = re.compile(r"\bthe (?P<unit>day|week|month) before(?: that)?[\s?.!]*$", re.IGNORECASE)
BARE_REGION = re.compile(rf"^(?:the )?(?P<region>{ANY_REGION})[\s?.!]*$", re.IGNORECASE)
OF = re.compile(r"^(?:for|of|by)\s+(?:the\s+)?", re.IGNORECASE)
BACK = re.compile(r"^(?:ok(?:ay)?[\s,]+)?back to\b", re.IGNORECASE)
MENDS = re.compile(r"^(?:(?:no|sorry|wait|oops|ah|oh)\b[\s,]*)+(?:i mea?nt?|of|for|rather)\b", re.IGNORECASE)
"""Says that another one was meant; the "no" is no wish for a change."""
ASKS = re.compile(
    r"^(?:what|who|whom|whose|which|when|where|why|how|is|are|was|were|do|does|did|can|could|any|has|have|"
    r"had|will|would|should|may|am)\b",
    re.IGNORECASE,
)
"""Begins a question of its own: "tomorrow night?" is none."""
FEW, LONGEST = 3, 6
"""Words in which a question is changed without an "and" before it."""


@dataclass(frozen=True, kw_only=True)
class Change:
    """A message without what only says that it changes the last question.

    `narrows` says that it asks for a part of the last answer: "only the urgent ones".
    """

    words: str
    narrows: bool = False
    back: bool = False
    mends: bool = False


def change_in(words: str) -> Change:
    """Return what of a message may be new in the last question."""
    start = FOLLOWS.match(words)
    rest = words[start.end() :] if start else words
    if only := ONLY.match(rest):
        rest = rest[only.end() :]
    rest = AFTER.sub("", rest)
    return Change(
        words=rest or words,
        narrows=NARROWS.search(words) is not None and len(words.split()) <= LONGEST,
        back=BACK.match(words) is not None,
        mends=MENDS.match(words) is not None,
    )


def changed(
    action: Action, last: Mapping[str, Any], said: Sentence, whole: Sentence, asker: Asker
) -> dict[str, Any] | None:
    """Return the last question with what a message changes in it, if it does nothing else.

    `said` is what is left of the `whole` message without what says that it changes a question.
    """
    change = change_in(whole.text)
    if not action.reads_only or not said.words or change.back or (whole.does and not change.mends):
        return None  # "back to her" is a thing to speak of again, not the last question about it
    loose = not (whole.follows or change.narrows)
    asks = whole.mood.question and (len(whole.words) > FEW or ASKS.match(whole.text) is not None)
    if loose and (asks or len(whole.words) > LONGEST):
        return None
    filled = fill(action, said, asker)
    taken = {k: v for k, v in filled.args.items() if k not in filled.from_focus}
    new: dict[str, Any] = dict(_placed(action, last, said, change) or _cut_to(action, said))
    if not new:
        new = {k: v for k, v in taken.items() if _changes(k, v, action, said, loose=loose)}
        new |= _earlier(action, last, said)
        new |= _number(action, last, new, said) | _searched(action, last, new, said)
        new |= _named(action, last, new, said)
        nouns = frozenset() if loose else THINGS if change.narrows else PEOPLE_SAID
        if not new or not all(w.low in nouns or explained(w, action, said, filled, new) for w in said.words):
            return None
    if all(last.get(k) == v for k, v in new.items()):  # "last month", in October: the same once more
        return None if loose and not new.keys() <= _times(action) else dict(last)
    return {**{k: v for k, v in last.items() if not _outdated(k, action, new)}, **new}


def unheeded(said: Sentence) -> tuple[str, ...]:
    """Return the words that would have changed the last question further: the night of "tomorrow night"."""
    return tuple(
        w.text
        for w in said.words
        if w.low in PART_OF_DAY and not any(m.start <= w.start < m.end for m in said.marks)
    )


def _placed(action: Action, last: Mapping[str, Any], said: Sentence, change: Change) -> Mapping[str, Any]:
    """Return the place a message narrows the last question to: "only the coast", "in nyali?"."""
    found = PLACE.match(said.text)
    names = [a.name for a in arguments_of(action) if a.kind is Kind.TEXT and a.name in PLACES]
    if not found or not names:
        return {}
    place, region = found["place"], next((w for w in found["place"].split() if w.lower() in REGIONS), "")
    if region:
        return {names[0]: region}
    mark = next((m for m in said.names if m.text == place), None)
    strange = {"site"} - {a.entity for a in arguments_of(action)}
    if "area" not in names or mark is None or (mark.found and not mark.near and mark.entity not in strange):
        return {}
    there = (found["in"] or "").split()[-1:]
    named = change.mends or change.narrows or said.follows
    return {"area": place} if there in (["in"], ["around"], ["near"]) or (named and last.get("area")) else {}


def _outdated(name: str, action: Action, new: Mapping[str, Any]) -> bool:
    """Say whether a time of the last question ends with the one that is asked for now."""
    times = _times(action)
    return name in times and not times.isdisjoint(new)


def _times(action: Action) -> set[str]:
    return {a.name for a in arguments_of(action) if is_time(a)}


def beyond(action: Action, said: Sentence) -> tuple[str, ...]:
    """Return the place a message wants the last question for, if that is all it says and it cannot be had."""
    found = REGION.search(said.text) or BARE_REGION.match(said.text)
    if not (found and said.follows and action.reads_only):
        return ()
    rest = [w for w in said.words if w.low not in FUNCTION | FILLERS]
    return (found["region"],) if [w.low for w in rest] == [found["region"].lower()] else ()


def _cut_to(action: Action, said: Sentence) -> Mapping[str, Any]:
    """Return how many rows are wanted: "just the top 5"."""
    found = TOP.match(said.text) if any(a.name == "limit" for a in arguments_of(action)) else None
    return {"limit": int(found["a"] or found["b"])} if found else {}


async def renamed(
    action: Action, last: Mapping[str, Any], said: Sentence, find: Find
) -> dict[str, Any] | None:
    """Return the last question about another thing with an everyday name: "and support", of those on call."""
    words = OF.sub("", said.text.strip(" ?.!"))
    if not action.reads_only or not said.follows or said.marks or len(words.split()) > FEW:
        return None
    for a in arguments_of(action):
        if a.entity.endswith("_team") or (a.entity and last.get(a.name) and a.entity not in PEOPLE):
            found = await find(a.entity, words)
            if any(match.exact for match in found or ()):
                return {**last, a.name: words}
    return None


def _named(action: Action, last: Mapping[str, Any], new: Mapping[str, Any], said: Sentence) -> dict[str, Any]:
    """Take one name as the name the last question had: "and support?", after what the role noc may do."""
    texts = [a.name for a in arguments_of(action) if a.kind is Kind.TEXT]
    had = [n for n in texts if isinstance(last.get(n), str) and n not in SEARCH | WHYS]
    had = [n for n in had if " " not in last[n] or n in BY]
    only = [n for n in texts if len(texts) == 1 and n in NAMES]
    words = [w for w in said.words if w.low not in FUNCTION]
    mark = next((m for m in said.names if words and m.start <= words[0].start < m.end), None)
    if new or not words or not said.follows or (len(words) > 1 and (not mark or words[-1].end > mark.end)):
        return {}
    person = mark is not None and mark.entity in PEOPLE
    names = [n for n in had if (n in BY) is person] if person or len(had) > 1 else had or only
    if names[:1] and names[0] in PLACES and (mark is None or mark.kind == "id"):
        return {}  # "and maintenance", of outages in the north: that is no place
    return {names[0]: mark.text if mark else words[0].text} if len(names) == 1 else {}


def _changes(name: str, value: object, action: Action, said: Sentence, *, loose: bool) -> bool:
    """Say whether an argument may be what a message changes: a name only after an "and" or "only"."""
    argument = next(a for a in arguments_of(action) if a.name == name)
    if argument.kind is Kind.ENTITY:
        sure = any(m.text == value and (m.found or m.entity == argument.entity) for m in said.marks)
        return said.follows or (argument.entity in PEOPLE and said.asker) or (sure and not loose)
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


def explained(word: Token, action: Action, said: Sentence, filled: Filled, new: Mapping[str, Any]) -> bool:
    """Say whether a word is part of what is changed, or says nothing."""
    mark = next((m for m in said.marks if m.start <= word.start < m.end), None)
    if mark is not None and mark.kind != "maybe":
        return mark in filled.used or mark.text in {str(v) for v in new.values()} or mark.kind == "number"
    if word.low in DOWN:
        return _bounds(word.low, action)
    if word.low in FUNCTION or word.low in FILLERS:
        return True
    return any(_says(word.low, a) for a in arguments_of(action) if a.name in new) or word.low in {
        str(v).lower() for v in new.values()
    }


def _bounds(word: str, action: Action) -> bool:
    """Say whether a bound from above is one that an action knows: "within 3 days", of what comes next."""
    known = _spoken(action)
    if any(a.name in {"at_least", "more_than", "older_than"} for a in arguments_of(action)):
        return False  # its number is a bound from below
    return word in DOWN and (word in known or (word == "within" and not known.isdisjoint({"next", "coming"})))


@lru_cache(maxsize=4_096)
def _spoken(action: Action) -> frozenset[str]:
    """Return the words of the examples, wordings and arguments of an action."""
    names = (a.name.replace("_", " ") for a in arguments_of(action))
    return frozenset(token.low for text in (*action.sayings, *names) for token in tokens(text))


def _says(word: str, argument: Argument) -> bool:
    if argument.entity:
        return word.rstrip("s") in {argument.entity, argument.name}
    if argument.kind is Kind.CHOICE:
        return match_choice(argument, word) is not None or any(word in v.split("_") for v in argument.values)
    says, denied = FLAGS.get(argument.name, (frozenset(), frozenset()))
    return word in says | denied or any(word.startswith(part[:5]) for part in argument.name.split("_"))
