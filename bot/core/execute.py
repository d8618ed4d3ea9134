"""Running an action: under a deadline, in its bulkhead, owned by one process, its end written down once."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from bot import trouble
from bot.contract.reply import Reply
from bot.contract.roster import Roster
from bot.core.approvals import tell_anew
from bot.core.audit_body import reply_facts
from bot.core.audit_note import Note, note_alone
from bot.core.bulkhead import DeadlinePassed, within
from bot.core.execute_end import TAKEN_OVER, End, finish
from bot.core.execute_lease import Lease
from bot.core.gate_check import Checked
from bot.core.gate_rows import in_words, summary
from bot.core.gate_setup import Setup
from bot.core.progress import doing, unless_stopped
from bot.core.reconcile import OTHER_CALL, Happened, ask_ports, nested_key
from bot.db.calls import Call
from bot.errors import (
    DatabaseBusy,
    LeaseLost,
    OutcomeUnknown,
    PluginError,
    TakenOver,
    Unavailable,
    UserError,
)

Nested = Callable[[str, dict[str, Any]], Awaitable[Reply]]
UNWRITTEN = "The database stopped answering; nothing was changed. Try again in a minute."


@dataclass(frozen=True, kw_only=True)
class Run:
    """One run of a call this process owns. `watched`: the asker is there and hears the reply at once.

    `beside`: somebody else hears it in the asker's thread, where the asker reads it unless it is private.
    """

    call: Call
    fence: int
    checked: Checked
    watched: bool = True
    beside: bool = False

    def seen(self, end: End) -> bool:
        """Say whether the asker sees this end without being told."""
        return self.watched or (self.beside and not (end.reply and end.reply.private))


async def run_read(setup: Setup, checked: Checked, nested: Nested, facts: dict[str, Any]) -> Reply:
    """Run a read and write the audit row; what goes wrong is said, nothing was changed."""
    began, owned = time.perf_counter(), checked.owned
    with doing(owned.item.about, writes=False) as step:
        end = await _look_up(setup, checked, nested)
        step.ended(end.reply, end.said)
    told = (
        {"text": summary(checked, setup.tenant.zone), "reply": reply_facts(end.said)}
        if end.reply
        else {"text": end.said}
    )
    note = Note(
        event=end.event,
        action_id=owned.id,
        user=checked.user,
        things=checked.things,
        facts={
            **facts,
            **told,
            "args": checked.args,
            "incident": end.incident,
            "ms": round((time.perf_counter() - began) * 1000),
        },
    )
    try:
        await note_alone(setup, note, quiet=True)
    except OutcomeUnknown:  # it is about the audit row; the read itself changed nothing
        raise DatabaseBusy(UNWRITTEN) from None
    if end.reply is None:
        raise end.error or Unavailable(end.said)
    return end.reply


async def _look_up(setup: Setup, checked: Checked, nested: Nested) -> End:
    """Run a read's function once and return how it ended."""
    item, owned = checked.owned.item, checked.owned
    try:
        context = await setup.around.context(
            owned.plugin,
            checked.user,
            scope=checked.user.scope(item.permission),
            gate=nested,
            place=checked.place,
        )
        async with setup.bulkheads.place(setup.tenant.id, owned.plugin):
            work = within(item.timeout, item.run(context, **checked.values))
            reply = _reply(await unless_stopped(work), owned.id)
        return End(state="done", event="ran", reply=reply)
    except UserError as error:
        return End(state="failed", event="failed", error=error)
    except DeadlinePassed:
        return End(state="failed", event="failed", error=Unavailable(too_slow(checked)))
    except Exception as error:  # noqa: BLE001 - whatever a plugin throws becomes an incident that is said
        failure = incident(error, owned.id)
        return End(state="failed", event="failed", error=Unavailable(failure.text), incident=failure.id)


async def run_write(setup: Setup, run: Run, nested: Nested) -> Reply:
    """Run a write this process took, and write down how it ended; raise what was said if not well."""
    lease = Lease(setup, run.call.id, run.fence)
    async with lease.kept():
        try:
            with doing(run.checked.owned.item.about, writes=True) as step:
                end = await _attempt(setup, run, lease, nested)
                step.ended(end.reply, end.said)
        except LeaseLost:
            raise TakenOver(TAKEN_OVER) from None
        reply = await finish(setup, run.call, run.fence, end, watched=run.seen(end))
        if any(one.plugin == run.checked.owned.plugin for one in setup.view.all(Roster)):
            await _tell_on_call(setup)
        return reply


async def _tell_on_call(setup: Setup) -> None:
    """Tell whoever is on call by now what waits for their yes; a reminder does it later if that fails."""
    try:
        await tell_anew(setup)
    except UserError as error:
        trouble.warn("on_call_not_told", error, tenant=setup.tenant.id)


async def _attempt(setup: Setup, run: Run, lease: Lease, nested: Nested) -> End:
    """Run the action's function once and return how it ended."""
    checked, item = run.checked, run.checked.owned.item
    try:
        context = await setup.around.context(
            checked.owned.plugin,
            checked.user,
            scope=checked.user.scope(item.permission),
            effect=lease.effect(checked.user, run.call.asked_at),
            gate=_leased(setup, lease, nested),
            place=checked.place,
        )
        reply = await within(item.timeout, item.run(lease.watch(context), **checked.values))
        return End(state="done", event="ran", reply=_reply(reply, checked.owned.id))
    except LeaseLost:
        raise
    except OutcomeUnknown as error:
        return await _doubtful(setup, run, lease, error)
    except UserError as error:
        return await _refused(setup, run, lease, error)
    except DeadlinePassed:
        return await _doubtful(setup, run, lease, Unavailable(too_slow(checked)))
    except Exception as error:  # noqa: BLE001 - whatever a plugin throws becomes an incident that is said
        failure = incident(error, checked.owned.id, run.call.id)
        return await _doubtful(setup, run, lease, Unavailable(failure.text), failure.id)


def _leased(setup: Setup, lease: Lease, nested: Nested) -> Nested:
    """Return what an action's own calls go through: another write is an effect of this one."""

    async def run(action_id: str, args: dict[str, Any]) -> Reply:
        if not setup.view.action(action_id).item.reads_only:
            lease.use(OTHER_CALL)
            await lease.begin(nested_key(lease.call_id))
        return await nested(action_id, args)

    return run


async def _refused(setup: Setup, run: Run, lease: Lease, error: UserError) -> End:
    """Return how a run ended that a plugin or a system refused: word for word, unless it came too late."""
    if lease.begun:
        happened = await ask_ports(
            setup, run.checked.owned.plugin, run.call.id, lease.ports, lease.keys or [run.call.id]
        )
        if happened in {Happened.YES, Happened.PART}:
            return judged(run.call, happened, error)
    return End(state="failed", event="failed", error=error)


async def _doubtful(setup: Setup, run: Run, lease: Lease, error: UserError, incident_id: str = "") -> End:
    """Return how a run ended that broke off: asks the systems whether it happened when it may have."""
    if not lease.begun and not isinstance(error, OutcomeUnknown):
        return End(state="failed", event="failed", error=error, incident=incident_id)
    happened = await ask_ports(
        setup, run.checked.owned.plugin, run.call.id, lease.ports, lease.keys or [run.call.id]
    )
    return judged(run.call, happened, error, incident_id)


def judged(call: Call, happened: Happened, error: UserError, incident_id: str = "") -> End:
    """Return the end of a run that broke off, from what the systems say about it."""
    what = in_words(call)
    if happened is Happened.YES:
        reply = Reply(
            f"Done: {what}. (The answer got lost; I confirmed it by reading back.)", call_id=call.id
        )
        return End(state="done", event="ran", reply=reply, incident=incident_id)
    if happened is Happened.NO:
        text = str(error) if isinstance(error, Unavailable) else f"{what}: this did not happen."
        text = text if "nothing was changed" in text else f"{text} Nothing was changed."
        return End(state="failed", event="failed", error=Unavailable(text), incident=incident_id)
    half = (
        "it stopped half way, so a part of it was done"
        if happened is Happened.PART
        else "I cannot tell whether"
    )
    tail = "" if happened is Happened.PART else " this happened"
    why = f" What stopped it: {error}" if happened is Happened.PART and str(error) and not incident_id else ""
    mark = f", incident {incident_id}" if incident_id else ""
    said = OutcomeUnknown(
        f"{what}: {half}{tail}.{why} Look at it before you try again (call {call.id[:8]}{mark})."
    )
    return End(state="unknown", event="unknown", error=said, incident=incident_id)


@dataclass(frozen=True, kw_only=True)
class Failure:
    """Something nobody foresaw: the id people hear and the log explains."""

    id: str
    text: str


def incident(error: BaseException, action_id: str, call_id: str = "") -> Failure:
    """Log an unforeseen failure under a fresh id and return the sentence that names it.

    The log gets the kind and the place, never the error's own words: they may hold a customer's data.
    """
    found = trouble.incident("incident", error, action=action_id, call=call_id)
    return Failure(
        id=found,
        text=f"Something went wrong inside “{action_id}”; it is noted for administrators (incident {found}).",
    )


def too_slow(checked: Checked) -> str:
    """Return what is said when the deadline passed before anything was changed."""
    seconds = checked.owned.item.timeout.total_seconds()
    return (
        f"“{checked.owned.plugin} {checked.owned.item.name}” took longer than {seconds:g} s, so I stopped "
        "it; nothing was changed. Try again in a moment."
    )


def _reply(answer: object, action_id: str) -> Reply:
    if not isinstance(answer, Reply):
        raise PluginError(f"{action_id} returned {type(answer).__name__}, not a Reply")
    return answer
