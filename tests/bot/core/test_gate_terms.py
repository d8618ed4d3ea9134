"""Who must agree is looked at again with the yes: thresholds that were crossed, policies that came."""

from __future__ import annotations

from typing import Any

import pytest

from bot.contract.action import Approval, Preview, action
from bot.contract.context import Context
from bot.contract.reply import Reply
from bot.db.policies import Policy, do_add_policy
from bot.errors import NotAllowed
from tests.bot.core.gate_world import WRITE, Desk, Device, person, show_wipe


@action(permission=WRITE, approval=Approval.SELF, preview=show_wipe)
async def sweep(ctx: Context[Any], region: str) -> Reply:
    """Restart what hangs in a region."""
    await ctx.port(Device).set(ctx.effect, region, "swept")
    return Reply(f"Swept {region}.")


async def show_tell(_ctx: Context[Any], region: str) -> Preview:
    return Preview(text=f"All in {region} read it", final=region != "nobody")


@action(permission=WRITE, preview=show_tell)
async def tell(ctx: Context[Any], region: str) -> Reply:
    """Tell the customers of a region something."""
    await ctx.port(Device).set(ctx.effect, region, "told")
    return Reply(f"Told {region}.")


@pytest.fixture
def desk(gate_database, gate_tenant) -> Desk:
    return Desk(gate_database, gate_tenant, extra=(sweep, tell))


async def rule(desk: Desk, **values: Any) -> None:
    async with desk.database.tenant(desk.tenant.id) as session:
        await do_add_policy(session, Policy(**{"action": "desk_sweep", "needs": 2, **values}), by="test")


async def test_what_grew_over_a_threshold_needs_what_the_policy_asks(desk: Desk) -> None:
    await rule(desk, min_hits=10)
    asked = await desk.ask("desk_sweep", {"region": "north"})
    desk.device.state["hits/north"] = "500"
    again = await desk.gate.decide(desk.ann, asked.call_id, yes=True)
    assert again.waiting is not None and "one other person" in again.waiting.needs
    with pytest.raises(NotAllowed, match="someone else"):
        await desk.gate.decide(desk.ann, asked.call_id, yes=True)
    assert desk.device.log == []
    assert (await desk.gate.decide(desk.ben, asked.call_id, yes=True)).text == "Swept north."


async def test_a_policy_that_came_meanwhile_binds_what_waits(desk: Desk) -> None:
    asked = await desk.ask("desk_sweep", {"region": "north"})
    await rule(desk, approver_role="noc")
    again = await desk.gate.decide(desk.ann, asked.call_id, yes=True)
    assert again.waiting is not None and "a rule came" in again.text
    with pytest.raises(NotAllowed, match="role noc"):
        await desk.gate.decide(desk.ben, asked.call_id, yes=True)
    nora = person("Nora", roles=frozenset({"noc"}))
    desk.world.add(nora)
    assert (await desk.gate.decide(nora, asked.call_id, yes=True)).text == "Swept north."


async def test_a_policy_goes_by_what_is_named(desk: Desk) -> None:
    await rule(desk, action="desk_note", given="level=high; customer=1001", needs=2)
    say = {"customer": "1001", "text": "x"}
    assert (await desk.ask("desk_note", say)).waiting is None
    assert (await desk.ask("desk_note", {**say, "customer": "1004", "level": "high"})).waiting is None
    asked = await desk.ask("desk_note", {**say, "customer": "ann lee", "level": "HIGH"})
    assert asked.waiting is not None and "one other person" in asked.waiting.needs
    with pytest.raises(NotAllowed, match="someone else"):
        await desk.gate.decide(desk.ann, asked.waiting.call_id, yes=True)
    assert (await desk.gate.decide(desk.ben, asked.waiting.call_id, yes=True)).text == "Noted for Ann Lee: x"


async def test_a_policy_on_values_that_came_meanwhile_binds_what_waits(desk: Desk) -> None:
    asked, other = [await desk.ask("desk_sweep", {"region": one}) for one in ("north", "south")]
    await rule(desk, given="region=North")
    again = await desk.gate.decide(desk.ann, asked.call_id, yes=True)
    assert again.waiting is not None and "a rule came" in again.text
    assert (await desk.gate.decide(desk.ann, other.call_id, yes=True)).text == "Swept south."


async def test_two_yeses_are_given_anew_when_the_rule_grows(desk: Desk) -> None:
    await rule(desk)
    asked = await desk.ask("desk_sweep", {"region": "north"})
    await rule(desk, needs=3)
    for who in (desk.ben, desk.ben):
        reply = await desk.gate.decide(who, asked.call_id, yes=True)
        assert reply.waiting is not None and desk.device.log == []
    assert (await desk.gate.decide(desk.cat, asked.call_id, yes=True)).text == "Swept north."


async def test_what_was_asked_under_strict_rules_stays_so(desk: Desk) -> None:
    await rule(desk, min_hits=2)
    asked = await desk.ask("desk_sweep", {"region": "north"})
    desk.device.state["hits/north"] = "1"
    with pytest.raises(NotAllowed, match="someone else"):
        await desk.gate.decide(desk.ann, asked.call_id, yes=True)
    assert (await desk.gate.decide(desk.ben, asked.call_id, yes=True)).waiting is not None
    assert (await desk.gate.decide(desk.ben, asked.call_id, yes=True)).text == "Swept north."


async def test_what_cannot_be_taken_back_is_shown_first_though_typed_in_full(desk: Desk) -> None:
    asked = await desk.ask("desk_tell", {"region": "north"})
    assert asked.waiting is not None and "All in north read it" in asked.waiting.preview
    assert desk.device.log == []
    assert (await desk.gate.decide(desk.ann, asked.call_id, yes=True)).text == "Told north."


async def test_what_can_be_taken_back_runs_as_typed(desk: Desk) -> None:
    assert (await desk.ask("desk_tell", {"region": "nobody"})).text == "Told nobody."
