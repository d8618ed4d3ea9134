"""Taking back: within the window, once, with the right to."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from bot.contract.action import Approval, action
from bot.contract.context import Context
from bot.contract.reply import ActionCall, Reply
from bot.core.audit import search
from bot.db.policies import Policy, do_add_policy
from bot.errors import Conflict, NotFound
from tests.bot.core.gate_world import READ, WRITE, CustomerRef, Desk, Device, person


async def suspended(desk: Desk) -> str:
    asked = await desk.ask("desk_suspend", {"customer": "1001"})
    done = await desk.gate.decide(desk.ann, asked.call_id or "", yes=True)
    assert done.undo_within == timedelta(minutes=10)
    return done.call_id or ""


async def test_undo_runs_the_compensating_call_and_marks_the_first(desk: Desk) -> None:
    call_id = await suspended(desk)
    reply = await desk.gate.undo(desk.ann, call_id)
    assert reply.text == "Resumed Ann Lee." and desk.device.state["1001"] == "active"
    assert (await desk.row(call_id)).state == "undone" and (await desk.row(reply.call_id)).undo_of == call_id
    with pytest.raises(Conflict, match="done and then taken back"):
        await desk.gate.undo(desk.ann, call_id)
    assert len(desk.device.log) == 2
    events = [row.event for row in reversed(await search(desk.database, desk.tenant.id, call=call_id))]
    assert events == ["asked", "approved", "ran", "undone", "refused"]


async def test_whoever_asks_again_with_the_same_key_hears_how_it_went(desk: Desk) -> None:
    call_id = await suspended(desk)
    first = await desk.gate.undo(desk.ann, call_id, key="slack:1")
    again = await desk.gate.undo(desk.ann, call_id, key="slack:1")
    assert (again.text, again.call_id) == (first.text, first.call_id) == ("Resumed Ann Lee.", first.call_id)
    assert len(desk.device.log) == 2
    with pytest.raises(Conflict, match="done and then taken back"):
        await desk.gate.undo(desk.ben, call_id, key="slack:1")


async def test_undo_is_refused_after_its_window(desk: Desk) -> None:
    call_id = await suspended(desk)
    desk.world.at += timedelta(minutes=10)
    with pytest.raises(Conflict, match="ended at 13:10"):
        await desk.gate.undo(desk.ann, call_id)
    assert desk.device.state["1001"] == "suspended"


async def test_the_short_id_that_is_shown_will_do(desk: Desk) -> None:
    call_id = await suspended(desk)
    for start in ("", "zz", call_id[:3], "g" * 8, "f" * 40):
        with pytest.raises(NotFound):
            await desk.gate.undo(desk.ann, start)
    assert (await desk.gate.undo(desk.ann, call_id[:8])).text == "Resumed Ann Lee."
    assert (await desk.row(call_id)).state == "undone"


async def test_undo_needs_the_right(desk: Desk) -> None:
    call_id = await suspended(desk)
    desk.world.add(rea := person("Rea", READ))
    with pytest.raises(NotFound):
        await desk.gate.undo(rea, call_id)
    assert (await desk.gate.undo(desk.ben, call_id)).text == "Resumed Ann Lee.", (
        "whoever may do it may undo it"
    )


async def test_what_has_no_undo_or_did_not_run(desk: Desk) -> None:
    noted = await desk.ask("desk_note", {"customer": "1001", "text": "x"})
    with pytest.raises(Conflict, match="can't be taken back"):
        await desk.gate.undo(desk.ann, noted.call_id or "")
    asked = await desk.ask("desk_suspend", {"customer": "1001"})
    with pytest.raises(Conflict, match="has not run yet"):
        await desk.gate.undo(desk.ann, asked.call_id or "")
    with pytest.raises(NotFound):
        await desk.gate.undo(desk.ann, "00000000-0000-0000-0000-000000000000")


async def test_ten_undos_at_once_take_it_back_once(desk: Desk) -> None:
    call_id = await suspended(desk)
    ends = await asyncio.gather(
        *(desk.gate.undo(desk.ann, call_id) for _ in range(10)), return_exceptions=True
    )
    assert sum(not isinstance(end, BaseException) for end in ends) == 1
    assert all(isinstance(end, Conflict) for end in ends if isinstance(end, BaseException)), ends
    assert len(desk.device.log) == 2


async def test_a_failed_undo_can_be_tried_again(desk: Desk) -> None:
    call_id = await suspended(desk)
    desk.device.before = lambda: (_ for _ in ()).throw(Conflict("The line is locked; nothing was changed."))
    with pytest.raises(Conflict, match="locked"):
        await desk.gate.undo(desk.ann, call_id)
    assert (await desk.row(call_id)).state == "done"
    desk.device.before = None
    assert (await desk.gate.undo(desk.ann, call_id)).text == "Resumed Ann Lee."


async def test_an_undo_that_needs_another_person_waits_for_them(desk: Desk) -> None:
    asked = await desk.ask("desk_credit", {"customer": "1001", "amount": "20"})
    done = await desk.gate.decide(desk.ben, asked.call_id or "", yes=True)
    async with desk.database.tenant(desk.tenant.id) as session:
        await do_add_policy(session, Policy(action="desk_note", needs=2), by="test")
    parked = await desk.gate.undo(desk.ann, done.call_id or "")
    assert parked.waiting and len(desk.device.log) == 1
    with pytest.raises(Conflict, match="asked for already, by Ann: it waits for approval"):
        await desk.gate.undo(desk.cat, done.call_id or "")
    assert (await desk.row(done.call_id)).state == "done"
    await desk.gate.decide(desk.ben, parked.waiting.call_id, yes=True)
    assert (await desk.row(done.call_id)).state == "undone" and len(desk.device.log) == 2


async def test_a_refused_undo_can_be_asked_for_again(desk: Desk) -> None:
    asked = await desk.ask("desk_credit", {"customer": "1001", "amount": "20"})
    done = await desk.gate.decide(desk.ben, asked.call_id or "", yes=True)
    async with desk.database.tenant(desk.tenant.id) as session:
        await do_add_policy(session, Policy(action="desk_note", needs=2), by="test")
    parked = await desk.gate.undo(desk.ann, done.call_id or "")
    await desk.gate.decide(desk.ben, parked.call_id or "", yes=False)
    assert (await desk.gate.undo(desk.ann, done.call_id or "")).waiting


async def test_taking_back_an_undo_is_doing_it_again_and_asks(desk: Desk) -> None:
    @action(permission=WRITE, approval=Approval.SELF)
    async def open_line(ctx: Context[Any], customer: CustomerRef) -> Reply:
        """Open a line."""
        await ctx.port(Device).set(ctx.effect, customer.number, "active")
        undo = ActionCall(action_id="desk_close_line", args={"customer": customer.number})
        return Reply("Opened.", undo=undo, undo_within=timedelta(minutes=5))

    @action(permission=WRITE, approval=Approval.SELF)
    async def close_line(ctx: Context[Any], customer: CustomerRef) -> Reply:
        """Close a line."""
        await ctx.port(Device).set(ctx.effect, customer.number, "closed")
        undo = ActionCall(action_id="desk_open_line", args={"customer": customer.number})
        return Reply("Closed.", undo=undo, undo_within=timedelta(minutes=5))

    desk = Desk(desk.database, desk.tenant, extra=(open_line, close_line))
    asked = await desk.ask("desk_close_line", {"customer": "1001"})
    closed = await desk.gate.decide(desk.ann, asked.call_id or "", yes=True)
    opened = await desk.gate.undo(desk.ann, closed.call_id or "")
    assert opened.text == "Opened."
    again = await desk.gate.undo(desk.ann, opened.call_id or "")
    assert again.waiting and desk.device.state["1001"] == "active"
    assert (await desk.gate.decide(desk.ann, again.call_id or "", yes=True)).text == "Closed."
