"""Whose visits are when: mine in driving order, everybody's of a day, those of a customer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby

from bot.api import Button, Column, Evidence, Reply, Table, Unavailable, action, day, plural
from plugins.customers.port import CustomerRef
from plugins.network.port import Network
from plugins.tickets.port import AgentRef
from plugins.visits.planning import who_goes
from plugins.visits.port import Visit, VisitQuery, VisitRef, Visits
from plugins.visits.route import Places, length, ordered
from plugins.visits.said import READ, day_of, hours, last_of, one_reply, said
from plugins.visits.settings import Ctx

MOST = 200


@action(
    permission=READ,
    reads_only=True,
    examples=(
        "my visits today",
        "my visits",
        "my route today",
        "where do I have to go today",
        "my visits {at}",
        "visits of {technician} {at}",
        "route of {technician} {at}",
        "which customers do I visit today",
        "what is my next visit",
    ),
)
async def route(
    ctx: Ctx,
    technician: AgentRef | None = None,
    at: datetime | None = None,
    until: datetime | None = None,
) -> Reply:
    """List a technician's visits of a day in the order in which to drive.

    Mine or a colleague's, today or on a day you name, or day by day up to another. Appointments keep their
    hours; between them the way is made short by the coordinates of the customers' sites.
    """
    who = who_goes(ctx, technician)
    since, end = day_of(ctx, at)
    end = max(end, last_of(ctx, until)) if until else end
    query = VisitQuery(since=since, until=end, technician=who.email, ahead_only=True)
    found = await ctx.port(Visits).find(ctx.scope, query, MOST)
    whose = "You have" if who.email == ctx.user.email else f"{who.name} has"
    on = _on(ctx, since, end)
    if not found:
        return Reply(f"{whose} no visits {on}.", data=(), evidence=(ctx.evidence(Visits),))
    places = await _places(ctx, found)
    driven = _by_day(ctx, found, places)
    known = sum((one.site or "") in places for one in driven)
    sites = len({one.site for one in driven if (one.site or "") in places})
    one_day = len({ctx.local(one.starts_at).date() for one in driven}) == 1
    way = f", about {length(driven, places):.0f} km between their sites" if sites > 1 and one_day else ""
    how = (
        "" if known == len(driven) else f" {len(driven) - known} of them have no coordinates and go by hour."
    )
    return Reply(
        f"{whose} {plural(len(driven), 'visit')} {on}, in driving order{way}.{how}",
        data=tuple(driven),
        table=_table(ctx, driven, who=False),
        buttons=tuple(Button(one.number, "visits_show", {"visit": one.number}) for one in driven[:3]),
        evidence=(
            ctx.evidence(Visits),
            *((Evidence(source="coordinates of sites, as the crow flies", at=ctx.now),) if places else ()),
        ),
        focus={"visit": driven[0].number, "customer": driven[0].customer},
    )


def _on(ctx: Ctx, since: datetime, until: datetime | None = None) -> str:
    """Say of which day: `today`, `on 24 Nov`, `from 23 Nov to 29 Nov`."""
    date, today = ctx.local(since).date(), ctx.local(ctx.now).date()
    last = ctx.local(until - timedelta(seconds=1)).date() if until else date
    if last > date:
        return f"from {day(date, today)} to {day(last, today)}"
    return "today" if date == today else f"on {day(date, today)}"


def _by_day(ctx: Ctx, visits: Sequence[Visit], places: Places) -> list[Visit]:
    """Return the visits day by day, those of each in the order in which to drive."""
    days = groupby(sorted(visits, key=lambda one: one.starts_at), lambda one: ctx.local(one.starts_at).date())
    return [one for _, these in days for one in ordered(list(these), places)]


async def _places(ctx: Ctx, visits: Sequence[Visit]) -> Places:
    """Return where the sites lie, as far as the asker may see them."""
    if not (ctx.enabled("network") and ctx.user.may("network:read")):
        return {}
    places: dict[str, tuple[float, float]] = {}
    try:
        for code in sorted({one.site for one in visits if one.site}):
            sites = await ctx.port(Network).find_sites(ctx.user.scope("network:read"), code, 2)
            places |= {
                s.code: (s.lat, s.lon)
                for s in sites
                if s.code == code and s.lat is not None and s.lon is not None
            }
    except Unavailable:
        return places
    return places


@action(
    permission=READ,
    reads_only=True,
    examples=(
        "all visits today",
        "visits {at}",
        "which visits are planned {at}",
        "technician visits this week",
        "visits of {customer}",
        "has {customer} an appointment",
        "when does the technician come to {customer}",
        "board of visits {at}",
        "visits in {area} {at}",
        "who goes to {area} {at}",
    ),
)
async def board(
    ctx: Ctx,
    at: datetime | None = None,
    customer: CustomerRef | None = None,
    until: datetime | None = None,
    area: str = "",
) -> Reply:
    """List all technicians' visits of a day, or up to another day, or those of a customer, past ones too.

    In a region or at a site if you name one.
    """
    since, end = day_of(ctx, at)
    end = last_of(ctx, until) if until and until > since else end
    number, timed = customer.number if customer else None, customer is None or at or until
    query = VisitQuery(
        customer=number,
        since=since if timed else None,
        until=end if timed else None,
        area=area.strip() or None,
    )
    found = await ctx.port(Visits).find(ctx.scope, query, MOST + 1)
    cut, found = len(found) > MOST, found[:MOST]
    on = _on(ctx, since, end)
    what = f"of {customer.name}" if customer else on
    what = f"of {customer.name} {on}" if customer and (at or until) else what
    what = f"in {area.strip()[:60]} {what}" if area.strip() else what
    text = f"{plural(len(found), 'visit')} {what}." if found else f"No visits {what}."
    text = f"The first {MOST} visits {what}; there are more." if cut else text
    schedule = Button("Free times", "visits_free", {"customer": customer.number} if customer else {})
    return Reply(
        text,
        data=tuple(found),
        table=_table(ctx, found, who=True) if found else None,
        buttons=(schedule,),
        evidence=(ctx.evidence(Visits),),
        focus={"customer": customer.number} if customer else {},
    )


@action(
    permission=READ,
    reads_only=True,
    examples=("show visit {visit}", "{visit}", "details of visit {visit}", "who goes to {visit}"),
)
async def show(ctx: Ctx, visit: VisitRef) -> Reply:
    """Show a visit: who goes where and when, and how it stands."""
    return one_reply(ctx, visit, f"**{visit.number}** at {visit.customer_name}, {hours(ctx, visit)}")


def _table(ctx: Ctx, visits: Sequence[Visit], *, who: bool) -> Table:
    titles = ("Number", "Hours", *(("Technician",) if who else ()), "Customer", "Where", "Status", "Ticket")
    rows = [
        (
            one.number,
            hours(ctx, one),
            *((one.technician_name,) if who else ()),
            f"{one.customer_name} ({one.customer})",
            ", ".join(part for part in (one.address, one.site) if part),
            said(one.status),
            one.ticket or "",
        )
        for one in visits
    ]
    return Table(columns=[Column(title) for title in titles], rows=rows)
