"""Which sites there are and how they are, and who is offline where."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.api import Align, Button, Column, Reply, Table, Tone, action, ago, plural
from plugins.customers.port import CustomerKind, CustomerTier
from plugins.network.areas import area_of, check_area, in_area
from plugins.network.entities import Ctx
from plugins.network.howlong import begun_of, said_of_begun
from plugins.network.places import place_of
from plugins.network.port import DeviceRef, Network, Offline, OfflinePage, PortRef, narrowest
from plugins.network.sorts import sort_of, with_sort

RIGHT = Align.RIGHT
MAX_ROWS, ALL, NAMED = 100, 10_000, 3


@action(
    permission="network:read",
    reads_only=True,
    examples=(
        "which sites do we have",
        "list the sites",
        "sites in {area}",
        "which POPs are there in {area}",
        "all our towers and POPs",
        "how many sites are in {area}",
        "state of all sites",
        "overview of the sites in {area}",
    ),
)
async def sites(ctx: Ctx, area: str = "", limit: int = 30) -> Reply:
    """List the sites, of all regions or of one.

    With how many devices stand there, how many of them are not up, and what is out.
    """
    area, net = area_of(area), ctx.port(Network)
    found, devices, outages = await asyncio.gather(
        net.sites(ctx.scope, area, ALL),
        net.devices(ctx.scope, "", ALL, area=area),
        net.outages(ctx.scope, area=area, limit=MAX_ROWS),
    )
    evidence = (ctx.evidence(Network, min((d.seen_at for d in devices), default=None)),)
    if not found:
        await check_area(ctx, area)
        return Reply("There are no sites on record.", data=(), evidence=evidence)
    there, bad = Counter(d.site for d in devices), Counter(d.site for d in devices if d.status != "up")
    out: dict[str, list[str]] = {}
    for outage in outages:
        out.setdefault(outage.site or "", []).append(outage.number)
    ranked = sorted(found, key=lambda s: (s.code not in out, not bad[s.code], s.code))
    rows = [
        (s.code, s.name, s.region, s.kind, there[s.code], bad[s.code] or None, ", ".join(out.get(s.code, ())))
        for s in ranked[: max(1, min(limit, MAX_ROWS))]
    ]
    wrong = [s for s in ranked if s.code in out or bad[s.code]]
    state = f"{plural(len(wrong), 'of them has', 'of them have')} trouble" if wrong else "all in order"
    return Reply(
        f"{plural(len(found), 'site')}{in_area(area)}, {state}.",
        data=tuple(ranked),
        table=Table(
            columns=[
                *(Column(t) for t in ("Code", "Site", "Region", "Kind")),
                Column("Devices", RIGHT),
                Column("Not up", RIGHT),
                Column("Outage"),
            ],
            rows=rows,
            total=len(found),
        ),
        tone=Tone.BAD if out else Tone.WARN if wrong else Tone.PLAIN,
        buttons=tuple(Button(s.name, "network_site", {"site": s.code}) for s in wrong[:3]),
        focus={"site": found[0].code} if len(found) == 1 else {},
        evidence=evidence,
    )


@action(
    permission="network:read",
    reads_only=True,
    examples=(
        "how many customers are offline",
        "who is offline in {area}",
        "who is offline on {device}",
        "which customers are offline on {port}",
        "customers without a session in {area}",
        "offline customers",
        "who lost the connection last in {area}",
        "who just went offline",
        "offline {kind} customers",
        "how many {tier} customers are offline in {area}",
        "who is offline for more than {older_than}",
        "who is offline since {since}",
        "who is offline without an outage",
    ),
)
async def offline(  # noqa: PLR0913 - the ways to narrow the list
    ctx: Ctx,
    area: str = "",
    device: DeviceRef | None = None,
    port: PortRef | None = None,
    kind: CustomerKind | None = None,
    tier: CustomerTier | None = None,
    *,
    older_than: timedelta | None = None,
    since: datetime | None = None,
    unexplained: bool = False,
    limit: int = 20,
) -> Reply:
    """Say who has no session now, those that went last first.

    Of customers in a region or at a site, below a device or port, or of all; of business or private
    customers, or critical ones; for longer than a time, or since one; and of how many. Or only those who are
    below no active outage.
    """
    area, sort = area_of(area), sort_of(kind, tier)
    place = place_of(device, port, None) if device or port else None
    most = max(1, min(limit, MAX_ROWS))
    begun = begun_of(ctx, older_than, since)
    when, beside = said_of_begun(ctx, begun), ""
    if unexplained:
        page = await ctx.port(Network).offline(ctx.scope, place, area, ALL, **sort, begun=begun)
        page, beside = await _unexplained(ctx, page)
    else:
        page = await ctx.port(Network).offline(ctx.scope, place, area, most, **sort, begun=begun)
    where = with_sort(sort, f" on {place.key}" if place else in_area(area))
    focus: dict[str, str] = {place.kind: place.key} if place else {}
    evidence = (ctx.evidence(Network),)
    if not page.services:
        await check_area(ctx, area)
        return Reply(f"There is no active service{where}.", data=page, focus=focus, evidence=evidence)
    if not page.total:
        text = f"Nobody{where} is offline: all {page.services:,} active services have a session."
        text = f"Nobody{where} has been offline{when}." if when else text
        text = f"Nobody{where} is offline{when} but the {beside}." if beside else text
        return Reply(text, data=page, tone=Tone.GOOD, focus=focus, evidence=evidence)
    return Reply(
        f"**{page.total:,}** of {plural(page.services, 'active service')}{where} are offline{when}"
        f"{f', beside {beside}' if beside else ''} ({page.total / page.services:.0%}), "
        "those that went last first:",
        data=page,
        table=_table(ctx, page.lines[:most], page.total),
        focus=focus,
        evidence=evidence,
    )


async def _unexplained(ctx: Ctx, page: OfflinePage) -> tuple[OfflinePage, str]:
    """Return a page without those below an active outage, and how many those are; empty for none."""
    net = ctx.port(Network)
    out = await net.outages(ctx.scope, limit=ALL)
    places = [place for one in out if (place := narrowest(one))]
    below = await asyncio.gather(*(net.offline(ctx.scope, place, "", ALL) for place in places))
    known = {line.service for each in below for line in each.lines}
    rest = tuple(line for line in page.lines if line.service not in known)
    left = len(page.lines) - len(rest)
    numbers = ", ".join(one.number for one in out[:NAMED]) + (" and more" if len(out) > NAMED else "")
    beside = f"{left:,} below {'an active outage' if len(out) == 1 else 'active outages'} ({numbers})"
    return replace(page, lines=rest, total=page.total - left), beside if left else ""


def _table(ctx: Ctx, lines: Sequence[Offline], total: int) -> Table:
    rows = [
        (
            one.customer,
            one.name,
            one.tier if one.kind != "business" else f"{one.tier} business",
            ago(one.since, ctx.now) if one.since else "never online",
            one.port,
            one.phone,
        )
        for one in lines
    ]
    columns = [Column(t) for t in ("Account", "Name", "Kind", "Offline since", "Port", "Phone")]
    return Table(columns=columns, rows=rows, total=total)
