"""A test's own process that stands still is nobody's delay."""

from __future__ import annotations

import asyncio
import time

import pytest

from tests.slackd.clock import Clock
from tests.slackd.outlet import STILL, within


async def stall() -> str:
    await asyncio.sleep(0)
    time.sleep(1.0)
    await asyncio.sleep(0.1)
    return "done"


async def test_what_stood_still_gets_its_time() -> None:
    assert await within(Clock(), 0.4, stall()) == "done"


async def test_what_does_not_answer_is_late_all_the_same() -> None:
    with pytest.raises(TimeoutError):
        await within(Clock(), STILL, asyncio.sleep(5))
