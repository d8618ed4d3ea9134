"""Outages, planned work, and who is hit by what."""

from __future__ import annotations

from datetime import timedelta

from bot.api import Align, BadInput, Button, Column, NotFound, Reply, Table, Tone, action, ago, moment, plural
from plugins.network.entities import Ctx
from plugins.network.port import DeviceRef, Impact, Network, Outage, OutageRef, Place, PortRef, SiteRef

RIGHT = Align.RIGHT
MAX_ROWS = 100
WEEK, YEAR = timedelta(days=7), timedelta(days=366)


@action(
    permission="network:read",
    reads_only=True,
    examples=(
        "any outages",
        "active outages",
        "what outages are there right now",
        "is there an outage",
        "which critical alarms are active",
        "outages of the last days",
        "what is broken in the network",
        "is there trouble in the network",
        "disturbances",
        "active alarms",
        "network problems right now",
    ),
)
async def outages(ctx: Ctx, *, resolved: bool = False, limit: int = 20) -> Reply:
    """List the active outages.

    With how many services each one hits; resolved ones too if you ask.
    """
    port = ctx.port(Network)
    found = await port.outages(ctx.scope, active_only=not resolved, limit=max(1, min(limit, MAX_ROWS)))
    evidence = (ctx.evidence(Network),)
    if not found:
        none = "There was no outage yet." if resolved else "No outage is active."
        return Reply(none, data=(), tone=Tone.GOOD, evidence=evidence)
    active = [o for o in found if o.status == "active"]
    hit = sum(o.services or 0 for o in active)
    zone = ctx.tenant.zone
    columns = [Column(t) for t in ("Outage", "What", "Where", "Status", "Since", "Back by")]
    rows = [
        (
            o.number,
            o.title,
            o.where,
            o.status,
            moment(o.started_at, ctx.now, zone),
            moment(o.eta, ctx.now, zone) if o.eta else None,
            o.services,
        )
        for o in found
    ]
    return Reply(
        f"{plural(len(active), 'active outage')}, {plural(hit, 'service')} hit.",
        data=tuple(found),
        table=Table(columns=[*columns, Column("Services", RIGHT)], rows=rows),
        tone=Tone.BAD if active else Tone.PLAIN,
        buttons=tuple(
            Button(f"Who is hit by {o.number}", "network_affected", {"outage": o.number}) for o in active[:3]
        ),
        evidence=evidence,
        focus={"outage": found[0].number} if len(found) == 1 else {},
    )


@action(
    permission="network:read",
    reads_only=True,
    examples=(
        "show outage {outage}",
        "what do we know about {outage}",
        "status of {outage}",
        "when will {outage} be fixed",
        "cause of {outage}",
        "details of {outage}",
        "how long will {outage} take",
        "how bad is {outage}",
    ),
)
async def outage(ctx: Ctx, outage: OutageRef) -> Reply:
    """Show an outage.

    Where, since when, its cause, when it should be over, how many it hits.
    """
    zone = ctx.tenant.zone
    over = f", over since {moment(outage.ended_at, ctx.now, zone)}" if outage.ended_at else ""
    facts = {
        "Where": outage.where,
        "Since": f"{moment(outage.started_at, ctx.now, zone)} ({ago(outage.started_at, ctx.now)}){over}",
        "Back by": moment(outage.eta, ctx.now, zone) if outage.eta else "not known",
        "Cause": outage.cause or "not known",
        "Note": outage.note,
        "Services below": outage.services,
    }
    return Reply(
        f"**{outage.number}** {outage.title}, {outage.status}.",
        data=outage,
        facts={name: value for name, value in facts.items() if value is not None},
        tone=Tone.BAD if outage.status == "active" else Tone.PLAIN,
        buttons=(Button("Who is hit", "network_affected", {"outage": outage.number}),),
        evidence=(ctx.evidence(Network),),
        focus={"outage": outage.number},
    )


@action(
    permission="network:read",
    reads_only=True,
    examples=(
        "planned maintenance",
        "maintenance windows this week",
        "is any work planned tonight",
        "upcoming maintenance",
        "what maintenance is running",
        "when do we work on the network next",
        "works this weekend",
    ),
)
async def maintenance(ctx: Ctx, within: timedelta = WEEK) -> Reply:
    """List maintenance that is running or planned.

    For the next days, 7 if you do not say.
    """
    if within > YEAR:
        raise BadInput("Nobody plans that far ahead. Ask for a year at most.")
    found = await ctx.port(Network).maintenance(ctx.scope, ctx.now + within)
    evidence = (ctx.evidence(Network),)
    if not found:
        return Reply("No maintenance is running or planned in that time.", data=(), evidence=evidence)
    zone = ctx.tenant.zone
    rows = [
        (
            m.number,
            m.title,
            m.port or m.device or m.site,
            moment(m.starts_at, ctx.now, zone),
            moment(m.ends_at, ctx.now, zone),
            m.status,
        )
        for m in found
    ]
    columns = [Column(t) for t in ("Number", "What", "Where", "From", "Until", "Status")]
    return Reply(
        f"{plural(len(found), 'maintenance window')}:",
        data=tuple(found),
        table=Table(columns=columns, rows=rows),
        evidence=evidence,
    )


@action(
    permission="network:read",
    reads_only=True,
    examples=(
        "who is hit by {device}",
        "who is affected by {outage}",
        "how many subscribers does {outage} affect",
        "which customers hang on {port}",
        "who is on PON {port}",
        "which customers are at site {site}",
        "how many customers would lose service if {device} goes down",
        "impact of {device}",
        "which customers lose service when {device} fails",
        "who suffers from {outage}",
        "how many customers hang on {device}",
        "who goes dark when {device} dies",
        "customers fed from {site}",
        "how many business customers does {outage} hit",
        "who loses service if {site} goes down",
        "who would lose internet if {device} died",
        "how many does {outage} hit",
        "customers behind {port}",
    ),
)
async def affected(
    ctx: Ctx,
    device: DeviceRef | None = None,
    port: PortRef | None = None,
    site: SiteRef | None = None,
    outage: OutageRef | None = None,
    limit: int = 15,
) -> Reply:
    """Say who is hit by a device, port, site or outage.

    How many customers and services, monthly revenue, streets, the important ones first.
    """
    places = [
        *([_place(outage)] if outage else []),
        *([Place(kind="port", key=port.key)] if port else []),
        *([Place(kind="device", key=device.name)] if device else []),
        *([Place(kind="site", key=site.code)] if site else []),
    ]
    if not places:
        raise BadInput("Say where: a device, a port, a site or an outage.")
    found = await ctx.port(Network).impact(ctx.scope, places[0], max(1, min(limit, MAX_ROWS)))
    key = outage.number if outage else found.place.key
    kind = "outage" if outage else found.place.kind
    return _impact(ctx, found, f"{key} ({outage.where})" if outage else key, {kind: key})


def _place(outage: Outage) -> Place:
    """Return the narrowest place the outage names."""
    if outage.port:
        return Place(kind="port", key=outage.port)
    if outage.device:
        return Place(kind="device", key=outage.device)
    if outage.site:
        return Place(kind="site", key=outage.site)
    raise NotFound(f"{outage.number} names no device, port or site, so nobody can tell who is hit.")


def _impact(ctx: Ctx, found: Impact, where: str, focus: dict[str, str]) -> Reply:
    evidence = (ctx.evidence(Network),)
    if not found.customers:
        return Reply(f"No active service hangs on {where}.", data=found, focus=focus, evidence=evidence)
    special = [
        f"{count:,} {name}"
        for count, name in (
            (found.critical, "critical"),
            (found.business, "business"),
            (found.premium, "premium"),
        )
        if count
    ]
    rows = [
        (
            h.customer,
            h.name,
            h.tier if h.kind != "business" else f"{h.tier} business",
            {True: "online", False: "offline", None: "unknown"}[h.online],
            h.phone,
            h.street,
        )
        for h in found.hits
    ]
    columns = [Column(t) for t in ("Account", "Name", "Kind", "Session", "Phone", "Street")]
    head = f"**{plural(found.customers, 'customer')}** ({plural(found.services, 'service')}) hang on {where}"
    return Reply(
        head + (f", {', '.join(special)}." if special else "."),
        data=found,
        facts={
            "Online now": f"{found.online:,} of {found.services:,}",
            "Monthly revenue": found.monthly,
            "Streets": ", ".join(f"{street} ({n:,})" for street, n in found.streets) or None,
        },
        table=Table(title="Critical and business first", columns=columns, rows=rows, total=found.services),
        focus=focus,
        evidence=evidence,
    )
