"""Bulkheads: a plugin that hangs fills its own places, and everyone else goes on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from datetime import timedelta
from typing import TypeVar

from bot.errors import Unavailable

PLACES = 16
"""Calls of one plugin in one tenant that run at the same time."""
QUEUE = 64
"""Calls that may wait for a place."""
PATIENCE = timedelta(seconds=5)
"""How long one waits."""
GRACE = timedelta(seconds=1)
"""How long a function that was told to stop may take to do so."""

T = TypeVar("T")
_inside: ContextVar[frozenset[tuple[str, str]]] = ContextVar("inside", default=frozenset())
_abandoned: set[asyncio.Task[object]] = set()


class DeadlinePassed(Exception):  # noqa: N818 - says what happened
    """A plugin's function took longer than it may."""


class Bulkheads:
    """The places of every plugin in every tenant of this process."""

    def __init__(self, *, places: int = PLACES, queue: int = QUEUE, patience: timedelta = PATIENCE) -> None:
        self._places, self._queue, self._patience = places, queue, patience
        self._slots: dict[tuple[str, str], asyncio.Semaphore] = {}
        self._waiting: dict[tuple[str, str], int] = {}

    @asynccontextmanager
    async def place(self, tenant_id: str, plugin: str) -> AsyncIterator[None]:
        """Hold one of the plugin's places; Unavailable when none becomes free in time.

        An action that runs another one of its own plugin already has a place.
        """
        key = (tenant_id, plugin)
        held = _inside.get()
        if key in held:
            yield
            return
        slot = self._slots.setdefault(key, asyncio.Semaphore(self._places))
        await self._enter(key, slot)
        token = _inside.set(held | {key})
        try:
            yield
        finally:
            _inside.reset(token)
            slot.release()

    async def _enter(self, key: tuple[str, str], slot: asyncio.Semaphore) -> None:
        if not slot.locked():
            await slot.acquire()
            return
        waiting = self._waiting.get(key, 0)
        if waiting >= self._queue:
            raise busy(key[1])
        self._waiting[key] = waiting + 1
        try:
            async with asyncio.timeout(self._patience.total_seconds()):
                await slot.acquire()
        except TimeoutError:
            raise busy(key[1]) from None
        finally:
            self._waiting[key] -= 1


def busy(plugin: str) -> Unavailable:
    """Return what is said when a plugin has no place free."""
    return Unavailable(f"“{plugin}” is busy; nothing was changed. Try again in a moment.")


async def within(limit: timedelta, work: Awaitable[T]) -> T:
    """Return what the work returns; DeadlinePassed when it takes longer, even if it ignores being stopped."""
    task = asyncio.ensure_future(work)
    try:
        done, _ = await asyncio.wait({task}, timeout=limit.total_seconds())
    except asyncio.CancelledError:
        task.cancel()
        _abandon(task)
        raise
    if done:
        return task.result()
    task.cancel()
    await asyncio.wait({task}, timeout=GRACE.total_seconds())
    if task.done() and not task.cancelled() and task.exception() is None:
        return task.result()
    _abandon(task)
    raise DeadlinePassed


def _abandon(task: asyncio.Future[T]) -> None:
    """Let a task end by itself without anyone waiting for it."""
    if not task.done() and isinstance(task, asyncio.Task):
        _abandoned.add(task)
        task.add_done_callback(_abandoned.discard)
    task.add_done_callback(lambda ended: ended.cancelled() or ended.exception())
