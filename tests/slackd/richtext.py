"""Markdown as Slack stores it: rich_text blocks, tables and dividers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

READER = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"]).disable("autolink")
STYLES = {"strong": "bold", "em": "italic", "s": "strike"}
LIVE = re.compile(r"<([@#!]|https?://|mailto:)([^<>\n]*)>")
Part = dict[str, Any]


def from_markdown(text: str) -> list[Part]:
    """The blocks Slack makes of standard Markdown; neighbours of plain text share one rich_text block."""
    blocks: list[Part] = []
    for part in _parts(READER.parse(text)):
        if not part["type"].startswith("rich_text"):
            blocks.append(part)
        elif blocks and blocks[-1]["type"] == "rich_text":
            blocks[-1]["elements"].append(part)
        else:
            blocks.append({"type": "rich_text", "elements": [part]})
    return blocks


def rich_text(text: str) -> Part:
    """One rich_text block that says `text` as it is: a task's details, a person's words."""
    return {"type": "rich_text", "elements": [_section(live_parts(text))]}


def live_parts(text: str, style: dict[str, bool] | None = None) -> list[Part]:
    """Text with its `<@U1>`, `<#C1|noc>`, `<!here>` and `<https://x|label>` taken apart."""
    parts, at = [], 0
    for found in LIVE.finditer(text):
        parts += _plain(text[at : found.start()], style)
        parts.append(_live(found.group(1), found.group(2), style))
        at = found.end()
    return parts + _plain(text[at:], style)


def _live(sigil: str, rest: str, style: dict[str, bool] | None) -> Part:
    name, _, label = rest.partition("|")
    if sigil == "@":
        part: Part = {"type": "user", "user_id": name}
    elif sigil == "#":
        part = {"type": "channel", "channel_id": name}
    elif sigil == "!" and name.startswith("subteam^"):
        part = {"type": "usergroup", "usergroup_id": name.removeprefix("subteam^")}
    elif sigil == "!" and name in {"here", "channel", "everyone"}:
        part = {"type": "broadcast", "range": name}
    elif sigil == "!":
        part = {"type": "text", "text": label or name}
    else:
        part = {"type": "link", "url": sigil + name} | ({"text": label} if label else {})
    return part | ({"style": style} if style else {})


def _plain(text: str, style: dict[str, bool] | None) -> list[Part]:
    return [{"type": "text", "text": text} | ({"style": style} if style else {})] if text else []


def _section(elements: list[Part]) -> Part:
    return {"type": "rich_text_section", "elements": elements}


def _parts(tokens: list[Token]) -> Iterator[Part]:
    at = 0
    while at < len(tokens):
        token, end = tokens[at], _end(tokens, at)
        inside = tokens[at + 1 : end]
        if token.type == "heading_open":
            yield _section(_inline(inside[0], {"bold": True}))
        elif token.type == "paragraph_open":
            yield _section(_inline(inside[0]))
        elif token.type in {"fence", "code_block"}:
            shown = _plain(token.content.removesuffix("\n"), None)
            yield {"type": "rich_text_preformatted", "border": 0, "elements": shown}
        elif token.type == "blockquote_open":
            yield {"type": "rich_text_quote", "elements": _flat(inside)}
        elif token.type in {"bullet_list_open", "ordered_list_open"}:
            yield from _list(tokens[at : end + 1], 0)
        elif token.type == "table_open":
            yield _table(inside)
        elif token.type == "hr":
            yield {"type": "divider"}
        at = end + 1


def _end(tokens: list[Token], at: int) -> int:
    """Where the token at `at` closes: at itself when it has no inside."""
    depth = 0
    for place in range(at, len(tokens)):
        depth += tokens[place].nesting
        if depth == 0:
            return place
    return len(tokens) - 1


def _flat(tokens: list[Token]) -> list[Part]:
    """Every inline of these blocks, a line each."""
    lines = [_inline(token) for token in tokens if token.type == "inline"]
    return [part for at, line in enumerate(lines) for part in (_plain("\n", None) if at else []) + line]


def _list(tokens: list[Token], indent: int) -> Iterator[Part]:
    style = "bullet" if tokens[0].type == "bullet_list_open" else "ordered"
    items: list[Part] = []
    at = 1
    while at < len(tokens) - 1:
        if tokens[at].type in {"bullet_list_open", "ordered_list_open"}:
            if items:
                yield _items(style, items, indent)
                items = []
            end = _end(tokens, at)
            yield from _list(tokens[at : end + 1], indent + 1)
            at = end
        elif tokens[at].type == "inline":
            items.append(_section(_inline(tokens[at])))
        at += 1
    if items:
        yield _items(style, items, indent)


def _items(style: str, items: list[Part], indent: int) -> Part:
    return {"type": "rich_text_list", "style": style, "indent": indent, "border": 0, "elements": items}


def _table(tokens: list[Token]) -> Part:
    rows: list[list[Part]] = []
    for token in tokens:
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "inline":
            shown = _inline(token) or [{"type": "text", "text": " "}]
            rows[-1].append({"type": "rich_text", "elements": [_section(shown)]})
    return {"type": "table", "rows": rows}


def _inline(token: Token, style: dict[str, bool] | None = None) -> list[Part]:
    parts: list[Part] = []
    now, link = dict(style or {}), ""
    text = ""

    def flush() -> None:
        nonlocal text
        if link and text:
            parts.append({"type": "link", "url": link, "text": text} | ({"style": dict(now)} if now else {}))
        elif text:
            parts.extend(live_parts(text, dict(now) or None))
        text = ""

    for child in token.children or []:
        kind, _, side = child.type.rpartition("_")
        if child.type == "text":
            text += child.content
        elif child.type in {"softbreak", "hardbreak"}:
            text += "\n"
        elif child.type == "code_inline":
            flush()
            parts.extend(_plain(child.content, {**now, "code": True}))
        elif child.type == "image":
            flush()
            parts.append({"type": "link", "url": str(child.attrs["src"]), "text": child.content})
        elif kind == "link":
            flush()
            link = str(child.attrs.get("href", "")) if side == "open" else ""
        elif kind in STYLES:
            flush()
            now = {k: v for k, v in now.items() if k != STYLES[kind]} | (
                {STYLES[kind]: True} if side == "open" or (style or {}).get(STYLES[kind]) else {}
            )
    flush()
    return parts
