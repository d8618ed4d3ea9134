"""A plugin that hangs fills its own places only."""

import asyncio
from datetime import timedelta

import pytest

from bot.core.bulkhead import Bulkheads, DeadlinePassed, within
from bot.errors import Unavailable

SHORT = timedelta(seconds=0.05)


async def hold(heads: Bulkheads, plugin: str, stop: asyncio.Event, tenant: str = "t") -> None:
    async with heads.place(tenant, plugin):
        await stop.wait()


async def test_a_full_plugin_is_busy_and_others_go_on() -> None:
    heads, stop = Bulkheads(places=2, queue=1, patience=SHORT), asyncio.Event()
    hanging = [asyncio.create_task(hold(heads, "slow", stop)) for _ in range(2)]
    await asyncio.sleep(0)
    with pytest.raises(Unavailable, match="“slow” is busy; nothing was changed"):
        async with heads.place("t", "slow"):
            pass
    async with heads.place("t", "quick"), heads.place("other tenant", "slow"):
        pass
    stop.set()
    await asyncio.gather(*hanging)
    async with heads.place("t", "slow"):
        pass


async def test_a_place_that_becomes_free_in_time_is_taken() -> None:
    heads, stop = Bulkheads(places=1, patience=timedelta(seconds=5)), asyncio.Event()
    first = asyncio.create_task(hold(heads, "p", stop))
    await asyncio.sleep(0)
    second = asyncio.create_task(hold(heads, "p", stop))
    await asyncio.sleep(0)
    stop.set()
    await asyncio.gather(first, second)


async def test_no_more_wait_than_the_queue_holds() -> None:
    heads, stop = Bulkheads(places=1, queue=1, patience=timedelta(seconds=5)), asyncio.Event()
    tasks = [asyncio.create_task(hold(heads, "p", stop)) for _ in range(3)]
    done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    assert [type(task.exception()) for task in done] == [Unavailable]
    stop.set()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_an_action_within_an_action_needs_no_second_place() -> None:
    heads = Bulkheads(places=1, patience=SHORT)
    async with heads.place("t", "p"), heads.place("t", "p"):
        pass
    async with heads.place("t", "p"):
        pass


async def test_deadlines() -> None:
    async def answer() -> int:
        return 7

    assert await within(SHORT, answer()) == 7
    with pytest.raises(DeadlinePassed):
        await within(SHORT, asyncio.Event().wait())

    async def last_word() -> int:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            return 8
        return 0

    assert await within(SHORT, last_word()) == 8, "what was done just after the deadline counts"

    async def raises() -> None:
        raise KeyError("x")

    with pytest.raises(KeyError):
        await within(SHORT, raises())


async def test_being_cancelled_stops_the_work() -> None:
    stopped = asyncio.Event()

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            stopped.set()

    task = asyncio.create_task(within(timedelta(seconds=5), work()))
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await stopped.wait()
