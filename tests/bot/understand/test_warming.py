"""The first questions after a start, which wait a little until all examples are learnt."""

from __future__ import annotations

import asyncio

from bot.understand.understander import Understander


async def test_several_first_questions_wait_for_one_warming_and_its_failure_is_noted() -> None:
    class Slow(Understander):
        async def warm(self) -> None:
            await asyncio.sleep(0)
            raise ValueError

    slow = Slow((), (), patience=5.0)
    got = await asyncio.gather(*(slow._ready_soon() for _ in range(3)), return_exceptions=True)
    assert got == [None] * 3
    assert "ValueError" in slow.trouble


async def test_who_asks_when_patience_is_over_waits_no_more() -> None:
    learnt = asyncio.Event()

    class Slow(Understander):
        async def warm(self) -> None:
            await learnt.wait()

    slow = Slow((), (), patience=0.05)
    await slow._ready_soon()
    slow._patience = 3_600.0  # who asks now does not begin to wait anew
    async with asyncio.timeout(60):
        await slow._ready_soon()
    learnt.set()
    await slow._warming
