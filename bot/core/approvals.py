"""Calls that wait for a yes: parking, showing, deciding, reminding, expiring."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot.contract.action import Action, Approval
from bot.contract.people import User
from bot.contract.place import Place
from bot.contract.reply import Reply, Tone, Waiting
from bot.core import policy
from bot.core.audit_note import Note, note_alone, write_note
from bot.core.gate_check import Checked
from bot.core.gate_reply import kept_reply, without_undo
from bot.core.gate_rows import (
    already,
    in_words,
    moment,
    needs_text,
    of_user,
    preview_text,
    waiting_of,
)
from bot.core.gate_setup import Setup
from bot.core.on_call import NO_WATCH, Watch, on_call_words, watch_of, would_count
from bot.core.on_call_telling import tell_on_call, untell
from bot.db import calls, decisions
from bot.db.calls import Call
from bot.db.decisions import Decision
from bot.db.session import Session
from bot.errors import Conflict, NotFound
from bot.host.registry import Owned

NOBODY = "There is no such call waiting, or none that you could decide."
UNDER_WAY = "This is being done right now; I will not start it twice."


@dataclass(frozen=True, kw_only=True)
class Parked:
    """A stored call and what people said about it so far."""

    call: Call
    said: Sequence[Decision] = ()

    @property
    def yes(self) -> tuple[Decision, ...]:
        """Those who agreed."""
        return tuple(one for one in self.said if one.yes)

    @property
    def names(self) -> Mapping[str, str]:
        """Everyone concerned, by id."""
        return {self.call.asked_by: self.call.asked_name} | {one.user_id: one.name for one in self.said}


async def ask(setup: Setup, call: Call, checked: Checked) -> Parked | None:
    """Write a new call and its audit row; return the other call when its key was used meanwhile."""
    watch = await watch_of(setup, [call]) if call.state == "asked" else NO_WATCH
    async with setup.database.tenant(setup.tenant.id) as session:
        if await calls.do_ask(session, call, setup.lease if call.state == "running" else None):
            await _asked(setup, session, call, checked.user)
            await _tell(setup, session, Parked(call=call), watch)
            return None
    faster = await get_known(setup, checked.user, call.action_id, call.key, call.given)
    if faster is None:
        raise Conflict("Taking this back was asked for at the same moment by somebody else.")
    return faster


async def _tell(setup: Setup, session: Session, parked: Parked, watch: Watch) -> None:
    """Tell those on call whose yes it needs that it waits for them."""
    call = parked.call
    if not call.on_call:
        return
    try:
        owned = setup.view.action(call.action_id)
    except NotFound:  # its plugin was turned off
        return
    await tell_on_call(
        setup, session, call, parked.yes, watch, lambda user: could_decide(user, parked, owned, watch)
    )


async def tell_anew(setup: Setup) -> None:
    """Tell of every call that waits whoever is on call by now: turns have changed hands."""
    async with setup.database.tenant(setup.tenant.id) as session:
        found = [call for call in await calls.find_waiting(session) if call.on_call]
        said = await decisions.find_decisions(session, [call.id for call in found])
    watch = await watch_of(setup, found)
    for call in found:
        async with setup.database.tenant(setup.tenant.id) as session:
            there = await calls.get_call(session, call.id, lock=True)
            if there is not None and there.state == "asked":
                await _tell(setup, session, Parked(call=there, said=said[call.id]), watch)


async def _asked(setup: Setup, session: Session, call: Call, user: User) -> None:
    """Queue what follows from a question, and write it down."""
    running = call.state == "running"
    if setup.enqueue is not None and call.expires_at and call.remind_at:
        for kind, at in (("call_expire", call.expires_at), ("call_remind", call.remind_at)):
            await setup.enqueue(
                session,
                kind,
                {"call": call.id},
                tenant=setup.tenant.id,
                after=at - call.asked_at,
                dedupe=f"{kind}:{call.id}",
            )  # fmt: skip - as it reads
    if not running:
        await setup.notify(session, call.id, "asked")
    facts = {
        "text": in_words(call),
        "args": call.args,
        "via": call.via,
        "thread": call.thread,
        "place": str(Place.of(call.place)),
        "needs": call.needs,
        "preview": call.preview if not running else None,
        "undo_of": call.undo_of,
    }  # fmt: skip - as it reads
    note = Note(
        event="asked",
        action_id=call.action_id,
        user=user,
        call_id=call.id,
        things=call.things,
        facts=facts,
    )  # fmt: skip - as it reads
    await write_note(setup, session, note)


async def waiting_reply(setup: Setup, call: Call, yes: Sequence[Decision] = (), head: str = "") -> Reply:
    """Return the question whether to do it, with who is on call now where that matters."""
    on_call = on_call_words(setup, call, await watch_of(setup, [call]), yes)
    waiting = waiting_of(call, len(yes), on_call)
    lines = [head, f"**{in_words(call)}**", preview_text(call.preview)]
    own = call.needs == Approval.SELF
    lines.append("Shall I do it?" if own else f"This needs {waiting.needs}.")
    text = "\n".join(line for line in lines if line)
    return Reply(text, tone=Tone.ASK, waiting=waiting, call_id=call.id)


async def get_known(setup: Setup, user: User, action_id: str, key: str, given: str) -> Parked | None:
    """Return the call first made with this key; Conflict when it was another person's or another call.

    `given` stands for the arguments; where it is known of both, it has to be the same.
    """
    async with setup.database.tenant(setup.tenant.id) as session:
        call = await calls.get_call_by_key(session, key)
        said = (await decisions.find_decisions(session, [call.id]))[call.id] if call else []
    if call is None:
        return None
    other = bool(given and call.given) and given != call.given
    if other or call.asked_by != user.id or call.action_id != action_id:
        raise Conflict("That idempotency key was used for another call; take a fresh one.")
    return Parked(call=call, said=said)


async def repeat(setup: Setup, user: User, parked: Parked) -> Reply:
    """Answer a call whose key was used before: as the first time, without doing it again."""
    call = parked.call
    facts = {"text": f"asked again; it is {call.state}"}
    note = Note(
        event="repeated",
        action_id=call.action_id,
        user=user,
        call_id=call.id,
        things=call.things,
        facts=facts,
    )
    await note_alone(setup, note, quiet=True)
    return await shown_again(setup, parked)


async def shown_again(setup: Setup, parked: Parked) -> Reply:
    """Return what a stored call has to say now; raise its refusal if it was one."""
    call = parked.call
    if call.state == "asked":
        return await waiting_reply(setup, call, parked.yes)
    if call.state in {"running", "approved"}:
        return Reply(UNDER_WAY, call_id=call.id, under_way=True)
    if call.reply is not None:
        reply = kept_reply(call.reply, call.id)
        window_open = call.state == "done" and call.undo_until and call.undo_until > setup.around.now()
        return reply if window_open else without_undo(reply)
    raise already(setup, call, parked.names)


async def load(setup: Setup, call_id: str) -> Parked:
    """Return a stored call and its decisions; NotFound in the same words for everyone."""
    async with setup.database.tenant(setup.tenant.id) as session:
        call = await calls.get_call(session, call_id)
        if call is None:
            raise NotFound(NOBODY)
        said = (await decisions.find_decisions(session, [call.id]))[call.id]
    return Parked(call=call, said=said)


def concerns(user: User, call: Call, owned: Owned[Action]) -> bool:
    """Say whether this person may know of the call: it is theirs, or their right reaches what it is about."""
    if user.id == call.asked_by:
        return True
    if not user.may(owned.item.permission):
        return False
    return all(policy.covers(user, {owned.item.permission}, row) for row in call.rows)


def could_decide(user: User, parked: Parked, owned: Owned[Action], watch: Watch) -> bool:
    """Say whether this person's word would count, as far as that can be told without looking again."""
    call = parked.call
    if call.needs == Approval.SELF or user.id == call.asked_by:
        return user.id == call.asked_by
    if not concerns(user, call, owned) or not set(call.approver_roles) <= user.roles:
        return False
    return would_count(call, parked.yes, watch.teams_of(user, call))


async def find_known(setup: Setup, user: User, start: str) -> str:
    """Return the id of a waiting call that begins so and concerns this person; empty for none, or several."""
    async with setup.database.tenant(setup.tenant.id) as session:
        call = await calls.get_call_beginning(session, start)
    if call is None or call.state != "asked":
        return ""
    try:
        return call.id if concerns(user, call, setup.view.action(call.action_id)) else ""
    except NotFound:
        return ""


async def find_waiting(setup: Setup, user: User, place: Place) -> list[Waiting]:
    """Return the parked calls this person could decide here, or asked for, oldest first."""
    here = (await setup.around.rules()).here(user, place)
    async with setup.database.tenant(setup.tenant.id) as session:
        found = await calls.find_waiting(session)
        said = await decisions.find_decisions(session, [call.id for call in found])
    shown, watch = [], await watch_of(setup, found)
    for call in found:
        if call.expires_at and call.expires_at <= setup.around.now():
            continue
        try:
            owned = setup.view.action(call.action_id)
        except NotFound:  # its plugin was turned off; it waits unseen until it expires
            continue
        parked = Parked(call=call, said=said[call.id])
        if could_decide(user, parked, owned, watch) and here.allows(owned):
            words = on_call_words(setup, call, watch, parked.yes)
            agrees = call.needs == Approval.SELF or user.id != call.asked_by
            shown.append(replace(waiting_of(call, len(parked.yes), words), may_agree=agrees))
    return shown


async def expire(setup: Setup, call_id: str) -> bool:
    """Close a parked call whose time is over; False if it is not, or was decided."""
    now = setup.around.now()
    async with setup.database.tenant(setup.tenant.id) as session:
        call = await calls.get_call(session, call_id, lock=True)
        if call is None or call.state != "asked" or not call.expires_at or call.expires_at > now:
            return False
        await calls.do_close(session, call.id, state="expired", at=now, by="")
        await setup.notify(session, call.id, "expired")
        await untell(session, call)
        note = Note(
            event="expired",
            action_id=call.action_id,
            user=of_user(call),
            call_id=call.id,
            things=call.things,
            facts={"text": in_words(call)},
        )
        await write_note(setup, session, note)
    return True


async def remind(setup: Setup, call_id: str) -> bool:
    """Remind the people concerned of a parked call; False if it waits no more."""
    async with setup.database.tenant(setup.tenant.id) as session:
        call = await calls.get_call(session, call_id)
        said = await decisions.find_decisions(session, [call.id] if call else [])
    if call is None or call.state != "asked":
        return False
    parked = Parked(call=call, said=said[call.id])
    watch = await watch_of(setup, [call])
    words = on_call_words(setup, call, watch, parked.yes)
    async with setup.database.tenant(setup.tenant.id) as session:
        await setup.notify(session, call.id, "remind")
        await _tell(setup, session, parked, watch)
        until = moment(setup, call.expires_at) if call.expires_at else ""
        note = Note(
            event="reminded",
            action_id=call.action_id,
            user=of_user(call),
            call_id=call.id,
            things=call.things,
            facts={"text": f"still waits for {needs_text(call, len(parked.yes), words)}, until {until}"},
        )  # fmt: skip - as it reads
        await write_note(setup, session, note)
    return True
