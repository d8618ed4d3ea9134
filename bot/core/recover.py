"""After a crash: calls whose process is gone are finished, run once more, or said to be unknown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import structlog

from bot.contract.action import Action, Approval
from bot.core.approvals import expire
from bot.core.audit_note import Note, write_note
from bot.core.execute import Nested, Run, judged, run_write
from bot.core.execute_end import End, finish
from bot.core.gate_check import Checked, check_call, guarded
from bot.core.gate_rows import asked_of, full_args, of_user
from bot.core.gate_setup import Asked, Setup
from bot.core.reconcile import Happened, ask_ports
from bot.core.watchers import watched
from bot.db import call_runs, calls
from bot.db.calls import Call
from bot.errors import Conflict, NotFound, Unavailable, UserError
from bot.host.registry import Owned

log = structlog.get_logger(__name__)
NestedFor = Callable[[Checked, Asked, str], Nested]
"""Makes what a call's own calls go through: `nested_for(checked, asked, call_id)`."""
OFF = "“{}” was turned off while this was under way, so it was not taken up again."
MOST_RUNS = 3
"""A call that brought its process down this often is not run again."""


@dataclass(frozen=True, kw_only=True)
class Recovered:
    """How many lost calls ended how, and how many waiting ones expired."""

    done: int = 0
    failed: int = 0
    unknown: int = 0
    expired: int = 0

    @property
    def total(self) -> int:
        """How many there were."""
        return self.done + self.failed + self.unknown + self.expired


async def recover(setup: Setup, nested_for: NestedFor) -> Recovered:
    """Take up every call of the tenant whose lease ended, and close what waited too long.

    Any number of processes may do this at once: each call is claimed by one of them.
    """
    async with setup.database.tenant(setup.tenant.id) as session:
        lost = await call_runs.find_lost(session)
        due = await calls.find_due(session, setup.around.now())
    ends = [await recover_call(setup, call, nested_for) for call in lost]
    expired = [await expire(setup, call_id) for call_id in due]
    return Recovered(
        done=ends.count("done"),
        failed=ends.count("failed"),
        unknown=ends.count("unknown"),
        expired=sum(expired),
    )


async def recover_call(setup: Setup, call: Call, nested_for: NestedFor) -> str:
    """Take one lost call over and bring it to an end; return its state, empty if others were faster."""
    async with setup.database.tenant(setup.tenant.id) as session:
        fence = await call_runs.do_claim_lost(session, call, setup.lease)
        if fence is None:
            return ""
        note = Note(
            event="recovered",
            action_id=call.action_id,
            user=of_user(call),
            call_id=call.id,
            things=call.things,
            facts={"text": "its process is gone", "effects": call.effects},
        )  # fmt: skip - as it reads
        await write_note(setup, session, note)
    claimed = replace(call, fence=fence)
    try:
        owned = _owned(setup, call)
        happened = Happened.NO
        if call.effects:
            plugin = owned.plugin if owned else ""
            happened = await ask_ports(setup, plugin, call.id, call.ports, call.effects)
        if owned is None and happened is not Happened.YES:
            await _end(setup, claimed, judged(call, happened, Unavailable(OFF.format(call.action_id))))
        elif owned is None or happened in {Happened.YES, Happened.UNKNOWN}:
            await _end(setup, claimed, judged(call, happened, Unavailable("")))
        else:
            await _again(setup, claimed, owned, happened, nested_for)
    except UserError as error:
        log.info("recovered", call=call.id, end=type(error).__name__)
    async with setup.database.tenant(setup.tenant.id) as session:
        there = await calls.get_call(session, call.id)
    return there.state if there else ""


def _owned(setup: Setup, call: Call) -> Owned[Action] | None:
    try:
        return setup.view.action(call.action_id)
    except NotFound:
        return None


async def _again(
    setup: Setup, call: Call, owned: Owned[Action], happened: Happened, nested_for: NestedFor
) -> None:
    """Run it once more: nothing has happened yet, or every step that did knows its key."""
    gone = Unavailable(
        f"{call.preview.get('summary', call.action_id)}: I was stopped in the middle of this {call.runs} "
        "times, so I do not try again."
    )
    if call.runs >= MOST_RUNS:
        await _end(setup, call, judged(call, happened, gone))
        return
    try:
        asker = await setup.around.user(call.asked_by, fresh=True)
        asked = asked_of(call)
        checked = await check_call(setup, asker, owned, full_args(setup, call), asked, look=False)
        _check_asks(call, checked)
    except UserError as error:
        end = End(state="failed", event="failed", error=error)
        await _end(setup, call, end if happened is Happened.NO else judged(call, happened, error))
        return
    async with setup.bulkheads.place(setup.tenant.id, owned.plugin):
        async with setup.database.tenant(setup.tenant.id) as session:
            fence = await call_runs.do_take(
                session, call.id, was="approved", version=call.version, lease=setup.lease, fence=call.fence
            )
        if fence is not None:
            run = Run(call=call, fence=fence, checked=checked, watched=False)
            work = run_write(setup, run, nested_for(checked, asked, call.id))
            await watched(setup, asker, owned, guarded(checked, asked), work)


def _check_asks(call: Call, checked: Checked) -> None:
    """Raise Conflict when a guard asks by now for a yes that nobody gave."""
    agreed = max(call.needs, Approval.SELF)
    if more := [ask.reason for ask in checked.asks if ask.level > agreed]:
        raise Conflict(f"I was stopped in the middle of this, and by now it needs another yes: {more[0]}")


async def _end(setup: Setup, call: Call, end: End) -> None:
    await finish(setup, call, call.fence, replace(end, recovered=True), watched=False)
