"""Outages: which there are, and how one is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bot.api import Align, Button, Column, Reply, Table, Tone, action, ago, moment, plural
from plugins.network.areas import area_of, check_area, in_area
from plugins.network.entities import Ctx
from plugins.network.nouns import Outage
from plugins.network.port import Network, OutageRef

RIGHT = Align.RIGHT
MAX_ROWS = 100


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
        "outages including the resolved ones",
        "also the resolved outages",
        "what is broken in the network",
        "is there trouble in the network",
        "disturbances",
        "active alarms",
        "network problems right now",
        "outages in {area}",
        "outages in {area} since {since}",
    ),
)
async def outages(
    ctx: Ctx,
    *,
    resolved: bool = False,
    since: date | None = None,
    until: date | None = None,
    area: str = "",
    limit: int = 20,
) -> Reply:
    """List the active outages.

    With how many services each one hits; resolved ones too if you ask, those of some days, or those of a
    region or site.
    """
    area = area_of(area)
    port, most = ctx.port(Network), max(1, min(limit, MAX_ROWS))
    days = since is not None or until is not None
    found = await port.outages(
        ctx.scope, active_only=not (resolved or days), area=area, limit=MAX_ROWS if days else most
    )
    found = [o for o in found if _lasted(ctx, o, since, until)][:most] if days else found
    evidence = (ctx.evidence(Network),)
    if not found:
        await check_area(ctx, area)
        where = in_area(area)
        none = f"There was no outage{where} yet." if resolved else f"No outage is active{where}."
        none = f"There was no outage{where} in that time." if days else none
        none += "" if days or resolved else await _last(ctx, area)
        return Reply(none, data=(), tone=Tone.GOOD, evidence=evidence)
    active = [o for o in found if o.status == "active"]
    hit = sum(o.services or 0 for o in active)
    return Reply(
        _total(found, active, hit, in_area(area), days=days),
        data=tuple(found),
        table=_table(ctx, found),
        tone=Tone.BAD if active else Tone.PLAIN,
        buttons=tuple(
            Button(f"Who is hit by {o.number}", "network_affected", {"outage": o.number}) for o in active[:3]
        ),
        evidence=evidence,
        focus={"outage": found[0].number} if len(found) == 1 else {},
    )


async def _last(ctx: Ctx, area: str) -> str:
    """Return what was out last, for whoever asks about one that is over."""
    for one in await ctx.port(Network).outages(ctx.scope, active_only=False, area=area, limit=1):
        over = f"over since {moment(one.ended_at, ctx.now, ctx.tenant.zone)}" if one.ended_at else one.status
        return f" The last one was {one.number} {one.title}, {over}."
    return ""


def _table(ctx: Ctx, found: Sequence[Outage]) -> Table:
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
    return Table(columns=[*columns, Column("Services", RIGHT)], rows=rows)


def _total(found: Sequence[Outage], active: Sequence[Outage], hit: int, where: str, *, days: bool) -> str:
    if days:
        return f"{plural(len(found), 'outage')}{where} in that time, {len(active)} of them still active."
    return f"{plural(len(active), 'active outage')}{where}, {plural(hit, 'service')} hit."


def _lasted(ctx: Ctx, outage: Outage, since: date | None, until: date | None) -> bool:
    """Say whether an outage went on during these days."""
    ended = ctx.local(outage.ended_at).date() if outage.ended_at else None
    begun = ctx.local(outage.started_at).date()
    return (until is None or begun <= until) and (since is None or ended is None or ended >= since)


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
