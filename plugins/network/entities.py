"""Sites, devices, ports and outages by what people call them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.api import Context, Match
from plugins.network.port import Network

Ctx = Context[Any]


async def find_sites(ctx: Ctx, text: str, limit: int) -> Sequence[Match]:
    """Find sites by code or name."""
    low = " ".join(text.lower().split())
    return [
        Match(
            key=site.code,
            label=site.name,
            record=site,
            detail=f"{site.kind} in {site.region}",
            exact=low in {site.code.lower(), site.name.lower()},
            score=0.8,
            scope=site.area,
        )
        for site in await ctx.port(Network).find_sites(ctx.scope, text, limit)
    ]


async def find_devices(ctx: Ctx, text: str, limit: int) -> Sequence[Match]:
    """Find devices by name, IP, or words of name, site and model."""
    low = " ".join(text.lower().split())
    return [
        Match(
            key=device.name,
            label=device.name,
            record=device,
            detail=f"{device.kind} at {device.site}, {device.status}",
            exact=low in {device.name.lower(), device.ip},
            score=0.8,
            scope=device.area,
        )
        for device in await ctx.port(Network).find_devices(ctx.scope, text, limit)
    ]


async def find_ports(ctx: Ctx, text: str, limit: int) -> Sequence[Match]:
    """Find PONs, sectors and Ethernet ports by device and name."""
    low = " ".join(text.lower().split())
    return [
        Match(
            key=port.key,
            label=port.key,
            record=port,
            detail=f"{port.kind}, {port.status}, {port.lines} lines",
            exact=low == port.key.lower(),
            score=0.8,
            scope=port.area,
        )
        for port in await ctx.port(Network).find_ports(ctx.scope, text, limit)
    ]


async def find_outages(ctx: Ctx, text: str, limit: int) -> Sequence[Match]:
    """Find an outage by number, else active ones whose title or place has the words."""
    port, low = ctx.port(Network), text.strip().lower()
    if outage := await port.get_outage(ctx.scope, text):
        return [Match(key=outage.number, label=outage.title, record=outage, exact=True, scope=outage.area)]
    active = await port.outages(ctx.scope)
    fitting = [o for o in active if low and low in f"{o.title} {o.where} {o.site}".lower()]
    return [
        Match(key=o.number, label=o.title, record=o, detail=o.where, score=0.8, scope=o.area)
        for o in fitting[:limit]
    ]
