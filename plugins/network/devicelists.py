"""Lists of devices: their table, and those that are down, or were not seen, for longer than a time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from bot.api import Align, Button, Column, Reply, Table, Tone, ago, plural
from plugins.network.areas import check_area, in_area
from plugins.network.entities import Ctx
from plugins.network.howlong import begun_of, said_of_begun
from plugins.network.port import Device, Network

RIGHT = Align.RIGHT
MAX_ROWS, ALL = 100, 5_000


async def unseen(ctx: Ctx, area: str, status: str | None, sort: tuple[str, str], longer: timedelta) -> Reply:
    """List the devices that are in a status for so long; without one those not up, or not seen, so long."""
    begun, (kind, vendor) = begun_of(ctx, longer, None), sort
    wanted = "" if status in {None, "any"} else status or ""
    every = await ctx.port(Network).devices(ctx.scope, wanted, ALL, area=area, kind=kind, vendor=vendor)
    found = [
        one
        for one in every
        if ((wanted or one.status != "up") and begun.fits(one.status_since))
        or (not wanted and begun.fits(one.seen_at))
    ]
    how = f"{wanted or 'not up or not seen'}{said_of_begun(ctx, begun)}"
    evidence = (ctx.evidence(Network),)
    of = of_sort(kind, vendor, area)
    if not found:
        await check_area(ctx, area)
        return Reply(f"No device{of} is {how}.", data=(), tone=Tone.GOOD, evidence=evidence)
    return Reply(
        f"{plural(len(found), 'device')}{of} {'is' if len(found) == 1 else 'are'} {how}:",
        data=tuple(found),
        table=device_table(ctx, found),
        tone=Tone.WARN,
        buttons=tuple(Button(one.name, "network_device", {"device": one.name}) for one in found[:3]),
        evidence=evidence,
        focus={"device": found[0].name} if len(found) == 1 else {},
    )


def of_sort(kind: str, vendor: str, area: str) -> str:
    """Return ` of kind olt by Huawei in coast`, of what the list was narrowed to."""
    parts = (f" of kind {kind}" if kind else "", f" by {vendor}" if vendor else "", in_area(area))
    return "".join(parts)


def device_table(ctx: Ctx, devices: Sequence[Device], title: str = "", most: int = MAX_ROWS) -> Table:
    """Return devices as a table: where each stands, how it is, and when it was seen."""
    columns = [Column(t) for t in ("Device", "Kind", "Site", "Status")]
    rows = [
        (d.name, d.kind, d.site, d.status, ago(d.status_since, ctx.now), ago(d.seen_at, ctx.now))
        for d in devices[:most]
    ]
    return Table(
        title=title,
        columns=[*columns, Column("Since", RIGHT), Column("Seen", RIGHT)],
        rows=rows,
        total=len(devices),
    )
