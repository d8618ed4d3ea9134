"""An app, where it is installed, and the tokens that speak for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

BOT_SCOPES = frozenset(
    [
        "app_mentions:read",
        "chat:write",
        "channels:history",
        "channels:read",
        "groups:history",
        "groups:read",
        "im:history",
        "im:write",
        "mpim:read",
        "users:read",
        "users:read.email",
    ]
)


@dataclass
class App:
    """`manifest` None: everything is allowed and sent, as before an app says what it wants."""

    id: str
    name: str = "Backhaul"
    manifest: dict[str, Any] | None = None
    signing_secret: str = "s" * 32
    client_id: str = "1.2"
    client_secret: str = "c" * 32
    verification_token: str = "legacy"
    request_url: str | None = None
    is_socket_mode: bool = True
    """False: apps.connections.open is refused."""

    @property
    def features(self) -> dict[str, Any]:
        return (self.manifest or {}).get("features", {})

    @property
    def settings(self) -> dict[str, Any]:
        return (self.manifest or {}).get("settings", {})

    @property
    def bot_events(self) -> frozenset[str]:
        return frozenset(self.settings.get("event_subscriptions", {}).get("bot_events", ()))

    @property
    def is_agent(self) -> bool:
        return self.manifest is None or "agent_view" in self.features or "assistant_view" in self.features


@dataclass
class Install:
    """An app in one workspace (or, with `enterprise_id` and no `team_id`, in an organisation)."""

    app: App
    team_id: str | None
    bot_user: str
    bot_id: str
    scopes: set[str] = field(default_factory=lambda: set(BOT_SCOPES))
    enterprise_id: str | None = None
    installer: str = "UBOT"
    revoked: bool = False
    """Uninstalled, or its tokens revoked."""
    disabled_events: bool = False


@dataclass
class Token:
    """`kind`: bot, user, app (xapp), config (xoxe)."""

    value: str
    kind: str
    app: App
    install: Install | None = None
    user_id: str = ""
    own_scopes: frozenset[str] = frozenset()
    expires_at: float | None = None
    is_revoked: bool = False

    @property
    def revoked(self) -> bool:
        return self.is_revoked or (self.install is not None and self.install.revoked)

    @property
    def scopes(self) -> set[str]:
        if self.kind == "bot" and self.install is not None:
            return self.install.scopes
        return set(self.own_scopes)
