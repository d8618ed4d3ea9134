"""Where lists are narrowed to: a region, or a site by its code or name."""

from __future__ import annotations

import re

from bot.api import NotFound
from plugins.network.entities import Ctx
from plugins.network.port import Network

AROUND = re.compile(r"^(?:the|in|at|on)\s+|\s+(?:regions?|areas?|sites?)$", re.IGNORECASE)
KNOWN = 8


def area_of(text: str) -> str:
    """Return how an area is called, without the words around it: `the coast region` is coast."""
    words, before = " ".join(text.split()), ""
    while words != before:
        before, words = words, AROUND.sub("", words)
    return words


def in_area(area: str) -> str:
    """Return ` in coast`; empty for everywhere."""
    return f" in {area[:60]}" if area else ""


async def check_area(ctx: Ctx, area: str) -> None:
    """Raise NotFound when no region and no site is called so, and say what they are called."""
    if not area or await ctx.port(Network).sites(ctx.scope, area, 1):
        return
    sites = await ctx.port(Network).sites(ctx.scope, "", 1_000)
    regions = sorted({site.region for site in sites})
    known = f" The regions are {', '.join(regions)}." if 0 < len(regions) <= KNOWN else ""
    raise NotFound(f"No region or site is called “{area[:60]}”.{known}")
