"""A whole message: what Slack refuses, and what only a strict reader minds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from tests.slackd.blocks.check import require_blocks
from tests.slackd.world import SlackError

LIVE = re.compile(r"<(?!!date\^)(![^>]*|@[^>]*|#[^>]*)>")
BARE = re.compile(r"&(?!amp;|lt;|gt;)|<(?![@#!]|https?://|mailto:|tel:)[^>]*>?")
FOREIGN = re.compile(r"\[[^\]\n]+\]\(https?://[^)\s]+\)")
MOST_TEXT = 4000


def check_message(args: dict[str, Any]) -> list[str]:
    """Raise what Slack would raise; return what only a strict reader would mind."""
    text, blocks = args.get("text"), args.get("blocks")
    if not text and not blocks:
        raise SlackError("no_text")
    if blocks:
        if not isinstance(blocks, list):
            raise SlackError("invalid_blocks_format")
        require_blocks(blocks)
    return list(find_minded(args))


def find_minded(args: dict[str, Any]) -> Iterator[str]:
    """House rules for what the bot posts: fallback text, no live mentions, no unfurls, verbatim."""
    text, blocks = args.get("text"), args.get("blocks")
    if text and len(text) > MOST_TEXT:
        yield f"text of {len(text)} characters"
    if blocks and not text:
        yield "blocks without text"
    if args.get("unfurl_links") is not False or args.get("unfurl_media") is not False:
        yield "unfurls"
    for each in _mrkdwn(blocks or []):
        if not each.get("verbatim"):
            yield "mrkdwn that is not verbatim (data could become live)"
    for each in _texts(args):
        yield from find_slips(each)


def find_slips(text: str) -> Iterator[str]:
    """Live mentions, characters that should be escaped, and links of another dialect, in mrkdwn."""
    yield from (f"live mention {found.group(0)}" for found in LIVE.finditer(text))
    yield from (f"not escaped: {found.group(0)[:40]}" for found in BARE.finditer(text))
    yield from (f"a Markdown link in mrkdwn: {found.group(0)[:60]}" for found in FOREIGN.finditer(text))


def _mrkdwn(part: Any) -> Iterator[dict[str, Any]]:
    if isinstance(part, dict):
        if part.get("type") == "mrkdwn":
            yield part
        for value in part.values():
            yield from _mrkdwn(value)
    elif isinstance(part, list):
        for each in part:
            yield from _mrkdwn(each)


def _texts(part: Any) -> Iterator[str]:
    """Every text Slack would read mentions in; plain_text, raw_text and Markdown show as they are."""
    if isinstance(part, dict):
        if part.get("type") in {"plain_text", "raw_text", "raw_number", "markdown", "rich_text"}:
            return
        for key, value in part.items():
            if isinstance(value, str) and key == "text":
                yield value
            elif key not in {"value", "metadata"}:
                yield from _texts(value)
    elif isinstance(part, list):
        for each in part:
            yield from _texts(each)
