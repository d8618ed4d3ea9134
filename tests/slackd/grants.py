"""OAuth: who was asked for what, the codes that say so, and the tokens they are changed for."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.slackd.apps import App, Install, Token
from tests.slackd.workspace import Workspace

if TYPE_CHECKING:
    from tests.slackd.world import World

CODE_LASTS = 600.0
TOKEN_LASTS = 43_200
VALID_AT_ONCE = 2
"""Rotated access tokens of one grant that work at the same time."""


@dataclass(kw_only=True)
class Code:
    """What a person agreed to: good once, for ten minutes."""

    app: App
    team: Workspace | None
    enterprise: str | None
    user: str
    scopes: frozenset[str]
    user_scopes: frozenset[str]
    redirect_uri: str
    challenge: str = ""
    method: str = "plain"
    at: float = 0.0


@dataclass(kw_only=True)
class Refresh:
    """A refresh token: for which grant, and whether it was used."""

    kind: str
    install: Install
    user: str
    scopes: frozenset[str]
    used: bool = False


@dataclass
class Grants:
    codes: dict[str, Code] = field(default_factory=dict)
    refreshes: dict[str, Refresh] = field(default_factory=dict)


def matches(code: Code, verifier: str) -> bool:
    """RFC 7636: the verifier is what the challenge was made of."""
    if code.method == "S256":
        digest = hashlib.sha256(verifier.encode()).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == code.challenge
    return verifier == code.challenge


def do_install(world: World, code: Code) -> Install:
    """The app's installation there: the one that is, with the new scopes added, or a new one."""
    known = [each for each in _installs(world, code.app) if _place(each) == (_team_id(code), code.enterprise)]
    live = [each for each in known if not each.revoked]
    if live:
        live[0].scopes |= code.scopes
        return live[0]
    former = [each for each in _installs(world, code.app) if each.team_id == _team_id(code)]
    bot_user = former[0].bot_user if former else world.next_id("UB")
    bot_id = former[0].bot_id if former else world.next_id("B")
    made = Install(code.app, _team_id(code), bot_user, bot_id, set(code.scopes), code.enterprise)
    made.installer = code.user
    teams = [code.team] if code.team else _teams_of(world, code.enterprise)
    for team in teams:
        add_team(team, made)
    return made


def add_team(team: Workspace, install: Install) -> None:
    """Let the app into a workspace: of an organisation, an admin does this one by one."""
    team.installs[install.app.id] = install
    if install.bot_user not in team.people:
        team.add_person(install.bot_user, install.app.name.lower(), is_bot=True)


def bot_token(world: World, install: Install) -> Token:
    """A new bot token; without rotation the one there is, as long as it works."""
    scopes = frozenset(install.scopes)
    if is_rotated(install.app):
        return _rotated(world, Refresh(kind="bot", install=install, user=install.bot_user, scopes=scopes))
    for token in world.tokens.values():
        if token.install is install and token.kind == "bot" and not token.revoked:
            return token
    value = world.next_id("xoxb-")
    return world.add_token(value, "bot", install.app, install=install, user_id=install.bot_user)


def user_token(world: World, install: Install, user: str, scopes: frozenset[str]) -> Token:
    refresh = Refresh(kind="user", install=install, user=user, scopes=scopes)
    if is_rotated(install.app):
        return _rotated(world, refresh)
    more = {"install": install, "user_id": user, "own_scopes": scopes}
    return world.add_token(world.next_id("xoxp-"), "user", install.app, **more)


def rotate(world: World, refresh: Refresh) -> Token:
    """The next token of a grant; all but the newest two stop working."""
    refresh.used = True
    return _rotated(world, Refresh(**{**vars(refresh), "used": False}))


def refresh_of(world: World, token: Token) -> str:
    """The refresh token that came with the newest token of this grant."""
    found = [
        value
        for value, each in world.grants.refreshes.items()
        if (each.install, each.kind, each.user) == (token.install, token.kind, token.user_id)
        and not each.used
    ]
    return found[-1]


def is_rotated(app: App) -> bool:
    return bool(app.settings.get("token_rotation_enabled"))


def _rotated(world: World, refresh: Refresh) -> Token:
    prefix = "xoxe.xoxb-1-" if refresh.kind == "bot" else "xoxe.xoxp-1-"
    value = world.next_id(prefix)
    token = world.add_token(
        value,
        refresh.kind,
        refresh.install.app,
        install=refresh.install,
        user_id=refresh.user,
        own_scopes=refresh.scopes,
        expires_at=world.clock.now() + TOKEN_LASTS,
    )
    world.grants.refreshes[world.next_id("xoxe-1-")] = refresh
    own = [
        each
        for each in world.tokens.values()
        if each.install is refresh.install and each.kind == refresh.kind and each.user_id == refresh.user
    ]
    for old in own[:-VALID_AT_ONCE]:
        old.is_revoked = True
    return token


def _installs(world: World, app: App) -> list[Install]:
    found = [team.installs[app.id] for team in world.workspaces.values() if app.id in team.installs]
    return list({id(each): each for each in found}.values())


def _place(install: Install) -> tuple[str | None, str | None]:
    return (install.team_id, install.enterprise_id)


def _team_id(code: Code) -> str | None:
    return code.team.id if code.team else None


def _teams_of(world: World, enterprise: str | None) -> list[Workspace]:
    return [each for each in world.workspaces.values() if each.enterprise_id == enterprise]
