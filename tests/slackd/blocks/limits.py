"""Lengths, counts and ranges: what the structure does not say (facts, table 1.3)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.slackd.schema import Problem, failed

Bounds = tuple[int, int]

TEXTS: dict[str, dict[str, int]] = {
    "section": {"fields": 2000},
    "context": {"elements": 2000},
    "header": {"text": 150},
    "image": {"title": 2000},
    "input": {"label": 2000, "hint": 2000},
    "video": {"title": 199, "description": 200},
    "card": {"title": 150, "subtitle": 150, "body": 200},
    "container": {"title": 150, "subtitle": 150},
    "button": {"text": 75},
    "workflow_button": {"text": 75},
    "icon_button": {"text": 75},
    "feedback_button": {"text": 75},
    "option": {"text": 75, "description": 75},
    "option_group": {"label": 75},
    "confirm": {"title": 100, "text": 300, "confirm": 30, "deny": 30},
    "modal": {"title": 24, "submit": 24, "close": 24},
    "*": {"placeholder": 150},
}
"""Kind -> field -> characters a text object (or each of a list of them) may have."""

STRINGS: dict[str, dict[str, Bounds]] = {
    "button": {
        "value": (0, 2000),
        "url": (1, 3000),
        "accessibility_label": (1, 75),
        "agent_prompt": (1, 4000),
    },
    "icon_button": {"value": (0, 2000), "accessibility_label": (1, 75)},
    "workflow_button": {"accessibility_label": (1, 75)},
    "feedback_button": {"value": (0, 2000), "accessibility_label": (1, 75)},
    "option": {"value": (0, 150), "url": (1, 3000)},
    "image": {"alt_text": (1, 2000), "image_url": (1, 3000)},
    "video": {"author_name": (0, 49), "video_url": (1, 3000), "thumbnail_url": (1, 3000)},
    "markdown": {"text": (1, 12_000)},
    "text": {"text": (1, 40_000)},
    "raw_text": {"text": (1, 20_000)},
    "data_table": {"caption": (1, 3000)},
    "data_visualization": {"title": (1, 50)},
    "series": {"name": (1, 20)},
    "point": {"label": (1, 20)},
    "axes": {"x_label": (1, 50), "y_label": (1, 50)},
    "auth_provider": {"value": (1, 150), "name": (1, 75)},
    "task_card": {"task_id": (1, 255), "title": (1, 3000)},
    "plan": {"title": (1, 3000)},
    "modal": {"callback_id": (1, 255), "external_id": (1, 255), "private_metadata": (0, 3000)},
    "home": {"callback_id": (1, 255), "external_id": (1, 255), "private_metadata": (0, 3000)},
    "*": {"block_id": (1, 255), "action_id": (1, 255)},
}

COUNTS: dict[str, dict[str, Bounds]] = {
    "section": {"fields": (1, 10)},
    "context": {"elements": (1, 10)},
    "context_actions": {"elements": (1, 5)},
    "actions": {"elements": (1, 25)},
    "checkboxes": {"options": (1, 10)},
    "radio_buttons": {"options": (1, 10)},
    "overflow": {"options": (1, 5)},
    "option_group": {"options": (1, 100)},
    "table": {"rows": (1, 100), "column_settings": (0, 20)},
    "data_table": {"rows": (2, 201)},
    "carousel": {"elements": (1, 10)},
    "container": {"child_blocks": (1, 10)},
    "icon_button": {"visible_to_user_ids": (0, 10)},
    "button": {"visible_to_user_ids": (0, 10)},
    "pie": {"segments": (1, 12)},
    "line": {"series": (1, 12)},
    "bar": {"series": (1, 12)},
    "area": {"series": (1, 12)},
    "axes": {"categories": (1, 20)},
    "series": {"data": (1, 20)},
    "modal": {"blocks": (0, 100)},
    "home": {"blocks": (0, 100)},
    "*": {"options": (1, 100), "option_groups": (1, 100)},
}

RANGES: dict[str, dict[str, Bounds]] = {
    "plain_text_input": {"min_length": (0, 3000), "max_length": (1, 3000)},
    "file_input": {"max_files": (1, 10)},
    "data_table": {"page_size": (1, 100)},
    "*": {"max_selected_items": (1, 1000), "min_query_length": (0, 1000)},
}

NAMED = {
    "confirm": "confirm",
    "options": "option",
    "initial_option": "option",
    "initial_options": "option",
    "option_groups": "option_group",
    "positive_button": "feedback_button",
    "negative_button": "feedback_button",
    "series": "series",
    "segments": "point",
    "data": "point",
    "axis_config": "axes",
}
"""What an object without a `type` is, by the field it stands in."""


def find_over(part: dict[str, Any], kind: str, at: str) -> Iterator[Problem]:
    """What of one object is too long, too short, too many or too few."""
    for table, check in ((TEXTS, _texts), (STRINGS, _string), (COUNTS, _count), (RANGES, _range)):
        rules = {**table["*"], **table.get(kind, {})} if "*" in table else table.get(kind, {})
        for name in rules.keys() & part.keys():
            yield from check(part[name], rules[name], f"{at}/{name}")  # type: ignore[operator]
    if kind in {"plain_text", "mrkdwn"}:
        yield from _string(part["text"], (1, 3000), f"{at}/text")


def _texts(value: Any, most: int, at: str) -> Iterator[Problem]:
    for number, each in enumerate(value if isinstance(value, list) else [value]):
        if isinstance(each, dict) and each.get("type") in {"plain_text", "mrkdwn"}:
            where = f"{at}/{number}/text" if isinstance(value, list) else f"{at}/text"
            if len(each["text"]) > most:
                yield failed(where, "maxLength", most, f"must be no more than {most} characters")


def _string(value: str, bounds: Bounds, at: str) -> Iterator[Problem]:
    least, most = bounds
    if len(value) < least:
        yield failed(at, "minLength", least, f"must be more than {least - 1} characters")
    if len(value) > most:
        yield failed(at, "maxLength", most, f"must be no more than {most} characters")


def _count(value: list[Any], bounds: Bounds, at: str) -> Iterator[Problem]:
    least, most = bounds
    if len(value) < least:
        yield failed(at, "minItems", least, f"must have at least {least} items")
    if len(value) > most:
        yield failed(at, "maxItems", most, f"must have no more than {most} items")


def _range(value: float, bounds: Bounds, at: str) -> Iterator[Problem]:
    if not bounds[0] <= value <= bounds[1]:
        yield failed(at, "range", list(bounds), f"must be from {bounds[0]} to {bounds[1]}")
