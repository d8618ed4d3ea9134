"""A channel as the Web API shows it, and the events of what happens to channels."""

from __future__ import annotations

from typing import Any

from tests.slackd.call import Call
from tests.slackd.residents import Channel
from tests.slackd.workspace import Workspace

Event = dict[str, Any]


def channel_object(call: Call, channel: Channel) -> dict[str, Any]:
    """conversations.info's `channel`, without what only one of the methods shows."""
    if channel.kind == "im":
        other = next((user for user in channel.members if user != call.user_id), call.user_id)
        return {
            "id": channel.id,
            "created": channel.created,
            "is_archived": channel.archived,
            "is_im": True,
            "is_org_shared": False,
            "is_open": channel.is_open,
            "user": other,
            "context_team_id": channel.team_id,
            "is_user_deleted": call.team.people[other].deleted,
            "priority": 0,
        }
    return {
        "id": channel.id,
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": channel.kind == "channel",
        "is_group": channel.kind == "group",
        "is_im": False,
        "is_mpim": channel.kind == "mpim",
        "is_private": channel.kind != "channel",
        "is_member": call.user_id in channel.members,
        "is_archived": channel.archived,
        "is_general": channel.name == "general",
        "is_shared": channel.shared,
        "is_ext_shared": channel.shared,
        "is_org_shared": False,
        "is_pending_ext_shared": False,
        "pending_shared": [],
        "context_team_id": channel.team_id,
        "shared_team_ids": [channel.team_id],
        "pending_connected_team_ids": [],
        "parent_conversation": None,
        "unlinked": 0,
        "created": channel.created,
        "updated": channel.created * 1000,
        "creator": channel.creator,
        "topic": {"value": channel.topic, "creator": channel.creator, "last_set": channel.created},
        "purpose": {"value": channel.purpose, "creator": channel.creator, "last_set": channel.created},
        "previous_names": [],
        "properties": {},
    }


def joined(team: Workspace, channel: Channel, user: str, inviter: str = "") -> Event:
    event = _membership("member_joined_channel", team, channel, user)
    return {**event, "inviter": inviter} if inviter else event


def left(team: Workspace, channel: Channel, user: str) -> Event:
    return _membership("member_left_channel", team, channel, user)


def _membership(kind: str, team: Workspace, channel: Channel, user: str) -> Event:
    letter = "C" if channel.is_public else "G"
    where = {"channel": channel.id, "channel_type": letter, "team": team.id}
    return {"type": kind, "user": user, **where, "event_ts": team.world.next_ts()}


def happened(team: Workspace, channel: Channel, what: str, user: str = "", **more: Any) -> Event:
    """`channel_archive`, `group_rename` …: `what` is archive, unarchive, rename, left, created, deleted."""
    prefix = "channel" if channel.is_public else "group"
    shown: Any = channel.id
    if what in {"rename", "created"}:
        shown = {"id": channel.id, "name": channel.name, "created": channel.created}
    by = {"user": user} if user else {}
    ts = team.world.next_ts()
    return {"type": f"{prefix}_{what}", "channel": shown, **by, **more, "event_ts": ts}
