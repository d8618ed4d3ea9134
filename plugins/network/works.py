"""Planned work: what is ahead, what was done, and how one window is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from bot.api import BadInput, Button, Column, Reply, Table, Tone, action, ago, moment, plural, span
from plugins.network.areas import area_of, check_area, in_area
from plugins.network.entities import Ctx
from plugins.network.port import Device, DeviceRef, Maintenance, MaintenanceRef, Network, narrowest

WEEK, MONTH, YEAR = timedelta(days=7), timedelta(days=30), timedelta(days=366)
DAWN = timedelta(hours=6)
"""What begins before it still belongs to the night of the day before: "tonight" is over in the morning."""
MAX_ROWS, ALL = 100, 5_000
COLUMNS = tuple(Column(t) for t in ("Number", "What", "Where", "From", "Until", "Status"))


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
        "maintenance in {area}",
        "maintenance since {since}",
        "past maintenance",
        "is any work planned on {device}",
    ),
)
async def maintenance(
    ctx: Ctx,
    within: timedelta = WEEK,
    since: date | None = None,
    until: date | None = None,
    area: str = "",
    *,
    device: DeviceRef | None = None,
    past: bool = False,
) -> Reply:
    """List maintenance that is running or planned.

    For the next days, 7 if you do not say; of a region or site, or what a device is in. What is past, of the
    last 30 days or since the day you name.
    """
    if within > YEAR:
        raise BadInput("Nobody plans that far ahead. Ask for a year at most.")
    area, begin, end = area_of(area), _day(ctx, since), _until(ctx, until)
    begin = begin or (ctx.now - MONTH if past else None)
    since_then = begin if begin and begin < ctx.now else None
    before = end or (ctx.now if since_then else max(ctx.now, begin or ctx.now) + within)
    most = ALL if device else MAX_ROWS
    found = await ctx.port(Network).maintenance(ctx.scope, before, most, since=since_then, area=area)
    found = [m for m in found if (begin is None or m.ends_at > begin) and (not device or _hits(m, device))]
    where = f" on {device.name}" if device else in_area(area)
    focus = {"device": device.name} if device else {}
    evidence = (ctx.evidence(Network),)
    if not found:
        await check_area(ctx, area)
        was = "was done" if since_then and before <= ctx.now else "is running or planned"
        text = f"No maintenance{where} {was} in that time."
        return Reply(text, data=(), focus=focus, evidence=evidence)
    return Reply(
        f"{plural(len(found), 'maintenance window')}{where}:",
        data=tuple(found),
        table=Table(columns=list(COLUMNS), rows=_rows(ctx, found)),
        focus=focus | ({"maintenance": found[0].number} if len(found) == 1 else {}),
        evidence=evidence,
    )


@action(
    permission="network:read",
    reads_only=True,
    examples=(
        "show {maintenance}",
        "details of {maintenance}",
        "when is {maintenance}",
        "what is {maintenance} about",
        "what do we do at {maintenance}",
        "how long does {maintenance} take",
        "status of {maintenance}",
    ),
)
async def work(ctx: Ctx, maintenance: MaintenanceRef) -> Reply:
    """Show one planned work.

    What is done where, from when until when, and how it stands.
    """
    it, zone = maintenance, ctx.tenant.zone
    when = ago(it.starts_at, ctx.now)
    return Reply(
        f"**{it.number}** {it.title}, {it.status}.",
        data=it,
        facts={
            "Where": it.where,
            "From": f"{moment(it.starts_at, ctx.now, zone)} ({when})",
            "Until": f"{moment(it.ends_at, ctx.now, zone)} ({span(it.ends_at - it.starts_at)})",
        },
        tone=Tone.WARN if it.status == "active" else Tone.PLAIN,
        buttons=(Button("Who is below", "network_affected", _place(it)),),
        focus={"maintenance": it.number},
        evidence=(ctx.evidence(Network),),
    )


def _place(work: Maintenance) -> dict[str, str]:
    place = narrowest(work)
    return {place.kind: place.key} if place else {}


def _day(ctx: Ctx, day: date | None, days: int = 0) -> datetime | None:
    return datetime.combine(day, time(), ctx.tenant.zone) + timedelta(days=days) if day else None


def _until(ctx: Ctx, day: date | None) -> datetime | None:
    """Return the end of a day, of one that is not over with the night behind it: work is done by night."""
    end = _day(ctx, day, days=1)
    return end + DAWN if end and end > ctx.now else end


def _rows(ctx: Ctx, found: Sequence[Maintenance]) -> list[tuple[str, ...]]:
    zone = ctx.tenant.zone
    return [
        (
            m.number,
            m.title,
            m.where,
            moment(m.starts_at, ctx.now, zone),
            moment(m.ends_at, ctx.now, zone),
            m.status,
        )
        for m in found
    ]


def _hits(work: Maintenance, device: Device) -> bool:
    """Say whether a device is in it: the work is on it, on what it hangs on, or on its whole site."""
    if work.device is None:
        return work.site == device.site
    return work.device in {device.name, device.parent}
