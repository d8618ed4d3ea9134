"""The sockets of each app, and the envelopes that wait for an acknowledgement on them."""

from __future__ import annotations

import asyncio
import random
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.slackd.apps import App
from tests.slackd.outlet import Ack, within

if TYPE_CHECKING:
    from tests.slackd.delivery import Delivery
    from tests.slackd.world import World

STARTING = 30.0
"""Seconds an app may take to come back while events wait for it."""
KEPT = 10_000
"""Envelopes whose late or second acknowledgement is still known."""


@dataclass
class Waiting:
    answer: asyncio.Future[dict[str, Any]]
    kind: str
    socket: web.WebSocketResponse | None = None


class Pool:
    """Each envelope goes to one connection by lot (W1).

    `same_connection`: an acknowledgement counts only on the connection the envelope went to (W4).
    """

    def __init__(self, world: World, delivery: Delivery) -> None:
        self.world, self.delivery = world, delivery
        self.same_connection = False
        self.frozen: set[web.WebSocketResponse] = set()
        """What is sent into these is lost."""
        self.lot = random.Random(1)
        self._sockets: dict[str, list[web.WebSocketResponse]] = defaultdict(list)
        self._waiting: dict[str, Waiting] = {}
        self._known: dict[str, None] = {}
        self._change = asyncio.Event()

    def add(self, socket: web.WebSocketResponse, app_id: str) -> None:
        self._sockets[app_id].append(socket)
        self._change.set()

    def drop(self, socket: web.WebSocketResponse) -> None:
        for sockets in self._sockets.values():
            if socket in sockets:
                sockets.remove(socket)

    def held(self, app_id: str) -> int:
        """How many connections an app holds."""
        return len(self._sockets[app_id])

    async def send(self, app: App, payload: dict[str, Any], kind: str, retry: tuple[int, str]) -> Ack:
        """One attempt over one connection; without any, wait for one as long as for the answer."""
        envelope = self.world.next_id("env")
        waiting = self._waiting[envelope] = Waiting(asyncio.get_running_loop().create_future(), kind)
        self._remember(envelope)
        frame = {
            "envelope_id": envelope,
            "type": kind,
            "payload": payload,
            "accepts_response_payload": kind != "events_api",
            "retry_attempt": retry[0],
            "retry_reason": retry[1] if retry[0] else "",
        }
        try:
            told = await within(self.world.clock, self.delivery.patience, self._answer(app, frame, waiting))
        except TimeoutError:
            return Ack(False, reason="timeout")
        finally:
            self._waiting.pop(envelope, None)
        if told.get("payload") and kind == "events_api":
            self.world.violate("ack with a payload nobody asked for")
        return Ack(True, told.get("payload") if kind != "events_api" else None)

    async def ready(self, app: App) -> None:
        """Wait for a connection.

        Where retries come sooner than Slack's, an attempt begins when there is one: Slack would still try
        for six minutes while an app starts.
        """
        with suppress(TimeoutError):
            await within(self.world.clock, STARTING, self._held(app))

    async def _held(self, app: App) -> None:
        while not self._sockets[app.id]:
            self._change.clear()
            await self._change.wait()

    async def _answer(self, app: App, frame: dict[str, Any], waiting: Waiting) -> dict[str, Any]:
        while not await self._sent(app, frame, waiting):
            self._change.clear()
            await self._change.wait()
        return await waiting.answer

    async def _sent(self, app: App, frame: dict[str, Any], waiting: Waiting) -> bool:
        sockets = list(self._sockets[app.id])
        self.lot.shuffle(sockets)
        for socket in sockets:
            waiting.socket = socket
            if socket in self.frozen:
                return True
            try:
                await socket.send_json(frame)
            except (ConnectionError, RuntimeError):
                continue
            return True
        return False

    def acked(self, frame: dict[str, Any], socket: web.WebSocketResponse | None) -> None:
        name = str(frame.get("envelope_id", ""))
        waiting = self._waiting.get(name)
        if waiting is None:
            if name not in self._known:
                self.world.violate(f"acknowledged an envelope nobody sent: {name}")
            return
        if self.same_connection and socket is not waiting.socket:
            return
        if not waiting.answer.done():
            waiting.answer.set_result(frame)

    def _remember(self, envelope: str) -> None:
        self._known[envelope] = None
        if len(self._known) > KEPT:
            del self._known[next(iter(self._known))]
