"""Which one "it", "her" or "there" is: what the last reply named, asked where it named several."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace

from bot.contract.action import Via
from bot.contract.reply import Choice, Reply, Tone
from bot.core.candidates import candidates
from bot.core.choosing import ORDINALS
from bot.core.named import MOST
from bot.core.pointing import ORDINAL
from bot.core.resolve import choice
from bot.core.threads import Asking
from bot.core.turn import Turn
from bot.errors import UserError
from bot.understand.arguments import Argument, arguments_of, has_secret
from bot.understand.focused import PERSON_KIND, PLACES
from bot.understand.marks import PEOPLE
from bot.understand.understanding import Ask, Guess, Understanding, Verdict

POINTS = re.compile(
    r"\b(?:it|its|this|that|there|her|hers|his|him|them|their|the (?:ticket|case|outage|visit|invoice|bill|"
    r"payment|reminder|customer|device|window|maintenance))\b",
    re.IGNORECASE,
)
"""Words that mean something that was shown."""
MAKES = re.compile(
    r"^(?:(?:ok|and|please|no)\b[\s,]*)*(?:make|set|put|change|turn) (?:it|that|this)\b", re.IGNORECASE
)
"""Wishes to change what was shown."""
ROW = re.compile(rf"\bthe\s+(?:{ORDINAL}|last|oldest|newest|latest|biggest|worst|other)\b", re.IGNORECASE)
"""A row of a list: it is that one, or none."""
SEVERAL = re.compile(
    r"\b(?:both|all of (?:them|these|those)|(?:them|these|those) all|each of (?:them|these|those)|"
    r"everyone|everybody|the (?:first|last|next|other) (?:two|three|four|five|\d+))\b",
    re.IGNORECASE,
)
"""Several things: then the one that was spoken of is not meant."""
ORDINALS_SAID = frozenset(ORDINALS)
LONGEST = 160
OFFERED = 3
WHERE = "there"


async def with_named(turn: Turn, ask: Ask, meant: Understanding) -> Understanding:
    """Read a message once more with what the last reply named, where nothing else says what "it" is."""
    kinds = {kind: keys[0] for kind, keys in turn.thread.named.items() if kind not in {*ask.focus, *PEOPLE}}
    left = turn.thread.left_open.kind if turn.thread.left_open else ""  # asked which, and not said yet
    kinds = {
        kind: key for kind, key in kinds.items() if kind in turn.desk.understander.kinds and kind != left
    }
    if _makes_new(turn, ask, meant) and (not kinds or not ROW.search(ask.words)):
        meant = _of_it(meant)
    if not kinds or len(ask.words) > LONGEST or ROW.search(ask.words) or not _open(turn, ask, meant, kinds):
        return meant
    again = await turn.desk.understander.understand(replace(ask, focus={**ask.focus, **kinds}))
    if again.verdict not in {Verdict.CLEAR, Verdict.MISSING} or again.lacks or again.best.unused:
        return meant
    arguments = arguments_of(turn.desk.view.action(again.action_id).item)
    taken = any(a.name in again.best.from_focus and a.entity in kinds for a in arguments)
    return again if taken else meant


def _makes_new(turn: Turn, ask: Ask, meant: Understanding) -> bool:
    """Say whether "make it high" was read as a change of nothing that was shown."""
    plain = meant.verdict in {Verdict.CLEAR, Verdict.MISSING} and MAKES.match(ask.words) is not None
    if not plain or meant.best.reads_only or meant.best.from_focus:
        return False
    things = arguments_of(turn.desk.view.action(meant.action_id).item)
    return not any(a.entity and a.name in meant.args for a in things)


def _of_it(meant: Understanding) -> Understanding:
    """Return only the changes of what was spoken of: "it" is nothing new."""
    changes = tuple(g for g in meant.guesses if g.from_focus and not g.reads_only)
    return replace(meant, verdict=Verdict.UNSURE if changes else Verdict.UNKNOWN, guesses=changes)


async def keep_several(turn: Turn, ask: Ask) -> None:
    """Remember that a message named several of a kind: "him" is none of the two that were compared."""
    names = [name for name in turn.desk.understander.names(ask) if any(c.isdigit() for c in name)]
    found: dict[str, list[str]] = {}
    for name in names[:MOST] if len(names) > 1 else ():
        kind = turn.desk.understander.kind_of(name) or (PERSON_KIND if name.isdigit() else "")
        key = name
        if kind == PERSON_KIND:
            with suppress(UserError):  # not for this person, or its system is away
                key = next((m.key for m in await turn.find(kind, name) if m.exact), "")
        if kind and key and key not in found.setdefault(kind, []):
            found[kind].append(key)
    several = {kind: tuple(keys) for kind, keys in found.items() if len(keys) > 1}
    turn.thread = replace(turn.thread, named={**turn.thread.named, **several}) if several else turn.thread


def _open(turn: Turn, ask: Ask, meant: Understanding, kinds: Mapping[str, str]) -> bool:
    """Say whether it is open what a message is about."""
    points = POINTS.search(ask.words) is not None
    if meant.verdict is Verdict.MISSING:
        arguments = arguments_of(turn.desk.view.action(meant.action_id).item)
        lacks = {a.entity for a in arguments if a.name in meant.best.missing and a.entity in kinds}
        return any(points or len(turn.thread.named[kind]) == 1 for kind in lacks)
    return points and meant.verdict in {Verdict.UNSURE, Verdict.UNKNOWN}


async def which_one(turn: Turn, guess: Guess) -> Reply | None:
    """Ask which one is meant, where what was shown last leaves several; None where it is plain.

    A question is answered about what the thread was about before; a change is for nothing that is a guess.
    """
    item = turn.desk.view.action(guess.action_id).item
    if has_secret(item, guess.args):  # a thread is kept in clear
        return None
    if guess.from_focus and not guess.reads_only and SEVERAL.search(turn.question.words.split(":")[0]):
        return Reply("I do that to one at a time. Name the one, or say it of a list I show.", tone=Tone.ASK)
    rows = [words for words in guess.unused if not ORDINALS_SAID.isdisjoint(words.lower().split())]
    if rows and not guess.reads_only:
        return Reply(
            f"I do not know which one “{rows[0]}” is here. Name it, or ask for the list.", tone=Tone.ASK
        )
    arguments = {a.name: a for a in arguments_of(item)}
    for name in sorted(guess.from_focus & arguments.keys() & guess.args.keys()):
        argument, key = arguments[name], str(guess.args[name])
        known, named = turn.thread.focus.get(argument.entity), turn.thread.named.get(argument.entity, ())
        if key not in {known, *named} or (guess.reads_only and known):
            continue
        options = _options(turn, argument, key, arguments)
        if len(options) > 1:
            return await _asked(turn, guess, argument, options)
    return None


def _options(
    turn: Turn, argument: Argument, key: str, arguments: Mapping[str, Argument]
) -> list[tuple[Argument, str]]:
    """Return what may be meant: what was taken, if the thread was about it, and what was named last."""
    named, kind = turn.thread.named, argument.entity
    if kind in PEOPLE or named.get(kind) == (key,):
        return [(argument, key)]
    others = [argument]
    if kind in PLACES:  # "there" is any of them
        if any(
            turn.thread.focus.get(k) in named.get(k, ()) and len(named[k]) == 1 for k in PLACES & named.keys()
        ):
            return [(argument, key)]
        others += [a for a in arguments.values() if a.entity in PLACES and a is not argument]
    found = [(argument, key)]
    for one in others:
        found += [(one, k) for k in named.get(one.entity, ()) if (one, k) not in found]
    return found


async def _asked(
    turn: Turn, guess: Guess, argument: Argument, options: list[tuple[Argument, str]]
) -> Reply | None:
    owned = turn.desk.view.action(guess.action_id)
    rest = {name: value for name, value in guess.args.items() if name != argument.name}
    choices: list[Choice] = []
    for one, key in options[:OFFERED]:
        found = await turn.find(one.entity, key)
        exact = [match for match in found if match.exact] or [*found]
        if len(exact) == 1:
            choices.append(choice(owned, one.name, exact[0], rest))
    if len(choices) < 2:  # noqa: PLR2004 - nothing to choose from: what the thread was about is all there is
        return None
    what = WHERE if argument.entity in PLACES else argument.title
    others = " Or say another one by its number or name." if len(options) > OFFERED else ""
    text = f"Which {what} do you mean? Several were named just now.{others}"
    if what == WHERE:
        text = f"Where do you mean? Several places were named just now.{others}"
    reply = Reply(text, choices=tuple(choices), tone=Tone.ASK)
    via = Via.PERSON if guess.reads_only else Via.MODEL
    asking = Asking(action_id=guess.action_id, args=rest, argument=argument.name, via=via)
    picks = candidates(reply, via, guess.missing)
    turn.thread = replace(turn.thread, picks=picks, rows=(), asking=asking, waiting="", version="")
    return reply
