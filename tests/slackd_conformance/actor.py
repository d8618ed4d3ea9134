"""An app on Socket Mode that answers: what it acknowledges with, and what it calls while it does."""

from __future__ import annotations

import inspect
from typing import Any, Self

from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

from tests.slackd import Slackd


class Actor:
    """`answers`: type of a payload (or a command) -> the body of the ack, or a function of the payload.

    A function may be async, call `actor.web`, and returns the body; SILENT acknowledges nothing.
    """

    SILENT = object()

    def __init__(self, slack: Slackd) -> None:
        self.heard: list[dict[str, Any]] = []
        self.answers: dict[str, Any] = {}
        self.web = AsyncWebClient(token=slack.world.bot_token, base_url=slack.api_url)
        self.client = SocketModeClient(app_token=slack.world.app_token, web_client=self.web)
        self.client.socket_mode_request_listeners.append(self._hear)

    async def __aenter__(self) -> Self:
        await self.client.connect()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.client.close()

    @property
    def last(self) -> dict[str, Any]:
        return self.heard[-1]

    async def _hear(self, client: Any, request: SocketModeRequest) -> None:
        payload = request.payload
        self.heard.append(payload)
        answer = self.answers.get(str(payload.get("command") or payload.get("type")))
        body = answer(payload) if callable(answer) else answer
        body = await body if inspect.isawaitable(body) else body
        if body is not self.SILENT:
            await client.send_socket_mode_response(
                SocketModeResponse(envelope_id=request.envelope_id, payload=body)
            )
