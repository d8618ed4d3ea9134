"""Letters to Slack: what goes out, what a process has taken to send, and what could not be sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

DIVERTED = "diverted"
"""Marks the payload of a letter that waited when others came to read."""
INSIDE = "inside"
"""Marks the payload of a letter that was made for members' eyes."""


class Kind(StrEnum):
    """What is done with a letter.

    A stream ends a message that grew, by its last words; without a target it is looked for. A status says
    that a thread is not worked on any more. An unfurl shows what somebody's message links to.
    """

    POST = "post"
    UPDATE = "update"
    EPHEMERAL = "ephemeral"
    RESPOND = "respond"
    UPLOAD = "upload"
    REACTION = "reaction"
    STREAM = "stream"
    STATUS = "status"
    UNFURL = "unfurl"


@dataclass(frozen=True, kw_only=True)
class Letter:
    """What goes out; `payload` holds text and blocks of a message, or what else its kind takes.

    `target` is the ts of the message it changes or reacts to, or a response_url; `of_letter` changes the
    message that an earlier letter became. `user` is Slack's id of who it is for: where it cannot be shown as
    it was meant, and where no channel is given, they get it in their direct conversation. `content` are a
    file's bytes. `card` is the call whose card it is.
    """

    lane: str
    team_id: str
    channel: str
    payload: Mapping[str, Any]
    thread_ts: str | None = None
    inbox_id: str | None = None
    kind: Kind = Kind.POST
    target: str | None = None
    of_letter: str | None = None
    user: str | None = None
    content: bytes | None = field(default=None, repr=False)
    card: str | None = None


@dataclass(frozen=True, kw_only=True)
class Taken:
    """A letter this process sends.

    `maybe_sent` when an earlier try may have reached Slack; `has_turn` when it waited for its turn.
    `target` is found already when it stands for an earlier letter. `file_id`: its bytes lie at Slack.
    `faults`: how much broke while it was sent. `tried_since`: since when Slack should have had it.
    `goes_now`: its turn was there when it was taken. `in_doubt`: no guest was in its channel, but one may
    have come since. `opened`: it was made for members' eyes (`INSIDE`), and others read its channel by now.
    """

    id: str
    lane: str
    team_id: str
    channel: str
    thread_ts: str | None
    payload: Mapping[str, Any]
    attempts: int
    fence: int
    maybe_sent: bool
    has_turn: bool
    created_at: datetime
    tried_since: datetime
    faults: int = 0
    kind: Kind = Kind.POST
    target: str | None = None
    of_letter: str | None = None
    user: str | None = None
    content: bytes | None = field(default=None, repr=False)
    file_id: str | None = None
    goes_now: bool = False
    in_doubt: bool = False
    opened: bool = False


@dataclass(frozen=True, kw_only=True)
class Card:
    """A message that shows a call: as it was first posted (`payload`), and as it was last (`shown`).

    `user`: Slack's id of the one person it was sent to.
    """

    id: str
    lane: str
    team_id: str
    channel: str
    thread_ts: str | None
    payload: Mapping[str, Any]
    shown: Mapping[str, Any] = field(default_factory=dict)
    user: str | None = None


@dataclass(frozen=True, kw_only=True)
class DeadLetter:
    """A letter that could not be posted, and Slack's reason."""

    id: str
    channel: str
    thread_ts: str | None
    attempts: int
    error: str
    created_at: datetime


def inside(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Return what goes on with what becomes of a letter: for whose eyes it was made, and that others came."""
    return {each: True for each in (INSIDE, DIVERTED) if payload.get(each)}
