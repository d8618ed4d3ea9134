"""Calls that wait: who may say yes, that everything is looked at again, and that one yes runs it once."""

import asyncio
from datetime import timedelta

import pytest

from bot.contract.action import Approval, action
from bot.contract.people import Right
from bot.contract.reply import Reply
from bot.core.audit import search, verify
from bot.db.policies import Policy, do_add_policy
from bot.errors import Conflict, LimitExceeded, NotAllowed, NotFound, UserError
from tests.bot.core.gate_world import MONEY, NORTH, READ, WRITE, Desk, person

CREDIT = {"customer": "1001", "amount": "20"}


async def parked(desk: Desk, action: str = "desk_credit", args=None, **more) -> str:
    reply = await desk.ask(action, CREDIT if args is None else args, **more)
    assert reply.waiting and desk.device.log == []
    return reply.waiting.call_id


async def add_policy(desk: Desk, **values) -> None:
    async with desk.database.tenant(desk.tenant.id) as session:
        await do_add_policy(session, Policy(**values), by="test")


async def test_self_is_confirmed_by_the_asker_only(desk: Desk) -> None:
    reply = await desk.ask("desk_suspend", {"customer": "1001", "reason": "unpaid"})
    assert "Ann Lee loses the Internet." in reply.text and "• Status: active → suspended" in reply.text
    assert "Suspend a customer: Ann Lee (1001), reason “unpaid”" in reply.text and reply.text.endswith(
        "Shall I do it?"
    )
    call_id = reply.call_id or ""
    with pytest.raises(NotAllowed, match="Only Ann can confirm"):
        await desk.gate.decide(desk.ben, call_id, yes=True)
    with pytest.raises(NotAllowed, match="Only Ann can decide"):
        await desk.gate.decide(desk.ben, call_id, yes=False)
    done = await desk.gate.decide(desk.ann, call_id, yes=True)
    assert done.text == "Suspended Ann Lee." and done.undo and desk.device.state["1001"] == "suspended"
    with pytest.raises(Conflict, match="already approved by Ann and was done at 13:00"):
        await desk.gate.decide(desk.ann, call_id, yes=True)
    assert len(desk.device.log) == 1
    assert await desk.events() == ["asked", "refused", "refused", "approved", "ran", "refused"]


async def test_other_needs_someone_else_who_could_do_it_themselves(desk: Desk) -> None:
    call_id = await parked(desk)
    desk.world.add(
        reader := person("Rea", READ),
        nora := person("Nora", *(READ, MONEY), right=NORTH),
        poor := person("Poor", READ, MONEY, right=Right(max_amount=100)),
    )
    with pytest.raises(NotAllowed, match="asked for this yourself"):
        await desk.gate.decide(desk.ann, call_id, yes=True)
    with pytest.raises(NotFound):
        await desk.gate.decide(reader, call_id, yes=True)
    with pytest.raises(LimitExceeded):
        await desk.gate.decide(poor, call_id, yes=True)
    assert desk.device.log == []
    assert (await desk.gate.decide(nora, call_id, yes=True)).text == "Credited 20.00 EUR."
    south = await desk.ask("desk_credit", {"customer": "1004", "amount": "20"})
    with pytest.raises(NotFound):
        await desk.gate.decide(nora, south.call_id or "", yes=True)


async def test_two_needs_two_different_others(desk: Desk) -> None:
    call_id = await parked(desk, "desk_wipe", {"region": "north"})
    first = await desk.gate.decide(desk.ben, call_id, yes=True)
    assert first.waiting and first.waiting.needs.endswith("(1 of 2 so far)") and desk.device.log == []
    with pytest.raises(Conflict, match="agreed to this already"):
        await desk.gate.decide(desk.ben, call_id, yes=True)
    assert desk.device.log == []
    assert (await desk.gate.decide(desk.cat, call_id, yes=True)).text == "Restarted north."
    assert [key for key, _, _ in desk.device.log] == [f"{call_id}/one", f"{call_id}/two"]


async def test_a_no_closes_it_with_its_reason(desk: Desk) -> None:
    call_id = await parked(desk)
    assert (await desk.gate.decide(desk.ben, call_id, yes=False, reason="too much")).text.startswith(
        "Denied: Credit a customer"
    )
    with pytest.raises(Conflict, match="denied by Ben at 13:00: too much"):
        await desk.gate.decide(desk.cat, call_id, yes=True)
    mine = await parked(desk)
    assert (await desk.gate.decide(desk.ann, mine, yes=False)).text.startswith("Cancelled")
    with pytest.raises(Conflict, match="cancelled by Ann"):
        await desk.gate.decide(desk.cat, mine, yes=True)
    assert desk.device.log == [] and await desk.gate.waiting(desk.ben) == []


async def test_rights_are_those_of_the_moment(desk: Desk) -> None:
    call_id = await parked(desk)
    stale = desk.ben
    desk.world.add(person("Ben", READ))
    with pytest.raises(NotFound):
        await desk.gate.decide(stale, call_id, yes=True)
    desk.world.add(desk.ben, person("Ann", READ))
    with pytest.raises(NotAllowed, match="Ann may no longer make this call"):
        await desk.gate.decide(desk.ben, call_id, yes=True)
    desk.world.people.pop("u-ann")
    with pytest.raises(NotAllowed, match="Ann may no longer"):
        await desk.gate.decide(desk.ben, call_id, yes=True)
    assert desk.device.log == [] and (await desk.row(call_id)).state == "asked"


async def test_a_yes_lapses_with_its_right(desk: Desk) -> None:
    call_id = await parked(desk, "desk_wipe", {"region": "north"})
    await desk.gate.decide(desk.ben, call_id, yes=True)
    desk.world.add(person("Ben", READ))
    still = await desk.gate.decide(desk.cat, call_id, yes=True)
    assert still.waiting and desk.device.log == []
    desk.world.add(desk.ben)
    assert (await desk.gate.decide(desk.ben, call_id, yes=True)).text == "Restarted north."


async def test_what_changed_meanwhile_is_shown_again_instead_of_run(desk: Desk) -> None:
    call_id = await parked(desk, "desk_wipe", {"region": "north"})
    await desk.gate.decide(desk.ben, call_id, yes=True)
    desk.device.state["hits/north"] = "900"
    again = await desk.gate.decide(desk.cat, call_id, yes=True)
    assert again.waiting and "The world has changed" in again.text and "Customers affected: 900" in again.text
    assert "of 2 so far" not in again.waiting.needs, "Ben agreed to something else"
    assert desk.device.log == []
    await desk.gate.decide(desk.cat, call_id, yes=True)
    await desk.gate.decide(desk.ben, call_id, yes=True)
    assert len(desk.device.log) == 2


async def test_a_yes_to_an_older_preview_does_not_count(desk: Desk) -> None:
    reply = await desk.ask("desk_credit", CREDIT)
    seen = reply.waiting.version if reply.waiting else ""
    desk.device.state["1001"] = "5"
    await desk.gate.decide(desk.ben, reply.call_id or "", yes=True, version=seen)
    late = await desk.gate.decide(desk.cat, reply.call_id or "", yes=True, version=seen)
    assert late.waiting and "has changed since it was shown to you" in late.text and desk.device.log == []
    done = await desk.gate.decide(desk.cat, reply.call_id or "", yes=True, version=late.waiting.version)
    assert done.text == "Credited 20.00 EUR."


async def test_what_can_not_be_done_any_more_says_so(desk: Desk) -> None:
    call_id = await parked(desk, "desk_suspend", {"customer": "1001"})
    desk.device.state["1001"] = "suspended"
    with pytest.raises(Conflict, match="suspended already"):
        await desk.gate.decide(desk.ann, call_id, yes=True)
    assert (await desk.row(call_id)).state == "asked"


async def test_expiry_and_reminders(desk: Desk) -> None:
    jobs = []

    async def enqueue(session, kind, payload, *, tenant, after=None, dedupe=None) -> bool:
        jobs.append((kind, payload.get("event", ""), after))
        return True

    desk = Desk(desk.database, desk.tenant, enqueue=enqueue, notices=True)
    call_id = await parked(desk)
    assert jobs == [
        ("call_expire", "", timedelta(hours=24)),
        ("call_remind", "", timedelta(hours=12)),
        ("call_notice", "asked", None),
    ]
    assert not await desk.gate.expire(call_id), "too early"
    assert await desk.gate.remind(call_id)
    desk.world.at += timedelta(hours=24)
    assert await desk.gate.waiting(desk.ben) == []
    assert await desk.gate.expire(call_id) and not await desk.gate.expire(call_id)
    assert not await desk.gate.remind(call_id)
    assert [event for kind, event, _ in jobs if kind == "call_notice"] == ["asked", "remind", "expired"]
    with pytest.raises(Conflict, match="expired at 13:00"):
        await desk.gate.decide(desk.ben, call_id, yes=True)
    late = await parked(desk)
    desk.world.at += timedelta(hours=25)
    with pytest.raises(Conflict, match="expired"):
        await desk.gate.decide(desk.ben, late, yes=True)
    swept = await parked(desk)
    desk.world.at += timedelta(hours=25)
    assert (await desk.gate.recover()).expired == 1 and (await desk.row(swept)).state == "expired"
    assert desk.device.log == []


async def test_the_asker_is_told_of_what_was_not_said_in_their_thread(desk: Desk) -> None:
    jobs = []

    async def enqueue(session, kind, payload, *, tenant, after=None, dedupe=None) -> bool:
        if kind == "call_notice" and payload["event"] not in {"asked", "card"}:
            jobs.append((payload["call"], payload["event"]))
        return True

    async def hush(ctx) -> Reply:
        """Hand out a code."""
        return Reply("the code is 1234", private=True)

    secret = action(permission=WRITE, approval=Approval.OTHER)(hush)
    desk = Desk(desk.database, desk.tenant, enqueue=enqueue, notices=True, extra=(secret,))
    here = {"thread": "T1:C1:1.1"}
    for yes, elsewhere in ((True, "T1:C1:2.2"), (False, ""), (True, "")):
        call_id = await parked(desk, **here)
        await desk.gate.decide(desk.ben, call_id, yes=yes, thread=elsewhere)
        assert jobs.pop() == (call_id, "done" if yes else "denied") and not jobs
        desk.device.log.clear()
    for yes in (True, False):
        await desk.gate.decide(desk.ben, await parked(desk, **here), yes=yes, **here)
        desk.device.log.clear()
    own = await parked(desk, "desk_suspend", {"customer": "1001"}, **here)
    await desk.gate.decide(desk.ann, own, yes=True, thread="terminal")
    assert jobs == [], "they read it there, or said it themselves"
    quiet = await desk.ask("desk_hush", **here)
    await desk.gate.decide(desk.ben, quiet.call_id or "", yes=True, **here)
    assert jobs == [(quiet.call_id, "done")], "only Ben read the private reply"


async def test_waiting_shows_each_person_what_they_can_decide(desk: Desk) -> None:
    desk.world.add(nora := person("Nora", READ, MONEY, right=NORTH), rea := person("Rea", READ))
    own = await parked(desk, "desk_suspend", {"customer": "1001"})
    desk.world.at += timedelta(seconds=1)
    south = await parked(desk, "desk_credit", {"customer": "1004", "amount": "20"})
    desk.world.at += timedelta(seconds=1)
    north = await parked(desk)

    async def seen(who) -> list[str]:
        return [one.call_id for one in await desk.gate.waiting(who)]

    assert await seen(desk.ann) == [own, south, north]
    assert await seen(desk.ben) == [south, north]
    assert await seen(nora) == [north]
    assert await seen(rea) == []
    region = await parked(desk, "desk_wipe", {"region": "north"})
    assert await seen(rea) == [], "it names no customer, and still is not hers"
    with pytest.raises(NotFound):
        await desk.gate.decide(rea, region, yes=False)
    [one] = await desk.gate.waiting(nora)
    assert (one.summary, one.asked_by) == ("Credit a customer: Ann Lee (1001), amount “20.00 EUR”", "Ann")
    assert "Amount: 20.00 EUR" in one.preview and one.expires_at == desk.world.at + timedelta(hours=24)


@pytest.mark.parametrize(
    ("policy", "amount", "needs"),
    [
        ({"action": "desk_credit", "needs": 3, "min_amount": 100_000}, "999.99", "one other person"),
        ({"action": "desk_credit", "needs": 3, "min_amount": 100_000}, "1000", "two other people"),
        ({"action": "desk_*", "needs": 3}, "1", "two other people"),
        ({"action": "*", "needs": 3}, "1", "two other people"),
        ({"action": "other_*", "needs": 3}, "1", "one other person"),
        ({"action": "desk_credit", "needs": 1}, "1", "one other person"),
        ({"action": "desk_credit", "needs": 3, "min_hits": 2}, "1", "one other person"),
    ],
)
async def test_policies_raise_the_level_and_never_lower_it(desk: Desk, policy, amount, needs) -> None:
    await add_policy(desk, **policy)
    reply = await desk.ask("desk_credit", {"customer": "1001", "amount": amount})
    assert reply.waiting and needs in reply.waiting.needs


async def test_a_policy_can_ask_for_a_role_and_less_time(desk: Desk) -> None:
    await add_policy(
        desk,
        action="desk_note",
        needs=2,
        approver_role="noc",
        expires_after=timedelta(hours=1),
        remind_after=timedelta(minutes=5),
    )
    call_id = await parked(desk, "desk_note", {"customer": "1001", "text": "x"})
    call = await desk.row(call_id)
    assert call.expires_at == desk.world.at + timedelta(hours=1) and call.approver_roles == ("noc",)
    with pytest.raises(NotAllowed, match="role noc"):
        await desk.gate.decide(desk.ben, call_id, yes=True)
    assert await desk.gate.waiting(desk.ben) == []
    desk.world.add(noc := person("Noc", READ, WRITE, roles=frozenset({"noc"})))
    assert len(await desk.gate.waiting(noc)) == 1
    assert (await desk.gate.decide(noc, call_id, yes=True)).text == "Noted for Ann Lee: x"


async def test_twenty_yeses_at_once_run_it_once(desk: Desk) -> None:
    call_id = await parked(desk)
    crowd = [person(f"P{i}", READ, MONEY) for i in range(20)]
    desk.world.add(*crowd)
    ends = await asyncio.gather(
        *(desk.gate.decide(one, call_id, yes=True) for one in crowd), return_exceptions=True
    )
    assert len([end for end in ends if not isinstance(end, BaseException)]) == 1
    assert all(isinstance(end, UserError) for end in ends if isinstance(end, BaseException))
    assert len(desk.device.log) == 1 and (await desk.row(call_id)).runs == 1
    assert (await verify(desk.database, desk.tenant.id)).whole


async def test_a_double_click_runs_it_once(desk: Desk) -> None:
    call_id = await parked(desk, "desk_suspend", {"customer": "1001"})
    ends = await asyncio.gather(
        *(desk.gate.decide(desk.ann, call_id, yes=True) for _ in range(5)), return_exceptions=True
    )
    assert len(desk.device.log) == 1 and sum(isinstance(end, Conflict) for end in ends) == 4


async def test_twenty_calls_with_one_key_run_once(desk: Desk) -> None:
    args = {"customer": "1001", "text": "x"}
    ends = await asyncio.gather(*(desk.ask("desk_note", args, key="same") for _ in range(20)))
    assert len(desk.device.log) == 1 and len({end.call_id for end in ends}) == 1


async def test_decisions_are_in_the_audit_with_who(desk: Desk) -> None:
    call_id = await parked(desk)
    await desk.gate.decide(desk.ben, call_id, yes=True)
    found = await search(desk.database, desk.tenant.id, call=call_id)
    assert [(row.event, row.by) for row in reversed(found)] == [
        ("asked", "Ann"),
        ("approved", "Ben"),
        ("ran", "Ann"),
    ]


async def test_nonsense_ids_are_not_found(desk: Desk) -> None:
    for nonsense in ("", "x", "'; drop table calls", "0" * 32, "00000000-0000-0000-0000-000000000000"):
        with pytest.raises(NotFound):
            await desk.gate.decide(desk.ben, nonsense, yes=True)


async def test_what_lies_in_no_region_is_in_nobodys_way(desk: Desk) -> None:
    desk.world.add(
        nora := person("Nora", READ, WRITE, right=NORTH), noel := person("Noel", READ, WRITE, right=NORTH)
    )
    call_id = await parked(desk, "desk_paint", {"customer": "1001", "colour": "red"}, user=nora)
    assert [one.call_id for one in await desk.gate.waiting(noel)] == [call_id]
    assert (await desk.gate.decide(noel, call_id, yes=True)).text == "Painted red."
    with pytest.raises(NotFound):
        await desk.ask("desk_paint", {"customer": "1004", "colour": "red"}, nora)
