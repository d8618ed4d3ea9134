"""Group commit: what comes while a tenant's transaction is under way is done together in the next one."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from contextvars import Context
from typing import Any, Generic, TypeVar

from bot.errors import DatabaseBusy, Unavailable

T = TypeVar("T")
R = TypeVar("R")

MOST = 64
"""Pieces of work in one transaction at most."""
MOST_WAITING = 5_000
"""Pieces of one tenant that wait; what comes beyond them would be late whatever became of it."""


class Together(Generic[T, R]):
    """Does a tenant's pieces of work many at a time, in order; an idle one waits for nothing.

    `do` takes a tenant and the pieces, and returns what became of each, all in one transaction of its own.
    """

    def __init__(self, do: Callable[[str, Sequence[T]], Awaitable[Sequence[R]]], most: int = MOST) -> None:
        self._do, self._most = do, most
        self._waiting: dict[str, list[tuple[T, asyncio.Future[R]]]] = {}
        self._working: dict[str, asyncio.Task[None]] = {}

    async def __call__(self, tenant_id: str, one: T) -> R:
        """Return what became of one, when it is committed. Raises what kept it from being done."""
        if len(self._waiting.get(tenant_id, ())) >= MOST_WAITING:
            raise Unavailable("More arrives at once than I can keep. Try again in a moment.")
        done: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(tenant_id, []).append((one, done))
        if tenant_id not in self._working:
            # In no context of whoever came first: the others are none of its business.
            task = asyncio.create_task(self._work(tenant_id), context=Context())
            self._working[tenant_id] = task
        return await done

    async def stop(self) -> None:
        """Wait until all that came is done."""
        await asyncio.gather(*self._working.values(), return_exceptions=True)

    async def _work(self, tenant_id: str) -> None:
        try:
            while waiting := self._waiting.pop(tenant_id, []):
                for at in range(0, len(waiting), self._most):
                    if error := await self._try(tenant_id, waiting[at : at + self._most]):
                        _tell(waiting[at:], error)
                        break
        finally:
            del self._working[tenant_id]

    async def _try(self, tenant_id: str, some: Sequence[tuple[T, asyncio.Future[R]]]) -> DatabaseBusy | None:
        """Do them together, and where that fails each by itself, telling why not; return an outage."""
        try:
            became = await self._do(tenant_id, [one for one, _ in some])
        except DatabaseBusy as error:  # of all; where only one cannot be had, the others go on
            return error
        except Exception as error:  # noqa: BLE001 - whoever waits for it gets it
            if len(some) == 1:
                _tell(some, error)
                return None
            for at in range(len(some)):
                if outage := await self._try(tenant_id, some[at : at + 1]):
                    _tell(some[at:], outage)
                    return outage
            return None
        for (_, done), result in zip(some, became, strict=True):
            with suppress(asyncio.InvalidStateError):  # whoever waited for it went away
                done.set_result(result)
        return None


def _tell(some: Sequence[tuple[Any, asyncio.Future[Any]]], error: Exception) -> None:
    for _, done in some:
        if not done.done():
            done.set_exception(error)
