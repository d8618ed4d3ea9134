"""uvicorn in the bot's own event loop, stopped by whoever started it."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import structlog
import uvicorn

from bot.errors import ConfigError
from bot.web.shield import App

log = structlog.get_logger(__name__)

DRAIN_SECONDS = 10
KEEP_ALIVE_SECONDS = 75
STARTING = 0.01


class Quiet(uvicorn.Server):
    """The process handles signals itself."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


class WebServer:
    """`await start()`, then `port` is where it listens; `await stop()` finishes what is being answered."""

    def __init__(self, app: App, *, host: str, port: int) -> None:
        self._host, self._port = host, port
        self._server = Quiet(
            uvicorn.Config(
                app,
                log_config=None,
                access_log=False,
                lifespan="off",
                server_header=False,
                date_header=False,
                timeout_keep_alive=KEEP_ALIVE_SECONDS,
                timeout_graceful_shutdown=DRAIN_SECONDS,
                h11_max_incomplete_event_size=64 << 10,
            )
        )
        self._socket: socket.socket | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self._socket.getsockname()[1]) if self._socket else self._port

    async def start(self) -> None:
        """Listen; ConfigError when the address is taken."""
        family = socket.AF_INET6 if ":" in self._host else socket.AF_INET
        self._socket = socket.socket(family)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self._socket.bind((self._host, self._port))
        except OSError as error:
            self._socket.close()
            raise ConfigError(
                f"Nothing can listen on {self._host}:{self._port} ({error.strerror}). "
                "Set BACKHAUL_HOST and BACKHAUL_PORT to a free address."
            ) from error
        self._task = asyncio.create_task(self._server.serve(sockets=[self._socket]))
        while not self._server.started and not self._task.done():  # noqa: ASYNC110 - uvicorn offers no event
            await asyncio.sleep(STARTING)
        log.info("web.listening", host=self._host, port=self.port)

    async def wait(self) -> None:
        """Return when it has stopped."""
        if self._task is not None:
            await asyncio.shield(self._task)

    async def stop(self) -> None:
        """Take no new requests, finish the present ones, close."""
        self._server.should_exit = True
        if self._task is not None:
            with suppress(asyncio.CancelledError):
                await self._task
        if self._socket is not None:
            self._socket.close()
