"""Whole payloads: the blocks of a message, a modal or a Home tab."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from tests.slackd.blocks.limits import NAMED, find_over
from tests.slackd.blocks.rules import RULES
from tests.slackd.blocks.structure import structure
from tests.slackd.schema import Problem, failed
from tests.slackd.world import SlackError

MOST_BLOCKS = {"message": 50, "modal": 100, "home": 100}
MESSAGES_ONLY = frozenset(
    {
        *("markdown", "context_actions", "task_card", "plan", "card", "carousel", "file"),
        *("table", "data_table", "data_visualization"),
    }
)
TABLES = frozenset({"table", "data_table"})
ONE_TABLE = "only_one_table_allowed"
MOST_CHARACTERS = {"table": 10_000, "data_table": 20_000}
VIEW_BYTES = 250_000


def check_blocks(blocks: Any, surface: str = "message", pointer: str = "/blocks") -> list[Problem]:
    """What Slack would refuse in these blocks on this surface: message, modal or home."""
    if not isinstance(blocks, list):
        return [failed(pointer, "type", "array", "must be array")]
    problems = list(structure().find(blocks, "Blocks", pointer))
    most = MOST_BLOCKS[surface]
    if len(blocks) > most:
        problems.append(failed(pointer, "maxItems", most, f"no more than {most} items allowed"))
    sound = [(n, block) for n, block in enumerate(blocks) if not _touched(problems, f"{pointer}/{n}")]
    for number, block in sound:
        at = f"{pointer}/{number}"
        problems += _walk(block, str(block["type"]), at)
        problems += _placed(block, surface, at)
    whole = [block for _, block in sound]
    return [*problems, *_identifiers(whole, pointer), *_together(whole, pointer)]


def check_view(view: Any, pointer: str = "") -> list[Problem]:
    """What Slack would refuse in a modal or a Home tab."""
    if not isinstance(view, dict):
        return [failed(pointer, "type", "object", "must be object")]
    bare = {**view, "blocks": []} if isinstance(view.get("blocks"), list) else view
    problems = list(structure().find(bare, "View", pointer))
    surface = str(view.get("type"))
    if problems or surface not in MOST_BLOCKS:
        return problems
    problems += _walk({**view, "blocks": []}, surface, pointer)
    problems += check_blocks(view["blocks"], surface, f"{pointer}/blocks")
    kinds = [block.get("type") for block in view["blocks"] if isinstance(block, dict)]
    if surface == "modal" and "input" in kinds and "submit" not in view:
        problems.append(Problem(f"{pointer}/submit", "missing_field", "submit is needed with an input block"))
    if sum(_focused(view["blocks"])) > 1:
        problems.append(Problem(pointer, "failed_constraint", "focus_on_load more than once"))
    return problems


def require_blocks(blocks: Any, surface: str = "message", error: str = "invalid_blocks") -> None:
    """Raise what chat.* raises."""
    problems = check_blocks(blocks, surface)
    if any(each.code == ONE_TABLE for each in problems):
        raise SlackError("invalid_attachments", ONE_TABLE)
    if problems:
        raise SlackError(error, *(each.line() for each in problems))


def require_view(view: Any) -> None:
    """Raise what views.* raises."""
    if problems := check_view(view, "/view"):
        raise SlackError("invalid_arguments", *(each.line() for each in problems))
    if len(json.dumps(view, ensure_ascii=False).encode()) > VIEW_BYTES:
        raise SlackError("view_too_large")


def _touched(problems: list[Problem], at: str) -> bool:
    return any(each.pointer == at or each.pointer.startswith(f"{at}/") for each in problems)


def _walk(part: dict[str, Any], kind: str, at: str) -> Iterator[Problem]:
    """Every object of a block that is sound by structure: its lengths, counts and own rules."""
    yield from find_over(part, kind, at)
    for rule in RULES.get(kind, ()):
        yield from rule(part, at)
    for name, value in part.items():
        if isinstance(value, dict | list):
            yield from _inside(value, NAMED.get(name, ""), f"{at}/{name}")


def _inside(value: Any, named: str, at: str) -> Iterator[Problem]:
    if isinstance(value, dict):
        yield from _walk(value, str(value.get("type", named)), at)
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from _inside(each, named, f"{at}/{number}")


def _placed(block: dict[str, Any], surface: str, at: str) -> Iterator[Problem]:
    kind = block["type"]
    if surface != "message" and kind in MESSAGES_ONLY:
        yield Problem(f"{at}/type", "failed_constraint", f"{kind} is not available in a {surface}")
    if kind == "task_card" and block["status"] == "pending":
        yield Problem(f"{at}/status", "failed_constraint", "pending only inside a plan")
    if kind == "input" and surface != "modal" and block["element"]["type"] == "file_input":
        yield Problem(f"{at}/element/type", "failed_constraint", "file_input is for modals")


def _identifiers(blocks: list[dict[str, Any]], at: str) -> Iterator[Problem]:
    """A block_id once per payload, an action_id once per block."""
    for name, often in Counter(block["block_id"] for block in blocks if "block_id" in block).items():
        if often > 1:
            yield Problem(at, "duplicate_block_id", f"block_id {name} more than once")
    for number, block in enumerate(blocks):
        for name, often in Counter(_actions(block)).items():
            if often > 1:
                yield Problem(f"{at}/{number}", "duplicate_action_id", f"action_id {name} more than once")


def _actions(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(part.get("action_id"), str):
            yield part["action_id"]
        for value in part.values():
            yield from _actions(value)
    elif isinstance(part, list):
        for each in part:
            yield from _actions(each)


def _together(blocks: list[dict[str, Any]], at: str) -> Iterator[Problem]:
    """Limits over the whole payload."""
    kinds = Counter(block["type"] for block in blocks)
    if sum(kinds[kind] for kind in TABLES) > 1:
        yield Problem(at, ONE_TABLE, "only one table is allowed in a message")
    if kinds["data_visualization"] > 2:
        yield failed(at, "maxItems", 2, "no more than 2 data_visualization blocks")
    written = sum(len(block["text"]) for block in blocks if block["type"] == "markdown")
    if kinds["markdown"] > 1 and written > 12_000:
        yield failed(at, "maxLength", 12_000, "markdown blocks have more than 12000 characters together")
    for number, block in enumerate(blocks):
        if block["type"] in TABLES:
            most = MOST_CHARACTERS[block["type"]]
            if sum(_characters(cell) for row in block["rows"] for cell in row) > most:
                yield failed(
                    f"{at}/{number}/rows", "maxLength", most, f"more than {most} characters in cells"
                )


def _characters(part: Any) -> int:
    if isinstance(part, dict):
        own = len(part["text"]) if isinstance(part.get("text"), str) else 0
        return own + sum(_characters(each) for each in part.values() if isinstance(each, list))
    return sum(_characters(each) for each in part)


def _focused(part: Any) -> Iterator[bool]:
    if isinstance(part, dict):
        yield part.get("focus_on_load") is True
        for value in part.values():
            yield from _focused(value)
    elif isinstance(part, list):
        for each in part:
            yield from _focused(each)
