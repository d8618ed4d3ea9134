"""A conversation between two messages: what is kept of it, shared by all in it and of each person's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from bot.contract.action import Via
from bot.core.desk import Rows
from bot.core.question import Question
from bot.core.threads import Asking, LeftOpen, Pick, Thread
from bot.db import threads


async def get_thread(database: Rows, question: Question) -> Thread:
    """Return what is kept of this conversation for this person.

    What another version of the bot kept in a form this one cannot read is forgotten, save the focus.
    """
    async with database.tenant(question.tenant.id) as session:
        shared, own = await threads.get_thread(session, question.surface, question.thread, question.user.id)
    focus = _in_order(shared)
    try:
        return replace(_read(own), focus=focus)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError):
        return Thread(focus=focus)


def _in_order(shared: Mapping[str, Any]) -> dict[str, str]:
    """Return what the thread is about, the latest last: the database keeps no order of keys."""
    focus = shared.get("focus", {})
    return {kind: focus[kind] for kind in (*shared.get("order", ()), *focus) if kind in focus}


def _read(own: Mapping[str, Any]) -> Thread:
    asking, last = own.get("asking"), own.get("last")
    left = own.get("left_open")
    paused, failed, listing, promised = map(own.get, ("paused", "failed", "listing", "promised"))
    return Thread(
        picks=_picks(own.get("picks", ())),
        others=_picks(own.get("others", ())),
        rows=tuple(own.get("rows", ())),
        asking=Asking(**{**asking, "via": Via(asking["via"])}) if asking else None,
        last=(last[0], last[1]) if last else None,
        waiting=own.get("waiting", ""),
        version=own.get("version", ""),
        undoable=own.get("undoable", ""),
        shown=int(own.get("shown", 0)),
        order=str(own.get("order", "")),
        left_open=_left(left) if left else None,
        walk=tuple(own.get("walk", ())),
        at=int(own.get("at", -1)),
        before=dict(own.get("before", {})),
        parked=str(own.get("parked", "")),
        paused=Asking(**{**paused, "via": Via(paused["via"])}) if paused else None,
        failed=(failed[0], failed[1]) if failed else None,
        listing=(listing[0], listing[1]) if listing else None,
        promised=(promised[0], promised[1]) if promised else None,
        unanswered=str(own.get("unanswered", "")),
        part=tuple(own.get("part", ())),
        named={kind: tuple(keys) for kind, keys in own.get("named", {}).items()},
        handed=tuple(own.get("handed", ())),
        limit=str(own.get("limit", "")),
    )


def _left(kept: Mapping[str, Any]) -> LeftOpen:
    return LeftOpen(**{**kept, "via": Via(kept["via"]), "picks": _picks(kept.get("picks", ()))})


def _picks(kept: Sequence[Mapping[str, Any]]) -> tuple[Pick, ...]:
    return tuple(Pick(**{**p, "via": Via(p["via"]), "asks": tuple(p["asks"])}) for p in kept)


async def do_save_thread(database: Rows, question: Question, before: Thread, after: Thread) -> None:
    """Keep what has changed: the focus for all in the thread, the rest for this person."""
    if before == after and list(before.focus) == list(after.focus):
        return
    own = {k: v for k, v in asdict(after).items() if k != "focus"}
    async with database.tenant(question.tenant.id) as session:
        where = (session, question.surface, question.thread)
        if list(before.focus.items()) != list(after.focus.items()):
            shared = {"focus": dict(after.focus), "order": list(after.focus)}
            await threads.do_save_thread(*where, threads.SHARED, shared)
        await threads.do_save_thread(*where, question.user.id, own)
