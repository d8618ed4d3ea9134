"""Messages without the blocks that a workspace does not take: tables become older tables, or text."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.db.letters import Taken
from bot.slack.mrkdwn import escape
from bot.slack.split import pieces

NOVEL = frozenset({"data_visualization", "data_table", "table", "context_actions"})
"""What not every workspace and client has."""
MOST_ROWS, MOST_CHARACTERS, MOST_PIECE = 100, 9_000, 9_000

Block = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Plain:
    """A letter without what its workspace does not take, and the charts left over."""

    letter: Taken
    charts: tuple[Block, ...] = ()


def novel(payload: Mapping[str, Any]) -> frozenset[str]:
    """Return the kinds of a message's blocks that may be refused for being new."""
    return frozenset(str(each.get("type")) for each in payload.get("blocks") or ()) & NOVEL


def without(payload: Mapping[str, Any], lacks: Collection[str]) -> tuple[dict[str, Any], list[Block]]:
    """Return a message that says the same without these kinds of blocks, and the charts left over."""
    if not lacks:
        return dict(payload), []
    blocks: list[Block] = []
    charts: list[Block] = []
    for block in payload["blocks"]:
        if block["type"] not in lacks:
            blocks.append(block)
        elif block["type"] == "data_visualization":
            charts.append(block)
        elif block["type"] in {"data_table", "table"}:
            blocks += _tabled(block, "table" not in lacks)
    return said_whole({**payload, "blocks": blocks}), charts


def said_whole(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Return a message that is said whole, whatever a message that grew shows of it already."""
    if "bottom" not in payload:
        return dict(payload)
    return {**{name: value for name, value in payload.items() if name != "bottom"}, "anew": True}


def _tabled(block: Block, has_tables: bool) -> Iterator[Block]:
    """Show a table as an older one as far as that goes, and what is left as text."""
    header, rows = block["rows"][0], block["rows"][1:]
    shown = 0
    if caption := block.get("caption"):
        head = {"type": "mrkdwn", "text": f"*{escape(caption)}*", "verbatim": True}
        yield {"type": "section", "text": head}
    if has_tables:
        size = _size(header)
        while shown < len(rows) and shown < MOST_ROWS - 1 and size + _size(rows[shown]) <= MOST_CHARACTERS:
            size += _size(rows[shown])
            shown += 1
        yield {"type": "table", "rows": [list(map(_raw, row)) for row in [header, *rows[:shown]]]}
    if shown < len(rows):
        yield from _written([header, *rows[shown:]])


def _written(rows: list[list[Block]]) -> Iterator[Block]:
    text = "\n".join(" | ".join(" ".join(str(cell["text"]).split()) for cell in row) for row in rows)
    for piece in pieces(text, MOST_PIECE):
        written = {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": piece or " "}]}
        yield {"type": "rich_text", "elements": [written]}


def _raw(cell: Block) -> Block:
    return {"type": "raw_text", "text": cell["text"]}


def _size(row: list[Block]) -> int:
    return sum(len(str(cell["text"])) for cell in row)
