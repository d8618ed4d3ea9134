"""What exists: workspaces, apps, tokens, the clock, and everything that went against the rules."""

from __future__ import annotations

import itertools
from typing import Any

from tests.slackd.apps import BOT_SCOPES, App, Install, Token
from tests.slackd.clock import Clock
from tests.slackd.errors import SlackError
from tests.slackd.grants import Grants
from tests.slackd.limits import Limits
from tests.slackd.residents import Channel, Person, Usergroup
from tests.slackd.workspace import Workspace

__all__ = [
    "BOT_SCOPES",
    "App",
    "Channel",
    "Install",
    "Person",
    "SlackError",
    "Token",
    "Usergroup",
    "Workspace",
    "World",
]


class World:
    """`World()` is one workspace T1 with one app A1; the short names (`people`, `bot_token` …) mean those."""

    def __init__(self, team_id: str = "T1", *, clock: Clock | None = None, manifest: Any = None) -> None:
        self.clock = clock or Clock()
        self.workspaces: dict[str, Workspace] = {}
        self.enterprises: dict[str, str] = {}
        """Enterprise id -> name; a workspace says which it belongs to."""
        self.apps: dict[str, App] = {}
        self.tokens: dict[str, Token] = {}
        self.grants = Grants()
        self.limits = Limits()
        self.run = ""
        """Begins every id: a bot that remembers takes a second run's events for those of the first."""
        self.violations: list[str] = []
        self.contexts: dict[str, str] = {}
        """event_context -> the workspace it happened in."""
        self._numbers = itertools.count(1)
        self.home = self.add_workspace(team_id, "Acme", "acme")
        self.app = self.add_app("A1", manifest=manifest, app_token="xapp-1")
        asked = (manifest or {}).get("oauth_config", {}).get("scopes", {}).get("bot", BOT_SCOPES)
        self.install = self.do_install(self.app, self.home, bot_user="UBOT", bot_id="BBOT", scopes=set(asked))

    def add_workspace(self, team_id: str, name: str = "", domain: str = "", **more: Any) -> Workspace:
        """`enterprise_id=`: part of that organisation; `is_paid=False`: no user groups, no agents."""
        named = {"name": name or team_id, "domain": domain or team_id.lower()}
        self.workspaces[team_id] = Workspace(self, team_id, **named, **more)
        return self.workspaces[team_id]

    def add_enterprise(self, enterprise_id: str, name: str, *team_ids: str) -> None:
        self.enterprises[enterprise_id] = name
        for team_id in team_ids:
            self.workspaces[team_id].enterprise_id = enterprise_id

    def add_app(self, app_id: str, *, app_token: str = "", **more: Any) -> App:
        app = self.apps[app_id] = App(app_id, **more)
        scopes = frozenset({"connections:write", "authorizations:read"})
        self.add_token(app_token or f"xapp-{app_id}", "app", app, own_scopes=scopes)
        return app

    def add_token(self, value: str, kind: str, app: App, **more: Any) -> Token:
        self.tokens[value] = Token(value, kind, app, **more)
        return self.tokens[value]

    def do_install(
        self,
        app: App,
        team: Workspace,
        *,
        bot_user: str = "",
        bot_id: str = "",
        scopes: set[str] | None = None,
        token: str = "",
        installer: str = "",
    ) -> Install:
        """Install without OAuth: a bot user, and a bot token `xoxb-<team>` (`xoxb-<team>-<app>` for more)."""
        suffix = f"{team.id}-{app.id}" if team.installs else team.id
        user, bot = bot_user or self.next_id("UB"), bot_id or self.next_id("B")
        made = Install(app, team.id, user, bot, set(BOT_SCOPES if scopes is None else scopes))
        made.installer, made.enterprise_id = installer or user, team.enterprise_id
        team.installs[app.id] = made
        team.add_person(user, app.name.lower(), is_bot=True)
        self.add_token(token or f"xoxb-{suffix}", "bot", app, install=made, user_id=user)
        return made

    def install_in(self, team: Workspace, app: App | None = None) -> Install:
        """Where the (first) app is installed there."""
        return team.installs[app.id] if app else next(iter(team.installs.values()))

    def token_of(self, install: Install) -> str:
        """The newest token of a bot."""
        return [t.value for t in self.tokens.values() if t.kind == "bot" and t.install is install][-1]

    def add_context(self, team: Workspace) -> str:
        """A new event_context, to ask apps.event.authorizations.list about."""
        context = self.next_id("4-")
        self.contexts[context] = team.id
        return context

    def next_ts(self) -> str:
        return f"{int(self.clock.now())}.{next(self._numbers):06}"

    def next_id(self, prefix: str) -> str:
        return f"{prefix}{self.run}{next(self._numbers):08}"

    def violate(self, what: str) -> None:
        """Remember what Slack refused, or what a strict reader minds."""
        self.violations.append(what)

    # What a test of one workspace says for short.

    @property
    def team_id(self) -> str:
        return self.home.id

    @property
    def app_id(self) -> str:
        return self.app.id

    @property
    def people(self) -> dict[str, Person]:
        return self.home.people

    @property
    def channels(self) -> dict[str, Channel]:
        return self.home.channels

    @property
    def usergroups(self) -> dict[str, Usergroup]:
        return self.home.usergroups

    @property
    def bot_user(self) -> str:
        return self.install.bot_user

    @property
    def bot_id(self) -> str:
        return self.install.bot_id

    @property
    def bot_token(self) -> str:
        return self.token_of(self.install)

    @property
    def app_token(self) -> str:
        return next(t.value for t in self.tokens.values() if t.kind == "app" and t.app is self.app)

    @property
    def signing_secret(self) -> str:
        return self.app.signing_secret

    @property
    def scopes(self) -> set[str]:
        return self.install.scopes

    @property
    def revoked(self) -> bool:
        return self.install.revoked

    @revoked.setter
    def revoked(self, value: bool) -> None:
        self.install.revoked = value

    def add_person(self, user_id: str, name: str, email: str = "", **more: Any) -> Person:
        return self.home.add_person(user_id, name, email, **more)

    def add_channel(self, channel_id: str, name: str, *members: str, **more: Any) -> Channel:
        return self.home.add_channel(channel_id, name, *members, **more)

    def add_usergroup(self, group_id: str, handle: str, *users: str, **more: Any) -> Usergroup:
        return self.home.add_usergroup(group_id, handle, *users, **more)

    def direct(self, *users: str) -> Channel:
        return self.home.direct(*users)

    def replies(self, channel: str | None = None) -> list[dict[str, Any]]:
        """What the bot posted."""
        found = self.channels.values() if channel is None else [self.channels[channel]]
        return [m for each in found for m in each.messages if m.get("bot_id") == self.bot_id]
