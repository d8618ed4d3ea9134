"""What somebody promised beside a wish: the wish is answered, and to be reminded is offered, never done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.contract.reply import Choice, Reply, Tone
from bot.core.listed import picks_of
from bot.core.turn import Turn
from bot.core.wishes import ask_of, shown, understood
from bot.errors import UserError
from bot.understand.arguments import Kind, arguments_of
from bot.understand.phrasing import command
from bot.understand.promised import Aside, promise_beside
from bot.understand.understanding import Verdict

ABOUT = ("customer",)
"""The kinds of things a promise is made to."""
MEANT = frozenset({Verdict.CLEAR, Verdict.MISSING, Verdict.UNSURE})


async def told_beside(turn: Turn) -> Reply | None:
    """Answer the wish that stands beside a promise of the writer, and keep in mind what was promised."""
    aside = promise_beside(turn.question.words)
    if aside is None or (promised := await _reminder(turn, aside)) is None:
        return None
    turn.thread = turn.thread.about(await _named(turn, aside))
    whole, turn.question = turn.question, replace(turn.question, words=aside.wish)
    meant = await turn.desk.understander.understand(ask_of(turn))
    if meant.verdict not in MEANT or meant.lacks:
        turn.question = whole
        return None
    turn.thread = replace(turn.thread, promised=promised)
    return await understood(turn)


def with_promise(turn: Turn, reply: Reply) -> Reply:
    """Offer to be reminded of what was promised, once the wish beside it neither waits nor is asked about."""
    kept = turn.thread.promised
    if kept is None or reply.waiting or reply.tone is Tone.ASK:
        return reply
    turn.thread = replace(turn.thread, promised=None)
    action_id, args = kept
    there = {owned.id: owned for owned in turn.view.actions_for(turn.user)}
    if action_id not in there or reply.error:
        return reply
    owned, focus = there[action_id], turn.thread.focus
    arguments = arguments_of(owned.item)
    to_them = {a.name: focus[a.entity] for a in arguments if a.entity in ABOUT and a.entity in focus}
    about = {name: value for name, value in args.items() if value is not None}
    if args.get("customer", "") is None:  # promised to somebody else
        to_them = {}
    whole = {**about, **{k: v for k, v in to_them.items() if k not in about}}
    when = next(shown(a.kind, args[a.name], turn.clock.zone) for a in arguments if a.kind is Kind.INSTANT)
    offer = Choice(label=f"Remind me of this: {when}", words=command(owned, whole))
    offered = replace(reply, choices=(offer, *reply.choices))
    turn.thread = replace(turn.thread, picks=picks_of(offered))
    return offered


async def _reminder(turn: Turn, aside: Aside) -> tuple[str, Mapping[str, Any]] | None:
    """Return the call that would remind of a promise; None where none can, or it has no time."""
    ask = replace(ask_of(turn), words=f"remind me to {aside.deed}", focus={}, last=None)
    meant = await turn.desk.understander.understand(ask)
    if meant.verdict not in {Verdict.CLEAR, Verdict.MISSING} or meant.lacks or meant.best.reads_only:
        return None
    item = turn.desk.view.action(meant.action_id).item
    known = arguments_of(item)
    timed = any(a.kind is Kind.INSTANT and meant.best.args.get(a.name) for a in known)
    if (
        not timed
        or not turn.fits(meant.action_id)
        or any(a.required and a.name not in meant.best.args for a in known)
    ):
        return None
    args: dict[str, Any] = {k: v for k, v in meant.best.args.items() if k not in ABOUT}
    texts = [a.name for a in known if a.kind is Kind.TEXT]
    args |= {name: aside.deed for name in texts[:1] if not args.get(name)}
    if aside.whom:
        args |= {kind: (await _named(turn, aside)).get(kind) for kind in ABOUT}
    return meant.action_id, args


async def _named(turn: Turn, aside: Aside) -> Mapping[str, str]:
    """Return who is named as the one something was promised to."""
    named: dict[str, str] = {}
    for kind in ABOUT if aside.whom else ():
        try:
            found = await turn.find(kind, aside.whom)
        except UserError:  # not for this person, or its system is away: then nothing is known of it
            continue
        exact = [match for match in found if match.exact] or list(found)
        named |= {kind: exact[0].key} if len(exact) == 1 else {}
    return named
