"""What Slack adds to blocks it keeps: a block_id and an action_id where the app gave none."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.slackd.world import World

ACTIVE = frozenset(
    [
        *("button", "workflow_button", "icon_button", "feedback_buttons", "overflow", "checkboxes"),
        *("radio_buttons", "datepicker", "timepicker", "datetimepicker", "file_input"),
        *("static_select", "external_select", "users_select", "conversations_select", "channels_select"),
        *("multi_static_select", "multi_external_select", "multi_users_select"),
        *("multi_conversations_select", "multi_channels_select"),
        *("plain_text_input", "email_text_input", "url_text_input", "number_input", "rich_text_input"),
    ]
)


def stamp(world: World, blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A copy that is complete; blocks that are complete already keep their names."""
    made = copy.deepcopy(blocks)
    complete(world, made)
    return made


def complete(world: World, blocks: list[dict[str, Any]]) -> None:
    """The same in place."""
    for block in blocks:
        if not block.get("block_id"):
            block["block_id"] = world.next_id("b")
        _elements(world, block)


def _elements(world: World, part: Any) -> None:
    if isinstance(part, dict):
        if part.get("type") in ACTIVE and not part.get("action_id"):
            part["action_id"] = world.next_id("a")
        for value in part.values():
            _elements(world, value)
    elif isinstance(part, list):
        for each in part:
            _elements(world, each)
