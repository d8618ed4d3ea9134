"""The manifest of an agent that uses everything, for tests that look at what it is told."""

from __future__ import annotations

from typing import Any

BOT_SCOPES = (
    *("app_mentions:read", "assistant:write", "channels:history", "channels:read", "chat:write"),
    *("groups:history", "groups:read", "im:history", "im:write", "im:read", "users:read"),
    *("users:read.email", "files:read", "files:write", "links:read", "links:write", "canvases:read"),
    *("canvases:write", "commands", "search:read.public", "search:read.files", "search:read.users"),
)
BOT_EVENTS = (
    *("app_home_opened", "app_mention", "message.channels", "message.groups", "message.im"),
    *("agent_session_stopped", "agent_session_title_changed", "app_context_changed", "file_shared"),
    *("link_shared", "entity_details_requested", "tokens_revoked", "app_uninstalled", "file_created"),
    *("file_deleted", "function_executed"),
)


def manifest(**settings: Any) -> dict[str, Any]:
    """`events=`: subscribe to these instead; anything else goes to `settings`."""
    events = list(settings.pop("events", BOT_EVENTS))
    return {
        "display_information": {"name": "Backhaul"},
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": "backhaul", "always_online": True},
            "agent_view": {"agent_description": "Answers questions of an internet provider's staff."},
            "unfurl_domains": ["isp.example"],
        },
        "oauth_config": {
            "redirect_urls": ["https://bot.example/slack"],
            "pkce_enabled": True,
            "scopes": {"bot": list(BOT_SCOPES), "user": ["search:read"], "bot_optional": ["links:write"]},
        },
        "settings": {
            "event_subscriptions": {"bot_events": events},
            "interactivity": {"is_enabled": True},
            "org_deploy_enabled": True,
            "socket_mode_enabled": True,
            "token_rotation_enabled": False,
            **settings,
        },
    }
