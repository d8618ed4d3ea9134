"""The files of a reply as letters: they go where its messages go, after them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

from bot.charts.picture import to_png
from bot.db.letters import Kind, Letter, inside
from bot.slack.filed import Upload, name_of

SHOWN_TO_ONE = frozenset({Kind.EPHEMERAL, Kind.RESPOND})


async def bring(files: Sequence[Upload], like: Letter, zone: ZoneInfo) -> list[Letter]:
    """Return the letters that bring files to where `like` goes.

    A file has no way to be shown to one person in a channel: there the words say where it can be had.
    """
    if like.kind in SHOWN_TO_ONE:
        return [replace(like, payload={**like.payload, **_asks(each)}) for each in files]
    return [await _brought(each, like, zone) for each in files]


async def _brought(upload: Upload, like: Letter, zone: ZoneInfo) -> Letter:
    content = await to_png(upload.chart, zone) if upload.chart else upload.content
    payload = {**upload.payload, **inside(like.payload)}
    return replace(like, kind=Kind.UPLOAD, payload=payload, content=content, target=None)


def _asks(upload: Upload) -> dict[str, object]:
    """Say of a file where it can be had."""
    text = f"{name_of(upload)} is a file: ask me in a direct message, and I bring it there."
    return {"text": text, "blocks": None, "replace": False}
