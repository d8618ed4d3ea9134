"""The visits somebody has today, which are work as much as the tickets in the queue."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from bot.api import Unavailable, plural
from plugins.tickets.reply import Ctx
from plugins.visits.port import VisitQuery, Visits

READ, MOST = "visits:read", 50


async def driving(ctx: Ctx) -> str:
    """Return how many visits the asker still has today and when the next is; empty for none."""
    if not (ctx.enabled("visits") and ctx.user.may(READ)):
        return ""
    first = datetime.combine(ctx.local(ctx.now).date(), time(), ctx.tenant.zone)
    query = VisitQuery(
        since=first, until=first + timedelta(days=1), technician=ctx.user.email, ahead_only=True
    )
    try:
        found = await ctx.port(Visits).find(ctx.user.scope(READ), query, MOST)
    except Unavailable:
        return ""
    if not found:
        return ""
    starts = f"{ctx.local(found[0].starts_at):%H:%M}"
    return f"You have {plural(len(found), 'visit')} today, the first at {starts} ({found[0].customer_name}). "
