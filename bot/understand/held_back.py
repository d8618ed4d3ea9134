"""Whether the change that is meant is held back: it is wished for several, for later, or only so."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.contract.action import Action
from bot.understand.arguments import arguments_of
from bot.understand.clock import Clock
from bot.understand.conditions import AT_A_TIME, AT_ONCE, hangs_on
from bot.understand.filled import Filled
from bot.understand.freetext import WHYS
from bot.understand.index import Index
from bot.understand.later import TIMED
from bot.understand.later import why_not as not_so
from bot.understand.left_out import left_out
from bot.understand.phrasing import command
from bot.understand.provisos import bound_to
from bot.understand.sentence import Sentence
from bot.understand.understanding import Understanding, Verdict

TOLD = WHYS | {"resolution", "note", "outcome"}
"""Arguments that say why a change is made."""
WHAT_IF = re.compile(
    r"(?:if|unless|once|when|in case|as long as|as soon as|until|before|what|suppose)\b", re.IGNORECASE
)
"""Begins a message that speaks of a case, and is answered as such."""


def held_by(index: Index, at: int, filled: Filled, said: Sentence, now: datetime) -> dict[str, Any]:
    """Return `too_much` of a guess: why it is not done as wished, after "I cannot"; for reads `leaves` too.

    A change is for several, for later, or only so; a list would show what was to be left out of it.
    """
    action = index.actions[at].item
    why = not_so(index, at, filled, said, now) or bound_to(action, filled, said)
    words, name = ("", "") if why else left_out(action, filled, said)
    if words:
        why = f"narrow that by “{words}”, only show all of it, or those that you name"
    return {"too_much": why, "leaves": (words, name) if name else ()}


def refused(meant: Understanding, lacks: str) -> Understanding:
    """Return that something cannot be done so, with the list that would do without what was left out."""
    best = meant.guesses[0] if meant.guesses else None
    leaves = best is not None and lacks == best.too_much and best.leaves
    kept = meant.guesses[:1] if leaves else ()
    return Understanding(verdict=Verdict.UNKNOWN, masked=meant.masked, lacks=lacks, guesses=kept)


def answer_binds(action: Action, name: str, words: str, clock: Clock) -> str:
    """Return why a change is not done for the reason that was answered, after "I cannot": it says only when.

    "What is the reason?", "if she has not paid by friday": a wish for later goes round no rule that way.
    """
    arguments = arguments_of(action)
    timed = any(a.kind in TIMED for a in arguments)
    if action.reads_only or name not in WHYS or not (left := hangs_on(words, None if timed else clock)):
        return ""
    return f"do that “{left}”, only {AT_A_TIME if timed else AT_ONCE}"


def unbound(meant: Understanding, said: Sentence, index: Index) -> Understanding:
    """Return what an "if" or a ban speaks of without a reason: it is none, whatever is chosen behind it."""
    if meant.verdict is not Verdict.HELD or not (said.mood.conditional or said.mood.banned):
        return meant
    known = {offered.id: offered for offered in index.actions}
    guesses = []
    for guess in meant.guesses:
        args = {k: v for k, v in guess.args.items() if guess.reads_only or k not in TOLD}
        command_of = command(known[guess.action_id], args, short=True) if args != guess.args else guess.said
        guesses.append(replace(guess, args=args, said=command_of))
    return replace(meant, guesses=tuple(guesses))


def too_much(meant: Understanding, said: Sentence) -> str:
    """Return why the change that is meant is not done as wished; of an "if", too, that it is bound by one."""
    acts = meant.verdict in {Verdict.CLEAR, Verdict.MISSING}
    held = meant.verdict is Verdict.HELD and said.mood.conditional and not said.mood.banned
    bound = held and not WHAT_IF.match(said.text, said.begin)
    return meant.best.too_much if acts or bound or meant.verdict is Verdict.UNSURE else ""
