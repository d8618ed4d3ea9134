"""What a refusal of Slack's leaves to be done for a letter."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from bot.db.letters import DIVERTED, Kind, Taken, inside
from bot.slack.calls import MAYBE
from bot.slack.plainer import novel, said_whole

BAD_BLOCKS = ("invalid_blocks", "invalid_attachments", "msg_blocks_too_many", "invalid_blocks_format")
BAD_TOKEN = ("invalid_auth", "token_revoked", "token_expired", "account_inactive", "not_authed")
GONE = frozenset(
    {
        *("channel_not_found", "not_in_channel", "user_not_in_channel", "is_archived", "thread_not_found"),
        *("cannot_reply_to_message", "restricted_action", "restricted_action_read_only_channel"),
        *("restricted_action_thread_only_channel", "restricted_action_non_threadable_channel"),
    }
)
"""The place is not there any more, or not open to us."""
GONE_HOW = {
    "is_archived": "The channel where you asked is archived, so I tell you here:",
    "thread_not_found": "The message you asked under is gone, so I tell you here:",
    "cannot_reply_to_message": "The message you asked under is gone, so I tell you here:",
    "user_not_in_channel": "You are not in the channel where you asked any more, so I tell you here:",
    **dict.fromkeys(
        ("channel_not_found", "not_in_channel"),
        "I am not in the channel where you asked any more, so I tell you here:",
    ),
    **dict.fromkeys(
        (code for code in GONE if code.startswith("restricted_action")),
        "I may not write in the channel where you asked, so I tell you here:",
    ),
}
"""What is said first to the person who gets it directly instead."""
SEEN_BY_ALL = frozenset({Kind.POST, Kind.UPDATE, Kind.UPLOAD, Kind.STREAM})
NOW_SHARED = "Somebody from outside may read the channel by now, so I tell you here:"
MOST_CHOKED, CHOKED = 6, timedelta(minutes=15)
"""So often, for so long, Slack may break over a message before it goes out as text alone."""
LATER = frozenset({"streaming_state_conflict"})
POINTER = re.compile(r"\[json-pointer:/blocks/(\d+)((?:/[^\]]*)?)\]")
LONG, SHORT = timedelta(days=7), timedelta(hours=1)
"""How long a kind of block is left out: one that Slack says it does not know, and one only suspected."""
NEWEST_FIRST = ("data_visualization", "data_table", "context_actions", "table")


class Remedy(StrEnum):
    """What can still be done."""

    LATER = "later"
    PLAINER = "plainer"
    INSTEAD = "instead"
    DIRECT = "direct"
    POST = "post"
    NONE = "none"


def find_remedy(taken: Taken, reason: str) -> Remedy:
    """Return what to do about a letter that Slack refused for this reason."""
    code = reason.split(" ", maxsplit=1)[0]
    if code in LATER:
        return Remedy.LATER
    bad_blocks = taken.payload.get("blocks") and any(each in reason for each in BAD_BLOCKS)
    if bad_blocks or (taken.payload.get("entities") and "metadata" in code):
        return Remedy.PLAINER
    if code in BAD_TOKEN:
        return Remedy.NONE
    if taken.kind is Kind.UPLOAD and taken.payload.get("instead"):
        return Remedy.INSTEAD
    alone = taken.kind in {Kind.EPHEMERAL, Kind.RESPOND}
    if taken.user and (alone or code in GONE):
        return Remedy.DIRECT
    return Remedy.POST if taken.kind is Kind.STREAM else Remedy.NONE


def is_diverted(taken: Taken) -> bool:
    """Say whether more people would read a letter than it was written for.

    It waited when others came (see `outbox.do_divert`), or was still to be written then.
    """
    return is_seen_by_all(taken) and (taken.opened or bool(taken.payload.get(DIVERTED)))


def is_doubtful(taken: Taken) -> bool:
    """Say whether that has to be asked of Slack before it goes out."""
    return is_seen_by_all(taken) and taken.in_doubt


def is_seen_by_all(taken: Taken) -> bool:
    """Say whether everybody in a channel reads a letter."""
    seen = taken.kind in SEEN_BY_ALL and not taken.payload.get("bare")
    return seen and not taken.channel.startswith("D")


def chokes(taken: Taken, reason: str) -> bool:
    """Say whether a letter is likely to be what Slack breaks over, not Slack itself.

    For some blocks it answers `internal_error` each time, to that message only.
    """
    old = datetime.now(UTC) - taken.tried_since > CHOKED
    return reason in MAYBE and bool(taken.payload.get("blocks")) and taken.attempts >= MOST_CHOKED and old


def gone_how(kind: Kind, reason: str) -> str:
    """Return what a person is told first when the place where they asked is closed to us; else nothing."""
    return GONE_HOW.get(reason.split(" ", maxsplit=1)[0], "") if kind is not Kind.RESPOND else ""


def blamed(payload: Mapping[str, Any], reason: str) -> tuple[frozenset[str], timedelta]:
    """Return the kinds of blocks to leave out, and for how long; none when only the text is left to try.

    Where Slack points at a block, only that kind; where it says nothing, the newest kind in the message.
    """
    there, blocks = novel(payload), payload.get("blocks") or []
    named = {
        str(blocks[int(at)].get("type")): not rest or rest == "/type"
        for at, rest in POINTER.findall(reason)
        if int(at) < len(blocks)
    }
    if named:
        unknown = all(named.values()) and "unsupported type" in reason
        return frozenset(named) & there, LONG if unknown else timedelta()
    suspects = [kind for kind in NEWEST_FIRST if kind in there]
    return frozenset(suspects[:1]), SHORT


def without_blocks(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Return the message as text alone, or a link's preview as blocks instead of a work object."""
    left = {name: value for name, value in payload.items() if name not in {"blocks", "entities"}}
    return said_whole(left)


def instead(taken: Taken) -> dict[str, Any]:
    """Return what is said where a file cannot be brought."""
    return {**taken.payload["instead"], **inside(taken.payload)}


def directly(taken: Taken, begins: str) -> dict[str, Any]:
    """Return a letter as it is said to its reader alone, after its own words for that case or `begins`."""
    payload = taken.payload
    begins = str(payload.get("begins", "")) or begins
    if taken.kind is Kind.UPLOAD:
        return {**payload, "text": "\n".join(filter(None, (begins, str(payload.get("text") or ""))))}
    said = {name: payload[name] for name in ("text", "blocks", "card") if payload.get(name)}
    if not begins:
        return said
    head = {"type": "context", "elements": [{"type": "mrkdwn", "text": begins, "verbatim": True}]}
    blocks = [head, *said["blocks"][:49]] if "blocks" in said else []
    return {**said, "text": f"{begins}\n{said.get('text', '')}", **({"blocks": blocks} if blocks else {})}
