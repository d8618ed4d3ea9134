"""The time Slack goes by: real and movable, or standing still until a test moves it."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass, field

SETTLE = 5
"""Turns of the loop between two timers, so that what one wakes has run before the next."""


@dataclass(order=True)
class Timer:
    due: float
    number: int
    fire: Callable[[], None] = field(compare=False)
    cancelled: bool = field(default=False, compare=False)

    def cancel(self) -> None:
        self.cancelled = True


class Clock:
    """Runs as time does; `advance` jumps ahead and fires what becomes due, in order."""

    def __init__(self) -> None:
        self._ahead = 0.0
        self._timers: list[Timer] = []
        self._numbers = itertools.count()

    def now(self) -> float:
        """Unix seconds."""
        return time.time() + self._ahead

    def monotonic(self) -> float:
        return time.monotonic() + self._ahead

    def call_later(self, seconds: float, fire: Callable[[], None]) -> Timer:
        timer = Timer(self.monotonic() + max(seconds, 0.0), next(self._numbers), fire)
        heapq.heappush(self._timers, timer)
        self._wake(seconds)
        return timer

    async def sleep(self, seconds: float) -> None:
        woken = asyncio.get_running_loop().create_future()
        timer = self.call_later(seconds, lambda: None if woken.done() else woken.set_result(None))
        try:
            await woken
        finally:
            timer.cancel()

    async def advance(self, seconds: float) -> None:
        target = self.monotonic() + seconds
        await _settle()
        while self._timers and self._timers[0].due <= target:
            self._ahead += max(self._timers[0].due - self.monotonic(), 0.0)
            self._fire_due()
            await _settle()
        self._ahead += max(target - self.monotonic(), 0.0)
        await _settle()

    def next_due(self) -> float:
        """When (monotonic) the next timer fires; infinity without one."""
        return min((timer.due for timer in self._timers if not timer.cancelled), default=float("inf"))

    def _wake(self, seconds: float) -> None:
        asyncio.get_running_loop().call_later(max(seconds, 0.0), self._fire_due)

    def _fire_due(self) -> None:
        while self._timers and self._timers[0].due <= self.monotonic() + 1e-6:
            timer = heapq.heappop(self._timers)
            if not timer.cancelled:
                timer.fire()


class VirtualClock(Clock):
    """Stands still; only `advance` moves it."""

    def __init__(self, start: float | None = None) -> None:
        super().__init__()
        self._start = time.time() if start is None else start

    def now(self) -> float:
        return self._start + self._ahead

    def monotonic(self) -> float:
        return self._ahead

    def _wake(self, seconds: float) -> None:
        if seconds <= 0:
            asyncio.get_running_loop().call_soon(self._fire_due)


async def _settle() -> None:
    for _ in range(SETTLE):
        await asyncio.sleep(0)
