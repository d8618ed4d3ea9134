"""api.test and auth.*: is this token good, and whose is it."""

from __future__ import annotations

from typing import Any

from tests.slackd.call import Call, method
from tests.slackd.envelopes import authorization
from tests.slackd.errors import SlackError
from tests.slackd.pages import page
from tests.slackd.uninstall import revoke


@method("api.test")
def api_test(call: Call) -> dict[str, Any]:
    if error := call.text("error"):
        raise SlackError(error, args=call.args)
    return {"args": call.args}


@method("auth.test")
def auth_test(call: Call) -> dict[str, Any]:
    """Who the token speaks for; a bot token names its bot, an organisation's has no workspace."""
    is_org = call.install is not None and call.token.install.team_id is None
    answer = {
        "url": call.team.url,
        "team": call.team.name,
        "user": call.team.people[call.user_id].name if call.user_id in call.team.people else "",
        "team_id": call.team.id,
        "user_id": call.user_id,
        "is_enterprise_install": is_org,
    }
    if call.token.kind == "bot":
        answer["bot_id"] = call.bot_id
    if call.team.enterprise_id:
        answer["enterprise_id"] = call.team.enterprise_id
    return answer


@method("auth.revoke")
def auth_revoke(call: Call) -> dict[str, Any]:
    """`test=true` only asks."""
    if call.flag("test"):
        return {"revoked": False}
    revoke(call.slack, call.token)
    return {"revoked": True}


@method("auth.teams.list")
def auth_teams_list(call: Call) -> dict[str, Any]:
    """The workspaces this token may act in: of an organisation's, those an admin added the app to."""
    install, every = call.token.install, call.world.workspaces.values()
    found = [team for team in every if install is not None and install in team.installs.values()]
    shown, rest = page(call, found)
    return {"teams": [{"id": team.id, "name": team.name} for team in shown], **rest}


@method("apps.event.authorizations.list")
def apps_event_authorizations_list(call: Call) -> dict[str, Any]:
    """Every installation that could see the event of this `event_context`."""
    happened = call.world.contexts.get(call.required("event_context"))
    if happened is None:
        raise SlackError("invalid_event_context")
    install = call.world.workspaces[happened].installs.get(call.app.id)
    team = call.world.workspaces[happened]
    found = [authorization(team, install)] if install and not install.revoked else []
    shown, rest = page(call, found)
    return {"authorizations": shown, **rest}
