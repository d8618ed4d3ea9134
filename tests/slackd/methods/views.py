"""views.*: modals and the Home tab (I6)."""

from __future__ import annotations

from typing import Any

from tests.slackd.apps import Install
from tests.slackd.blocks import require_view
from tests.slackd.call import Call, method, missing
from tests.slackd.errors import SlackError
from tests.slackd.triggers import Trigger


@method("views.open")
def views_open(call: Call) -> dict[str, Any]:
    content = _content(call, "modal")
    trigger = _trigger(call)
    view = call.slack.views.open(call.team, _install(call), trigger.user, content)
    return {"view": view.shown()}


@method("views.push")
def views_push(call: Call) -> dict[str, Any]:
    content = _content(call, "modal")
    trigger = _trigger(call)
    view = call.slack.views.push(call.team, _install(call), trigger.user, content)
    return {"view": view.shown()}


@method("views.update")
def views_update(call: Call) -> dict[str, Any]:
    """Of any view of the app: by id or by external id, guarded by its hash where one is given."""
    content = _content(call)
    view_id, external_id = call.text("view_id"), call.text("external_id")
    if not view_id and not external_id:
        raise missing("view_id")
    view = call.slack.views.find(call.team, call.app.id, view_id=view_id, external_id=external_id)
    call.slack.views.update(view, content, call.text("hash"))
    return {"view": view.shown(call.slack.forms.values((view.id,), view.blocks))}


@method("views.publish")
def views_publish(call: Call) -> dict[str, Any]:
    content = _content(call, "home")
    if call.app.manifest is not None and not call.app.features.get("app_home", {}).get("home_tab_enabled"):
        raise SlackError("not_enabled")
    person = call.person("user_id")
    if person.deleted or person.is_bot:
        raise SlackError("invalid_arguments", "[ERROR] user cannot see a Home tab [json-pointer:/user_id]")
    view = call.slack.views.publish(call.team, _install(call), person.id, content, call.text("hash"))
    return {"view": view.shown()}


def _install(call: Call) -> Install:
    if call.install is None:
        raise SlackError("not_allowed_token_type")
    return call.install


def _content(call: Call, kind: str = "") -> dict[str, Any]:
    content = call.structure("view")
    require_view(content)
    if kind and content["type"] != kind:
        raise SlackError("invalid_arguments", f"[ERROR] must be {kind} [json-pointer:/view/type]")
    return dict(content)


def _trigger(call: Call) -> Trigger:
    name = call.text("trigger_id") or call.text("interactivity_pointer")
    if not name:
        raise missing("trigger_id")
    return call.slack.triggers.use(name, call.app.id)
