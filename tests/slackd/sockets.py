"""Socket Mode: single-use tickets, hello, at most ten connections an app, and ways to lose them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aiohttp import WSMsgType, web

from tests.slackd.call import Call, method
from tests.slackd.clock import Timer
from tests.slackd.errors import SlackError
from tests.slackd.routes import route

if TYPE_CHECKING:
    from tests.slackd.server import Slackd

MOST = 10
LIFE, SHORT_LIFE, NOTICE = 18_060, 360, 10
"""Seconds a connection lives, with debug_reconnects, and how long before its end it is warned."""
TICKET_LIFE = 60.0


@dataclass
class Ticket:
    app_id: str
    until: float


class Sockets:
    """`refuse_handshakes`: so many next handshakes fail with 408 and burn their ticket."""

    def __init__(self, slack: Slackd) -> None:
        self.slack = slack
        self.tickets: dict[str, Ticket] = {}
        self.refuse_handshakes = 0
        self.connected: dict[web.WebSocketResponse, str] = {}
        """Connection -> app."""

    def issue(self, app_id: str) -> str:
        ticket = self.slack.world.next_id("ticket")
        self.tickets[ticket] = Ticket(app_id, self.slack.clock.monotonic() + TICKET_LIFE)
        return ticket

    def _burn(self, request: web.Request) -> str | None:
        """The app a ticket stands for; it is used up by being shown (R5)."""
        ticket = self.tickets.pop(request.query.get("ticket", ""), None)
        is_good = ticket is not None and ticket.until >= self.slack.clock.monotonic()
        return ticket.app_id if ticket and is_good else None

    async def accept(self, request: web.Request) -> web.StreamResponse:
        app_id = self._burn(request)
        if app_id is None:
            return web.Response(status=404)
        if self.refuse_handshakes:
            self.refuse_handshakes -= 1
            return web.Response(status=408)
        socket = web.WebSocketResponse(autoping=True)
        await socket.prepare(request)
        if self.count(app_id) >= MOST:
            await socket.send_json({"type": "disconnect", "reason": "too_many_websockets"})
            await socket.close()
            return socket
        self.connected[socket] = app_id
        life = SHORT_LIFE if request.query.get("debug_reconnects") == "true" else LIFE
        timers = [
            self.slack.clock.call_later(life - NOTICE, lambda: self._soon(socket, "warning")),
            self.slack.clock.call_later(life, lambda: self._soon(socket, "refresh_requested", close=True)),
        ]
        await socket.send_json(self._hello(app_id, life))
        await self._listen(socket, app_id, timers)
        return socket

    async def _listen(self, socket: web.WebSocketResponse, app_id: str, timers: list[Timer]) -> None:
        delivery = self.slack.delivery
        delivery.add_socket(socket, app_id)
        try:
            async for frame in socket:
                if frame.type is WSMsgType.TEXT:
                    delivery.acked(json.loads(frame.data), socket)
        finally:
            self.connected.pop(socket, None)
            delivery.drop_socket(socket)
            for timer in timers:
                timer.cancel()

    def count(self, app_id: str) -> int:
        return list(self.connected.values()).count(app_id)

    def _hello(self, app_id: str, life: int) -> dict[str, Any]:
        return {
            "type": "hello",
            "num_connections": self.count(app_id),
            "connection_info": {"app_id": app_id},
            "debug_info": {
                "host": "slackd",
                "started": "",
                "build_number": 1,
                "approximate_connection_time": life,
            },
        }

    def _soon(self, socket: web.WebSocketResponse, reason: str, *, close: bool = False) -> None:
        self.slack.background(self._tell(socket, reason, close=close))

    async def _tell(self, socket: web.WebSocketResponse, reason: str, *, close: bool) -> None:
        try:
            await socket.send_json({"type": "disconnect", "reason": reason, "debug_info": {"host": "slackd"}})
            if close:
                await socket.close()
        except (ConnectionError, RuntimeError):
            return

    async def disconnect(self, reason: str) -> None:
        """Ask every connection to be renewed: `warning` (closed 10 s later), `refresh_requested`.

        `link_disabled`: Socket Mode was switched off; connections end and none can be opened.
        """
        ends = reason == "link_disabled"
        for socket, app_id in list(self.connected.items()):
            if ends:
                self.slack.world.apps[app_id].is_socket_mode = False
            await self._tell(socket, reason, close=ends)
            if reason == "warning":
                self._end_later(socket)

    def _end_later(self, socket: web.WebSocketResponse) -> None:
        self.slack.clock.call_later(NOTICE, lambda: self._soon(socket, "refresh_requested", close=True))

    async def cut(self) -> None:
        """Break every connection without a word."""
        for socket in list(self.connected):
            if (transport := _transport(socket)) is not None:
                transport.abort()

    def freeze(self) -> None:
        """Half-open: every connection stays, but nothing gets through, not even a ping or its answer."""
        for socket in list(self.connected):
            self.slack.delivery.pool.frozen.add(socket)
            if (transport := _transport(socket)) is not None:
                transport.pause_reading()

    def forsake(self) -> None:
        """Slack gives the frozen connections up; their other ends hear nothing of it."""
        for socket in list(self.slack.delivery.pool.frozen):
            self.connected.pop(socket, None)
            self.slack.delivery.drop_socket(socket)

    def thaw(self) -> None:
        """Let through again what is not closed yet."""
        for socket in list(self.slack.delivery.pool.frozen):
            if (transport := _transport(socket)) is not None:
                transport.resume_reading()
        self.slack.delivery.pool.frozen.clear()

    async def close(self) -> None:
        self.thaw()
        for socket in list(self.connected):
            await socket.close()


def _transport(socket: web.WebSocketResponse) -> Any:
    return socket._req.transport if socket._req else None


@method("apps.connections.open")
def apps_connections_open(call: Call) -> dict[str, Any]:
    if not call.app.is_socket_mode or call.app.settings.get("socket_mode_enabled") is False:
        raise SlackError("socket_mode_disabled")
    ticket = call.slack.sockets.issue(call.app.id)
    return {"url": f"ws://{call.slack.base}/link/?ticket={ticket}&app_id={call.app.id}"}


@route("GET", "/link/")
async def link(slack: Slackd, request: web.Request) -> web.StreamResponse:
    return await slack.sockets.accept(request)
