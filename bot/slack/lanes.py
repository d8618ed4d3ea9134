"""The thread of Slack in which a call was asked for, as the reader names it for the core."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.slack.event import CHANNEL, TS, USER
from bot.slack.teams import TEAM_ID


@dataclass(frozen=True, kw_only=True)
class Lane:
    """A thread of a workspace."""

    team_id: str
    channel: str
    thread_ts: str

    @property
    def direct(self) -> bool:
        """Say whether only the asker reads it."""
        return self.channel.startswith("D")


def lane_of(thread: str) -> Lane | None:
    """Return the Slack thread of a call; None when it was asked for elsewhere."""
    parts = _parts(thread, TEAM_ID, CHANNEL, TS)
    return Lane(team_id=parts[0], channel=parts[1], thread_ts=parts[2]) if parts else None


def account_of(thread: str) -> str:
    """Return whose own conversation of commands it is, `T1:UANN` of `T1:/UANN`; empty for any other."""
    parts = _parts(thread.replace(":/", ":", 1), TEAM_ID, USER) if ":/" in thread else None
    return ":".join(parts) if parts else ""


def _parts(thread: str, *patterns: re.Pattern[str]) -> list[str] | None:
    parts = thread.split(":")
    fits = len(parts) == len(patterns) and all(
        pattern.fullmatch(part) for pattern, part in zip(patterns, parts, strict=True)
    )
    return parts if fits else None
