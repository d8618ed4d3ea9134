"""Lost calls: finished when they happened, run once more when not, said to be unknown when nobody can tell."""

import asyncio
from datetime import timedelta

import pytest

from bot.contract.action import action
from bot.contract.context import Context
from bot.contract.reply import Reply
from bot.core.audit import search, verify
from tests.bot.core.gate_world import READ, WRITE, CustomerRef, Desk, Device, FakeDevice, person

NOTE = {"customer": "1001", "text": "x"}


async def lose(desk: Desk, where: str, action_id: str = "desk_note", args=None) -> None:
    """Leave a call as a process that died at one place leaves it."""
    stop = asyncio.Event()

    async def hang() -> None:
        stop.set()
        await asyncio.Event().wait()

    setattr(desk.device, where, hang)
    task = asyncio.create_task(desk.ask(action_id, args or NOTE))
    await stop.wait()
    setattr(desk.device, where, None)
    before = len(desk.device.log)
    await desk.end_leases()
    for one in asyncio.all_tasks():
        if one is not asyncio.current_task() and one is not task and "_start" in repr(one.get_coro()):
            one.cancel()
    task.cancel()
    await asyncio.wait({task})
    assert len(desk.device.log) == before
    assert {row.state for row in await desk.rows()} == {"running"}


@pytest.mark.parametrize(
    ("where", "knows", "end", "effects"),
    [
        ("before", True, "done", 1),
        ("before", False, "done", 1),
        ("checked", True, "done", 1),
        ("checked", False, "unknown", 0),
        ("after", True, "done", 1),
        ("after", False, "unknown", 1),
    ],
)
async def test_each_place_to_die(desk: Desk, where, knows, end, effects) -> None:
    desk.device.knows = knows
    await lose(desk, where)
    found = await desk.gate.recover()
    assert (found.done, found.unknown) == (int(end == "done"), int(end == "unknown"))
    assert [row.state for row in await desk.rows()] == [end] and len(desk.device.log) == effects
    assert (await desk.gate.recover()).total == 0, "once is enough"
    events = await desk.events()
    assert events[:2] == ["asked", "recovered"] and events[-1] == ("ran" if end == "done" else "unknown")
    assert (await verify(desk.database, desk.tenant.id)).whole


async def test_the_asker_is_told_and_the_words_say_how(desk: Desk) -> None:
    told = []

    async def enqueue(session, kind, payload, **more) -> bool:
        told.append((kind, payload.get("event")))
        return True

    desk = Desk(desk.database, desk.tenant, enqueue=enqueue, notices=True)
    await lose(desk, "after")
    await desk.gate.recover()
    assert told == [("call_notice", "done")]
    [row] = await search(desk.database, desk.tenant.id, event="ran")
    assert "confirmed it by reading back" in row.text and row.facts["recovered"] is True


async def test_ten_recoveries_at_once_take_it_up_once(desk: Desk) -> None:
    await lose(desk, "before")
    found = await asyncio.gather(*(desk.gate.recover() for _ in range(10)))
    assert sum(one.done for one in found) >= 1 and len(desk.device.log) == 1
    assert (await desk.events()).count("recovered") == 1


async def test_a_call_that_is_alive_is_left_alone(desk: Desk) -> None:
    stop = asyncio.Event()
    desk.device.before = stop.wait
    task = asyncio.create_task(desk.ask("desk_note", NOTE))
    while not await desk.rows():
        await asyncio.sleep(0.01)
    assert (await desk.gate.recover()).total == 0
    stop.set()
    assert (await task).text.startswith("Noted")


async def test_who_lost_the_right_meanwhile_does_not_act(desk: Desk) -> None:
    await lose(desk, "before")
    desk.world.add(person("Ann", READ))
    assert (await desk.gate.recover()).failed == 1 and desk.device.log == []


async def test_steps_are_completed_and_none_is_done_twice(desk: Desk) -> None:
    calls = 0

    @action(permission=WRITE)
    async def steps(ctx: Context, customer: CustomerRef) -> Reply:
        """Make two changes."""
        nonlocal calls
        await ctx.port(Device).set(ctx.effect.step("one"), customer.number, "one")
        calls += 1
        if calls == 1:
            await desk.device.hang_here()
        await ctx.port(Device).set(ctx.effect.step("two"), customer.number, "two")
        return Reply("Both.")

    class Hanging(FakeDevice):
        async def hang_here(self) -> None:
            if self.between:
                await self.between()

        between = None

    desk = Desk(desk.database, desk.tenant, extra=(steps,), device=Hanging())
    await lose(desk, "between", "desk_steps", {"customer": "1001"})
    assert (await desk.gate.recover()).done == 1
    assert [value for _, _, value in desk.device.log] == ["one", "two"]


async def test_a_call_of_calls_does_none_of_them_twice(desk: Desk) -> None:
    notes = 0

    async def second() -> None:
        nonlocal notes
        notes += 1
        if notes == 2:
            stop.set()
            await asyncio.Event().wait()

    stop = asyncio.Event()
    desk.device.before = second
    task = asyncio.create_task(desk.ask("desk_both", {"customer": "1001"}))
    await stop.wait()
    await desk.end_leases()
    for one in asyncio.all_tasks() - {asyncio.current_task(), task}:
        one.cancel()
    task.cancel()
    await asyncio.wait({task})
    desk.device.before = None
    await desk.gate.recover()
    await desk.end_leases()
    await desk.gate.recover()
    assert [value for _, _, value in desk.device.log] == ["first", "second"]
    assert {row.state for row in await desk.rows()} <= {"done", "unknown"}


async def test_a_call_that_always_brings_its_process_down_is_given_up(desk: Desk) -> None:
    await lose(desk, "before")
    for _ in range(2):
        stop = asyncio.Event()

        async def hang(stop=stop) -> None:
            stop.set()
            await asyncio.Event().wait()

        desk.device.before = hang
        task = asyncio.create_task(desk.gate.recover())
        await stop.wait()
        task.cancel()
        await asyncio.wait({task})
        await desk.end_leases()
    desk.device.before = None
    assert (await desk.gate.recover()).failed == 1 and desk.device.log == []


async def test_a_store_that_may_have_changed_is_unknown(desk: Desk) -> None:
    class Slow:
        async def get(self, key):
            return None

        async def set(self, key, value):
            began.set()
            await asyncio.Event().wait()

    began = asyncio.Event()
    desk.world.memory = Slow()
    task = asyncio.create_task(desk.ask("desk_count"))
    await began.wait()
    await desk.end_leases()
    for one in asyncio.all_tasks() - {asyncio.current_task(), task}:
        one.cancel()
    await asyncio.wait({task})
    assert (await desk.gate.recover()).unknown == 1


async def test_a_plugin_turned_off_meanwhile(desk: Desk) -> None:
    await lose(desk, "before")
    off = Desk(desk.database, desk.tenant)
    off.gate._setup.__dict__["view"] = off.registry.view(frozenset())
    assert (await off.gate.recover()).failed == 1 and desk.device.log == []
    [row] = await search(desk.database, desk.tenant.id, event="failed")
    assert "was turned off" in row.text and "Nothing was changed" in row.text


async def test_leases_follow_the_databases_clock(desk: Desk) -> None:
    await lose(desk, "before")
    desk.world.at -= timedelta(days=400)
    assert (await desk.gate.recover()).done == 1
