"""What Slack refuses in a message (facts: Block Kit's documented structure and limits)."""

from __future__ import annotations

import re
from typing import Any

from tests.slackd.world import SlackError

LIVE = re.compile(r"<(![^>]*|@[^>]*|#[^>]*)>")
FIELDS = {
    "section": {"text", "fields", "accessory", "expand"},
    "context": {"elements"},
    "divider": set(),
    "header": {"text"},
    "actions": {"elements"},
    "table": {"rows", "column_settings"},
}


def check_message(args: dict[str, Any]) -> list[str]:
    """Raise what Slack would raise; return what only a strict reader would mind."""
    text, blocks = args.get("text"), args.get("blocks")
    if not text and not blocks:
        raise SlackError("no_text")
    wrong = list(_blocks(blocks or []))
    if wrong:
        raise SlackError("invalid_blocks", *wrong)
    minded = [f"text of {len(text)} characters"] if text and len(text) > 4000 else []
    if blocks and not text:
        minded.append("blocks without text")
    minded += [f"live mention {found.group(0)}" for each in _texts(args) for found in LIVE.finditer(each)]
    if args.get("unfurl_links") is not False or args.get("unfurl_media") is not False:
        minded.append("unfurls")
    return minded


def _blocks(blocks: Any):
    if not isinstance(blocks, list):
        raise SlackError("invalid_blocks_format")
    if len(blocks) > 50:
        yield f"{len(blocks)} blocks"
    if sum(b.get("type") == "table" for b in blocks) > 1:
        raise SlackError("invalid_attachments", "only_one_table_allowed")
    for at, block in enumerate(blocks):
        kind = block.get("type")
        if kind not in FIELDS:
            yield f"/blocks/{at}: type {kind}"
            continue
        if unknown := set(block) - FIELDS[kind] - {"type", "block_id"}:
            yield f"/blocks/{at}: fields {unknown}"
        yield from (f"/blocks/{at}{wrong}" for wrong in globals()[f"_{kind}"](block))


def _section(block: dict[str, Any]):
    if not block.get("text") and not block.get("fields"):
        yield ": neither text nor fields"
    if "text" in block:
        yield from _text(block["text"], 3000)
    if not 0 < len(block.get("fields", [None])) <= 10:
        yield ": number of fields"
    for each in block.get("fields", []):
        yield from _text(each, 2000)


def _context(block: dict[str, Any]):
    if not 0 < len(block["elements"]) <= 10:
        yield ": number of elements"
    for each in block["elements"]:
        yield from _text(each, 2000)


def _divider(_block: dict[str, Any]):
    return iter(())


def _header(block: dict[str, Any]):
    yield from _text(block["text"], 150, {"plain_text"})


def _actions(block: dict[str, Any]):
    if not 0 < len(block["elements"]) <= 25:
        yield ": number of elements"
    seen = [each["action_id"] for each in block["elements"]]
    if len(set(seen)) != len(seen):
        yield ": action_id twice"
    for each in block["elements"]:
        if each["type"] != "button" or set(each) - {"type", "action_id", "text", "value", "url", "style"}:
            yield f": element {each['type']}"
        yield from _text(each["text"], 75, {"plain_text"})
        if not 0 < len(each.get("value", "x")) <= 2000 or not 0 < len(each["action_id"]) <= 255:
            yield ": value or action_id"
        if each.get("style") not in {None, "primary", "danger"}:
            yield ": style"


def _table(block: dict[str, Any]):
    rows = block["rows"]
    if not 0 < len(rows) <= 100:
        yield f": {len(rows)} rows"
    if len({len(row) for row in rows}) != 1 or not 0 < len(rows[0]) <= 20:
        yield ": cells per row"
    if len(block.get("column_settings", [])) > 20:
        yield ": column settings"
    if sum(len(cell["text"]) for row in rows for cell in row) > 10_000:
        yield ": characters"
    for row in rows:
        for cell in row:
            if set(cell) != {"type", "text"} or cell["type"] != "raw_text" or not cell["text"]:
                yield f": cell {cell}"


def _text(
    text: dict[str, Any], most: int, kinds: frozenset[str] | set[str] = frozenset({"mrkdwn", "plain_text"})
):
    if text.get("type") not in kinds:
        yield f": text type {text.get('type')}"
    if not 0 < len(text.get("text", "")) <= most:
        yield f": text of {len(text.get('text', ''))}"
    if unknown := set(text) - {"type", "text", "verbatim", "emoji"}:
        yield f": text fields {unknown}"
    if text.get("type") == "mrkdwn" and not text.get("verbatim"):
        yield ": not verbatim (data could become live)"


def _texts(part: Any):
    """Every text Slack would read mentions in; plain_text and raw_text show as they are."""
    if isinstance(part, dict):
        if part.get("type") in {"plain_text", "raw_text"}:
            return
        for key, value in part.items():
            if isinstance(value, str) and key == "text":
                yield value
            elif key not in {"value", "metadata"}:
                yield from _texts(value)
    elif isinstance(part, list):
        for each in part:
            yield from _texts(each)
