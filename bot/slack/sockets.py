"""Socket Mode: two connections, so that one is up while the other is renewed, under a watchdog."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import structlog
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp

from bot.slack.calls import sdk_log
from bot.slack.metrics import ACK, HEALED, SOCKETS

log = structlog.get_logger(__name__)

DRAIN = 5.0


class InTurn:
    """Lets connections ask Slack for an address one by one: in a pause Slack wants, none asks."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._asks: asyncio.Task[Any] | None = None

    def __call__(self, ask: Callable[[], Awaitable[str]]) -> Callable[[], Awaitable[str]]:
        """Return the SDK's way to ask, which waits as long as Slack says and then asks itself again."""

        async def in_turn() -> str:
            if self._asks is not None and self._asks is asyncio.current_task():
                return await ask()
            async with self._lock:
                self._asks = asyncio.current_task()
                try:
                    return await ask()
                finally:
                    self._asks = None

        return in_turn


class Line(AsyncSocketModeHandler):
    """One connection."""

    def __init__(self, app: AsyncApp, app_token: str, ping: timedelta, in_turn: InTurn) -> None:
        super().__init__(app, app_token, logger=sdk_log, ping_interval=ping.total_seconds())
        client: Any = self.client
        client.issue_new_wss_url = in_turn(client.issue_new_wss_url)
        self.down_since: float | None = time.monotonic()
        self.busy = 0
        self._connecting: asyncio.Task[None] | None = None

    def dial(self) -> None:
        """Connect in the background; the SDK tries until it succeeds."""
        self._connecting = asyncio.create_task(self.client.connect())  # type: ignore[no-untyped-call]  # the SDK's

    async def handle(self, client: Any, req: Any) -> None:
        """Keep one payload, then acknowledge it."""
        began = time.perf_counter()
        self.busy += 1
        try:
            await super().handle(client, req)
            ACK.observe(time.perf_counter() - began)
        finally:
            self.busy -= 1

    async def hang_up(self) -> None:
        """Close, after what was received is kept and acknowledged."""
        with suppress(TimeoutError):
            async with asyncio.timeout(DRAIN):
                while self.busy:  # noqa: ASYNC110 - the SDK keeps no handle of what it is doing
                    await asyncio.sleep(0.01)
        client = self.client
        tasks = [client.message_processor, client.current_session_monitor, client.message_receiver]
        if self._connecting is not None:
            self._connecting.cancel()
            tasks.append(self._connecting)
        await client.close()  # type: ignore[no-untyped-call]  # the SDK's
        await asyncio.gather(*filter(None, tasks), return_exceptions=True)


class Sockets:
    """The connections of one app token."""

    def __init__(
        self,
        app: AsyncApp,
        app_token: str,
        *,
        count: int = 2,
        ping: timedelta = timedelta(seconds=5),
        check_every: timedelta = timedelta(seconds=5),
        patience: timedelta = timedelta(seconds=45),
    ) -> None:
        self._app, self._token, self._count = app, app_token, count
        self._ping, self._check_every, self._patience = ping, check_every, patience
        self._lines: list[Line] = []
        self._in_turn = InTurn()
        self._watching: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Dial, and watch from now on."""
        self._lines = [self._new() for _ in range(self._count)]
        self._watching = asyncio.create_task(self._watch())

    async def stop(self) -> None:
        """Hang up."""
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.gather(self._watching, return_exceptions=True)
        await asyncio.gather(*(line.hang_up() for line in self._lines))
        self._lines = []
        SOCKETS.set(0)

    async def connected(self) -> int:
        """Return how many connections are up."""
        return sum([await line.client.is_connected() for line in self._lines])

    def _new(self) -> Line:
        line = Line(self._app, self._token, self._ping, self._in_turn)
        line.dial()
        return line

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(self._check_every.total_seconds())
            for at, line in enumerate(self._lines):
                try:
                    self._lines[at] = await self._mended(line)
                except Exception as error:  # noqa: BLE001 - the watchdog outlives whatever it watches
                    log.warning("slack.watchdog", error=type(error).__name__)
            SOCKETS.set(sum(line.down_since is None for line in self._lines))

    async def _mended(self, line: Line) -> Line:
        """Return the line, healed if it needed it, or a new one in its place."""
        if await line.client.is_connected():
            line.down_since = None
            return line
        if line.down_since is None:
            line.down_since = time.monotonic()
            return line
        if time.monotonic() - line.down_since > self._patience.total_seconds():
            log.warning("slack.socket_rebuilt")
            HEALED.labels("rebuilt").inc()
            await line.hang_up()
            return self._new()
        # slack_sdk 3.47 tries a used-up address for ever; without one it asks for a new address.
        line.client.wss_uri = None
        HEALED.labels("new address").inc()
        return line
