"""When somebody can go: the free times of technicians."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from bot.api import BadInput, Button, Column, Reply, Table, action
from plugins.customers.port import CustomerRef
from plugins.network.port import SiteRef
from plugins.tickets.port import Agent, AgentRef
from plugins.visits.port import Visits
from plugins.visits.said import READ, hours
from plugins.visits.settings import Ctx
from plugins.visits.slots import SHOWN, free_slots, in_hours

KNOWN = timedelta(days=90)


@action(
    permission=READ,
    reads_only=True,
    examples=(
        "when can someone go to {customer}",
        "free technicians {at}",
        "when is {technician} free",
        "who can visit {customer} {at}",
        "when could a technician come to {customer}",
        "free visit slots {at} in {site}",
        "technicians with time {at} near {site}",
    ),
)
async def free(
    ctx: Ctx,
    customer: CustomerRef | None = None,
    technician: AgentRef | None = None,
    at: datetime | None = None,
    site: SiteRef | None = None,
) -> Reply:
    """Find when technicians are free for a visit.

    From today, or a day and an hour you name, for a week; of one technician, or of those who had visits
    lately in the customer's region or that of a site you name.
    """
    port = ctx.port(Visits)
    who = {technician.email: technician.name} if technician else {}
    region = customer.region if customer else site.region if site else None
    nobody = ""
    if not who and region:  # those who drive there anyway
        who = dict(await port.technicians(ctx.now - KNOWN, region))
        nobody = "" if who else f"Nobody had a visit in {region} lately, so these are all technicians. "
    who = who or dict(await port.technicians(ctx.now - KNOWN))
    if not who:
        raise BadInput(
            "Nobody had a visit here yet. Name a technician, for example: when is Fay Mwende free."
        )
    first, email_of = ctx.local(max(at or ctx.now, ctx.now)).date(), {n: e for e, n in who.items()}
    hour = at if at and _has_hour(ctx, at) else None
    found = await free_slots(ctx, who, first, timedelta(minutes=ctx.settings.minutes), hour)
    rows = [
        (f"{start:%a} {start.day} {start:%b}", f"{start:%H:%M}–{end:%H:%M}", name)
        for start, end, name in ((ctx.local(s), ctx.local(e), n) for s, e, n in found[:SHOWN])
    ]
    then = await _then(ctx, technician, hour) if technician and hour else ""
    then = then or (_at_the_hour(ctx, hour, found) if hour and not technician else "")
    where = f" for {customer.name}" if customer else f" around {site.name}" if site else ""
    text = f"Free times{where}, the earliest first:" if rows else "Nobody is free in the next seven days."
    taking = [
        ({"customer": customer.number, "at": s.isoformat(), "technician": email_of[n]}, s, n)
        for s, _, n in found[:3]
        if customer
    ]
    buttons = [Button(f"{ctx.local(s):%a %H:%M} {n}", "visits_schedule", args) for args, s, n in taking]
    columns = (Column("Day"), Column("Time"), Column("Technician"))
    return Reply(
        f"{then}{nobody if rows else ''}{text}",
        data=tuple(found),
        table=Table(columns=columns, rows=rows, total=len(found)) if rows else None,
        buttons=tuple(buttons),
        evidence=(ctx.evidence(Visits),),
        focus={"customer": customer.number} if customer else {},
    )


def _has_hour(ctx: Ctx, at: datetime) -> bool:
    """Say whether a time is one of a day to come, and not the day alone."""
    return at > ctx.now and ctx.local(at).time() != time()


def _at_the_hour(ctx: Ctx, at: datetime, found: Sequence[tuple[datetime, datetime, str]]) -> str:
    """Say who is free at the hour that was named, or that nobody is."""
    local = ctx.local(at)
    when = f"{local:%a} {local.day} {local:%b %H:%M}"
    names = [name for start, _, name in found if start == at]
    if names:
        return f"Free {when}: {', '.join(names)}. "
    outside = "" if in_hours(ctx, local) else ": that is outside working hours"
    return f"Nobody is free {when}{outside}. "


async def _then(ctx: Ctx, who: Agent, at: datetime) -> str:
    """Say whether somebody is free at an hour."""
    length = timedelta(minutes=ctx.settings.minutes)
    busy = [one for one in await ctx.port(Visits).busy(at, at + length) if one.technician == who.email]
    local = ctx.local(at)
    when = f"{local:%a} {local.day} {local:%b %H:%M}"
    if not busy:
        outside = "" if in_hours(ctx, local) else ", but that is outside working hours"
        return f"{who.name} has no visit {when}{outside}. " if outside else f"{who.name} is free {when}. "
    if not ctx.scope.covers(busy[0].area):  # where else somebody drives is for those who may see that row
        return f"{who.name} is not free {when}. "
    return f"{who.name} has {busy[0].number} then, {hours(ctx, busy[0])}. "
