"""api.test and auth.*: is this token good, and whose is it."""

from __future__ import annotations

from typing import Any

from tests.slackd.call import Call, method
from tests.slackd.errors import SlackError


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
