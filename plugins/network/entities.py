"""Sites, devices, ports and outages by what people call them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from bot.api import Context, Match
from plugins.network.port import Device, Network, Port, Site

Ctx = Context[Any]
Thing = Site | Device | Port

AHEAD = timedelta(days=90)
PARTLY = 0.8
"""How well words fit that are only a part of what something is called."""
GENERIC = re.compile(r"\b(?:pop|tower|mast|hub|site|exchange|node|data ?cent(?:re|er))\b")
"""What names of sites end with and nobody says: "Nyali POP" is Nyali."""


def _called(thing: Thing, text: str, key: str, other: str | None = None, *, label: str, detail: str) -> Match:
    """Return a thing that words name: exactly, if they are its key or its other name, whatever the case."""
    low = " ".join(text.lower().split())
    exact = low in {key.lower(), (other or key).lower()}
    return Match(
        key=key,
        label=label,
        record=thing,
        detail=detail,
        exact=exact,
        score=PARTLY,
        scope=thing.area,
    )


async def find_sites(ctx: Ctx, text: str, limit: int) -> Sequence[Match]:
    """Find sites by code or name, with or without what it is; by how the name begins if no other does so."""
    found = await ctx.port(Network).find_sites(ctx.scope, text, limit)
    low, bare = " ".join(text.lower().split()), _bare(text)
    whole = {s.code for s in found if low in {s.code.lower(), s.name.lower()} or bare == _bare(s.name) != ""}
    begin = {s.code for s in found if bare and _bare(s.name).startswith(f"{bare} ")}
    named = whole or (begin if len(begin) == 1 else set())
    return [
        Match(
            key=site.code,
            label=site.name,
            record=site,
            detail=f"{site.kind} in {site.region}",
            exact=site.code in named,
            score=PARTLY,
            scope=site.area,
        )
        for site in found
    ]


def _bare(name: str) -> str:
    return " ".join(GENERIC.sub(" ", name.lower()).split())


async def find_devices(ctx: Ctx, text: str, limit: int) -> Sequence[Match]:
    """Find devices by name, IP, or words of name, site and model; who names a site alone means the site."""
    found = [
        _called(d, text, d.name, d.ip, label=d.name, detail=f"{d.kind} at {d.site}, {d.status}")
        for d in await ctx.port(Network).find_devices(ctx.scope, text, limit)
    ]
    if any(match.exact for match in found) or not found:
        return found
    return [] if any(site.exact for site in await find_sites(ctx, text, limit)) else found


TURNED = re.compile(
    r"(?:the )?(?:port )?(?P<name>(?:pon|sector|ge|xe|eth|port) ?\S+)(?: (?:of|on|at)(?: the)?)? "
    r"(?P<device>\S+)",
    re.IGNORECASE,
)
GLUED = re.compile(r"\bpon(?=\d)", re.IGNORECASE)


async def find_ports(ctx: Ctx, text: str, limit: int) -> Sequence[Match]:
    """Find PONs, sectors and Ethernet ports by device and name, in either order."""
    if turned := TURNED.fullmatch(text.strip()):
        text = f"{turned['device']} {turned['name']}"
    text = GLUED.sub("PON ", text)
    return [
        _called(p, text, p.key, label=p.key, detail=f"{p.kind}, {p.status}, {p.lines} lines")
        for p in await ctx.port(Network).find_ports(ctx.scope, text, limit)
    ]


async def find_works(ctx: Ctx, text: str, limit: int) -> Sequence[Match]:
    """Find planned work by number, else what is ahead whose title or place has the words."""
    port, low = ctx.port(Network), text.strip().lower()
    if work := await port.get_maintenance(ctx.scope, text):
        return [Match(key=work.number, label=work.title, record=work, exact=True, scope=work.area)]
    ahead = await port.maintenance(ctx.scope, ctx.now + AHEAD)
    fitting = [m for m in ahead if low and low in f"{m.title} {m.where} {m.site}".lower()]
    return [
        Match(key=m.number, label=m.title, record=m, detail=m.where, score=PARTLY, scope=m.area)
        for m in fitting[:limit]
    ]


async def find_outages(ctx: Ctx, text: str, limit: int) -> Sequence[Match]:
    """Find an outage by number, else active ones whose title or place has the words."""
    port, low = ctx.port(Network), text.strip().lower()
    if outage := await port.get_outage(ctx.scope, text):
        return [Match(key=outage.number, label=outage.title, record=outage, exact=True, scope=outage.area)]
    active = await port.outages(ctx.scope)
    fitting = [o for o in active if low and low in f"{o.title} {o.where} {o.site}".lower()]
    return [
        Match(key=o.number, label=o.title, record=o, detail=o.where, score=PARTLY, scope=o.area)
        for o in fitting[:limit]
    ]
