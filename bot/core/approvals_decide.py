"""Yes and no: everything is looked at again at that moment, and exactly one yes sets it running."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from bot.contract.action import Action, Approval
from bot.contract.people import User
from bot.contract.place import Place
from bot.contract.reply import Reply
from bot.core.approvals import NOBODY, Parked, concerns, expire, load, waiting_reply
from bot.core.audit_note import Note, write_note
from bot.core.gate_check import Checked, check_call, check_could_make
from bot.core.gate_rows import already, asked_of, full_args, in_words, kept_preview
from bot.core.gate_setup import Asked, Setup
from bot.core.gate_terms import get_stricter
from bot.core.on_call import check_on_call, complete, watch_of
from bot.core.on_call_telling import untell
from bot.db import call_runs, calls, decisions
from bot.db.calls import Call
from bot.db.decisions import Decision
from bot.errors import Conflict, NotAllowed, NotFound, UserError
from bot.host.registry import Owned

SLOW = timedelta(seconds=3)
"""A run that takes longer is shown as going on."""


@dataclass(frozen=True, kw_only=True)
class Agreed:
    """A call with all the yeses it needs, checked anew; whoever takes it runs it."""

    call: Call
    checked: Checked
    decider: User


async def weigh(setup: Setup, decider: User, call_id: str, place: Place) -> tuple[Parked, Owned[Action]]:
    """Return a call this person may speak about, here, and that still waits; raise what stands against it."""
    parked = await load(setup, call_id)
    call = parked.call
    owned = setup.view.action(call.action_id)
    if not concerns(decider, call, owned):
        raise NotFound(NOBODY)
    (await setup.around.rules()).here(decider, place).check(owned)
    over = call.expires_at is not None and call.expires_at <= setup.around.now()
    if over and await expire(setup, call.id):
        parked = await load(setup, call_id)
        call = parked.call
    if call.state != "asked":
        raise already(setup, call, parked.names)
    return parked, owned


async def say_no(setup: Setup, decider: User, call: Call, reason: str, said: Asked) -> Reply:
    """Close the call: the asker's no cancels it, another person's denies it.

    The asker is told of it, unless it was said in the thread in which they asked.
    """
    own = decider.id == call.asked_by
    if call.needs == Approval.SELF and not own:
        raise NotAllowed(f"Only {call.asked_name} can decide this: it is theirs to confirm.")
    state, now = "cancelled" if own else "denied", setup.around.now()
    reason = reason.strip()[:500]
    async with setup.database.tenant(setup.tenant.id) as session:
        if not await calls.do_close(session, call.id, state=state, at=now, by=decider.id, reason=reason):
            raise Conflict("Somebody decided this at the same moment.")
        await untell(session, call)
        if not own:
            no = Decision(user_id=decider.id, name=decider.name, yes=False, at=now, reason=reason)
            await decisions.do_forget(session, call.id, [decider.id])
            await decisions.do_decide(session, call.id, no)
        # A reason is for whoever asked, and is not said where others read along.
        seen = own or (said.thread and said.thread == call.thread and not reason)
        await setup.notify(session, call.id, "card" if seen else state)
        note = Note(
            event=state,
            action_id=call.action_id,
            user=decider,
            call_id=call.id,
            things=call.things,
            facts={
                "text": reason or in_words(call),
                "asked_by": call.asked_by,
                "place": str(said.place),
            },
        )  # fmt: skip - as it reads
        await write_note(setup, session, note)
    what = in_words(call)
    return Reply(f"{'Cancelled' if own else 'Denied'}: {what}. Nothing was changed.", call_id=call.id)


async def look_again(
    setup: Setup, decider: User, parked: Parked, owned: Owned[Action], version: str
) -> Checked | Reply:
    """Return the call checked anew for everyone concerned.

    If it would do something else by now, return the question again instead.
    """
    call = parked.call
    own = decider.id == call.asked_by
    if call.needs == Approval.SELF and not own:
        raise NotAllowed(f"Only {call.asked_name} can confirm this.")
    if call.needs >= Approval.OTHER and own:
        raise NotAllowed("You asked for this yourself, so someone else has to approve it.")
    check_role(decider, call)
    check_on_call(setup, decider, call, (), await watch_of(setup, [call]))  # earlier yeses may lapse
    checked = await _as_asker(setup, call, owned, own=own)
    if not own:
        check_could_make(setup, decider, checked)
    stricter = await get_stricter(setup, call, checked)
    if checked.version != call.version or stricter != call:
        return await _show_again(setup, decider, stricter, checked)
    if version and version != call.version:
        head = "What this would do has changed since it was shown to you. Now it is:"
        return await waiting_reply(setup, call, parked.yes, head)
    return checked


def check_role(user: User, call: Call) -> None:
    """Raise unless they hold the roles the tenant's policy asks of approvers."""
    if lacking := sorted(set(call.approver_roles) - user.roles):
        raise NotAllowed(
            f"Here this is approved by people with the role {' and '.join(lacking)}, which you do not have."
        )


async def _as_asker(setup: Setup, call: Call, owned: Owned[Action], *, own: bool) -> Checked:
    """Check the call again for the person who asked, with their rights of this moment."""
    try:
        asker = await setup.around.user(call.asked_by, fresh=True)
        return await check_call(setup, asker, owned, full_args(setup, call), asked_of(call))
    except NotAllowed as error:
        if own:
            raise
        raise NotAllowed(
            f"{call.asked_name} may no longer make this call, so it cannot run. ({error})"
        ) from None


async def _show_again(setup: Setup, decider: User, call: Call, checked: Checked) -> Reply:
    """Store what it would do now, and who must agree to that, and ask anew; earlier yeses no longer count."""
    shown = kept_preview(checked, setup.tenant.zone)
    async with setup.database.tenant(setup.tenant.id) as session:
        if not await calls.do_show_again(
            session, call, args=checked.args, preview=shown, version=checked.version
        ):
            raise Conflict("Somebody decided this at the same moment.")
        await decisions.do_forget(session, call.id)
        if call.needs >= Approval.OTHER:
            await setup.notify(session, call.id, "asked")
        note = Note(
            event="changed",
            action_id=call.action_id,
            user=decider,
            call_id=call.id,
            things=call.things,
            facts={"preview": shown, "needs": call.needs, "text": "not as it was asked for: shown again"},
        )  # fmt: skip - as it reads
        await write_note(setup, session, note)
    fresh = replace(call, preview=shown, version=checked.version, args=checked.args)
    head = "The world has changed since this was asked, so I did not run it. Now it would do:"
    if checked.version == call.version:
        head = "Since this was asked, a rule came that wants more agreement to it, so I did not run it:"
    return await waiting_reply(setup, fresh, head=head)


async def count_yes(
    setup: Setup, decider: User, parked: Parked, checked: Checked, place: Place
) -> int | Reply:
    """Write the yes down; with the last one needed take the call, else say who is missing.

    Returns the fence of the taken call.
    """
    call = parked.call
    lapsed = await _lapsed(setup, decider, parked, checked)
    now = setup.around.now()
    lasting = [one for one in parked.yes if one.user_id not in lapsed]
    teams = check_on_call(setup, decider, call, lasting, await watch_of(setup, [call], now))
    yes = Decision(user_id=decider.id, name=decider.name, yes=True, at=now, on_call=teams)
    async with setup.database.tenant(setup.tenant.id) as session:
        there = await calls.get_call(session, call.id, lock=True)
        said = (await decisions.find_decisions(session, [call.id]))[call.id]
        if there is None or there.state != "asked":
            raise already(setup, there or call, Parked(call=there or call, said=said).names)
        if _terms(there) != _terms(call):
            raise Conflict("What this would do has just changed; look at it again.")
        await decisions.do_forget(session, call.id, lapsed)
        if not await decisions.do_decide(session, call.id, yes):
            raise Conflict("You have agreed to this already; it still needs somebody else's yes.")
        so_far = [one for one in said if one.yes and one.user_id not in lapsed] + [yes]
        fence = None
        if complete(call, so_far):
            await untell(session, call)
            fence = await call_runs.do_take(
                session, call.id, was="asked", version=call.version, lease=setup.lease
            )
        # Who else was asked sees how many agreed; and a run that takes long, that it runs.
        await setup.notify(session, call.id, "card", after=None if fence is None else SLOW)
        note = Note(
            event="approved",
            action_id=call.action_id,
            user=decider,
            call_id=call.id,
            things=call.things,
            facts={
                "text": in_words(call),
                "asked_by": call.asked_by,
                "version": call.version,
                "lapsed": lapsed,
                **({"on_call": list(teams)} if call.on_call else {}),
                "place": str(place),
            },
        )  # fmt: skip - as it reads
        await write_note(setup, session, note)
    return await waiting_reply(setup, call, so_far, "Noted.") if fence is None else fence


def _terms(call: Call) -> tuple[object, ...]:
    """Return what a yes agrees to, and whose it takes."""
    return call.version, call.needs, call.approver_roles, call.on_call


async def _lapsed(setup: Setup, decider: User, parked: Parked, checked: Checked) -> list[str]:
    """Return who agreed earlier and could not do so any more."""
    gone = []
    for one in parked.yes:
        if one.user_id == decider.id:
            continue
        try:
            earlier = await setup.around.user(one.user_id, fresh=True)
            check_role(earlier, parked.call)
            check_could_make(setup, earlier, checked)
        except UserError:
            gone.append(one.user_id)
    return gone
