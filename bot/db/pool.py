"""Connections to the database: how many there are, and that none gets lost."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine, Mapping
from typing import Any, TypeVar

from sqlalchemy.engine import URL
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

T = TypeVar("T")


class Pool:
    """At most `size` connections, each opened when first wanted.

    How many there may be is counted here: SQLAlchemy's own count would make a task of each wait for one, and
    open and close anew what goes beyond the ones it keeps. Idle ones lie here, too: to take one out of its
    pool and to put it back costs as much as the question that is asked in between.
    """

    def __init__(
        self, url: URL, size: int, wait: float, connect_args: Mapping[str, Any], recycle: int
    ) -> None:
        self.engine: AsyncEngine = create_async_engine(
            url,
            pool_size=size,
            max_overflow=-1,
            pool_recycle=recycle,
            hide_parameters=True,  # errors are logged, and rows have no business there
            connect_args=dict(connect_args),
        )
        self.size, self._wait, self._free = size, wait, asyncio.Semaphore(size)
        self._recycle = recycle
        self._out: dict[AsyncConnection, float] = {}
        """Those at work, with the time each was opened or looked at by SQLAlchemy's pool last."""
        self._idle: list[tuple[AsyncConnection, float]] = []
        self._beside: set[asyncio.Future[Any]] = set()
        """What comes to its end whoever is stopped meanwhile."""

    async def take(self) -> AsyncConnection:
        """Return a connection, for `give_back`; PoolTimeout when none is free for too long."""
        if self._free.locked():
            try:
                async with asyncio.timeout(self._wait):
                    await self._free.acquire()
            except TimeoutError:
                raise PoolTimeout(f"No connection was free for {self._wait} s.") from None
        else:
            await self._free.acquire()
        connection: AsyncConnection | None = None
        try:
            connection, since = await self._idle_one() or (await self._opened(), time.monotonic())
        finally:
            if connection is None:
                self._free.release()
        self._out[connection] = since
        return connection

    async def give_back(self, connection: AsyncConnection, *, whole: bool = True) -> None:
        """Take a connection back; one that is lost, in a transaction or not `whole` is never used again."""
        since = self._out.pop(connection, 0.0)
        driver = driver_of(connection)
        if whole and driver is not None and not (driver.is_closed() or driver.is_in_transaction()):
            self._idle.append((connection, since))
            self._free.release()
        else:
            try:
                await self._aside(_thrown_away(connection))
            finally:
                self._free.release()

    async def close(self) -> None:
        """Close every connection; whoever still works on one finds it lost."""
        while self._beside:
            await asyncio.gather(*self._beside, return_exceptions=True)
        await asyncio.sleep(0)  # whoever waited for one of those has it now
        for connection in self._out:
            if (driver := driver_of(connection)) is not None:
                driver.terminate()
        while self._idle:
            await self._idle.pop()[0].close()
        await self.engine.dispose()

    async def _idle_one(self) -> tuple[AsyncConnection, float] | None:
        """Return the idle one used last; an old one goes to SQLAlchemy's pool, which renews it."""
        while self._idle:
            connection, since = self._idle.pop()
            if time.monotonic() - since < self._recycle:
                return connection, since
            await connection.close()
        return None

    async def _opened(self) -> AsyncConnection:
        """Return an idle connection, or a new one, which whoever is stopped meanwhile does not lose."""
        idle: Any = self.engine.pool
        if idle.checkedin():
            return await self.engine.connect()
        opening = self._begun(self._connect())
        try:
            return await asyncio.shield(opening)
        except asyncio.CancelledError:
            opening.add_done_callback(self._unwanted)
            raise

    async def _connect(self) -> AsyncConnection:
        return await self.engine.connect()

    def _unwanted(self, opening: asyncio.Future[AsyncConnection]) -> None:
        if not opening.cancelled() and opening.exception() is None:
            self._begun(_thrown_away(opening.result()))

    async def _aside(self, work: Coroutine[Any, Any, None]) -> None:
        """Do what has to come to its end, whoever is stopped meanwhile."""
        await asyncio.shield(self._begun(work))

    def _begun(self, work: Coroutine[Any, Any, T]) -> asyncio.Future[T]:
        task = asyncio.ensure_future(work)
        self._beside.add(task)
        task.add_done_callback(self._beside.discard)
        return task


async def _thrown_away(connection: AsyncConnection) -> None:
    if (driver := driver_of(connection)) is not None:
        driver.terminate()
    await connection.invalidate()
    await connection.close()


def driver_of(connection: AsyncConnection) -> Any:
    """Return the driver's own connection; None when there is none any more."""
    sync = connection.sync_connection
    return None if sync is None or sync.invalidated else sync.connection.driver_connection
