"""The app manifest: what the bot asks of a workspace, and no more."""

from __future__ import annotations

from typing import Any

SCOPES = (
    "app_mentions:read",
    "channels:history",
    "chat:write",
    "groups:history",
    "im:history",
    "im:write",
    "mpim:history",
    "users:read",
    "users:read.email",
)
EVENTS = ("app_mention", "message.im", "user_change")


def make_manifest(url: str | None = None) -> dict[str, Any]:
    """Return a manifest for Socket Mode, or for signed HTTP at a public address."""
    events: dict[str, Any] = {"bot_events": list(EVENTS)}
    clicks: dict[str, Any] = {"is_enabled": True}
    if url:
        events["request_url"] = clicks["request_url"] = f"{url.rstrip('/')}/slack/events"
    return {
        "display_information": {
            "name": "Backhaul",
            "description": "Answers from the ISP's own systems, and acts under your own rights.",
        },
        "features": {
            "bot_user": {"display_name": "backhaul", "always_online": True},
            "app_home": {"messages_tab_enabled": True, "messages_tab_read_only_enabled": False},
        },
        "oauth_config": {"scopes": {"bot": list(SCOPES)}},
        "settings": {
            "event_subscriptions": events,
            "interactivity": clicks,
            "socket_mode_enabled": url is None,
            "org_deploy_enabled": False,
            "token_rotation_enabled": False,
        },
    }
