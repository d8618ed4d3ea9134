"""What a message may say: text, Markdown, blocks, attachments, metadata (M1 to M4, M6)."""

from __future__ import annotations

from typing import Any

from tests.slackd.blocks import require_blocks
from tests.slackd.blocks.message import find_minded
from tests.slackd.call import Call
from tests.slackd.errors import SlackError
from tests.slackd.files import check_pictures
from tests.slackd.richtext import from_markdown

MOST_MARKDOWN = 12_000
TRUNCATED_AT = 40_000
MOST_UPDATED = 4_000
MOST_ATTACHMENTS = 100
SPEAKING = ("text", "fallback", "title", "pretext", "author_name", "fields")
"""Keys that make an attachment a message, even when they are empty."""


def read_content(call: Call, *, most: int = 0, may_be_empty: bool = False) -> dict[str, Any]:
    """`text`, `blocks`, `attachments` and `metadata` of a message, or SlackError.

    `most`: characters above which the text is refused instead of cut.
    """
    blocks, attachments = read_blocks(call), _attachments(call)
    text, markdown = call.text("text"), call.text("markdown_text")
    if markdown:
        if text or blocks:
            raise SlackError("markdown_text_conflict")
        if len(markdown) > MOST_MARKDOWN:
            raise SlackError("msg_too_long")
        text, blocks = markdown, from_markdown(markdown)
    if not (text or blocks or any(map(_speaks, attachments)) or may_be_empty):
        raise SlackError("no_text")
    if most and len(text) > most:
        raise SlackError("msg_too_long")
    content = {"text": _cut(call, text), "blocks": blocks}
    if attachments:
        content["attachments"] = attachments
    if "metadata" in call.args:
        content["metadata"] = _metadata(call)
    _mind(call, text, blocks)
    return content


def read_blocks(call: Call) -> list[dict[str, Any]]:
    """`blocks`, valid; an empty list counts as none, what is no list is refused even beside a text."""
    blocks = call.args.get("blocks")
    if blocks is None:
        return []
    if not isinstance(blocks, list):
        raise SlackError("invalid_blocks_format")
    if blocks:
        require_blocks(blocks)
        check_pictures(call.team, call.user_id, blocks)
    return blocks


def _attachments(call: Call) -> list[Any]:
    found = call.args.get("attachments")
    attachments = found if isinstance(found, list) else []
    if len(attachments) > MOST_ATTACHMENTS:
        raise SlackError("too_many_attachments")
    for attachment in attachments:
        inside = attachment.get("blocks") if isinstance(attachment, dict) else None
        if isinstance(inside, list) and inside:
            require_blocks(inside, error="invalid_attachments")
    return attachments


def _speaks(attachment: Any) -> bool:
    if not isinstance(attachment, dict):
        return False
    blocks = attachment.get("blocks")
    return any(key in attachment for key in SPEAKING) or (isinstance(blocks, list) and bool(blocks))


def _cut(call: Call, text: str) -> str:
    if len(text) > TRUNCATED_AT:
        call.warn("message_truncated")
    return text[:TRUNCATED_AT]


def _metadata(call: Call) -> dict[str, Any] | None:
    metadata = call.structure("metadata", "invalid_metadata_format")
    if metadata is None:
        return None
    if not isinstance(metadata, dict):
        raise SlackError("invalid_metadata_format")
    named = isinstance(metadata.get("event_type"), str) and isinstance(metadata.get("event_payload"), dict)
    if not named and "entities" not in metadata:
        raise SlackError("invalid_metadata_schema")
    return metadata


def _mind(call: Call, text: str, blocks: list[dict[str, Any]]) -> None:
    """What a careful reader minds of the bot's messages."""
    unfurls = {name: call.flag(name, default=True) for name in ("unfurl_links", "unfurl_media")}
    if call.name != "chat.postMessage":
        unfurls = dict.fromkeys(unfurls, False)
    markdown = "markdown_text" in call.args
    told = {"text": "" if markdown else text, "blocks": [] if markdown else blocks, **unfurls}
    for minded in find_minded(told):
        call.mind(minded)
    if call.flag("link_names") or call.text("parse") == "full":
        call.mind("names in the text would become mentions")
