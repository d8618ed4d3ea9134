"""Which events there are, what an app must be granted for each, and who gets which."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.slackd.apps import Install
    from tests.slackd.residents import Channel
    from tests.slackd.workspace import Workspace

NONE: frozenset[str] = frozenset()


def _any_of(scopes: str, names: str) -> dict[str, frozenset[str]]:
    return {name: frozenset(scopes.split()) for name in names.split()}


EVENT_SCOPES: dict[str, frozenset[str]] = {
    **_any_of("app_mentions:read", "app_mention"),
    **_any_of("channels:history", "message.channels channel_history_changed"),
    **_any_of("groups:history", "message.groups group_history_changed"),
    **_any_of("im:history", "message.im im_history_changed"),
    **_any_of("mpim:history", "message.mpim"),
    **_any_of("channels:read groups:read", "member_joined_channel member_left_channel"),
    **_any_of(
        "channels:read",
        "channel_archive channel_created channel_deleted channel_id_changed channel_left channel_rename"
        " channel_shared channel_unarchive channel_unshared",
    ),
    **_any_of(
        "groups:read",
        "group_archive group_close group_deleted group_left group_open group_rename group_unarchive",
    ),
    **_any_of("im:read", "im_close im_created im_open"),
    **_any_of("reactions:read", "reaction_added reaction_removed"),
    **_any_of("files:read", "file_change file_created file_deleted file_public file_shared file_unshared"),
    **_any_of("links:read", "link_shared"),
    **_any_of("pins:read", "pin_added pin_removed"),
    **_any_of(
        "usergroups:read",
        "subteam_created subteam_members_changed subteam_self_added subteam_self_removed subteam_updated",
    ),
    **_any_of(
        "users:read", "team_join user_change user_huddle_changed user_profile_changed user_status_changed"
    ),
    **_any_of("team:read", "team_domain_change team_rename"),
    **_any_of("emoji:read", "emoji_changed"),
    **_any_of("dnd:read", "dnd_updated dnd_updated_user"),
    **_any_of("assistant:write", "assistant_thread_started assistant_thread_context_changed"),
    **_any_of(
        "assistant:write chat:write", "agent_session_stopped agent_session_title_changed app_context_changed"
    ),
    **_any_of(
        "metadata.message:read", "message_metadata_posted message_metadata_updated message_metadata_deleted"
    ),
    **_any_of(
        "",
        "app_home_opened app_uninstalled tokens_revoked entity_details_requested function_executed"
        " user_connection workflow_step_execute",
    ),
}
"""Event of a manifest -> scopes, any one of which it needs (none: no scope)."""

UNASKED = frozenset({"app_rate_limited"})
"""Sent although nobody subscribed."""
FAREWELLS = frozenset({"tokens_revoked", "app_uninstalled"})
"""Told although the install is gone."""
AGENTS_ONLY = frozenset(
    [
        *("agent_session_stopped", "agent_session_title_changed", "app_context_changed"),
        *("assistant_thread_started", "assistant_thread_context_changed"),
    ]
)
MEMBERS_ONLY = frozenset(["reaction_added", "reaction_removed", "pin_added", "pin_removed", "app_mention"])
KINDS = {"channel": "channels", "group": "groups", "im": "im", "mpim": "mpim"}


def find_subscription(event: dict[str, Any], channel: Channel | None = None) -> str:
    """The name a manifest subscribes to it by: `message.channels` for a message in a public channel."""
    kind = str(event["type"])
    if kind != "message":
        return kind
    place = str(event.get("channel_type") or (channel.kind if channel else "channel"))
    return f"message.{KINDS[place]}"


def is_wanted(
    install: Install,
    event: dict[str, Any],
    channel: Channel | None = None,
    team: Workspace | None = None,
) -> bool:
    """Rule E1: subscribed in the manifest, scope granted, and the bot is where it happened.

    An app without a manifest hears all that people do where it is, and nothing of itself.
    """
    name = find_subscription(event, channel)
    if name in UNASKED:
        return True
    if name not in FAREWELLS and (install.revoked or install.disabled_events):
        return False
    if name in AGENTS_ONLY and (not install.app.is_agent or _is_of_guest(event, team)):
        return False
    if channel is not None and install.bot_user not in channel.members and _needs_membership(name):
        return False
    if install.app.manifest is None:
        return install.bot_user != event.get("user") and "bot_id" not in event
    needed = EVENT_SCOPES.get(name, NONE)
    return name in install.app.bot_events and (not needed or bool(needed & install.scopes))


def _needs_membership(name: str) -> bool:
    return name.startswith("message.") or name in MEMBERS_ONLY


def _is_of_guest(event: dict[str, Any], team: Workspace | None) -> bool:
    """Guests cannot use apps with the Agents feature (S12)."""
    user = event.get("user")
    person = team.people.get(user) if team and isinstance(user, str) else None
    return person is not None and person.is_guest
