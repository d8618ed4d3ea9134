"""The last question narrowed further, of the rows that were kept of its list."""

from __future__ import annotations

from dataclasses import replace

from bot.contract.action import Via
from bot.contract.reply import Reply, Tone
from bot.core.kept_rows import kept, within
from bot.core.listed import listed_in
from bot.core.narrower import lasting
from bot.core.rows import MOST, listing
from bot.core.threads import Thread
from bot.core.turn import Turn
from bot.core.whole_list import part_of
from bot.core.wishes import act_on, ask_of
from bot.understand.arguments import arguments_of
from bot.understand.understanding import Guess, Verdict


async def goes_on(turn: Turn) -> Reply | None:
    """Keep to the rows that were kept of a list, however it is narrowed further: "in nyali"."""
    last = turn.thread.last
    if last is None or turn.thread.asking or not kept(turn.thread) or not listing(turn):
        return None
    meant = await turn.desk.understander.understand(ask_of(turn))
    if meant.verdict is not Verdict.CLEAR or meant.action_id != last[0] or meant.best.unused:
        return None
    had, now = lasting(last[1]), lasting(meant.best.args)
    narrower = had.keys() <= now.keys() and had != now
    return await act_within(turn, meant.best, turn.question.words.rstrip(" ?.!")) if narrower else None


async def act_within(turn: Turn, guess: Guess, what: str) -> Reply:
    """Ask the last question narrowed; of a list of which only some rows were kept, of these."""
    part = kept(turn.thread)
    if not part:
        return await act_on(turn, guess)
    known = {a.name for a in arguments_of(turn.desk.view.action(guess.action_id).item)}
    more = {"limit": MOST} if "limit" in known else {}
    before = turn.thread
    reply = within(await turn.call(guess.action_id, {**guess.args, **more}, Via.PERSON), part)
    table = listed_in(reply)
    if reply.error or table is None or not table.rows:  # what is said next is of those before
        turn.thread = before if reply.error else emptied(before)
        return reply if reply.error else Reply(f"None of {len(part):,} with “{what}”.", tone=Tone.WARN)
    turn.thread = replace(turn.thread, last=(guess.action_id, dict(guess.args)))
    text = f"{len(table.rows):,} with “{what}”, of {len(part):,}:"
    return part_of(turn, reply, table, table.rows, text, stays=True)


def emptied(before: Thread) -> Thread:
    """Return a thread in which nothing was left of the list: no change is of "them" or of the one of it.

    A question may still go back to the list.
    """
    focus = {kind: key for kind, key in before.focus.items() if key not in before.rows}
    return replace(before, focus=focus, named={}, rows=(), walk=(), at=-1, picks=())
