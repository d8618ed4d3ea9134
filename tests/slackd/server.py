"""The emulator as one server on loopback: Web API, Socket Mode, pages, and what a test asks of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import AbstractContextManager
from functools import partial
from typing import Any, Self

from aiohttp import web

import tests.slackd.methods as _methods  # noqa: F401 - registers them
import tests.slackd.page as _page  # noqa: F401 - registers its addresses
import tests.slackd.remote as _remote  # noqa: F401 - registers its addresses
from tests.slackd import webapi
from tests.slackd.admin import Admin
from tests.slackd.clock import Clock
from tests.slackd.delivery import Delivery
from tests.slackd.expectation import expecting
from tests.slackd.faults import Faults
from tests.slackd.forms import Forms
from tests.slackd.manifest import require_manifest
from tests.slackd.pace import Pace
from tests.slackd.people import Seat
from tests.slackd.responses import Responses
from tests.slackd.routes import ROUTES
from tests.slackd.sockets import Sockets
from tests.slackd.triggers import Triggers
from tests.slackd.views import Views
from tests.slackd.webapi import Record
from tests.slackd.world import Workspace, World

BREATH = 0.1
"""Real seconds an app is given to answer while time stands still."""


class Slackd:
    """`async with Slackd() as slack`: an emulated workspace at `slack.api_url`.

    `strict=False`: only what Slack refuses is a violation, not what a careful reader minds.
    `port=0`: any free one.
    """

    def __init__(
        self,
        world: World | None = None,
        *,
        manifest: dict[str, Any] | None = None,
        clock: Clock | None = None,
        paced: bool = True,
        strict: bool = True,
        port: int = 0,
    ) -> None:
        if manifest is not None:
            require_manifest(manifest)
        self.world = world or World(clock=clock, manifest=manifest)
        self.strict, self._port = strict, port
        self.faults = Faults()
        self.delivery = Delivery(self.world)
        self.sockets = Sockets(self)
        self.triggers = Triggers(self.world)
        self.responses = Responses(self)
        self.forms = Forms()
        self.views = Views(self)
        self.pace = Pace(self.world.clock, enabled=paced)
        self.calls: list[Record] = []
        self.api_url = self.base = ""
        self._background: set[asyncio.Task[Any]] = set()

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=8 << 20)
        app.router.add_route("*", "/api/{method}", partial(webapi.handle, self))
        for verb, path, page in ROUTES:
            app.router.add_route(verb, path, partial(page, self))
        self._runner = web.AppRunner(app, shutdown_timeout=1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.base = f"{host}:{port}"
        self.api_url = f"http://{self.base}/api/"
        await self.delivery.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.delivery.close()
        await self.sockets.close()
        for task in self._background:
            task.cancel()
        await asyncio.gather(*self._background, return_exceptions=True)
        await self._runner.cleanup()

    def seat(self, user: str, team: Workspace | None = None) -> Seat:
        """Sit down as a person (of the first workspace, unless told)."""
        return Seat(self, user, team)

    def admin(self, team: Workspace | None = None) -> Admin:
        """Change the world: kick, archive, deactivate, revoke … (of the first workspace, unless told)."""
        return Admin(self, team)

    async def connect(self, url: str) -> bool:
        """Tell Slack the app's address, as saving it in the app's settings does; whether it was verified."""
        self.delivery.request_url = url
        return await self.delivery.verify()

    def background(self, work: Coroutine[Any, Any, Any]) -> None:
        """Let something of Slack's own run beside the test."""
        task = asyncio.ensure_future(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    async def until(self, wanted: Callable[[], Any], seconds: float = 5.0) -> Any:
        """Wait (in real time) for what the app does after its acknowledgement; return what was found."""
        async with asyncio.timeout(seconds):
            while not (found := wanted()):
                await asyncio.sleep(0.002)
        return found

    async def elapse(self, seconds: float) -> None:
        """Let so much of Slack's time pass, giving the app real time to answer at every step of it.

        `clock.advance` does not wait: an app that is just answering is late then.
        """
        end = self.clock.monotonic() + seconds
        while self.clock.monotonic() < end:
            await self._breathe()
            step = min(self.clock.next_due(), end) - self.clock.monotonic()
            await self.clock.advance(max(step, 1e-6))
        await self._breathe()

    async def _breathe(self) -> None:
        """A few milliseconds of real time; more while an answer is awaited, but never more than BREATH."""
        until = asyncio.get_running_loop().time() + BREATH
        await asyncio.sleep(0.005)
        while self.delivery.in_flight and asyncio.get_running_loop().time() < until:
            await asyncio.sleep(0.002)

    @property
    def clock(self) -> Clock:
        return self.world.clock

    @property
    def violations(self) -> list[str]:
        """What was refused or goes against the rules; a test of good behaviour asserts it is empty."""
        return self.world.violations

    def expect(self, *codes: str) -> AbstractContextManager[None]:
        """`with slack.expect("channel_not_found"): …` lets those violations pass, and wants one each."""
        return expecting(self.world, codes)

    def count(self, method: str) -> int:
        """How often a method was called."""
        return sum(record.method == method for record in self.calls)

    @property
    def connections(self) -> int:
        return len(self.sockets.connected)

    @property
    def tickets(self) -> set[str]:
        return set(self.sockets.tickets)

    @property
    def refuse_handshakes(self) -> int:
        return self.sockets.refuse_handshakes

    @refuse_handshakes.setter
    def refuse_handshakes(self, value: int) -> None:
        self.sockets.refuse_handshakes = value

    async def disconnect(self, reason: str = "refresh_requested") -> None:
        """Ask every connection to be renewed."""
        await self.sockets.disconnect(reason)

    async def cut(self) -> None:
        """Break every connection without a word."""
        await self.sockets.cut()
