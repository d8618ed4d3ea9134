"""Which of several things of one name is meant: chosen by what describes it, asked again where left open."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.contract.action import Action, Via
from bot.contract.reply import Choice, Reply, Tone
from bot.core.listed import picks_of
from bot.core.resolve import quoted
from bot.core.threads import LeftOpen, Pick, Thread
from bot.errors import NotFound, Unsaid, UserError
from bot.understand.arguments import Argument, Kind, arguments_of, has_secret
from bot.understand.marks import PEOPLE
from bot.understand.words import FUNCTION, tokens, word_set

LONGEST = 8
"""Words in which one of several is described."""
SHORTEST = 4
"""Letters of a word that may be said in part."""
DENIES = word_set("not no nor neither except but without other others both all any isnt dont wrong")
ONE = re.compile(r"^(?:i mea?nt? )?the\b.*\bone\b", re.IGNORECASE)
"""How one of several is described, also after a question came between."""
OF_THESE = re.compile(
    r"^(?:(?:and|so|but|ok|okay|well|hm+)\b[\s,]*)*(?:which|who|what|does|do|is|are|has|have|did) "
    r"(?:ones?\b|(?:either|both)\b|"
    r"(?:(?:one|any|either|each|none|all|both) )?of (?:them|these|those|the two)\b)",
    re.IGNORECASE,
)
"""Asks about the candidates themselves: "which one owes money", "does either of them"."""
SAYS_NOTHING = FUNCTION | word_set(
    "ones customer client account person guy lady man woman mean meant lives living live located called "
    "named name near number id address status area street whos"
)


def asked_by(error: UserError, item: Action, args: Mapping[str, Any]) -> Argument | None:
    """Return the argument an error asks for: the one it names, or the one whose words were not found."""
    arguments = arguments_of(item)
    if isinstance(error, Unsaid):
        return next((one for one in arguments if one.name == error.argument), None)
    for argument in arguments if isinstance(error, NotFound) else ():
        words = str(args.get(argument.name) or "").strip()
        if argument.kind is Kind.ENTITY and words and words[:60] in str(error):
            return argument
    return None


def described(picks: Sequence[Pick], words: str) -> tuple[Pick, ...]:
    """Return those of the candidates that a message describes: "the one in nyali", "the suspended one"."""
    said = [token.low for token in tokens(words)]
    telling = [word for word in said if word not in SAYS_NOTHING]
    if not telling or len(said) > LONGEST or DENIES.intersection(said):
        return ()
    found = tuple(pick for pick in picks if pick.about and _tells(telling, f"{pick.label} {pick.about}"))
    return found if len(found) < len(picks) or len(picks) == 1 else ()


def described_before(thread: Thread, words: str) -> tuple[Pick, ...]:
    """Return those of the candidates left open before another question that a message describes."""
    left = thread.left_open
    if left is None or left.picks == thread.picks or not ONE.search(words):
        return ()
    return described(left.picks, words)


def _tells(telling: Sequence[str], about: str) -> bool:
    there = {token.low for token in tokens(about)}
    return all(
        word in there or (len(word) >= SHORTEST and any(one.startswith(word) for one in there))
        for word in telling
    )


def which_of(thread: Thread, found: Sequence[Pick]) -> tuple[Reply, Thread]:
    """Ask which of the fewer that are left; the thread then offers these."""
    choices = tuple(Choice(label=pick.label, words=pick.words, detail=pick.about) for pick in found)
    reply = Reply(f"There are {len(found)} such. Which one?", choices=choices, tone=Tone.ASK)
    return reply, replace(thread, picks=tuple(found), rows=())


def asked_of_these(thread: Thread, words: str) -> Reply | None:
    """Ask again which one is meant when something is asked of the candidates, and of nobody else."""
    if not thread.picks or not all(pick.about for pick in thread.picks) or not OF_THESE.match(words):
        return None
    choices = tuple(Choice(label=p.label, words=p.words, detail=p.about) for p in thread.picks)
    text = "I cannot compare them before I know whom you mean. Choose one, then ask about it. Which one?"
    return Reply(text, choices=choices, tone=Tone.ASK)


def candidates(reply: Reply, via: Via, asks: Collection[str]) -> tuple[Pick, ...]:
    """Return the choices of a reply that asks which one is meant, with what tells them apart."""
    about = [choice.detail or choice.label for choice in reply.choices]
    listed = zip(picks_of(reply, via), about, strict=False)
    return tuple(replace(pick, asks=tuple(asks), about=text) for pick, text in listed)


def left_open(
    item: Action, action_id: str, args: Mapping[str, Any], choices: Sequence[Choice], via: Via
) -> LeftOpen | None:
    """Return what a question back leaves open: the thing whose key stands in each of its choices."""
    if has_secret(item, args):  # a thread is kept in clear
        return None
    for argument in arguments_of(item):
        words = args.get(argument.name)
        if argument.kind is not Kind.ENTITY or not words or argument.entity in PEOPLE:
            continue
        named = f"{argument.name}={quoted(words)}"
        if choices and all(f"{argument.name}=" in c.words and named not in c.words for c in choices):
            rest = {name: value for name, value in args.items() if name != argument.name}
            return LeftOpen(
                kind=argument.entity,
                words=str(words),
                action_id=action_id,
                args=rest,
                argument=argument.name,
                via=via,
            )
    return None


def reopened(
    left: LeftOpen | None, item: Action, args: Mapping[str, Any], asks: Collection[str]
) -> Mapping[str, Any]:
    """Return a call with the thing that was left open, where it needs one; a change is for nobody else."""
    things = [a for a in arguments_of(item) if a.kind is Kind.ENTITY and a.entity not in PEOPLE]
    if left is None or any(args.get(a.name) is not None for a in things):
        return args
    wanted = (a for a in things if a.entity == left.kind and _needs(a, item, asks))
    first = next(wanted, None)
    return {**args, first.name: left.words} if first else args


def _needs(argument: Argument, item: Action, asks: Collection[str]) -> bool:
    return argument.required or argument.name in asks or not item.reads_only
