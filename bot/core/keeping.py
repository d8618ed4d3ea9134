"""What a thread keeps over a message that settled nothing: the proposal that waits, and the list."""

from __future__ import annotations

from dataclasses import replace

from bot.contract.reply import Reply, Tone
from bot.core.narrowing import STILL
from bot.core.threads import NUMBERED, Thread
from bot.core.turn import Turn


def hidden(before: Thread, words: str) -> Thread:
    """Return the thread without an older list where choices came since: "the second" is one of them."""
    asked = before.unanswered and any(pick.words for pick in before.picks) and NUMBERED.match(words)
    return replace(before, walk=(), at=-1) if asked else before


async def kept(turn: Turn, before: Thread, reply: Reply) -> Reply:
    """Keep what is not settled, and say that a proposal still waits where the message was not understood."""
    if before.walk and not (turn.thread.walk or turn.thread.rows):
        turn.thread = replace(turn.thread, walk=before.walk, at=before.at)
    now, was = turn.thread, before.waiting
    if not was or now.waiting or reply.waiting or not await _waits(turn, was):
        return reply
    turn.thread = replace(now, parked=was)
    open_ = (reply.error or reply.tone is Tone.ASK) and STILL not in reply.text
    return replace(reply, text=f"{reply.text}\n\n{STILL}") if open_ else reply


async def _waits(turn: Turn, call_id: str) -> bool:
    """Say whether a call still waits for a decision."""
    waiting = await turn.desk.gate.waiting(turn.user, place=turn.question.place)
    return any(one.call_id == call_id for one in waiting)
