"""canvases.*: documents beside the conversation, for runbooks and hand-overs."""

from __future__ import annotations

from typing import Any

from tests.slackd.call import Call, method
from tests.slackd.documents import Canvas, content
from tests.slackd.errors import SlackError

LEVELS = ("read", "write", "owner")


@method("canvases.create")
def canvases_create(call: Call) -> dict[str, Any]:
    channel = call.text("channel_id")
    if channel:
        return conversations_canvases_create(call)
    if not call.team.is_paid:
        raise SlackError("free_teams_cannot_create_standalone_canvases")
    return {"canvas_id": _made(call).id}


@method("conversations.canvases.create")
def conversations_canvases_create(call: Call) -> dict[str, Any]:
    channel = call.channel("channel_id")
    if any(each.channel == channel.id and not each.deleted for each in call.team.canvases.values()):
        taken = "channel_canvas_already_exists"
        raise SlackError(taken if call.team.is_paid else "free_team_canvas_tab_already_exists")
    canvas = _made(call)
    canvas.channel = channel.id
    canvas.access[channel.id] = "write"
    return {"canvas_id": canvas.id}


@method("canvases.edit")
def canvases_edit(call: Call) -> dict[str, Any]:
    canvas, changes = _canvas(call, "write"), call.structure("changes")
    if not isinstance(changes, list) or not changes:
        raise SlackError("invalid_arguments", "[ERROR] must be an array [json-pointer:/changes]")
    for change in changes:
        canvas.change(change)
    return {}


@method("canvases.delete")
def canvases_delete(call: Call) -> dict[str, Any]:
    _canvas(call, "owner").deleted = True
    return {}


@method("canvases.getContent")
def canvases_get_content(call: Call) -> dict[str, Any]:
    canvas = _canvas(call, "read")
    return {"canvas_id": canvas.id, "title": canvas.title, "content": canvas.markdown()}


@method("canvases.sections.lookup")
def canvases_sections_lookup(call: Call) -> dict[str, Any]:
    criteria = call.structure("criteria")
    if not isinstance(criteria, dict):
        raise SlackError("invalid_arguments", "[ERROR] must be an object [json-pointer:/criteria]")
    return {"sections": _canvas(call, "read").find(criteria)}


@method("canvases.access.set")
def canvases_access_set(call: Call) -> dict[str, Any]:
    level, canvas = call.required("access_level"), _canvas(call, "owner")
    channels, users = _ids(call, "channel_ids"), _ids(call, "user_ids")
    if level not in LEVELS or bool(channels) == bool(users) or (level == "owner" and channels):
        raise SlackError("invalid_parameters")
    if set(channels) - call.team.channels.keys():
        raise SlackError("channel_not_found")
    if set(users) - call.team.people.keys():
        raise SlackError("user_not_found")
    canvas.access |= dict.fromkeys([*channels, *users], level)
    return {}


@method("canvases.access.delete")
def canvases_access_delete(call: Call) -> dict[str, Any]:
    canvas = _canvas(call, "owner")
    for each in [*_ids(call, "channel_ids"), *_ids(call, "user_ids")]:
        canvas.access.pop(each, None)
    return {}


def _made(call: Call) -> Canvas:
    document = call.structure("document_content")
    canvas = Canvas(
        id=call.world.next_id("F"), team=call.team.id, owner=call.user_id, title=call.text("title")
    )
    if document:
        canvas.write(content(document))
    call.team.canvases[canvas.id] = canvas
    return canvas


def _canvas(call: Call, level: str) -> Canvas:
    """The canvas meant, if the caller may do that with it."""
    canvas: Canvas | None = call.team.canvases.get(call.required("canvas_id"))
    if canvas is None or canvas.deleted:
        raise SlackError("canvas_not_found")
    mine = {call.user_id} | {each.id for each in call.team.channels.values() if call.user_id in each.members}
    granted = [LEVELS.index(canvas.access[each]) for each in mine & canvas.access.keys()]
    if canvas.owner == call.user_id or any(each >= LEVELS.index(level) for each in granted):
        return canvas
    raise SlackError("restricted_action" if granted else "canvas_not_found")


def _ids(call: Call, name: str) -> list[str]:
    value = call.args.get(name) or []
    return list(value) if isinstance(value, list) else [each for each in str(value).split(",") if each]
