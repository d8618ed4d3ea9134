"""Work objects: what an entity's metadata must look like for chat.unfurl and entity.presentDetails."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

CONTENT = {"description", "created_by", "date_created", "date_updated"}
FIELDS = {
    "slack#/entities/incident": CONTENT | {"status", "priority", "urgency", "assigned_to", "service"},
    "slack#/entities/task": CONTENT | {"assignee", "status", "due_date", "priority"},
    "slack#/entities/content_item": CONTENT | {"preview", "last_modified_by"},
    "slack#/entities/file": CONTENT - {"description"}
    | {"preview", "last_modified_by", "file_size", "mime_type", "full_size_preview"},
    "slack#/entities/item": set[str](),
}
"""Entity type -> the fields it knows; an item has only custom ones."""
ENTITY = {"entity_type", "entity_payload", "external_ref", "url", "app_unfurl_url"}
PAYLOAD = {"attributes", "fields", "custom_fields", "slack_file", "display_order", "actions"}
FIELD = {
    *("type", "label", "value", "link", "icon", "long", "format", "image_url", "slack_file", "alt_text"),
    *("edit", "tag_color", "user", "entity_ref", "boolean", "title", "item_type"),
}
BUTTON = {"text", "action_id", "value", "style", "url", "accessibility_label", "processing_state"}
ACTIONS_MOST = {"primary_actions": 2, "overflow_actions": 5}


def wrong_entity(entity: Any) -> list[str]:
    """What is wrong with an entity, each with its place."""
    if not isinstance(entity, dict) or not isinstance(entity.get("entity_payload"), dict):
        return ["/entity_payload: missing"]
    return list(_entity(entity)) + [f"/entity_payload{each}" for each in _payload(entity)]


def _entity(entity: dict[str, Any]) -> Iterator[str]:
    if entity.get("entity_type") not in FIELDS:
        yield f"/entity_type: {entity.get('entity_type')!r} is unknown"
    if unknown := set(entity) - ENTITY:
        yield f": unexpected {min(unknown)}"
    if not str(entity.get("url", "")).startswith(("http://", "https://")):
        yield "/url: must be a URL"
    if not isinstance(entity.get("external_ref"), dict) or not entity["external_ref"].get("id"):
        yield "/external_ref/id: missing"


def _payload(entity: dict[str, Any]) -> Iterator[str]:
    payload, kind = entity["entity_payload"], entity.get("entity_type")
    if unknown := set(payload) - PAYLOAD:
        yield f": unexpected {min(unknown)}"
    title = (payload.get("attributes") or {}).get("title")
    if not isinstance(title, dict) or not isinstance(title.get("text"), str) or not title["text"]:
        yield "/attributes/title/text: missing"
    fields, custom = payload.get("fields") or {}, payload.get("custom_fields") or []
    for name, value in fields.items():
        if name not in FIELDS.get(str(kind), ()):
            yield f"/fields/{name}: is not a field of {kind}"
        yield from (f"/fields/{name}: {wrong}" for wrong in _field(name, value))
    keys = [each.get("key") for each in custom if isinstance(each, dict)]
    for at, each in enumerate(custom):
        if not isinstance(each, dict) or not all(each.get(name) for name in ("key", "label", "type")):
            yield f"/custom_fields/{at}: key, label and type are required"
    if len(set(keys)) != len(keys):
        yield "/custom_fields: key twice"
    if lost := set(payload.get("display_order") or []) - set(fields) - set(keys):
        yield f"/display_order: {min(lost)} is not shown"
    yield from _actions(payload.get("actions") or {})


def _field(name: str, value: Any) -> Iterator[str]:
    if not isinstance(value, dict):
        yield "must be an object"
        return
    if unknown := set(value) - FIELD:
        yield f"unexpected {min(unknown)}"
    if value.get("type") == "slack#/types/user":
        user = value.get("user") or {}
        if not user.get("user_id") and not user.get("text"):
            yield "user needs user_id or text"
    elif name == "preview":
        if not value.get("image_url") and not value.get("slack_file"):
            yield "needs image_url or slack_file"
    elif name in {"date_created", "date_updated"}:
        if not isinstance(value.get("value"), int) or isinstance(value["value"], bool):
            yield "value is a Unix time in seconds"
    elif value.get("value") in {None, ""}:
        yield "value is missing"


def _actions(actions: dict[str, Any]) -> Iterator[str]:
    if unknown := set(actions) - set(ACTIONS_MOST):
        yield f"/actions: unexpected {min(unknown)}"
    for name, most in ACTIONS_MOST.items():
        buttons = actions.get(name) or []
        if len(buttons) > most:
            yield f"/actions/{name}: more than {most}"
        for at, button in enumerate(buttons):
            if not button.get("text") or not button.get("action_id") or set(button) - BUTTON:
                yield f"/actions/{name}/{at}: text and action_id, and only known fields"
            if button.get("style") not in {None, "primary", "danger"}:
                yield f"/actions/{name}/{at}: style"
