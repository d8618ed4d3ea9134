"""Keeping what a process has taken: the lease is renewed while the work goes on."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

import structlog

log = structlog.get_logger(__name__)

Renew = Callable[[], Awaitable[bool]]


class Hold:
    """Says how long ago the lease was certainly ours."""

    def __init__(self, lease: timedelta) -> None:
        self._lease = lease.total_seconds()
        self._until = time.monotonic() + self._lease
        self._began = False

    def begins(self) -> None:
        """Note that from now on it may have been done."""
        self._began = True

    def doubts(self, before: bool) -> bool:
        """Say whether it may have been done, by us or before."""
        return before or self._began

    def sure(self) -> bool:
        """Say whether nobody else can have it: less than half of the lease has passed."""
        return time.monotonic() < self._until - self._lease / 2

    def renewed(self, asked_at: float) -> None:
        """Note a renewal that was asked for at this monotonic time."""
        self._until = asked_at + self._lease

    def lost(self) -> None:
        """Note that somebody else has it."""
        self._until = 0.0


@asynccontextmanager
async def held(lease: timedelta, renew: Renew) -> AsyncIterator[Hold]:
    """Renew the lease three times per length while the body runs."""
    hold = Hold(lease)
    task = asyncio.create_task(_keep(hold, lease.total_seconds() / 3, renew))
    try:
        yield hold
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _keep(hold: Hold, every: float, renew: Renew) -> None:
    while True:
        await asyncio.sleep(every)
        asked_at = time.monotonic()
        try:
            if not await renew():
                hold.lost()
                return
            hold.renewed(asked_at)
        except Exception as error:  # noqa: BLE001 - the next turn may do better; the fence decides in the end
            log.warning("slack.lease_not_renewed", error=type(error).__name__)
