"""Taking a finished call back, by the compensating call it left behind, through the same gate."""

from __future__ import annotations

from bot.contract.people import User
from bot.contract.place import Place
from bot.contract.reply import ActionCall
from bot.core import policy
from bot.core.approvals import NOBODY, Parked, concerns
from bot.core.gate_rows import already, moment
from bot.core.gate_setup import Setup
from bot.db import calls, decisions
from bot.db.calls import Call
from bot.errors import Conflict, NotFound


async def undo_call(setup: Setup, user: User, call_id: str, place: Place) -> tuple[Call, ActionCall]:
    """Return the call to be taken back, here, and what does it; raise a UserError when it can't be."""
    async with setup.database.tenant(setup.tenant.id) as session:
        call = await calls.get_call(session, call_id) or await calls.get_call_beginning(session, call_id)
        undoing = await calls.get_undoing(session, call.id) if call else None
    if call is None:
        raise NotFound(NOBODY)
    owned = setup.view.action(call.action_id)
    if not concerns(user, call, owned):
        raise NotFound(NOBODY)
    policy.check_permission(user, owned.item.permission, policy.doing(owned.item), setup.plugins)
    (await setup.around.rules()).here(user, place).check(owned)
    check_open(setup, call, undoing)
    undo = call.undo or {}
    return call, ActionCall(action_id=undo["action"], args=undo["args"])


def check_open(setup: Setup, call: Call, undoing: Call | None) -> None:
    """Raise Conflict unless the call was done, can be undone, and still may be."""
    if call.state == "asked":
        raise Conflict("This has not run yet. Say no to it to cancel it.")
    if call.state != "done":
        raise already(setup, call, {call.ended_by or "": ""})
    if call.undo is None or call.undo_until is None:
        raise Conflict("This can't be taken back by me.")
    if call.undo_until <= setup.around.now():
        until = moment(setup, call.undo_until)
        raise Conflict(f"The time to take this back ended at {until}.")
    if undoing is not None:
        state = {"asked": "waits for approval", "unknown": "ended without anyone knowing whether it happened"}
        raise Conflict(
            f"Taking this back was asked for already, by {undoing.asked_name}: "
            f"it {state.get(undoing.state, 'is being done')}."
        )  # fmt: skip - one sentence


async def get_undo(setup: Setup, user: User, key: str) -> Parked | None:
    """Return what this person took a call back by with this key; None when they did not yet."""
    async with setup.database.tenant(setup.tenant.id) as session:
        call = await calls.get_call_by_key(session, key)
        said = (await decisions.find_decisions(session, [call.id]))[call.id] if call else []
    if call is None or not call.undo_of or call.asked_by != user.id:
        return None
    return Parked(call=call, said=said)
