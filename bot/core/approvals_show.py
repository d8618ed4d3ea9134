"""Calls as a page shows them to one person: what waits for them, what they asked for, how it ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.contract.action import Action, Approval
from bot.contract.people import User
from bot.contract.reply import Reply, Waiting
from bot.core.approvals import NOBODY, Parked, concerns, could_decide, load
from bot.core.gate_reply import kept_reply, without_undo
from bot.core.gate_rows import ended_text, moment, waiting_of
from bot.core.gate_setup import Setup
from bot.core.on_call import NO_WATCH, Watch, on_call_words, watch_of
from bot.db import call_lists, calls, decisions
from bot.db.calls import Call
from bot.db.session import Session
from bot.errors import NotFound, UserError
from bot.host.registry import Owned

RECENT = timedelta(days=14)
"""How far back a person's own calls are listed."""


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One call for one reader. The gate decides anew whatever `may_agree` and `may_refuse` say.

    `how` tells how it stands, in words, once it waits no more; `reply` is what it answered, for the asker
    and those who agreed only; `undo_until` is set while it can be taken back.
    """

    waiting: Waiting
    state: str
    own: bool
    asked_at: datetime
    agreed: tuple[str, ...] = ()
    may_agree: bool = False
    may_refuse: bool = False
    how: str = ""
    reply: Reply | None = None
    undo_until: datetime | None = None


async def get_shown(setup: Setup, user: User, call_id: str) -> Shown:
    """Return one call; NotFound, in the same words, when there is none or it is none of theirs."""
    parked = await load(setup, call_id)
    owned = _owned(setup, parked.call)
    if owned is None or not concerns(user, parked.call, owned):
        raise NotFound(NOBODY)
    return shown(setup, user, parked, owned, await watch_of(setup, [parked.call]))


async def find_waiting_shown(setup: Setup, user: User) -> list[Shown]:
    """Return the parked calls this person could decide, or asked for, oldest first."""
    async with setup.database.tenant(setup.tenant.id) as session:
        found = await _with_decisions(session, await calls.find_waiting(session))
    now, watch = setup.around.now(), await watch_of(setup, [one.call for one in found])
    return [
        shown(setup, user, parked, owned, watch)
        for parked in found
        if (owned := _owned(setup, parked.call)) is not None
        and (parked.call.expires_at is None or parked.call.expires_at > now)
        and could_decide(user, parked, owned, watch)
    ]


async def find_own_shown(setup: Setup, user: User) -> list[Shown]:
    """Return what this person asked for lately and that waits no more, newest first."""
    since = setup.around.now() - RECENT
    async with setup.database.tenant(setup.tenant.id) as session:
        mine = await call_lists.find_asked_by(session, user.id, since=since)
        found = await _with_decisions(session, [call for call in mine if call.state != "asked"])
    return [
        shown(setup, user, parked, owned)
        for parked in found
        if (owned := _owned(setup, parked.call)) is not None
    ]


async def _with_decisions(session: Session, found: Sequence[Call]) -> list[Parked]:
    said = await decisions.find_decisions(session, [call.id for call in found])
    return [Parked(call=call, said=said[call.id]) for call in found]


def _owned(setup: Setup, call: Call) -> Owned[Action] | None:
    """Return the call's action; None when its plugin is off here."""
    try:
        return setup.view.action(call.action_id)
    except NotFound:
        return None


def shown(setup: Setup, user: User, parked: Parked, owned: Owned[Action], watch: Watch = NO_WATCH) -> Shown:
    """Return a call as this person may see it; `watch` is who is on call, for one that waits."""
    call, own = parked.call, user.id == parked.call.asked_by
    over = call.expires_at is not None and call.expires_at <= setup.around.now()
    state = "expired" if call.state == "asked" and over else call.state
    agreed = user.id in {one.user_id for one in parked.yes}
    counts = state == "asked" and could_decide(user, parked, owned, watch)
    words = on_call_words(setup, call, watch, parked.yes) if state == "asked" else ""
    reply, how = None, _how(setup, parked, state)
    if call.reply is not None and (own or agreed):
        try:
            reply = kept_reply(call.reply, call.id)
        except UserError as error:
            how = f"{how} {error}".strip()
    open_until = _undo_until(setup, user, call, owned)
    return Shown(
        waiting=waiting_of(call, len(parked.yes), words),
        state=state,
        own=own,
        asked_at=call.asked_at,
        agreed=tuple(one.name for one in parked.yes),
        may_agree=counts and not agreed and (own == (call.needs == Approval.SELF)),
        may_refuse=counts,
        how=how,
        reply=reply if reply is None or open_until else without_undo(reply),
        undo_until=open_until,
    )


def _how(setup: Setup, parked: Parked, state: str) -> str:
    """Return how a call stands that waits no more."""
    call = parked.call
    at = f" at {moment(setup, call.ended_at)}" if call.ended_at else ""
    agreed = f", agreed by {' and '.join(one.name for one in parked.yes)}" if parked.yes else ""
    now = f"It is being done right now{agreed}. Look again in a moment."
    words = {
        "asked": "",
        "done": f"Done{at}{agreed}.",
        "approved": now,
        "running": now,
        "failed": f"It failed{at}{agreed}.",
        "unknown": f"It ended{at} without anyone knowing whether it happened: somebody has to look.",
        "expired": f"Nobody said yes in time, so it expired{at}. Ask again if it is still needed.",
    }
    return words[state] if state in words else ended_text(setup, call, parked.names)


def _undo_until(setup: Setup, user: User, call: Call, owned: Owned[Action]) -> datetime | None:
    """Return until when this person could take the call back."""
    if call.state != "done" or call.undo is None or call.undo_until is None:
        return None
    fits = call.undo_until > setup.around.now() and user.may(owned.item.permission)
    return call.undo_until if fits else None
