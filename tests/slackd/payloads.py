"""The parts every interaction has, and what of an element an action tells."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from tests.slackd.forms import SHAPES

if TYPE_CHECKING:
    from tests.slackd.apps import App
    from tests.slackd.desk import Desk
    from tests.slackd.residents import Channel

Part = dict[str, Any]


def base(desk: Desk, app: App, kind: str) -> Part:
    """Who, where from, and for which app."""
    team = desk.team
    person = team.people[desk.user]
    install = team.installs.get(app.id)
    enterprise = {"id": team.enterprise_id, "name": desk.world.enterprises.get(team.enterprise_id or "", "")}
    return {
        "type": kind,
        "token": app.verification_token,
        "api_app_id": app.id,
        "team": {"id": team.id, "domain": team.domain},
        "user": {
            "id": person.id,
            "username": person.name,
            "name": person.name,
            "team_id": person.team_id,
        },
        "enterprise": enterprise if team.enterprise_id else None,
        "is_enterprise_install": bool(install and install.team_id is None),
    }


def place_of(channel: Channel) -> Part:
    name = {"im": "directmessage", "mpim": channel.name, "group": "privategroup"}
    return {"id": channel.id, "name": name.get(channel.kind, channel.name)}


def action(block: Part, element: Part, value: Any, at: str) -> Part:
    """One entry of `actions`: the element as it stands, with what was chosen."""
    told = {"type": element["type"], "action_id": element["action_id"], "block_id": block["block_id"]}
    if element["type"] in SHAPES:
        name, initial = SHAPES[element["type"]]
        told[name] = value
        if initial in element:
            told[initial] = element[initial]
        if "placeholder" in element:
            told["placeholder"] = element["placeholder"]
    elif element["type"] == "overflow":
        told["selected_option"] = value
    elif element["type"] == "feedback_buttons":
        pressed = element[f"{value}_button"]
        told |= {"value": pressed["value"], "text": pressed["text"]}
    else:
        kept = ("text", "value", "url", "style", "workflow", "icon")
        told |= {name: element[name] for name in kept if name in element}
    return copy.deepcopy(told | {"action_ts": at})
