"""The block of the Home tab: what is down now."""

from __future__ import annotations

from dataclasses import replace

from bot.api import Column, Panel, Reply, Table, moment
from plugins.network.entities import Ctx
from plugins.network.trouble import outages

FEW = 5


async def down(ctx: Ctx) -> Reply | None:
    """List the active outages; that there are none is told to those who declare them only."""
    reply = await outages.run(ctx, active=True)
    if not reply.data:
        return reply if ctx.user.may("network:write") else None
    zone = ctx.tenant.zone
    rows = [
        (one.number, one.title, one.where, f"since {moment(one.started_at, ctx.now, zone)}", one.services)
        for one in reply.data[:FEW]
    ]
    columns = [Column(title) for title in ("Outage", "What", "Where", "Since", "Services")]
    return replace(reply, table=Table(columns=columns, rows=rows, total=len(reply.data)))


PANEL = Panel(
    name="down", title="Down now", permission="network:read", run=down, order=15, whole="network_outages"
)
