"""The manifest of an app with commands, shortcuts, menus and a Home tab."""

from __future__ import annotations

from typing import Any

SCOPES = ["app_mentions:read", "channels:history", "chat:write", "commands", "im:history", "reactions:read"]
EVENTS = ["app_mention", "message.channels", "message.im", "reaction_added", "app_home_opened"]


def manifest(url: str = "", **features: Any) -> dict[str, Any]:
    """Socket Mode, or over HTTP at `url`."""
    where = {"request_url": url} if url else {}
    commands = [
        {
            "command": "/backhaul",
            "description": "Ask",
            "should_escape": True,
            **({"url": url} if url else {}),
        },
        {"command": "/raw", "description": "As it is typed", **({"url": url} if url else {})},
    ]
    return {
        "display_information": {"name": "Backhaul"},
        "features": {
            "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
            "bot_user": {"display_name": "backhaul"},
            "slash_commands": commands,
            "shortcuts": [
                {"name": "Ask", "type": "global", "callback_id": "ask", "description": "Ask anything"},
                {"name": "Ticket", "type": "message", "callback_id": "ticket", "description": "Make one"},
            ],
            **features,
        },
        "oauth_config": {"scopes": {"bot": list(SCOPES)}},
        "settings": {
            "event_subscriptions": {"bot_events": list(EVENTS), **where},
            "interactivity": {"is_enabled": True, **where},
            "socket_mode_enabled": not url,
        },
    }
