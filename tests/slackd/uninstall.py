"""Taking an app away again: one token, or all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.slackd.apps import App, Install, Token
from tests.slackd.workspace import Workspace

if TYPE_CHECKING:
    from tests.slackd.server import Slackd


def revoke(slack: Slackd, token: Token) -> None:
    """The token stops working; `tokens_revoked` names whose it was."""
    if token.is_revoked or token.install is None:
        return
    token.is_revoked = True
    side = "bot" if token.kind == "bot" else "oauth"
    team = _team(slack, token.install)
    event = {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [], side: [token.user_id]}}
    slack.delivery.emit(team, event | {"event_ts": slack.world.next_ts()}, app=token.app)


def uninstall(slack: Slackd, team: Workspace, app: App) -> None:
    """Every token of the installation stops working at once; both events follow, in no promised order."""
    install = team.installs[app.id]
    own = [each for each in slack.world.tokens.values() if each.install is install and not each.is_revoked]
    people = [each.user_id for each in own if each.kind == "user"]
    bots = [each.user_id for each in own if each.kind == "bot"]
    install.revoked = True
    tokens = {"oauth": sorted(set(people)), "bot": sorted(set(bots))}
    for event in ({"type": "tokens_revoked", "tokens": tokens}, {"type": "app_uninstalled"}):
        slack.delivery.emit(team, event | {"event_ts": slack.world.next_ts()}, app=app)


def _team(slack: Slackd, install: Install) -> Workspace:
    """Where an organisation's installation is told: in the first of its workspaces."""
    if install.team_id is not None:
        return slack.world.workspaces[install.team_id]
    return next(team for team in slack.world.workspaces.values() if install in team.installs.values())
