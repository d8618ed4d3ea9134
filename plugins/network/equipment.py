"""How a device, a site or a BNG is, and what is down."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Literal

from bot.api import Align, Button, Column, NotFound, Reply, Table, Tone, action, ago, plural, span
from plugins.network.areas import area_of, check_area, in_area
from plugins.network.devicelists import device_table, of_sort, unseen
from plugins.network.entities import Ctx
from plugins.network.history import usual_sessions
from plugins.network.port import DeviceRef, Network, Outage, Port, SiteRef

RIGHT = Align.RIGHT
BAD = {"down": Tone.BAD, "degraded": Tone.WARN}
MAX_ROWS = 100
ALL = 5_000
"""Devices that are counted; more than this no ISP of ours has."""


@action(
    permission="network:read",
    reads_only=True,
    examples=(
        "status of {device}",
        "is {device} up",
        "how is {device}",
        "show device {device}",
        "ports of {device}",
        "which PONs on {device} are down",
        "what hangs on {device}",
        "what is wrong with {device}",
        "is {device} reachable",
        "how long has {device} been up",
        "PONs of {device}",
        "how busy is {device}",
        "uptime of {device}",
    ),
)
async def device(ctx: Ctx, device: DeviceRef) -> Reply:
    """Show how a device is.

    Up or down since when, its ports, what hangs on it, outages and maintenance.
    """
    found = await ctx.port(Network).device(ctx.scope, device.name)
    if found is None:
        raise NotFound(f"There is no device {device.name}.")
    it = found.device
    kind = " ".join(filter(None, (it.kind, it.vendor, it.model)))
    head = (
        f"**{it.name}** ({kind}) at {found.site.name} ({found.site.code}): "
        f"{it.status} for {span(ctx.now - it.status_since)}."
    )
    hangs = f"{plural(found.services, 'active service')} below, {found.online:,} online now."
    tables = [_ports(found.ports)] if found.ports else []
    if found.children:
        tables.append(device_table(ctx, found.children, "Devices below"))
    return Reply(
        "\n\n".join([head, hangs, *_wrong(found.outages)]),
        data=found,
        tables=tuple(tables),
        facts={"IP": it.ip, "Last seen": ago(it.seen_at, ctx.now), "Hangs on": it.parent},
        tone=BAD.get(it.status, Tone.PLAIN),
        buttons=(
            Button("Who is hit", "network_affected", {"device": it.name}),
            Button("Site", "network_site", {"site": found.site.code}),
        ),
        focus={"device": it.name},
        evidence=(ctx.evidence(Network, it.seen_at),),
    )


@action(
    permission="network:read",
    reads_only=True,
    examples=(
        "status of site {site}",
        "how is {site}",
        "is everything up at {site}",
        "what is down at {site}",
        "devices at {site}",
        "show site {site}",
        "is there power at {site}",
        "why is {site} dark",
        "which equipment is at {site}",
    ),
)
async def site(ctx: Ctx, site: SiteRef) -> Reply:
    """Show how a site is.

    Its devices, services, sessions against those usual at this hour, outages and maintenance.
    """
    found = await ctx.port(Network).site(ctx.scope, site.code)
    if found is None:
        raise NotFound(f"There is no site {site.code}.")
    bad = [d for d in found.devices if d.status != "up"]
    all_up = "everything is up" if found.devices else "no devices stand there"
    state = f"{len(bad)} of {len(found.devices)} devices are not up" if bad else all_up
    head = f"**{found.site.name}** ({found.site.code}, {found.site.kind} in {found.site.region}): {state}."
    hangs = f"{plural(found.services, 'active service')} below, {found.online:,} online now."
    works = [f"Maintenance {m.number}: {m.title}, {ago(m.starts_at, ctx.now)}" for m in found.maintenance]
    return Reply(
        "\n\n".join([head, hangs, *_wrong(found.outages), *works]),
        data=found,
        table=device_table(ctx, found.devices) if found.devices else None,
        facts={"Sessions here": await usual_sessions(ctx, found.site.code)},
        tone=Tone.BAD if found.outages or any(d.status == "down" for d in bad) else Tone.PLAIN,
        buttons=(Button("Who is hit", "network_affected", {"site": found.site.code}),),
        focus={"site": found.site.code},
        evidence=(ctx.evidence(Network, min((d.seen_at for d in found.devices), default=None)),),
    )


Vendor = Literal[
    "Huawei", "ZTE", "Nokia", "MikroTik", "Juniper", "Cisco", "Ubiquiti", "Cambium", "Mimosa", "Calix",
    "FiberHome", "Adtran", "Arista", "Aruba", "Extreme", "TP-Link", "VSOL", "BDCOM", "C-Data", "Raisecom",
    "Dasan", "DZS", "Ericsson", "Alcatel", "Ciena", "Netgear", "D-Link", "HPE", "Dell", "Edgecore", "Tarana",
]  # fmt: skip
"""Vendors by which people call devices; any other may be typed as `vendor=`."""


@action(
    permission="network:read",
    reads_only=True,
    examples=(
        "which devices are offline",
        "what is down",
        "devices that are down",
        "degraded devices",
        "list the devices that are not up",
        "any equipment offline right now",
        "devices down",
        "which routers are down",
        "is anything down right now",
        "list everything that does not answer",
        "devices in {area} that are down",
        "all devices in {area}",
        "devices not seen for {older_than}",
        "devices down for more than {older_than}",
    ),
)
async def devices(
    ctx: Ctx,
    status: Literal["down", "degraded", "up", "not up", "any"] | None = None,
    kind: Literal["olt", "bng", "router", "switch", "ap"] | None = None,
    vendor: Vendor | str = "",
    area: str = "",
    older_than: timedelta | None = None,
    limit: int = 30,
) -> Reply:
    """List devices that are down or degraded, or in the status you name.

    Of a kind, a vendor, a region or a site, if you say so; then all of them, unless you name a status. Or
    those that are so, or were not seen, for longer than a time.
    """
    if older_than is not None:
        return await unseen(ctx, area_of(area), status, (kind or "", vendor.strip()), older_than)
    area, kept = area_of(area), kind or vendor.strip() or area_of(area)
    status = status or ("any" if kept else "not up")
    which: dict[str, str] = {"area": area, "kind": kind or "", "vendor": vendor.strip()}
    net, most = ctx.port(Network), max(1, min(limit, MAX_ROWS))
    shown = await net.devices(ctx.scope, "" if status == "any" else status, ALL, **which)
    what, but = "" if status == "any" else status, ""
    if status == "down" and not shown:  # whoever asks what is offline wants to know of one that limps, too
        shown = await net.devices(ctx.scope, "degraded", ALL, **which)
        what, but = "degraded", "No device is down, but "
    evidence = (ctx.evidence(Network),)
    of = of_sort(kind or "", vendor.strip(), area)
    if not shown:
        await check_area(ctx, area)
        if status == "any":
            return Reply(f"There are no devices{of}.", data=(), evidence=evidence)
        up = status in {"down", "not up"} and await net.devices(ctx.scope, "", 1, **which)
        text = f"All devices{of} are up." if up else f"No device{of} is {status}."
        out = await _out(ctx, area)
        tone = Tone.WARN if out else Tone.GOOD
        return Reply(f"{out}{text}", data=(), tone=tone, evidence=evidence)
    out = await _out(ctx, area) if but else ""
    so = what and f" {'is' if len(shown) == 1 else 'are'} {what}"
    return Reply(
        f"{out}{but}{plural(len(shown), 'device')}{of}{so}, the newest change first:",
        data=tuple(shown),
        table=device_table(ctx, shown, most=most),
        tone=Tone.BAD if any(d.status == "down" for d in shown) else Tone.PLAIN,
        buttons=tuple(Button(d.name, "network_device", {"device": d.name}) for d in shown[:3]),
        evidence=evidence,
        focus={"device": shown[0].name} if len(shown) == 1 else {},
    )


@action(
    permission="network:read",
    reads_only=True,
    examples=(
        "how many sessions are on {nas}",
        "sessions per BNG",
        "how many customers are online",
        "count the PPPoE sessions on {nas}",
        "online sessions by NAS",
        "how many people are connected to {nas}",
        "number of online subscribers",
        "session count",
        "is {nas} full of sessions",
        "how many sessions are up in {area}",
    ),
)
async def sessions(ctx: Ctx, nas: DeviceRef | None = None, area: str = "") -> Reply:
    """Count the sessions on each BNG, on one, or on those of a region or site.

    How many are up, and how many came and went in the last hour.
    """
    area = area_of(area)
    found = await ctx.port(Network).sessions(ctx.scope, nas.name if nas else "", area)
    at = max((n.updated_at for n in found if n.updated_at), default=None)
    evidence = (ctx.evidence(Network, at),)
    home = "" if nas or not area else await _at_home(ctx, area)
    if not found:
        await check_area(ctx, area)
        where = f" on {nas.name}" if nas else f" on a BNG or NAS{in_area(area)}" if area else ""
        return Reply(f"{home}No session is up{where}.", data=(), evidence=evidence)
    columns = [Column("NAS"), *(Column(t, RIGHT) for t in ("Up", "Came in 1 h", "Went in 1 h"))]
    rows = [(n.nas, n.live, n.started_hour, n.ended_hour) for n in found]
    where = f"on {nas.name}" if nas else f"on {plural(len(found), 'NAS', 'NASes')}{in_area(area)}"
    return Reply(
        f"{home}{plural(sum(n.live for n in found), 'session')} up {where}.",
        data=tuple(found),
        table=Table(columns=columns, rows=rows),
        evidence=evidence,
        focus={"device": nas.name} if nas else {},
    )


async def _out(ctx: Ctx, area: str) -> str:
    """Say which outages are active: one of a port or a site is behind no device, yet people are dark."""
    found = await ctx.port(Network).outages(ctx.scope, area=area, limit=MAX_ROWS)
    if not found:
        return ""
    named = ", ".join(f"{one.number} ({plural(one.services or 0, 'service')})" for one in found[:3])
    more = f" and {len(found) - 3} more" if found[3:] else ""
    return f"{plural(len(found), 'outage is', 'outages are')} active: {named}{more}. "


async def _at_home(ctx: Ctx, area: str) -> str:
    """Say how many of those who live in an area are online: their BNG may stand elsewhere."""
    page = await ctx.port(Network).offline(ctx.scope, None, area, 1)
    if not page.services:
        return ""
    up, all_ = page.services - page.total, plural(page.services, "active service")
    return f"{up:,} of {all_} of customers{in_area(area)} online, over whichever BNG. "


def _wrong(outages: Sequence[Outage]) -> list[str]:
    return [f"Outage {o.number}: {o.title} ({plural(o.services or 0, 'service')})" for o in outages]


def _ports(ports: Sequence[Port]) -> Table:
    columns = [
        Column("Port"),
        Column("Kind"),
        Column("Status"),
        Column("Lines", RIGHT),
        Column("Offline", RIGHT),
    ]
    rows = [(p.name, p.kind, p.status, p.lines, p.offline, p.capacity) for p in ports[:MAX_ROWS]]
    return Table(title="Ports", columns=[*columns, Column("Capacity", RIGHT)], rows=rows, total=len(ports))
