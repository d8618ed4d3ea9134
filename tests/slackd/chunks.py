"""What an app may append to a streamed message, and what Slack says of anything else."""

from __future__ import annotations

import json
from typing import Any

from tests.slackd.errors import SlackError

TEXT_MOST, MARKDOWN_MOST, BLOCKS_MOST = 256, 12_000, 50
STATUSES = ("pending", "in_progress", "complete", "error")
FIELDS = {
    "markdown_text": ({"text"}, set[str]()),
    "task_update": ({"id", "title", "status"}, {"details", "output", "sources"}),
    "plan_update": ({"title"}, set[str]()),
    "blocks": ({"blocks"}, set[str]()),
}
"""Chunk type -> fields it must have, fields it may have."""


def read_chunks(args: dict[str, Any]) -> list[dict[str, Any]]:
    """The chunks of a call; its markdown_text is the first of them. Raise SlackError for what is not one."""
    text, chunks = args.get("markdown_text"), args.get("chunks")
    if isinstance(chunks, str):
        try:
            chunks = json.loads(chunks)
        except ValueError:
            raise SlackError("invalid_chunks", "[ERROR] chunks is not JSON") from None
    if not isinstance(chunks or [], list):
        raise SlackError("invalid_chunks", "[ERROR] chunks must be an array")
    first = [{"type": "markdown_text", "text": str(text)}] if text else []
    for at, chunk in enumerate(chunks or []):
        if wrong := _wrong(chunk):
            raise SlackError("invalid_chunks", f"[ERROR] {wrong} [json-pointer:/chunks/{at}]")
    found = first + list(chunks or [])
    if sum(len(each["text"]) for each in found if each["type"] == "markdown_text") > MARKDOWN_MOST:
        raise SlackError("msg_too_long", f"[ERROR] markdown_text of more than {MARKDOWN_MOST} characters")
    if any(block.get("type") == "file" for each in found for block in each.get("blocks", [])):
        raise SlackError("internal_error")
    return found


def _wrong(chunk: Any) -> str:
    if not isinstance(chunk, dict) or chunk.get("type") not in FIELDS:
        return f"unknown chunk type {chunk.get('type') if isinstance(chunk, dict) else chunk!r}"
    needed, allowed = FIELDS[chunk["type"]]
    if missing := needed - {k for k, v in chunk.items() if v is not None}:
        return f"missing required field: {min(missing)}"
    if unknown := set(chunk) - needed - allowed - {"type"}:
        return f"unexpected field: {min(unknown)}"
    if chunk["type"] == "blocks":
        fine = isinstance(chunk["blocks"], list) and all(isinstance(each, dict) for each in chunk["blocks"])
        return "" if fine else "blocks must be an array"
    return _wrong_text(chunk) or _wrong_task(chunk)


def _wrong_text(chunk: dict[str, Any]) -> str:
    for name in ("id", "title", "details", "output", "text"):
        value = chunk.get(name)
        if value is None:
            continue
        if not isinstance(value, str):
            return f"{name} must be a string"
        if name != "text" and len(value) > TEXT_MOST:
            return f"{name} of more than {TEXT_MOST} characters"
    return ""


def _wrong_task(chunk: dict[str, Any]) -> str:
    if chunk["type"] == "task_update" and chunk["status"] not in STATUSES:
        return f"status must be one of {', '.join(STATUSES)}"
    for source in chunk.get("sources") or []:
        if not isinstance(source, dict) or source.get("type") != "url":
            return "sources are elements of type url"
        if not source.get("url") or not source.get("text") or set(source) - {"type", "url", "text"}:
            return "a source has url and text"
    return ""
