"""What goes wrong in the storm, in turns: kills, lost connections, limits, errors, answers that get lost."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from tests.bot.slack.storm.crowd import Door
from tests.bot.slack.storm.fleet import Fleet

FAULTS = ("429", "500", "503", "reset_before", "reset_after", "ok_500", "ok_html", "html", "delay:0.5")
BUSY = ("chat.postMessage", "chat.update", "response_url")
"""What most answers take goes wrong more often."""


@dataclass
class Trouble:
    """Makes trouble every `pause` seconds until told to stop; `done` counts it by kind.

    Whatever the bot has called goes wrong; a method it calls seldom keeps its one fault until then.
    """

    fleet: Fleet
    door: Door
    lot: random.Random
    pause: float = 1.5
    done: Counter[str] = field(default_factory=Counter)
    planned: Counter[str] = field(default_factory=Counter)
    """Faults by method."""
    killed_at: list[float] = field(default_factory=list)
    """When (monotonic) connections were broken: an acknowledgement may have been lost with them."""

    async def rage(self, enough: Callable[[], bool]) -> None:
        """Go through all kinds of trouble, again and again, at least once each."""
        turns: list[Callable[[], Awaitable[None]]] = [
            self._faults,
            self._kill_one,
            self._lose_connections,
            self._faults,
            self._two_then_one,
            self._renew_connections,
            self._faults,
            self._kill_all,
        ]
        at = 0
        while at < len(turns) or not enough():
            await turns[at % len(turns)]()
            at += 1
            await asyncio.sleep(self.pause)
        self.calm()

    def _broken(self) -> None:
        self.killed_at.append(self.fleet.slack.clock.monotonic())

    async def _faults(self) -> None:
        faults = self.fleet.slack.faults
        for method in dict.fromkeys([*BUSY, *(record.method for record in self.fleet.slack.calls)]):
            kinds = self.lot.sample(FAULTS, len(FAULTS) if method in BUSY else 1)
            if not faults.waiting[method]:
                faults.plan(method, *kinds)
                self.planned.update({method: len(kinds)})

    def calm(self) -> None:
        """Let nothing go wrong any more; `done` tells how often what went wrong."""
        for method, kinds in self.fleet.slack.faults.waiting.items():
            self.planned[method] -= len(kinds)
            kinds.clear()

    async def _kill(self, count: int) -> None:
        for ship in self.fleet.ships[:count]:
            self._broken()
            await self.fleet.kill(ship)
            self.done["kills"] += 1

    async def _kill_one(self) -> None:
        """Kill the only process, or the first, and start another: nobody listens meanwhile."""
        async with self.door.breaking():
            await self._kill(1)
            await self.fleet.start()

    async def _kill_all(self) -> None:
        async with self.door.breaking():
            await self._kill(len(self.fleet.ships))
            await self.fleet.start()

    async def _two_then_one(self) -> None:
        """A second process joins, works beside the first, and the first dies under it."""
        await self.fleet.start()
        self.done["second process"] += 1
        await asyncio.sleep(self.pause)
        async with self.door.breaking():
            await self._kill(1)

    async def _lose_connections(self) -> None:
        if self.fleet.way != "socket":
            return
        async with self.door.breaking():
            self._broken()
            await self.fleet.slack.cut()
            await self._connected()
        self.done["disconnects"] += 1

    async def _renew_connections(self) -> None:
        if self.fleet.way != "socket":
            return
        async with self.door.breaking():
            self._broken()
            await self.fleet.slack.disconnect("refresh_requested")
            await asyncio.sleep(0.2)
            await self._connected()
        self.done["disconnects"] += 1

    async def _connected(self) -> None:
        await self.fleet.slack.until(lambda: self.fleet.slack.connections >= 2, 60)
