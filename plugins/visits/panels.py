"""The block of the Home tab: today's visits of whoever drives."""

from __future__ import annotations

from dataclasses import replace

from bot.api import Column, Panel, Reply, Table
from plugins.visits.listing import route
from plugins.visits.planning import KNOWN
from plugins.visits.port import Visits
from plugins.visits.said import READ, hours, said
from plugins.visits.settings import Ctx


async def today(ctx: Ctx) -> Reply | None:
    """List the reader's visits that are still ahead today, in driving order; nothing for who never drives."""
    if not ctx.user.email:
        return None
    reply = await route.run(ctx)
    if not reply.data:
        drives = ctx.user.email in await ctx.port(Visits).technicians(ctx.now - KNOWN)
        return reply if drives else None
    rows = [
        (hours(ctx, one), one.customer_name, one.address or one.site, said(one.status), one.number)
        for one in reply.data
    ]
    columns = [Column(title) for title in ("Hours", "Customer", "Where", "Status", "Number")]
    return replace(reply, table=Table(columns=columns, rows=rows))


PANEL = Panel(
    name="today", title="Today's visits", permission=READ, run=today, order=30, whole="visits_route"
)
