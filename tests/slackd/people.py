"""People in the emulated workspace: they say things and press buttons."""

from __future__ import annotations

import asyncio
import copy
import time
from typing import TYPE_CHECKING, Any

from tests.slackd.agent_moves import AgentMoves
from tests.slackd.file_moves import FileMoves

if TYPE_CHECKING:
    from tests.slackd.server import Slackd
    from tests.slackd.workspace import Workspace


class Seat(AgentMoves, FileMoves):
    """One person at their desk."""

    def __init__(self, slack: Slackd, user: str, team: Workspace | None = None) -> None:
        self.slack, self.world, self.user = slack, slack.world, user
        self.team = team or slack.world.home

    async def say(self, channel: str, text: str, *, thread: str | None = None, **event: Any) -> str:
        """Say something and wait until its events are acknowledged; return its ts."""
        message = self.write(channel, text, thread=thread)
        deliveries = [self.slack.delivery.send(each) for each in self.events(channel, message, **event)]
        await asyncio.gather(*deliveries)
        return str(message["ts"])

    async def say_direct(self, text: str, *, thread: str | None = None) -> str:
        return await self.say(self.world.direct(self.user).id, text, thread=thread)

    def write(self, channel: str, text: str, *, thread: str | None = None) -> dict[str, Any]:
        """Put a message into the channel, telling nobody."""
        message = {
            "type": "message",
            "user": self.user,
            "text": text,
            "ts": self.world.next_ts(),
            "team": self.world.team_id,
        }
        if thread:
            message["thread_ts"] = thread
        self.world.channels[channel].messages.append(message)
        return message

    def events(self, channel: str, message: dict[str, Any], **more: Any) -> list[dict[str, Any]]:
        """The envelopes Slack sends of a message: `message`, and `app_mention` when the bot is named."""
        place = self.world.channels[channel]
        event = {**message, "channel": channel, "channel_type": place.kind, "event_ts": message["ts"], **more}
        found = [self.envelope(event)]
        if f"<@{self.world.bot_user}>" in message["text"] and not place.direct:
            mention = {k: v for k, v in event.items() if k != "channel_type"} | {"type": "app_mention"}
            found.append(self.envelope(mention))
        return found

    def envelope(self, event: dict[str, Any]) -> dict[str, Any]:
        world = self.world
        return {
            "token": "legacy",
            "team_id": world.team_id,
            "context_team_id": world.team_id,
            "context_enterprise_id": None,
            "api_app_id": world.app_id,
            "event": copy.deepcopy(event),
            "type": "event_callback",
            "event_id": world.next_id("Ev"),
            "event_time": int(time.time()),
            "is_ext_shared_channel": False,
            "authorizations": [
                {
                    "enterprise_id": None,
                    "team_id": world.team_id,
                    "user_id": world.bot_user,
                    "is_bot": True,
                    "is_enterprise_install": False,
                }
            ],
            "event_context": world.next_id("4-"),
        }

    async def click(self, channel: str, message: dict[str, Any], action_id: str) -> bool:
        """Press a button of a message."""
        buttons = [e for b in message["blocks"] if b["type"] == "actions" for e in b["elements"]]
        pressed = next(e for e in buttons if e["action_id"] == action_id)
        payload = {
            "type": "block_actions",
            "user": {"id": self.user, "team_id": self.world.team_id},
            "team": {"id": self.world.team_id, "domain": "acme"},
            "api_app_id": self.world.app_id,
            "channel": {"id": channel, "name": "x"},
            "message": {k: v for k, v in message.items() if k != "metadata"},
            "container": {"type": "message", "message_ts": message["ts"], "channel_id": channel},
            "trigger_id": self.world.next_id("1.2."),
            "response_url": "http://127.0.0.1/none",
            "actions": [
                {
                    "type": "button",
                    "action_id": action_id,
                    "block_id": "b",
                    "value": pressed.get("value", ""),
                    "action_ts": self.world.next_ts(),
                }
            ],
        }
        return await self.slack.delivery.send(payload, "interactive")
