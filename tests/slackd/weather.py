"""What the road does to events on purpose: they come twice, late, or out of order."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass, field

from tests.slackd.clock import Clock


@dataclass
class Weather:
    """Fair unless told. `duplicates`: share of events that come twice, with the same event_id.

    `delay`: up to so many seconds late. `reorder`: so many events are held back and let go by lot;
    what is held and not pushed out by others goes after `patience` seconds.
    """

    clock: Clock
    duplicates: float = 0.0
    delay: float = 0.0
    reorder: int = 0
    patience: float = 0.05
    lot: random.Random = field(default_factory=lambda: random.Random(1))
    _held: list[asyncio.Future[None]] = field(default_factory=list)

    @property
    def repeats(self) -> bool:
        return self.lot.random() < self.duplicates

    async def turn(self) -> None:
        """Wait for one's turn."""
        if self.delay:
            await self.clock.sleep(self.lot.uniform(0, self.delay))
        if not self.reorder:
            return
        gate: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._held.append(gate)
        if len(self._held) > self.reorder:
            self._let(self.lot.choice(self._held))
        self.clock.call_later(self.patience, lambda: self._let(gate))
        await gate

    def _let(self, gate: asyncio.Future[None]) -> None:
        if gate in self._held:
            self._held.remove(gate)
        if not gate.done():
            gate.set_result(None)
