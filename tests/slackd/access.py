"""Who calls: the token, what it may do, and for which workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.slackd.apps import Token
from tests.slackd.call import METHODS, Call, missing_scope
from tests.slackd.catalogue import Facts
from tests.slackd.errors import SlackError
from tests.slackd.workspace import Workspace

if TYPE_CHECKING:
    from tests.slackd.server import Slackd
    from tests.slackd.world import World

CREDENTIALS = {"app": {"app"}, "config": {"config"}, "any": {"bot", "user"}}


def admit(slack: Slackd, facts: Facts, sent: str, args: dict[str, Any]) -> Call:
    """The call, or SlackError as Slack refuses it: R1, R4, R6."""
    world = slack.world
    if facts.name not in METHODS:
        raise SlackError("unknown_method", req_method=facts.name)
    if facts.credential == "none":
        return Call(slack, facts.name, args, world.home, world.app, world.tokens.get(sent))
    token = _token(world, facts, sent)
    team = _team(world, facts, token, args)
    install = team.installs.get(token.app.id) or token.install
    call = Call(slack, facts.name, args, team, token.app, token, install)
    wanted = facts.scopes if token.kind != "user" else facts.user_scopes
    if wanted and not set(wanted) & token.scopes:
        raise missing_scope(wanted, token.scopes)
    return call


def _token(world: World, facts: Facts, sent: str) -> Token:
    if not sent:
        raise SlackError("not_authed")
    token = world.tokens.get(sent)
    if token is None:
        raise SlackError("invalid_auth")
    if token.kind not in CREDENTIALS[facts.credential]:
        raise SlackError("not_allowed_token_type")
    if token.revoked:
        raise SlackError("token_revoked")
    if token.expires_at is not None and token.expires_at <= world.clock.now():
        raise SlackError("token_expired")
    actor = _actor(world, token)
    if actor is not None and actor.deleted:
        raise SlackError("account_inactive")
    return token


def _actor(world: World, token: Token) -> Any:
    if token.install is None or token.install.team_id is None:
        return None
    return world.workspaces[token.install.team_id].people.get(token.user_id)


def _team(world: World, facts: Facts, token: Token, args: dict[str, Any]) -> Workspace:
    """An organisation's token says which workspace it means where the method cannot tell (R6)."""
    if token.install is None:
        return world.home
    if token.install.team_id is not None:
        return world.workspaces[token.install.team_id]
    granted = [
        team
        for team in world.workspaces.values()
        if team.enterprise_id == token.install.enterprise_id and token.app.id in team.installs
    ]
    said = args.get("team_id")
    if said:
        found = next((team for team in granted if team.id == said), None)
        if found is None:
            raise SlackError("team_access_not_granted" if said in world.workspaces else "team_not_found")
        return found
    if "team_id" in facts.args:
        raise SlackError("missing_argument", "[ERROR] missing required field: team_id")
    named = {str(args.get(name)) for name in ("channel", "channel_id", "user", "user_id", "users", "file")}
    for team in granted:
        if named & (team.channels.keys() | team.people.keys() | team.files.keys()):
            return team
    if not granted:
        raise SlackError("team_access_not_granted")
    return granted[0]
