"""What a thread keeps over a message that settled nothing: the proposal that waits, and the list."""

from __future__ import annotations

from dataclasses import replace

from bot.contract.reply import Reply, Tone
from bot.core.choosing import NUMBERED
from bot.core.narrowing import STILL
from bot.core.threads import Thread
from bot.core.turn import Turn


def hidden(before: Thread, words: str) -> Thread:
    """Return the thread without an older list where choices came since: "the second" is one of them."""
    asked = before.unanswered and any(pick.words for pick in before.picks) and NUMBERED.match(words)
    return replace(before, walk=(), at=-1) if asked else before


async def kept(turn: Turn, before: Thread, reply: Reply, words: str) -> Reply:
    """Keep what is not settled, and say that a proposal still waits where the message was not understood."""
    if hidden(before, words) is not before and not (turn.thread.walk or turn.thread.rows):
        turn.thread = replace(turn.thread, walk=before.walk, at=before.at)
    if _is_empty(turn.thread, before, reply):
        turn.thread = replace(turn.thread, walk=(), at=-1)
    now, was = turn.thread, before.waiting
    if not was or now.waiting or reply.waiting or not await _waits(turn, was):
        return reply
    turn.thread = replace(now, parked=was)
    open_ = (reply.error or reply.tone is Tone.ASK) and STILL not in reply.text
    return replace(reply, text=f"{reply.text}\n\n{STILL}") if open_ else reply


def _is_empty(now: Thread, before: Thread, reply: Reply) -> bool:
    """Say whether a list was asked for once more and has nothing in it: then nothing is the first of it."""
    if now.last is None or now.listing is None or now.last is before.last:
        return False
    return now.last[0] == now.listing[0] and not (now.rows or reply.error or reply.waiting or reply.table)


async def _waits(turn: Turn, call_id: str) -> bool:
    """Say whether a call still waits for a decision."""
    waiting = await turn.desk.gate.waiting(turn.user, place=turn.question.place)
    return any(one.call_id == call_id for one in waiting)
