"""Who and what a workspace is made of: people, user groups, channels."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any


def hash_of(name: str) -> str:
    """Eleven hexadecimal digits, as names of avatars have."""
    return sha256(name.encode()).hexdigest()[:11]


@dataclass
class Person:
    id: str
    name: str
    email: str = ""
    team_id: str = "T1"
    deleted: bool = False
    is_bot: bool = False
    is_admin: bool = False
    is_owner: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_stranger: bool = False
    is_email_confirmed: bool = True
    title: str = ""
    tz: str = "Africa/Nairobi"
    presence: str = "active"
    snoozed_until: float = 0.0
    updated: int = 0

    @property
    def real_name(self) -> str:
        return self.name.replace(".", " ").replace("_", " ").title()

    @property
    def is_guest(self) -> bool:
        return self.is_restricted or self.is_ultra_restricted

    def info(self) -> dict[str, Any]:
        """What users.info shows with users:read.email."""
        return {
            "id": self.id,
            "team_id": self.team_id,
            "name": self.name,
            "real_name": self.real_name,
            "deleted": self.deleted,
            "color": "9f69e7",
            "tz": self.tz,
            "tz_label": "East Africa Time",
            "tz_offset": 10_800,
            "is_bot": self.is_bot,
            "is_admin": self.is_admin,
            "is_owner": self.is_owner,
            "is_primary_owner": False,
            "is_restricted": self.is_restricted,
            "is_ultra_restricted": self.is_ultra_restricted,
            "is_stranger": self.is_stranger,
            "is_email_confirmed": self.is_email_confirmed,
            "is_app_user": False,
            "updated": self.updated,
            "profile": self.profile(),
        }

    def profile(self) -> dict[str, Any]:
        return {
            "real_name": self.real_name,
            "real_name_normalized": self.real_name,
            "display_name": self.name,
            "display_name_normalized": self.name,
            "title": self.title,
            "avatar_hash": f"g{hash_of(self.id)}",
            "status_text": "",
            "status_emoji": "",
            "email": self.email,
            "team": self.team_id,
        }


@dataclass
class Usergroup:
    id: str
    team_id: str
    handle: str
    name: str
    description: str = ""
    users: list[str] = field(default_factory=list)
    channels: list[str] = field(default_factory=list)
    disabled: bool = False
    created: int = 0
    updated: int = 0
    by: str = "USLACKBOT"


@dataclass
class Channel:
    id: str
    name: str
    members: set[str]
    archived: bool = False
    direct: bool = False
    team_id: str = "T1"
    private: bool = False
    group_direct: bool = False
    shared: bool = False
    """With another organisation (Slack Connect)."""
    is_open: bool = True
    topic: str = ""
    purpose: str = ""
    created: int = 0
    creator: str = "USLACKBOT"
    last_read: str = "0000000000.000000"
    messages: list[dict[str, Any]] = field(default_factory=list)
    ephemeral: list[dict[str, Any]] = field(default_factory=list)
    """What only one person saw: never returned by the Web API."""
    pins: list[dict[str, Any]] = field(default_factory=list)
    bookmarks: list[dict[str, Any]] = field(default_factory=list)
    _places: dict[str, int] = field(default_factory=dict, repr=False)
    """Where each message was when it was last looked for; tests put messages in and out at will."""

    @property
    def kind(self) -> str:
        """As `channel_type` of an event says it."""
        if self.direct:
            return "im"
        if self.group_direct:
            return "mpim"
        return "group" if self.private else "channel"

    @property
    def is_public(self) -> bool:
        return self.kind == "channel"

    def find(self, ts: str) -> dict[str, Any] | None:
        if not self._holds(ts):
            self._look_around()
        return self.messages[self._places[ts]] if self._holds(ts) else None

    def _holds(self, ts: str) -> bool:
        at = self._places.get(ts, -1)
        return 0 <= at < len(self.messages) and self.messages[at]["ts"] == ts

    def _look_around(self) -> None:
        """Note where the messages are: the new ones at the end, or all when others moved."""
        known = len(self._places)
        if not known or known > len(self.messages) or not self._is_noted(known - 1):
            self._places, known = {}, 0
        for number in range(known, len(self.messages)):
            self._places[self.messages[number]["ts"]] = number

    def _is_noted(self, number: int) -> bool:
        return self._places.get(self.messages[number]["ts"]) == number

    def thread(self, root: str) -> list[dict[str, Any]]:
        return [m for m in self.messages if m["ts"] == root or m.get("thread_ts") == root]
