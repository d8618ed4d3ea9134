"""What calls keep about somebody is erased with the audit's words; what still waits is left alone."""

from __future__ import annotations

import pytest

from bot.core.audit import search, verify
from bot.core.erasure import Erased, erase
from bot.db.call_words import ERASED
from bot.db.decisions import find_decisions
from bot.errors import Conflict, UserError
from tests.bot.core.gate_world import Desk


async def erased(desk: Desk, thing: str = "customer:1001") -> Erased:
    return await erase(desk.database, desk.tenant, thing, by="cli:ada", reason="asked for")


async def ended(desk: Desk, *, yes: bool = True) -> str:
    asked = await desk.ask("desk_suspend", {"customer": "1001"})
    reply = await desk.gate.decide(desk.ann, asked.call_id or "", yes=yes, reason="" if yes else "Amina paid")
    return reply.call_id or asked.call_id or ""


async def test_no_hash_of_what_was_given_stays(desk: Desk) -> None:
    args = {"customer": "1001"}
    asked = await desk.gate.call(desk.ann, "desk_suspend", args, key="order-7")
    done = await desk.gate.decide(desk.ann, asked.call_id or "", yes=False)
    assert (await desk.row(done.call_id or "")).given
    await erased(desk)
    assert not (await desk.row(done.call_id or "")).given


async def test_an_ended_call_keeps_that_it_was_made_and_by_whom_only(desk: Desk) -> None:
    call_id = await ended(desk)
    before = await desk.row(call_id)
    assert before.args and before.preview and before.undo
    found = await erased(desk)
    assert (found.calls, found.open) == (1, 0) and found.rows
    row = await desk.row(call_id)
    assert (row.args, row.preview, row.undo, row.undo_until) == ({}, {}, None, None)
    assert row.reply == {"text": ERASED}
    assert (row.asked_by, row.state, row.action_id) == (before.asked_by, "done", "desk_suspend")
    assert await erased(desk) == Erased(rows=0, calls=0, open=0)
    newest = (await search(desk.database, desk.tenant.id, event="calls.erased"))[0]
    assert (newest.facts["calls"], newest.user_id) == ([call_id], "cli:ada")
    assert (await verify(desk.database, desk.tenant.id)).whole
    with pytest.raises(UserError):
        await desk.gate.undo(desk.ann, call_id)
    assert desk.device.state["1001"] == "suspended"


async def test_a_reason_goes_with_it(desk: Desk) -> None:
    call_id = await ended(desk, yes=False)
    await erased(desk)
    assert (await desk.row(call_id)).reason == ERASED
    async with desk.database.tenant(desk.tenant.id) as session:
        said = (await find_decisions(session, [call_id]))[call_id]
    assert {one.reason for one in said} <= {ERASED, ""}


async def test_what_still_waits_and_what_is_about_others_stays(desk: Desk) -> None:
    other = await desk.ask("desk_suspend", {"customer": "1002"})
    asked = await desk.ask("desk_suspend", {"customer": "1001"})
    found = await erased(desk)
    assert (found.calls, found.open) == (0, 1)
    done = await desk.gate.decide(desk.ann, asked.call_id or "", yes=True)
    assert "Suspended" in done.text
    assert (await erased(desk)).calls == 1
    assert (await desk.row(other.call_id or "")).args["customer"] == "1002"


async def test_the_same_click_again_does_nothing_again(desk: Desk) -> None:
    call_id = await ended(desk)
    await erased(desk)
    with pytest.raises(Conflict):
        await desk.gate.decide(desk.ann, call_id, yes=True)
    assert len(desk.device.log) == 1
