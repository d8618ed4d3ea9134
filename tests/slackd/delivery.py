"""Events on their way to the app: signed HTTP with retries, or Socket Mode with redelivery."""

from __future__ import annotations

import asyncio
import copy
import hashlib
import hmac
import json
import random
import time
from typing import Any

import aiohttp
from aiohttp import web

from tests.slackd.world import Channel, Install, Workspace, World


class Delivery:
    """`request_url` set: HTTP; else whatever sockets are connected."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.request_url: str | None = None
        self.patience = 3.0
        self.delays = (0.0, 0.05, 0.1)
        """Before retries 1 to 3; Slack waits 0, 60 and 300 s."""
        self.acks: list[float] = []
        self.unacked: list[str] = []
        self._sockets: list[web.WebSocketResponse] = []
        self._waiting: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._tasks: set[asyncio.Task[bool]] = set()
        self._any = asyncio.Event()

    async def open(self) -> None:
        self._http = aiohttp.ClientSession()

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._http.close()

    def send(self, payload: dict[str, Any], kind: str = "events_api") -> asyncio.Task[bool]:
        """Deliver in the background; the task tells whether it was acknowledged."""
        task = asyncio.create_task(self._deliver(payload, kind))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def emit(
        self, team: Workspace, event: dict[str, Any], *, channel: Channel | None = None
    ) -> list[asyncio.Task[bool]]:
        """Tell every app of the workspace that may hear it; the tasks end when it is acknowledged."""
        return [
            self.send(self.envelope(team, install, event))
            for install in team.installs.values()
            if self.wants(install, event, channel)
        ]

    def wants(self, install: Install, event: dict[str, Any], channel: Channel | None) -> bool:
        """E1. An app without a manifest hears all that people do, and nothing of itself."""
        if install.revoked or (channel is not None and install.bot_user not in channel.members):
            return False
        if install.app.manifest is None:
            return install.bot_user != event.get("user") and "bot_id" not in event
        return event["type"] in {each.split(".")[0] for each in install.app.bot_events}

    def envelope(self, team: Workspace, install: Install, event: dict[str, Any]) -> dict[str, Any]:
        world = self.world
        return {
            "token": install.app.verification_token,
            "team_id": team.id,
            "context_team_id": team.id,
            "context_enterprise_id": team.enterprise_id,
            "api_app_id": install.app.id,
            "event": copy.deepcopy(event),
            "type": "event_callback",
            "event_id": world.next_id("Ev"),
            "event_time": int(world.clock.now()),
            "is_ext_shared_channel": False,
            "authorizations": [
                {
                    "enterprise_id": team.enterprise_id,
                    "team_id": team.id,
                    "user_id": install.bot_user,
                    "is_bot": True,
                    "is_enterprise_install": install.team_id is None,
                }
            ],
            "event_context": world.next_id("4-"),
        }

    async def _deliver(self, payload: dict[str, Any], kind: str) -> bool:
        retries = len(self.delays) if kind == "events_api" else 0
        for attempt in range(retries + 1):
            if attempt:
                await asyncio.sleep(self.delays[attempt - 1])
            began = time.perf_counter()
            if await (
                self._post(payload, kind, attempt) if self.request_url else self._emit(payload, kind, attempt)
            ):
                self.acks.append(time.perf_counter() - began)
                return True
        self.unacked.append(str(payload.get("event_id") or payload.get("trigger_id")))
        return False

    async def _post(self, payload: dict[str, Any], kind: str, attempt: int) -> bool:
        body, content_type = encode(payload, kind)
        headers = {"Content-Type": content_type, **sign(self.world.signing_secret, body)}
        if attempt:
            headers |= {"x-slack-retry-num": str(attempt), "x-slack-retry-reason": "http_timeout"}
        try:
            timeout = aiohttp.ClientTimeout(total=self.patience)
            async with self._http.post(
                self.request_url or "", data=body, headers=headers, timeout=timeout
            ) as answer:
                return 200 <= answer.status < 300
        except (aiohttp.ClientError, TimeoutError):
            return False

    async def _emit(self, payload: dict[str, Any], kind: str, attempt: int) -> bool:
        envelope = self.world.next_id("env")
        future = self._waiting[envelope] = asyncio.get_running_loop().create_future()
        frame = {
            "envelope_id": envelope,
            "type": kind,
            "payload": payload,
            "accepts_response_payload": kind != "events_api",
            "retry_attempt": attempt,
            "retry_reason": "timeout" if attempt else "",
        }
        try:
            async with asyncio.timeout(self.patience):
                while True:
                    await self._any.wait()
                    try:
                        await random.choice(self._sockets).send_json(frame)
                        break
                    except (ConnectionError, RuntimeError):
                        await asyncio.sleep(0.02)
                answer = await future
        except TimeoutError:
            return False
        finally:
            self._waiting.pop(envelope, None)
        if answer.get("payload") and kind == "events_api":
            self.world.violate("ack with a payload nobody asked for")
        return True

    def add_socket(self, socket: web.WebSocketResponse) -> None:
        self._sockets.append(socket)
        self._any.set()

    def drop_socket(self, socket: web.WebSocketResponse) -> None:
        self._sockets.remove(socket)
        if not self._sockets:
            self._any.clear()

    def acked(self, frame: dict[str, Any]) -> None:
        future = self._waiting.get(frame.get("envelope_id", ""))
        if future and not future.done():
            future.set_result(frame)


def encode(payload: dict[str, Any], kind: str) -> tuple[bytes, str]:
    if kind == "events_api":
        return json.dumps(payload).encode(), "application/json"
    from urllib.parse import urlencode

    fields = payload if kind == "slash_commands" else {"payload": json.dumps(payload)}
    return urlencode(fields).encode(), "application/x-www-form-urlencoded"


def sign(secret: str, body: bytes, at: float | None = None) -> dict[str, str]:
    stamp = str(int(time.time() if at is None else at))
    digest = hmac.new(secret.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={digest}"}
