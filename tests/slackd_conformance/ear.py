"""An app that only listens: slack_sdk's own Socket Mode client, acknowledging and remembering."""

from __future__ import annotations

import asyncio
from typing import Any, Self

from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

from tests.slackd import Slackd


class Ear:
    """`async with Ear(slack) as ear`; `ear.heard` are the payloads as they came."""

    def __init__(self, slack: Slackd) -> None:
        self.heard: list[dict[str, Any]] = []
        web = AsyncWebClient(token=slack.world.bot_token, base_url=slack.api_url)
        self.client = SocketModeClient(app_token=slack.world.app_token, web_client=web)
        self.client.socket_mode_request_listeners.append(self._hear)

    async def __aenter__(self) -> Self:
        await self.client.connect()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.client.close()

    async def _hear(self, client: Any, request: SocketModeRequest) -> None:
        self.heard.append(request.payload)
        await client.send_socket_mode_response(SocketModeResponse(envelope_id=request.envelope_id))

    def events(self, kind: str = "") -> list[dict[str, Any]]:
        """The events heard so far, of one type or of all."""
        found = [each["event"] for each in self.heard if each.get("type") == "event_callback"]
        return [each for each in found if not kind or each["type"] == kind]

    async def hear(self, kind: str) -> dict[str, Any]:
        """The first event of this type, waiting until it is there."""
        async with asyncio.timeout(5):
            while not self.events(kind):
                await asyncio.sleep(0.005)
        return self.events(kind)[0]
