"""Yes, no and undo said in words: which call they are about, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.contract.reply import Column, Reply, Table, Tone, Waiting
from bot.core.smalltalk import Decision
from bot.core.threads import FINAL
from bot.core.turn import Turn
from bot.errors import BadInput, NotFound
from bot.understand.follow import MENDS

SHOWN_ID = 8


async def decide_on(turn: Turn, call_id: str, *, yes: bool, reason: str = "", version: str = "") -> Reply:
    """Say yes or no to one waiting call; the thread stops waiting for it."""
    reply = await turn.desk.gate.decide(
        turn.user,
        call_id,
        yes=yes,
        reason=reason,
        version=version,
        thread=turn.question.thread,
        place=turn.question.place,
    )
    if turn.thread.waiting == call_id:
        turn.thread = replace(turn.thread, waiting="", version="")
    return turn.answered(reply, changed=yes)


async def decided(turn: Turn, decision: Decision) -> Reply | None:
    """Apply a decision to the call it names, else to the thread's own; None when there is none."""
    if decision.word == "undo":
        return await _undone(turn, decision.call)
    yes = decision.word == "yes"
    if decision.call:
        call_id = await _the_call(turn, decision.call)
    else:
        call_id = turn.thread.waiting
    if not call_id:
        return await _parked(turn, decision)
    seen = turn.thread.version if call_id == turn.thread.waiting else ""
    return await decide_on(turn, call_id, yes=yes, reason=decision.reason, version=seen)


async def _parked(turn: Turn, decision: Decision) -> Reply | None:
    """Show again what waited before a question came between: a yes is to what was seen. A no ends it."""
    parked, offers = turn.thread.parked, any(pick.words for pick in turn.thread.picks)
    if parked and MENDS.match(turn.question.words):
        return None  # "no, I meant 100203" is about the question between; the change waits on
    if not parked or (decision.word == "yes" and len(turn.thread.picks) == 1 and offers):
        return None
    turn.thread = replace(turn.thread, parked="")
    waiting = await turn.desk.gate.waiting(turn.user, place=turn.question.place)
    one = next((w for w in waiting if w.call_id == parked), None)
    if one is None:
        return None
    if decision.word == "no":
        return await decide_on(turn, parked, yes=False, reason=decision.reason)
    text = "\n".join(part for part in ("This still waits:", f"**{one.summary}**", one.preview) if part)
    reply = Reply(f"{text}\nShall I do it?", waiting=one, tone=Tone.ASK)
    turn.thread = replace(
        turn.thread, waiting=parked, version=one.version, picks=(), rows=(), asking=None, paused=None
    )
    return reply


async def _the_call(turn: Turn, start: str) -> str:
    """Return the waiting call whose id begins so; of one they know and cannot decide the gate says why."""
    gate = turn.desk.gate
    waiting = await gate.waiting(turn.user, place=turn.question.place)
    if not any(one.call_id.startswith(start) for one in waiting) and (
        known := await gate.find_known(turn.user, start)
    ):
        return known
    return _by_id(waiting, start).call_id


def _by_id(waiting: Sequence[Waiting], start: str) -> Waiting:
    """Return the waiting call whose id begins so; raises when there is none, or several."""
    found = [w for w in waiting if w.call_id.startswith(start)]
    if len(found) == 1:
        return found[0]
    if found:
        raise BadInput(f"Several waiting calls begin with {start}; give me more of the id.")
    raise NotFound(f"Nothing that you could decide waits under {start}. Say `waiting` to see what does.")


async def _undone(turn: Turn, call: str) -> Reply:
    """Take back the last change; what was just shown and has not run is let go instead."""
    key = turn.question.key or None
    if key and (before := await turn.desk.gate.find_undone(turn.user, key)):
        return turn.answered(before)  # said once, worked twice: the thread may have moved on since
    last = turn.thread.waiting
    if last and not call and last in {w.call_id for w in await turn.desk.gate.waiting(turn.user)}:
        return await decide_on(turn, last, yes=False)
    call_id = call or last or turn.thread.undoable
    if not call_id:
        return Reply("There is no change in this conversation that could be taken back.", tone=Tone.WARN)
    if call_id == FINAL:
        return Reply("The last change in this conversation cannot be taken back.", tone=Tone.WARN)
    reply = await turn.desk.gate.undo(turn.user, call_id, place=turn.question.place, key=key)
    if turn.thread.undoable == call_id:
        turn.thread = replace(turn.thread, undoable="")
    made = turn.thread.last
    if made and not turn.desk.view.action(made[0]).item.reads_only:
        turn.thread = replace(turn.thread, last=None)  # what was made is gone, and is not spoken of again
    return turn.answered(reply)


async def list_waiting(turn: Turn) -> Reply:
    """Return what this person could decide, or asked for."""
    waiting = await turn.desk.gate.waiting(turn.user, place=turn.question.place)
    if not waiting:
        return Reply("Nothing waits for a decision of yours.")
    rows = [(w.call_id[:SHOWN_ID], w.summary, w.asked_by, w.needs, w.expires_at) for w in waiting]
    titles = ("Call", "What", "Asked by", "Needs", "Until")
    agree = next((w.call_id[:SHOWN_ID] for w in waiting if w.may_agree), "")
    text = f"Say `approve {agree}` or `deny {agree} because …`." if agree else _own(rows[0][0])
    return turn.answered(Reply(text, table=Table(columns=tuple(map(Column, titles)), rows=rows)))


def _own(start: str) -> str:
    """Say what can be done about calls of one's own that others decide."""
    return f"You asked for this, so somebody else has to agree. To withdraw one, say `deny {start}`."
