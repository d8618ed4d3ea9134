"""What people have entered: the values of the inputs of a message or a view, as Slack reports them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from tests.slackd.blocks.limits import RANGES

Part = dict[str, Any]
Key = tuple[str, ...]
"""(view id,) or (channel, ts, user)."""

SHAPES: dict[str, tuple[str, str]] = {
    "plain_text_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "rich_text_input": ("rich_text_value", "initial_value"),
    "static_select": ("selected_option", "initial_option"),
    "external_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "users_select": ("selected_user", "initial_user"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "channels_select": ("selected_channel", "initial_channel"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "checkboxes": ("selected_options", "initial_options"),
    "multi_static_select": ("selected_options", "initial_options"),
    "multi_external_select": ("selected_options", "initial_options"),
    "multi_users_select": ("selected_users", "initial_users"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "file_input": ("files", "initial_files"),
}
"""Element -> the field of its value, and the field it begins with."""
OPTIONS = frozenset({"selected_option", "selected_options"})
MANY = frozenset(
    ["selected_options", "selected_users", "selected_conversations", "selected_channels", "files"]
)


def elements(blocks: list[Part]) -> Iterator[tuple[Part, Part]]:
    """(block, element) of everything with an action_id, inside containers and cards as well."""
    for block in blocks:
        yield from ((block, element) for element in _inside(block))


def _inside(part: Any) -> Iterator[Part]:
    if isinstance(part, dict):
        if "action_id" in part and "type" in part:
            yield part
        for value in part.values():
            yield from _inside(value)
    elif isinstance(part, list):
        for each in part:
            yield from _inside(each)


def find_element(blocks: list[Part], name: str) -> tuple[Part, Part] | None:
    """By action_id, by the block_id of an input block, or as `block_id/action_id` where one is there twice."""
    for block, element in elements(blocks):
        whole = f"{block.get('block_id')}/{element['action_id']}"
        if name in {element["action_id"], block.get("block_id"), whole}:
            return block, element
    return None


def coerce(element: Part, value: Any, offered: list[Part] | None = None) -> Any:
    """What the person chose, as Slack's value of the element; an option by its value or its text."""
    name = SHAPES[element["type"]][0]
    if name not in OPTIONS:
        return list(value) if name in MANY else value if value is None or name != "value" else str(value)
    options = offered if offered is not None else offers(element)
    if name in MANY:
        return [_option(options, each) for each in value]
    return None if value is None else _option(options, value)


def offers(element: Part) -> list[Part]:
    groups = element.get("option_groups") or [{"options": element.get("options", [])}]
    return [option for group in groups for option in group["options"]]


def _option(options: list[Part], chosen: Any) -> Part:
    if isinstance(chosen, dict):
        chosen = chosen.get("value")
    for option in options:
        if chosen in {option.get("value"), option["text"]["text"]}:
            return option
    raise AssertionError(f"there is no option {chosen!r} among {[each.get('value') for each in options]}")


class Forms:
    """What was entered so far, by message and person or by view."""

    def __init__(self) -> None:
        self._entered: dict[Key, dict[tuple[str, str], Any]] = {}

    def enter(self, key: Key, block: Part, element: Part, value: Any) -> None:
        self._entered.setdefault(key, {})[block["block_id"], element["action_id"]] = value

    def forget(self, key: Key) -> None:
        self._entered.pop(key, None)

    def values(self, key: Key, blocks: list[Part]) -> dict[str, dict[str, Part]]:
        """`state.values`: of every element that has a value, what was entered or what it began with."""
        found: dict[str, dict[str, Part]] = {}
        entered = self._entered.get(key, {})
        for block, element in elements(blocks):
            if element["type"] in SHAPES:
                name, initial = SHAPES[element["type"]]
                empty: Any = [] if name in MANY else None
                value = entered.get((block["block_id"], element["action_id"]), element.get(initial, empty))
                told = {"type": element["type"], name: value}
                found.setdefault(block["block_id"], {})[element["action_id"]] = told
        return found


def complaints(blocks: list[Part], values: dict[str, dict[str, Part]]) -> dict[str, str]:
    """block_id -> what Slack itself tells the person before it sends anything."""
    found: dict[str, str] = {}
    for block in blocks:
        if block["type"] != "input":
            continue
        element = block["element"]
        told = values.get(block["block_id"], {}).get(element.get("action_id", ""), {})
        value = told.get(SHAPES[element["type"]][0]) if element["type"] in SHAPES else None
        is_empty = value in (None, "", [])
        if is_empty and not block.get("optional"):
            found[block["block_id"]] = "Please complete this required field."
        elif not is_empty and (wrong := _complaint(element, value)):
            found[block["block_id"]] = wrong
    return found


def _complaint(element: Part, value: Any) -> str:
    kind = element["type"]
    if kind == "plain_text_input":
        least = element.get("min_length", 0)
        most = element.get("max_length", RANGES["plain_text_input"]["max_length"][1])
        if len(value) < least:
            return f"Please enter at least {least} characters."
        return f"Please enter at most {most} characters." if len(value) > most else ""
    if kind == "number_input":
        return _number(element, value)
    if kind == "email_text_input" and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", value):
        return "Please enter a valid email."
    if kind == "url_text_input" and not re.match(r"https?://\S+", value):
        return "Please enter a valid URL."
    return ""


def _number(element: Part, value: str) -> str:
    pattern = r"-?\d+(\.\d+)?" if element.get("is_decimal_allowed") else r"-?\d+"
    if not re.fullmatch(pattern, value):
        return "Please enter a valid number."
    if "min_value" in element and float(value) < float(element["min_value"]):
        return f"Please enter a number of at least {element['min_value']}."
    if "max_value" in element and float(value) > float(element["max_value"]):
        return f"Please enter a number of at most {element['max_value']}."
    return ""
