"""Reactions: who put which emoji on a message, and the events of it."""

from __future__ import annotations

from typing import Any

from tests.slackd.residents import Channel
from tests.slackd.workspace import Workspace


def add_reaction(message: dict[str, Any], name: str, user: str) -> bool:
    """False when it is there already."""
    reactions = message.setdefault("reactions", [])
    found = next((each for each in reactions if each["name"] == name), None)
    if found is None:
        reactions.append({"name": name, "users": [user], "count": 1})
        return True
    if user in found["users"]:
        return False
    found["users"].append(user)
    found["count"] = len(found["users"])
    return True


def drop_reaction(message: dict[str, Any], name: str, user: str) -> bool:
    """False when it is not there; nobody's reaction leaves the message."""
    reactions = message.get("reactions", [])
    found = next((each for each in reactions if each["name"] == name and user in each["users"]), None)
    if found is None:
        return False
    found["users"].remove(user)
    found["count"] = len(found["users"])
    kept = [each for each in reactions if each["users"]]
    message.pop("reactions")
    if kept:
        message["reactions"] = kept
    return True


def reaction_event(
    team: Workspace, kind: str, channel: Channel, message: dict[str, Any], name: str, user: str
) -> dict[str, Any]:
    """`reaction_added` or `reaction_removed`."""
    return {
        "type": kind,
        "user": user,
        "reaction": name,
        "item_user": message.get("user"),
        "item": {"type": "message", "channel": channel.id, "ts": message["ts"]},
        "event_ts": team.world.next_ts(),
    }
