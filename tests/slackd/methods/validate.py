"""blocks.validate: what is wrong with blocks, a message or a view, with JSON pointers."""

from __future__ import annotations

from typing import Any

from tests.slackd.blocks import Problem, check_blocks, check_view
from tests.slackd.call import Call, method
from tests.slackd.errors import SlackError
from tests.slackd.schema import failed

KINDS = ("blocks", "message", "view")


@method("blocks.validate")
def blocks_validate(call: Call) -> dict[str, Any]:
    given = [name for name in KINDS if call.args.get(name) not in (None, "")]
    if len(given) != 1:
        raise SlackError("invalid_arguments", "[ERROR] provide exactly one of blocks, message, or view")
    [name] = given
    problems = _find(name, call.structure(name, f"invalid_{name}"))
    if problems:
        raise SlackError(f"invalid_{name}", errors=[each.told() for each in problems])
    return {}


def _find(name: str, value: Any) -> list[Problem]:
    if name == "blocks":
        return check_blocks(value, pointer="")
    if name == "view":
        return check_view(value)
    if not isinstance(value, dict):
        return [failed("", "type", "object", "must be object")]
    if not any(value.get(each) for each in ("text", "blocks", "attachments", "markdown_text")):
        return [Problem("", "no_text", "a message needs text, blocks or attachments")]
    return check_blocks(value.get("blocks") or [])
