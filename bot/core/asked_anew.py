"""A question of its own that only sounds like one about the last list: "who owes most", of customers."""

from __future__ import annotations

from dataclasses import replace

from bot.contract.reply import Reply
from bot.core.narrower import lasting
from bot.core.turn import Turn
from bot.core.wishes import act_on, ask_of
from bot.understand.arguments import arguments_of
from bot.understand.phrasing import command
from bot.understand.threadwise import SHARED
from bot.understand.understanding import Verdict


async def asked_anew(turn: Turn) -> Reply | None:
    """Ask another list, of whom the last one was where both can be narrowed so; say where it is of all.

    None where the words alone are no plain question, or are the last one again.
    """
    last = turn.thread.last
    meant = await turn.desk.understander.understand(replace(ask_of(turn), last=None, focus={}))
    plain = meant.verdict is Verdict.CLEAR and meant.best.reads_only
    if last is None or not plain or meant.best.unused or meant.action_id == last[0]:
        return None
    owned = turn.desk.view.action(meant.action_id)
    here = {a.name: (a.kind, a.values) for a in arguments_of(owned.item) if a.name in SHARED}
    there = {a.name: (a.kind, a.values) for a in arguments_of(turn.desk.view.action(last[0]).item)}
    said = lasting(last[1])
    more = {n: v for n, v in said.items() if n in here and here[n] == there.get(n)}
    args = {**more, **meant.best.args}
    reply = await act_on(turn, replace(meant.best, args=args, said=command(owned, args, short=True)))
    if more.keys() == said.keys() or reply.error:
        return reply
    return replace(
        reply, text=f"The list before does not say that, so this is of all there are:\n\n{reply.text}"
    )
