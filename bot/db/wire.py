"""One raw connection that asks and listens, and comes back by itself after an outage."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any

import asyncpg
import structlog

from bot.db.outage import said

log = structlog.get_logger(__name__)

LONGEST = 15.0
"""Seconds one statement may take; what runs here is short."""

Heard = Callable[[str], None]


class Wire:
    """A connection of its own, outside the pool: statements one by one, notifications whenever they come.

    Notifications sent during an outage are lost; whoever listens also looks by itself now and then.
    """

    def __init__(self, arguments: Mapping[str, Any]) -> None:
        self._arguments = {**arguments, "command_timeout": LONGEST}
        self._connection: asyncpg.Connection | None = None
        self._lock = asyncio.Lock()
        self._ears: dict[str, list[Heard]] = defaultdict(list)

    async def fetch(self, sql: str, *arguments: object) -> list[dict[str, Any]]:
        """Return the rows; raises Unavailable in an outage."""
        async with self._lock:
            with said(connecting=True):
                return [dict(row) for row in await (await self._ready()).fetch(sql, *arguments)]

    async def execute(self, sql: str, *arguments: object) -> str:
        """Run one statement; raises Unavailable in an outage."""
        async with self._lock:
            with said(connecting=True):
                return str(await (await self._ready()).execute(sql, *arguments))

    async def listen(self, channel: str, heard: Heard) -> None:
        """Call `heard` with each notification's text, from now on and after every outage."""
        async with self._lock:
            self._ears[channel].append(heard)
            with said(connecting=True):
                connection = await self._ready()
                if len(self._ears[channel]) == 1:
                    await connection.add_listener(channel, self._hear)

    async def unlisten(self, channel: str, heard: Heard) -> None:
        """Stop calling `heard`."""
        async with self._lock:
            if heard in self._ears[channel]:
                self._ears[channel].remove(heard)

    async def close(self) -> None:
        """Hang up; the next statement would connect again."""
        async with self._lock:
            connection, self._connection = self._connection, None
            if connection is not None and not connection.is_closed():
                try:
                    await connection.close(timeout=2)
                except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                    connection.terminate()

    async def _ready(self) -> asyncpg.Connection:
        """Return the connection, made anew if it was lost."""
        if self._connection is None or self._connection.is_closed():
            connection = await asyncpg.connect(**self._arguments)
            for channel in self._ears:
                await connection.add_listener(channel, self._hear)
            if self._connection is not None:
                log.info("wire_back")
            self._connection = connection
        return self._connection

    def _hear(self, _connection: object, _pid: int, channel: str, payload: object) -> None:
        for heard in tuple(self._ears[channel]):
            heard(str(payload))
