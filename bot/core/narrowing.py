"""A message that says more of what was just asked or shown: half of a name, what should be otherwise."""

from __future__ import annotations

from bot.contract.action import Action, Via
from bot.contract.reply import Reply
from bot.core.turn import Turn
from bot.core.wishes import ask_of
from bot.understand.words import tokens

LONGEST = 2
"""Words of the other half of a name."""


async def narrowed(turn: Turn) -> Reply | None:
    """Take the other half of a name when asked which of many of one name is meant: "john", of the Mwangis."""
    left, words = turn.thread.left_open, turn.question.words
    asked = any(one.about for one in turn.thread.picks)
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
    if not call_id or last is None or (args := turn.desk.understander.mended(ask_of(turn))) is None:
        return None
    waiting = await turn.desk.gate.waiting(turn.user, place=turn.question.place)
    if not any(one.call_id == call_id and one.action_id == last[0] for one in waiting):
        return None
    where = turn.question
    await turn.desk.gate.decide(turn.user, call_id, yes=False, thread=where.thread, place=where.place)
    return await turn.call(last[0], args, Via.MODEL)
