"""Which of several readings goes with what the thread was about last: "show notes", after a customer."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.understand.arguments import Argument, Kind, arguments_of, is_time
from bot.understand.elliptic import is_part
from bot.understand.focused import PERSON_KIND
from bot.understand.follow import BY
from bot.understand.index import Index
from bot.understand.judge import NARROWS
from bot.understand.marks import PEOPLE
from bot.understand.phrasing import command
from bot.understand.sentence import Sentence
from bot.understand.understanding import Ask, Guess
from bot.understand.words import FUNCTION, word_set

THEIRS = re.compile(
    r"^(?:(?:show|list|get|see|any)\s+(?:me\s+)?)?(?P<who>[A-Za-z][\w-]+(?: [A-Z][\w-]+)?)'s \w+[\s?.!]*$",
    re.IGNORECASE,
)
NOBODY = word_set("today tomorrow yesterday tonight team shift night everyone everybody nobody that what who")
"""Whose things are nobody's."""
SHORT = 3
"""Words in which a thing is asked for by its noun alone."""
THEM = word_set("them their theirs they those these")
WHERE = word_set("area region city")
SHARED = WHERE | word_set("kind tier plan")
"""Arguments that say which customers, wherever they are asked about."""
OF_WHOM_AND_WHEN = frozenset(BY) | word_set("since until")
"""Arguments that say whose and when, which another list of the plugin is narrowed by too."""
NEAR, NEARER = 0.45, 0.3
"""How far behind a reading may be that goes with the last question, or with what it was about."""


def by_thread(index: Index, ask: Ask, said: Sentence, guesses: Sequence[Guess]) -> list[Guess]:
    """Return the readings without those ahead of the one that goes with the thread."""
    guesses = sorted((_carried(index, ask, g) for g in guesses), key=lambda g: -g.score)
    guesses = [_by_them(index, ask, said, _kept(index, ask, said, g)) for g in guesses]
    if theirs := _of_them(index, ask, said, guesses):
        return [theirs, *guesses[1:]]
    meant = _of_focus(index, ask, said, guesses) or _needs_nothing(index, ask, guesses)
    if meant is None:
        return [*guesses]
    ahead = {id(g) for g in guesses if g.score > meant.score}
    return [g for g in guesses if id(g) not in ahead]


def _carried(index: Index, ask: Ask, guess: Guess) -> Guess:
    """Take what a change lacks from the question just asked about the same one: the plan that was quoted."""
    if ask.last is None or guess.reads_only or not guess.missing:
        return guess
    last = next((o for o in index.actions if o.id == ask.last[0]), None)
    if last is None or not last.item.reads_only:
        return guess
    had = {a.name: a.entity for a in arguments_of(last.item) if a.entity and a.entity not in PEOPLE}
    offered = next(o for o in index.actions if o.id == guess.action_id)
    lacks = {a.name: a.entity for a in arguments_of(offered.item) if a.name in guess.missing and a.entity}
    given = {n: ask.last[1][n] for n, kind in lacks.items() if had.get(n) == kind and n in ask.last[1]}
    same = any(n in ask.last[1] and str(ask.last[1][n]) == str(v) for n, v in guess.args.items() if n in had)
    if not given or not same:
        return guess
    args = {**guess.args, **given}
    missing = tuple(n for n in guess.missing if n not in given)
    return replace(guess, args=args, missing=missing, said=command(offered, args, short=True))


def _kept(index: Index, ask: Ask, said: Sentence, guess: Guess) -> Guess:
    """Keep what the last list was narrowed by, where the same is narrowed further or asked of "them"."""
    if ask.last is None or not guess.reads_only:
        return guess
    narrows = NARROWS.match(said.text) is not None or is_part(said.text)
    same = guess.action_id == ask.last[0] and (said.follows or narrows)
    offered = next(o for o in index.actions if o.id == guess.action_id)
    arguments = arguments_of(offered.item)
    if same:
        more = {n: v for n, v in ask.last[1].items() if n not in guess.args and n not in {"limit", "csv"}}
        more = _untimed(more, guess, arguments)
    elif narrows and _is_kin(index, ask.last[0], guess.action_id):
        more = _untimed(_shared(index, ask, guess, OF_WHOM_AND_WHEN), guess, arguments)
    elif not THEM.isdisjoint(w.low for w in said.words) and not any(
        a.entity for a in arguments if a.name in guess.args
    ):
        more = _shared(index, ask, guess, SHARED)
    else:
        return guess
    given = _unpointed(ask, said, guess, arguments) if same else guess.args
    if not more and given == guess.args:
        return guess
    args = {**more, **given}
    missing = guess.missing if same else tuple(n for n in guess.missing if n != PERSON_KIND)
    return replace(guess, args=args, missing=missing, said=command(offered, args, short=True))


def _unpointed(ask: Ask, said: Sentence, guess: Guess, arguments: Sequence[Argument]) -> Mapping[str, Any]:
    """Return what is said without whom the thread spoke of before: "how much of it" is of the last answer."""
    had = (ask.last or ("", {}))[1]
    strange = {
        a.name
        for a in arguments
        if a.entity and a.name not in had and str(guess.args.get(a.name)) == ask.focus.get(a.entity)
    }
    return {n: v for n, v in guess.args.items() if n not in strange or str(v).lower() in said.text.lower()}


def _shared(index: Index, ask: Ask, guess: Guess, names: Collection[str]) -> dict[str, Any]:
    """Return what the last list was narrowed by that narrows this one in the same way."""
    assert ask.last is not None  # noqa: S101 - nothing is kept of no list
    offered = next(o for o in index.actions if o.id == guess.action_id)
    plain = {a.name: (a.kind, a.values) for a in arguments_of(offered.item) if a.name in names}
    last = next((o for o in index.actions if o.id == ask.last[0]), None)
    had = {a.name: (a.kind, a.values) for a in arguments_of(last.item)} if last else {}
    given = {n: v for n, v in ask.last[1].items() if n not in guess.args}
    return {n: v for n, v in given.items() if n in plain and plain[n] == had.get(n)}


def _untimed(more: Mapping[str, Any], guess: Guess, arguments: Sequence[Argument]) -> dict[str, Any]:
    """Return it without the times where another one was said."""
    timed = {a.name for a in arguments if is_time(a)}
    return {n: v for n, v in more.items() if n not in timed or timed.isdisjoint(guess.args)}


def _is_kin(index: Index, last: str, action_id: str) -> bool:
    """Say whether two lists are of one plugin: "what did she do", "only refused"."""
    plugins = {o.plugin for o in index.actions if o.id in {last, action_id}}
    return len(plugins) == 1 and last in {o.id for o in index.actions}


def _by_them(index: Index, ask: Ask, said: Sentence, guess: Guess) -> Guess:
    """Take "she" for the colleague who was spoken of last: "what did she do yesterday"."""
    kind, key = next(reversed(list(ask.focus.items())), ("", ""))
    if not (guess.reads_only and said.whom and kind in PEOPLE):
        return guess
    offered = next(o for o in index.actions if o.id == guess.action_id)
    by = next((a.name for a in arguments_of(offered.item) if a.kind is Kind.TEXT and a.name in BY), "")
    if not by or by in guess.args or any(a.entity in PEOPLE for a in arguments_of(offered.item)):
        return guess
    args = {**guess.args, by: key}
    return replace(guess, args=args, said=command(offered, args, short=True))


def _names(arguments: Sequence[Argument], guess: Guess) -> bool:
    """Say whether a reading is about a thing by its name."""
    return any(a.entity for a in arguments if a.name in guess.args)


def _of_them(index: Index, ask: Ask, said: Sentence, guesses: Sequence[Guess]) -> Guess | None:
    """Take "grace's notes" for those on a customer, not for notes of another sort that are nobody's."""
    found = THEIRS.match(said.text)
    if not found or not guesses or not guesses[0].reads_only or guesses[0].args or guesses[0].missing:
        return None
    if found["who"].lower() in FUNCTION | NOBODY or any(m.time for m in said.marks):
        return None
    best, name = guesses[0], _name(index, guesses[0].action_id)[1]
    allowed = index.allowed(ask.user)
    for at, owned in enumerate(index.actions):
        whose = [a for a in arguments_of(owned.item) if a.required and a.entity == PERSON_KIND]
        if owned.item.name != name or not owned.item.reads_only or not whose or not allowed[at]:
            continue
        args = {whose[0].name: found["who"]}
        return replace(best, action_id=owned.id, args=args, said=command(owned, args, short=True))
    return None


def _name(index: Index, action_id: str) -> tuple[str, str]:
    """Return the plugin and the name of an action."""
    owned = next(o for o in index.actions if o.id == action_id)
    return owned.plugin, owned.item.name


def _latest(ask: Ask) -> str:
    return next(reversed(list(ask.focus.values())), "")


def _about(guess: Guess, key: str) -> bool:
    return bool(key) and any(str(value) == key for value in guess.args.values())


def _of_focus(index: Index, ask: Ask, said: Sentence, guesses: Sequence[Guess]) -> Guess | None:
    """Take "show notes" for hers, where there are notes of several sorts and she was just spoken of."""
    key, words = _latest(ask), [w for w in said.words if w.start >= said.begin]
    if not guesses or len(words) > SHORT or said.marks or ask.last is None or not _about_last(ask, key):
        return None
    best = guesses[0]
    if not best.reads_only or best.args or best.missing:
        return None
    name = _name(index, best.action_id)[1]
    same = (g for g in guesses[1:] if _about(g, key) and _name(index, g.action_id)[1] == name)
    return next((g for g in same if g.reads_only and not g.missing and best.score - g.score <= NEAR), None)


def _about_last(ask: Ask, key: str) -> bool:
    """Say whether the last call was about what the thread spoke of last."""
    return ask.last is not None and any(str(value) == key for value in ask.last[1].values())


def _lacks_thing(index: Index, guess: Guess) -> bool:
    """Say whether a reading would have to ask which thing it is about."""
    owned = next(o for o in index.actions if o.id == guess.action_id)
    return any(a.entity and a.name in guess.missing for a in arguments_of(owned.item))


def _needs_nothing(index: Index, ask: Ask, guesses: Sequence[Guess]) -> Guess | None:
    """Take a change that goes with the thread before one that would have to ask what it is about."""
    if not guesses or guesses[0].reads_only or not guesses[0].missing:
        return None
    best, key = guesses[0], _latest(ask)
    if _about(best, key) or not _lacks_thing(index, best):
        return None
    whole = [g for g in guesses[1:] if g.wished and not (g.missing or g.reads_only)]
    hers = (g for g in whole if _about(g, key) and best.score - g.score <= NEARER)
    if (found := next(hers, None)) is not None or ask.last is None:
        return found
    last = next((o for o in index.actions if o.id == (ask.last or ("",))[0]), None)
    if last is None or ask.focus:
        return None
    name = _name(index, best.action_id)[1]
    alike = (g for g in whole if _name(index, g.action_id)[0] == last.plugin)
    return next((g for g in alike if best.score - g.score <= NEAR + NEARER and name), None)
