"""The HTTP and WebSocket side: /api/{method}, /link, and the app's request URL."""

from __future__ import annotations

import asyncio
import json
import time
from collections import defaultdict
from typing import Any, Self

from aiohttp import WSMsgType, web

from tests.slackd.delivery import Delivery
from tests.slackd.faults import Faults
from tests.slackd.methods import METHODS
from tests.slackd.people import Seat
from tests.slackd.world import SlackError, World

POST_BURST, POST_RATE = 5, 1.0


class Slackd:
    """`async with Slackd() as slack`: an emulated workspace at `slack.api_url`."""

    def __init__(self, world: World | None = None, *, paced: bool = True) -> None:
        self.world = world or World()
        self.faults = Faults()
        self.delivery = Delivery(self.world)
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.paced = paced
        self.api_url = ""
        self.tickets: set[str] = set()
        self.refuse_handshakes = 0
        self._allowance: dict[str, tuple[float, float]] = defaultdict(
            lambda: (float(POST_BURST), time.monotonic())
        )
        self._minutes: dict[str, list[float]] = defaultdict(list)
        self._blocked: dict[str, float] = {}
        self._sockets: set[web.WebSocketResponse] = set()

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=8 << 20)
        app.router.add_route("*", "/api/{method}", self._api)
        app.router.add_get("/link/", self._link)
        self._runner = web.AppRunner(app, shutdown_timeout=1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.base = f"{host}:{port}"
        self.api_url = f"http://{self.base}/api/"
        await self.delivery.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.delivery.close()
        for socket in list(self._sockets):
            await socket.close()
        await self._runner.cleanup()

    def seat(self, user: str) -> Seat:
        """Sit down as a person."""
        return Seat(self, user)

    async def _api(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["method"]
        args = await _args(request)
        self.calls.append((name, args))
        if self.faults.latency:
            await asyncio.sleep(self.faults.latency)
        fault = self.faults.next(name)
        refused = self._faulty(request, name, args, fault)
        if refused is not None:
            return refused
        answer = self._answer(name, args, request)
        if fault == "reset_after":
            return _reset(request)
        if fault == "hang_after":
            self.faults.entered.set()
            await asyncio.sleep(60)
        failed = fault == "ok_500"
        return web.json_response(
            {"ok": False, "error": "fatal_error"} if failed else answer, status=500 if failed else 200
        )

    def _faulty(
        self, request: web.Request, name: str, args: dict[str, Any], fault: str
    ) -> web.Response | None:
        """Fail before anything is applied."""
        if fault == "reset_before":
            return _reset(request)
        if fault in {"500", "html"}:
            return web.Response(status=500, text="<html>oops</html>", content_type="text/html")
        if fault == "internal_error":
            return web.json_response({"ok": False, "error": "internal_error"})
        if fault == "429" or (wait := self._over(name, args)):
            pause = self.faults.retry_after if fault == "429" else int(wait) + 1
            self._blocked[name] = time.monotonic() + pause
            body = {"ok": False, "error": "ratelimited"}
            return web.json_response(body, status=429, headers={"Retry-After": str(pause)})
        return None

    def _answer(self, name: str, args: dict[str, Any], request: web.Request) -> dict[str, Any]:
        try:
            token = request.headers.get("Authorization", "").removeprefix("Bearer ") or args.get("token", "")
            if name == "apps.connections.open":
                return self._open_connection(token)
            if name not in METHODS:
                raise SlackError("unknown_method")
            fn, scope, _tier = METHODS[name]
            self._check_token(token)
            if scope and scope not in self.world.scopes:
                raise SlackError("missing_scope", needed=scope, provided=",".join(sorted(self.world.scopes)))
            return {"ok": True, **fn(self.world, args)}
        except SlackError as error:
            self.world.violate(f"{name}: {error.code} {error.messages}")
            return {
                "ok": False,
                "error": error.code,
                "response_metadata": {"messages": list(error.messages)},
                **error.more,
            }

    def _check_token(self, token: str) -> None:
        if not token:
            raise SlackError("not_authed")
        if token == self.world.app_token:
            raise SlackError("not_allowed_token_type")
        if token != self.world.bot_token:
            raise SlackError("invalid_auth")
        if self.world.revoked:
            raise SlackError("token_revoked")

    def _open_connection(self, token: str) -> dict[str, Any]:
        if token != self.world.app_token:
            raise SlackError("not_allowed_token_type" if token == self.world.bot_token else "invalid_auth")
        ticket = self.world.next_id("ticket")
        self.tickets.add(ticket)
        return {"ok": True, "url": f"ws://{self.base}/link/?ticket={ticket}&app_id={self.world.app_id}"}

    def _over(self, name: str, args: dict[str, Any]) -> float:
        """Seconds the caller is too early; a broken limit is a violation unless told to ignore pace."""
        now = time.monotonic()
        if now < self._blocked.get(name, 0):
            self.world.violate(f"{name}: called while Retry-After runs")
            return self._blocked[name] - now
        if not self.paced:
            return 0.0
        if name == "chat.postMessage":
            return self._post_over(str(args.get("channel")), now)
        tier = METHODS.get(name, (None, "", 0))[2]
        recent = self._minutes[name] = [at for at in self._minutes[name] if at > now - 60] + [now]
        return 1.0 if tier and len(recent) > tier * 2 else 0.0

    def _post_over(self, channel: str, now: float) -> float:
        left, at = self._allowance[channel]
        left = min(float(POST_BURST), left + (now - at) * POST_RATE)
        self._allowance[channel] = (max(left - 1, 0) if left >= 1 else left, now)
        return 0.0 if left >= 1 else 1 - left

    async def _link(self, request: web.Request) -> web.StreamResponse:
        ticket = request.query.get("ticket", "")
        if ticket not in self.tickets:
            return web.Response(status=404)
        self.tickets.discard(ticket)
        if self.refuse_handshakes:
            self.refuse_handshakes -= 1
            return web.Response(status=408)
        socket = web.WebSocketResponse(autoping=True)
        await socket.prepare(request)
        if len(self._sockets) >= 10:
            await socket.send_json({"type": "disconnect", "reason": "too_many_websockets"})
            await socket.close()
            return socket
        self._sockets.add(socket)
        await socket.send_json(
            {
                "type": "hello",
                "num_connections": len(self._sockets),
                "connection_info": {"app_id": self.world.app_id},
                "debug_info": {"host": "slackd", "approximate_connection_time": 18060},
            }
        )
        self.delivery.add_socket(socket)
        try:
            async for frame in socket:
                if frame.type is WSMsgType.TEXT:
                    self.delivery.acked(json.loads(frame.data))
        finally:
            self._sockets.discard(socket)
            self.delivery.drop_socket(socket)
        return socket

    @property
    def connections(self) -> int:
        return len(self._sockets)

    async def disconnect(self, reason: str = "refresh_requested") -> None:
        """Ask every connection to be renewed."""
        for socket in list(self._sockets):
            await socket.send_json({"type": "disconnect", "reason": reason})

    async def cut(self) -> None:
        """Break every connection without a word."""
        for socket in list(self._sockets):
            transport = socket._req.transport
            if transport is not None:
                transport.abort()


async def _args(request: web.Request) -> dict[str, Any]:
    args: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json":
        args.update(await request.json())
    elif request.can_read_body:
        args.update(await request.post())
    for name in ("blocks", "metadata"):
        if isinstance(args.get(name), str):
            args[name] = json.loads(args[name])
    return args


def _reset(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)
