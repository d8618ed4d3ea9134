"""A message that says more of what was just asked or shown: half of a name, what should be otherwise."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from bot.contract.action import Action, Via
from bot.contract.reply import Choice, Reply, Tone
from bot.core.listed import picks_of
from bot.core.pointing import NAMED
from bot.core.smalltalk import LET_BE, decision_in
from bot.core.threads import FINAL, Asking
from bot.core.turn import Turn
from bot.core.wishes import ask_of
from bot.errors import UserError
from bot.understand.arguments import Kind, arguments_of
from bot.understand.marks import PEOPLE
from bot.understand.mending import CORRECTS, corrections, names_to_mend
from bot.understand.phrasing import command
from bot.understand.sentence import ME
from bot.understand.words import tokens

HANDS = re.compile(
    r"^(?:(?:ok|and|also|please|then)\b[\s,]*)*(?:give|assign|hand|send) (?:it|that|this) to "
    r"(?P<who>[\w.@'-]+(?: [\w'-]+)?)"
    r"(?: please)?[\s.!]*$",
    re.IGNORECASE,
)
"""Says who is to have what was just proposed."""
AFTERWARDS = re.compile(
    r"^(?:(?:no+|sorry|wait|oops|ah)\b[\s,.!\-]*)*(?:i mea?nt?|no+|sorry|wait|oops)\b", re.IGNORECASE
)
"""Begins a correction of what was done."""
LIMITS = re.compile(
    r"(?:(?:and|but|ok|then)\b[\s,]*)*(?:except|excluding|but not|not|without|unless|until|till|from|if|when|"
    r"once|after|before)\b\s+(?!(?:that|this|it|so|yet|now|really|needed|ok)\b)\S",
    re.IGNORECASE,
)
"""Begins what limits a change that was just proposed."""
LONGEST_LIMIT = 6
STILL = "What I showed before still waits for your yes or no."
LET_GO = "I proposed nothing in its place; see how it stands now, and say what you need."
LONGEST = 2
"""Words of the other half of a name."""


async def narrowed(turn: Turn) -> Reply | None:
    """Take the other half of a name when asked which of many of one name is meant: "john", of the Mwangis."""
    left, words = turn.thread.left_open, turn.question.words
    asked = any(one.about for one in turn.thread.picks) or (left is not None and bool(left.picks))
    if left is None or not asked or len(words.split()) > LONGEST or not words.replace(" ", "").isalpha():
        return None
    if left.action_id not in {owned.id for owned in turn.desk.view.all(Action)}:
        return None
    whole = f"{words} {left.words}"
    said = {token.low for token in tokens(whole)}
    found = await turn.find(left.kind, whole)
    if not any(said <= {token.low for token in tokens(match.label)} for match in found):
        return None
    return await turn.call(left.action_id, {**left.args, left.argument: whole}, left.via)


async def corrected(turn: Turn) -> Reply | None:
    """Propose anew what waits for a yes, with what is to be otherwise in it: "no wait, make it high"."""
    last, call_id = turn.thread.last, turn.thread.waiting
    if not call_id or last is None:
        return await _mended(turn)
    args = turn.desk.understander.mended(ask_of(turn)) or await _handed(turn, *last)
    args = args or await _renamed(turn, *last)
    if args is None or args == last[1]:
        return _not_so(turn.question.words)
    waiting = await turn.desk.gate.waiting(turn.user, place=turn.question.place)
    if not any(one.call_id == call_id and one.action_id == last[0] for one in waiting):
        return None
    before, where = turn.thread, turn.question
    try:
        reply = await turn.call(last[0], args, Via.MODEL)
    except UserError as error:
        turn.thread = before
        raise type(error)(f"{error} {STILL}") from error
    if not reply.waiting:
        turn.thread = before
        return replace(reply, text=f"{reply.text} {STILL}") if reply.error else reply
    decide = partial(turn.desk.gate.decide, turn.user, yes=False, thread=where.thread, place=where.place)
    try:
        await decide(call_id)
    except UserError as error:  # somebody has decided it meanwhile: then the new one must not wait unseen
        await decide(reply.waiting.call_id)
        turn.thread = replace(before, waiting="", version="")
        raise type(error)(f"{error} {LET_GO}") from error
    return reply


def _not_so(words: str) -> Reply | None:
    """Say of a limit on what waits that it cannot be taken into it: "except tickets"; it is no question."""
    short = len(words.split()) <= LONGEST_LIMIT and not NAMED.search(words)
    if not short or not LIMITS.match(words) or decision_in(words) or LET_BE.match(words):
        return None
    return Reply(
        f"I cannot take “{words}” into what I showed: say no, and say it anew with that. {STILL}",
        tone=Tone.WARN,
    )


async def _mended(turn: Turn) -> Reply | None:
    """Propose once more what was refused, with what is to be otherwise: "make it 800", over the limit."""
    failed, asking = turn.thread.failed, turn.thread.asking
    if failed is None and asking is None and (done := _done_already(turn)):
        return done
    if asking is not None:
        return await _asked_otherwise(turn, asking)
    if failed is None or failed[0] not in {owned.id for owned in turn.desk.view.all(Action)}:
        return None
    turn.thread = replace(turn.thread, failed=None)
    args = turn.desk.understander.mended(replace(ask_of(turn), last=failed)) or await _renamed(turn, *failed)
    return await turn.call(failed[0], args, Via.MODEL) if args and args != failed[1] else None


def _done_already(turn: Turn) -> Reply | None:
    """Offer to take back what ran, or to do it once more, where it is corrected after the yes: "no, 300"."""
    last, words = turn.thread.last, turn.question.words
    known = last is not None and last[0] in {owned.id for owned in turn.desk.view.all(Action)}
    if last is None or not known or turn.thread.undoable in {"", FINAL} or not AFTERWARDS.match(words):
        return None
    args = turn.desk.understander.mended(ask_of(turn))
    if not args or args == last[1]:
        return None
    new = command(turn.desk.view.action(last[0]), {k: v for k, v in args.items() if v is not None})
    choices = (
        Choice(label="Take back what was done", words="undo"),
        Choice(label=f"Do too: {new}", words=new),
    )
    reply = Reply(
        "That is done already. Take it back first, then say it anew:", choices=choices, tone=Tone.ASK
    )
    turn.thread = replace(turn.thread, picks=picks_of(reply, Via.MODEL), rows=())
    return reply


async def _asked_otherwise(turn: Turn, asking: Asking) -> Reply | None:
    """Take "make it 800" for the amount that was said, where the reason was asked for."""
    if not CORRECTS.match(turn.question.words) or asking.action_id not in {
        owned.id for owned in turn.desk.view.all(Action)
    }:
        return None
    args = turn.desk.understander.mended(replace(ask_of(turn), last=(asking.action_id, asking.args)))
    if not args or args == asking.args or asking.argument in args:
        return None
    return await turn.call(asking.action_id, args, asking.via)


async def _renamed(turn: Turn, action_id: str, last: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Put another thing or person into a proposal: "for 100118, not 100203", "no, I meant Halima"."""
    item = turn.desk.view.action(action_id).item
    if item.reads_only:
        return None
    for one in corrections(turn.question.words):
        if one.title or (one.new == turn.question.words.strip() and not one.old):
            continue  # a name alone may be a question about somebody
        named = names_to_mend(item, last)
        if one.old:
            named = [a for a in named if await _is(turn, a.entity, one.old, last[a.name])] or named
        for argument in named:
            if await _fits(turn, argument.entity, one.new):
                return {**last, argument.name: one.new}
    return None


async def _handed(turn: Turn, action_id: str, last: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Take "give it to brenda" for who is to have what was proposed, where one colleague can have it."""
    item, found = turn.desk.view.action(action_id).item, HANDS.match(turn.question.words)
    to = [a.name for a in arguments_of(item) if a.kind is Kind.ENTITY and a.entity in PEOPLE]
    if found is None or item.reads_only or len(to) != 1:
        return None
    who = found["who"].strip()
    kind = next(a.entity for a in arguments_of(item) if a.name == to[0])
    return {**last, to[0]: who} if who.lower() in ME or await turn.find(kind, who) else None


async def _fits(turn: Turn, kind: str, words: str) -> bool:
    """Say whether words name something of a kind, by every word of theirs."""
    said = {token.low for token in tokens(words)}
    found = await turn.find(kind, words)
    return any(m.exact or said <= {t.low for t in tokens(f"{m.label} {m.key}")} for m in found)


async def _is(turn: Turn, kind: str, words: str, value: object) -> bool:
    """Say whether words and a value of a proposal name the same thing."""
    keys = [{m.key for m in await turn.find(kind, text)} for text in (words, str(value))]
    return not keys[0].isdisjoint(keys[1])
