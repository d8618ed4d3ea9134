"""Socket Mode: single-use tickets, hello, at most ten connections, and ways to lose them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from aiohttp import WSMsgType, web

from tests.slackd.call import Call, method
from tests.slackd.errors import SlackError
from tests.slackd.routes import route

if TYPE_CHECKING:
    from tests.slackd.server import Slackd

MOST = 10


class Sockets:
    def __init__(self, slack: Slackd) -> None:
        self.slack = slack
        self.tickets: set[str] = set()
        self.refuse_handshakes = 0
        self.connected: set[web.WebSocketResponse] = set()

    def issue(self) -> str:
        ticket = self.slack.world.next_id("ticket")
        self.tickets.add(ticket)
        return ticket

    async def accept(self, request: web.Request) -> web.StreamResponse:
        ticket = request.query.get("ticket", "")
        if ticket not in self.tickets:
            return web.Response(status=404)
        self.tickets.discard(ticket)
        if self.refuse_handshakes:
            self.refuse_handshakes -= 1
            return web.Response(status=408)
        socket = web.WebSocketResponse(autoping=True)
        await socket.prepare(request)
        if len(self.connected) >= MOST:
            await socket.send_json({"type": "disconnect", "reason": "too_many_websockets"})
            await socket.close()
            return socket
        self.connected.add(socket)
        await socket.send_json(self._hello())
        self.slack.delivery.add_socket(socket)
        try:
            async for frame in socket:
                if frame.type is WSMsgType.TEXT:
                    self.slack.delivery.acked(json.loads(frame.data))
        finally:
            self.connected.discard(socket)
            self.slack.delivery.drop_socket(socket)
        return socket

    def _hello(self) -> dict[str, Any]:
        return {
            "type": "hello",
            "num_connections": len(self.connected),
            "connection_info": {"app_id": self.slack.world.app_id},
            "debug_info": {"host": "slackd", "approximate_connection_time": 18060},
        }

    async def disconnect(self, reason: str) -> None:
        """Ask every connection to be renewed."""
        for socket in list(self.connected):
            await socket.send_json({"type": "disconnect", "reason": reason})

    async def cut(self) -> None:
        """Break every connection without a word."""
        for socket in list(self.connected):
            transport = socket._req.transport
            if transport is not None:
                transport.abort()

    async def close(self) -> None:
        for socket in list(self.connected):
            await socket.close()


@method("apps.connections.open")
def apps_connections_open(call: Call) -> dict[str, Any]:
    if not call.app.is_socket_mode or call.app.settings.get("socket_mode_enabled") is False:
        raise SlackError("socket_mode_disabled")
    ticket = call.slack.sockets.issue()
    return {"url": f"ws://{call.slack.base}/link/?ticket={ticket}&app_id={call.app.id}"}


@route("GET", "/link/")
async def link(slack: Slackd, request: web.Request) -> web.StreamResponse:
    return await slack.sockets.accept(request)
