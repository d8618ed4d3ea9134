"""Two questions in one message: "show 100203 and her open tickets" gets both answers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from bot.contract.reply import Reply, Table, Tone
from bot.core.turn import Turn
from bot.understand.arguments import Kind, arguments_of
from bot.understand.phrasing import command
from bot.understand.understanding import Ask, Guess, Understanding, Verdict

JOINED = re.compile(r"(?:\s*,)?\s+(?:and(?: also| then)?|plus|as well as)\s+", re.IGNORECASE)
BETWEEN = re.compile(r"\bbetween(?:\s+\S+){1,3}$", re.IGNORECASE)
"""What goes on behind the "and": "payments between 5000 and 10000"."""
THEY = re.compile(r"\b(?:they|them|their|theirs|those)\b", re.IGNORECASE)
"""Means in the second question what the first one lists."""
LONGEST = 16
"""Words of a message that may be two questions; a longer one tells a story."""
SURE, SURER = 0.55, 0.8
"""How sure each half must be, also where the whole has the form of one question."""


def halves(words: str) -> tuple[str, str] | None:
    """Return what stands before and after the one "and" of a short message."""
    parts = JOINED.split(words)
    if len(parts) != 2 or len(words.split()) > LONGEST or re.search(r"[:\"“]", words):  # noqa: PLR2004
        return None
    first, second = (part.strip() for part in parts)
    return (first, second) if first and second and not BETWEEN.search(first) else None


async def twofold(turn: Turn, ask: Ask, whole: Understanding) -> tuple[Guess, Guess] | None:
    """Return the two reads a message asks for, if each half by itself plainly asks for another."""
    parts = halves(turn.question.words)
    clear = whole.verdict is Verdict.CLEAR
    if parts is None or (clear and not whole.best.reads_only):
        return None
    sure = SURER if clear and whole.best.formed else SURE
    understand = turn.desk.understander.understand
    first = _read(await understand(replace(ask, words=parts[0])), sure)
    if first is None:
        return None
    focus = {**ask.focus, **_named(turn, first)}
    second = _read(await understand(replace(ask, words=parts[1], focus=focus, last=None)), sure)
    if second is None or second.action_id == first.action_id:
        return None
    second = _about_the_same(turn, second, _named(turn, first))
    return first, of_them(turn, second, first) if THEY.search(parts[1]) else second


def _read(meant: Understanding, sure: float) -> Guess | None:
    plain = meant.verdict is Verdict.CLEAR and meant.best.reads_only and not meant.lacks
    return meant.best if plain and meant.confidence >= sure else None


def _about_the_same(turn: Turn, guess: Guess, focus: Mapping[str, str]) -> Guess:
    """Return the second read about what the first one names, if it names nothing itself."""
    arguments = arguments_of(turn.desk.view.action(guess.action_id).item)
    if any(a.kind is Kind.ENTITY and a.name in guess.args for a in arguments):
        return guess
    same = {a.name: focus[a.entity] for a in arguments if a.kind is Kind.ENTITY and a.entity in focus}
    return replace(guess, args={**guess.args, **same})


def of_them(turn: Turn, guess: Guess, first: Guess) -> Guess:
    """Return the second read of the sort the first one lists; "they" is left unused where it cannot be.

    "How many business customers do we have and what do they bring in" is of business customers twice.
    """
    owned = turn.desk.view.action(first.action_id).item
    sorts = {
        a.name: first.args[a.name]
        for a in arguments_of(owned)
        if a.kind is Kind.CHOICE and a.name in first.args
    }
    offered = turn.desk.view.action(guess.action_id)
    known = {
        a.name: a for a in arguments_of(offered.item) if a.kind is Kind.CHOICE and a.name not in guess.args
    }
    same = {k: v for k, v in sorts.items() if k in known and v in known[k].values}
    args = {**guess.args, **same}
    left = guess.unused if len(same) == len(sorts) else (*guess.unused, "they")
    return replace(guess, args=args, said=command(offered, args), unused=left)


def _named(turn: Turn, guess: Guess) -> Mapping[str, str]:
    """Return what a read is about, as far as its words say it."""
    arguments = arguments_of(turn.desk.view.action(guess.action_id).item)
    return {
        a.entity: str(guess.args[a.name]) for a in arguments if a.kind is Kind.ENTITY and a.name in guess.args
    }


def joined(first: Reply, second: Reply) -> Reply:
    """Return two answers as one."""
    found = [part for one in (first, second) for part in (one.table, *one.tables)]
    tables: tuple[Table, ...] = tuple(part for part in found if part is not None)
    tone = first.tone if second.tone is Tone.PLAIN else second.tone
    return replace(
        second,
        text=f"{first.text}\n\n{second.text}",
        data=(first.data, second.data),
        facts={**first.facts, **second.facts},
        table=None,
        tables=tables,
        chart=first.chart or second.chart,
        file=first.file or second.file,
        buttons=(*first.buttons, *second.buttons),
        evidence=tuple(dict.fromkeys((*first.evidence, *second.evidence))),
        focus={**first.focus, **second.focus},
        tone=tone,
        understood="; ".join(one.understood for one in (first, second) if one.understood),
        private=first.private or second.private,
    )
