"""The block of the Home tab: whether its reader is on call, and who is now."""

from __future__ import annotations

from dataclasses import replace

from bot.api import Panel, Reply
from plugins.oncall.kept import Ctx, read
from plugins.oncall.looking import mine, who
from plugins.oncall.nouns import READ


async def now(ctx: Ctx) -> Reply | None:
    """Say when the reader is on call and who is now; nothing where no team has a rotation."""
    if not (await read(ctx)).standing:
        return None
    own, others = await mine.run(ctx), await who.run(ctx)
    text = f"{own.text}\n{others.text}" if own.data else others.text
    return replace(others, text=text)


PANEL = Panel(name="now", title="On call", permission=READ, run=now, order=20)
