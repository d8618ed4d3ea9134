"""Outages: which there are, and how one is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from bot.api import Align, Button, Column, Reply, Table, Tone, action, ago, moment, plural, span
from plugins.network.areas import area_of, check_area, in_area
from plugins.network.entities import Ctx
from plugins.network.nouns import Outage
from plugins.network.port import Network, OutageRef

RIGHT = Align.RIGHT
MAX_ROWS, MOST = 100, 2_000
NO_TIME = timedelta.min


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
        "outages longer than {longer_than}",
        "longest outages",
    ),
)
async def outages(  # noqa: PLR0913 - the ways to narrow the list
    ctx: Ctx,
    *,
    resolved: bool = False,
    since: date | None = None,
    until: date | None = None,
    area: str = "",
    longer_than: timedelta | None = None,
    longest: bool = False,
    active: bool = False,
    limit: int = 20,
) -> Reply:
    """List the active outages.

    With how many services each one hits and how long it took; resolved ones too if you ask, those of some
    days, those of a region or site, those that lasted longer than a time, or the longest ones first.
    """
    area = area_of(area)
    port, most = ctx.port(Network), max(1, min(limit, MAX_ROWS))
    days, ranked = since is not None or until is not None, longest or longer_than is not None
    past = (resolved or days or ranked) and not active
    every = await port.outages(
        ctx.scope, active_only=not past, area=area, limit=MOST if days or ranked else most
    )
    every = [o for o in every if _lasted(ctx, o, since, until) and _took(ctx, o) > (longer_than or NO_TIME)]
    if ranked:
        every.sort(key=lambda one: _took(ctx, one), reverse=True)
    found = every[:most]
    evidence = (ctx.evidence(Network),)
    sort = (f" of more than {span(longer_than)}" if longer_than else "") + in_area(area)
    if not found:
        await check_area(ctx, area)
        when = " in that time" if days else " yet"
        none = f"There was no outage{sort}{when}." if past else f"No outage is active{sort}."
        none += "" if past else await _last(ctx, area)
        return Reply(none, data=(), tone=Tone.GOOD, evidence=evidence)
    running = [o for o in every if o.status == "active"]
    sort += " in that time" if days else ""
    return Reply(
        _total(every, running, sort, whole=past and (days or ranked))
        + (" The longest first:" if ranked else ""),
        data=tuple(found),
        table=_table(ctx, found, len(every)),
        tone=Tone.BAD if running else Tone.PLAIN,
        buttons=tuple(
            Button(f"Who is hit by {o.number}", "network_affected", {"outage": o.number}) for o in running[:3]
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


def _table(ctx: Ctx, found: Sequence[Outage], total: int) -> Table:
    zone, over = ctx.tenant.zone, any(o.ended_at for o in found)
    columns = [Column(t) for t in ("Outage", "What", "Where", "Status", "Since")]
    columns += [Column("Ended or back by" if over else "Back by"), Column("Lasted", RIGHT)]
    rows = [
        (
            o.number,
            o.title,
            o.where,
            o.status,
            moment(o.started_at, ctx.now, zone),
            moment(end, ctx.now, zone) if (end := o.ended_at or o.eta) else None,
            span(_took(ctx, o)),
            o.services,
        )
        for o in found
    ]
    return Table(columns=[*columns, Column("Services", RIGHT)], rows=rows, total=total)


def _total(found: Sequence[Outage], active: Sequence[Outage], sort: str, *, whole: bool) -> str:
    """Return how many there are: of those of some time or length all, else those that are active."""
    if whole:
        return f"{plural(len(found), 'outage')}{sort}, {len(active)} of them still active."
    hit = sum(o.services or 0 for o in active)
    return f"{plural(len(active), 'active outage')}{sort}, {plural(hit, 'service')} hit."


def _took(ctx: Ctx, outage: Outage) -> timedelta:
    """Return how long an outage lasted, or lasts by now."""
    return (outage.ended_at or ctx.now) - outage.started_at


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
    back = moment(outage.eta, ctx.now, zone) if outage.eta else "not known"
    facts = {
        "Where": outage.where,
        "Since": f"{moment(outage.started_at, ctx.now, zone)} ({ago(outage.started_at, ctx.now)}){over}",
        "Back by": None if outage.ended_at else back,
        "Lasted": span(_took(ctx, outage)) if outage.ended_at else None,
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
