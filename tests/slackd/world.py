"""What exists in the emulated workspace: people, channels, messages, tokens."""

from __future__ import annotations

import itertools
import time
from dataclasses import dataclass, field
from typing import Any

BOT_SCOPES = frozenset(
    [
        "app_mentions:read",
        "chat:write",
        "channels:history",
        "groups:history",
        "im:history",
        "im:write",
        "users:read",
        "users:read.email",
    ]
)


class SlackError(Exception):
    """A refusal as Slack words it."""

    def __init__(self, code: str, *messages: str, **more: Any) -> None:
        super().__init__(code)
        self.code, self.messages, self.more = code, messages, more


@dataclass
class Person:
    id: str
    name: str
    email: str = ""
    team_id: str = "T1"
    deleted: bool = False
    is_bot: bool = False
    is_restricted: bool = False
    is_stranger: bool = False
    is_email_confirmed: bool = True

    def info(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "team_id": self.team_id,
            "name": self.name,
            "deleted": self.deleted,
            "is_bot": self.is_bot,
            "is_restricted": self.is_restricted,
            "is_ultra_restricted": False,
            "is_stranger": self.is_stranger,
            "is_email_confirmed": self.is_email_confirmed,
            "profile": {"real_name": self.name.title(), "email": self.email},
        }


@dataclass
class Channel:
    id: str
    name: str
    members: set[str]
    archived: bool = False
    direct: bool = False
    messages: list[dict[str, Any]] = field(default_factory=list)

    @property
    def kind(self) -> str:
        return "im" if self.direct else "channel"

    def find(self, ts: str) -> dict[str, Any] | None:
        return next((m for m in self.messages if m["ts"] == ts), None)

    def thread(self, root: str) -> list[dict[str, Any]]:
        return [m for m in self.messages if m["ts"] == root or m.get("thread_ts") == root]


class World:
    """One workspace with one app in it."""

    def __init__(self, team_id: str = "T1") -> None:
        self.team_id, self.app_id = team_id, "A1"
        self.bot_user, self.bot_id = "UBOT", "BBOT"
        self.bot_token, self.app_token, self.signing_secret = f"xoxb-{team_id}", "xapp-1", "s" * 32
        self.scopes = set(BOT_SCOPES)
        self.revoked = False
        self.people: dict[str, Person] = {}
        self.channels: dict[str, Channel] = {}
        self.violations: list[str] = []
        self._numbers = itertools.count(1)
        self.add_person("UBOT", "backhaul", is_bot=True, team_id=team_id)

    def add_person(self, user_id: str, name: str, email: str = "", **more: Any) -> Person:
        self.people[user_id] = Person(user_id, name, email, **{"team_id": self.team_id, **more})
        return self.people[user_id]

    def add_channel(self, channel_id: str, name: str, *members: str) -> Channel:
        self.channels[channel_id] = Channel(channel_id, name, {self.bot_user, *members})
        return self.channels[channel_id]

    def direct(self, user: str) -> Channel:
        for channel in self.channels.values():
            if channel.direct and channel.members == {user, self.bot_user}:
                return channel
        channel = Channel(f"D{next(self._numbers):04}", user, {user, self.bot_user}, direct=True)
        self.channels[channel.id] = channel
        return channel

    def next_ts(self) -> str:
        return f"{int(time.time())}.{next(self._numbers):06}"

    def next_id(self, prefix: str) -> str:
        return f"{prefix}{next(self._numbers):08}"

    def violate(self, what: str) -> None:
        self.violations.append(what)

    def replies(self, channel: str | None = None) -> list[dict[str, Any]]:
        """What the bot posted."""
        found = self.channels.values() if channel is None else [self.channels[channel]]
        return [m for each in found for m in each.messages if m.get("bot_id") == self.bot_id]
