"""What the thread is about, taken where a message names nothing, or says her, him, it or there."""

from __future__ import annotations

import re

from bot.understand.arguments import Argument, Kind
from bot.understand.filled import Filled
from bot.understand.sentence import Sentence

PERSON_KIND = "customer"
"""Whom staff mean by her, him and them."""
PLACES = frozenset({"device", "port", "site", "outage"})
OF_IT = re.compile(r"(?:any|the|what about(?: the)?|and(?: the)?)\s+(?!all|every|other|one)", re.IGNORECASE)
FEW = 4
PART_OF = re.compile(r"^(?:and )?which (?:pon|port|sector)(?: (?:is|has|of it)\b|'s\b)", re.IGNORECASE)
"""A part of the device that was spoken of last."""


QUEUE = frozenset({"team"})
"""Who a change is for, and not what it is about: "open a ticket: weak light, for field"."""


def take_focus(out: Filled, arguments: tuple[Argument, ...], said: Sentence) -> None:
    """Take what the thread is about where the message names nothing, or says her, him, it.

    A change of what the message names is about nothing else: not about the site of the question before.
    """
    beside = frozenset() if out.reads_only else QUEUE
    named = any(a.kind is Kind.ENTITY and a.name in out.args.keys() - beside for a in arguments)
    if not named and (latest := _latest(out, arguments, said)):
        out.take(latest.name, said.focus[latest.entity])
        out.from_focus.add(latest.name)
        return
    for argument in arguments:
        key = said.focus.get(argument.entity) if argument.entity else None
        if key is None or argument.name in out.args or _some(argument.entity, said):
            continue
        told = not out.reads_only and not argument.required and _says_what(out, arguments)
        asked = said.pronoun or said.follows or (out.reads_only and _of_it(argument, said))
        if argument.entity in PLACES and not out.reads_only and _elsewhere(argument, arguments, said):
            continue
        if not argument.required and argument.entity != PERSON_KIND and said.whom and not said.it:
            continue  # "her tickets" are not those of the outage seen before
        if not out.reads_only and not argument.required and _is_another(argument, arguments, said):
            continue
        if argument.required or asked or not (out.reads_only or named or told):
            out.take(argument.name, key)
            out.from_focus.add(argument.name)


def _is_another(argument: Argument, arguments: tuple[Argument, ...], said: Sentence) -> bool:
    """Say whether "it" is what a change is for, and not this besides: no team, in "take it"."""
    for_one = any(a.required and a.entity and a.entity != argument.entity for a in arguments)
    own = argument.entity in {PERSON_KIND, *PLACES} or argument.entity in {w.low for w in said.words}
    return for_one and not own


def _elsewhere(argument: Argument, arguments: tuple[Argument, ...], said: Sentence) -> bool:
    """Say whether the thread spoke of another place since: the port it saw last is not of an older device."""
    others = {a.entity for a in arguments if a.entity in PLACES and a.entity != argument.entity}
    after = list(said.focus)[list(said.focus).index(argument.entity) + 1 :]
    return not argument.required and not others.isdisjoint(after)


def _of_it(argument: Argument, said: Sentence) -> bool:
    """Say whether a short question is about what the thread spoke of last: "any tickets", after her card."""
    latest = next(reversed(list(said.focus)), "") == argument.entity == PERSON_KIND
    wheres = [kind for kind in said.focus if kind == PERSON_KIND or kind in PLACES]
    if said.nearby and wheres[-1:] == [argument.entity] == [PERSON_KIND]:
        return True
    plain = not any(m.kind in {"name", "id", "entity", "time"} for m in said.marks)
    return latest and plain and len(said.words) <= FEW and OF_IT.match(said.text) is not None


def _says_what(out: Filled, arguments: tuple[Argument, ...]) -> bool:
    """Say whether a change has a text in the form of an example: "remind me at 10 to call the bank"."""
    return any(a.kind is Kind.TEXT and a.name in out.args and a.name in out.captured for a in arguments)


def _some(entity: str, said: Sentence) -> bool:
    """Say whether one that is not there yet is meant: "open a ticket", "another ticket"."""
    words = tuple(re.sub(r"[^a-z ]", " ", said.text[said.begin :].lower()).split())
    return any(
        {"a", "an", "another", "new"} & set(words[max(0, i - 2) : i])
        for i, w in enumerate(words)
        if w == entity
    )


def _latest(out: Filled, arguments: tuple[Argument, ...], said: Sentence) -> Argument | None:
    """Return which of several ways to say where is meant: by what the thread spoke of last.

    "Who is affected" needs a device, a port, a site or an outage, and "there" is one of them.
    """
    ways = [a for a in arguments if a.kind is Kind.ENTITY]
    wheres = [a for a in ways if not a.required and a.entity in PLACES]
    sorts = {Kind.CHOICE, Kind.YES_NO}
    rest = [a for a in arguments if a not in ways and a.kind not in sorts]
    part = PART_OF.search(said.text) is not None and "device" in said.focus
    one_of = len(wheres) == len(ways) > 1 and all(a.name == "limit" for a in rest)
    if not out.reads_only or not (one_of or (wheres and (part or any(w.low == "there" for w in said.words)))):
        return None
    order = list(said.focus)
    known = [a for a in wheres if a.entity in said.focus]
    return max(known, key=lambda a: order.index(a.entity), default=None)
