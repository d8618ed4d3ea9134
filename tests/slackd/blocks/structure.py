"""The structure of blocks: the generated schema, and by hand what it does not know yet."""

from __future__ import annotations

import copy
from functools import cache
from typing import Any

from tests.slackd.schema import Schema, load

TEXT = {"type": "string"}
NUMBER = {"type": "number"}
FLAG = {"type": "boolean"}


def closed(kind: str, required: dict[str, Any], optional: dict[str, Any] | None = None) -> dict[str, Any]:
    """An object of this type with these fields and no others."""
    fields = {"type": {"const": kind, "type": "string"}, **required, **(optional or {})}
    return {
        "type": "object",
        "additionalProperties": False,
        "required": ["type", *required],
        "properties": fields,
    }


def _plain(required: dict[str, Any], optional: dict[str, Any] | None = None) -> dict[str, Any]:
    rule = closed("", required, optional)
    del rule["properties"]["type"]
    return {**rule, "required": list(required)}


POINT = _plain({"label": TEXT, "value": NUMBER})
SERIES = _plain({"name": TEXT, "data": {"type": "array", "items": POINT}})
AXES = _plain({"categories": {"type": "array", "items": TEXT}}, {"x_label": TEXT, "y_label": TEXT})
DRAWN = {"series": {"type": "array", "items": SERIES}, "axis_config": AXES}
CHART = {
    "anyOf": [
        closed("pie", {"segments": {"type": "array", "items": POINT}}),
        *(closed(kind, DRAWN) for kind in ("line", "bar", "area")),
    ]
}
BY_HAND = {
    "DataVisualizationBlock": closed(
        "data_visualization", {"title": TEXT, "chart": CHART}, {"block_id": TEXT}
    ),
    "AuthProviderBlock": closed(
        "auth_provider",
        {"value": TEXT, "name": TEXT, "is_connected": FLAG},
        {"auth_url": TEXT, "disconnect_url": TEXT, "block_id": TEXT},
    ),
}


@cache
def structure() -> Schema:
    """The schema of blocks and views, completed."""
    root = copy.deepcopy(load("blockkit.schema.json").root)
    found = root["definitions"]
    found.update(BY_HAND)
    known = found["KnownBlock"]
    known["anyOf"] += [{"$ref": f"#/definitions/{name}"} for name in BY_HAND]
    found["AnyBlock"] = {"$ref": "#/definitions/KnownBlock"}
    found["Button"]["properties"] |= {
        "agent_prompt": TEXT,
        "agent_prompt_display": TEXT,
        "visible_to_user_ids": {"type": "array", "items": TEXT},
    }
    found["PlanBlock"]["properties"]["tasks"]["items"] = {"$ref": "#/definitions/TaskCardBlock"}
    found["View"] = {"anyOf": [{"$ref": f"#/definitions/{name}"} for name in ("HomeView", "ModalView")]}
    found["Blocks"] = {"type": "array", "items": {"$ref": "#/definitions/KnownBlock"}}
    return Schema(root)
