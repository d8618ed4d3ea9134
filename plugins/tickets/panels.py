"""The block of the Home tab: what is assigned to its reader, the most pressing first."""

from __future__ import annotations

from dataclasses import replace

from bot.api import Column, Panel, Reply, Table, plural
from plugins.tickets.port import TicketQuery, Tickets
from plugins.tickets.reply import Ctx, list_reply, none_reply, sla_note, words

FEW = 5


async def mine(ctx: Ctx) -> Reply | None:
    """List the first tickets of the reader; nothing for somebody without an address to assign any to."""
    if not ctx.user.email:
        return None
    query = TicketQuery(assignee=ctx.user.email, open_only=True, by_clock=True)
    page = await ctx.port(Tickets).find(ctx.scope, query, FEW)
    if not page.total:
        return none_reply(ctx, "No ticket is assigned to you.")
    rows = [
        (each.number, each.subject, each.customer_name, words(each.status), each.clock(ctx.now))
        for each in page.tickets
    ]
    columns = [Column(title) for title in ("Ticket", "Subject", "Customer", "Status", "SLA")]
    said = f"{plural(page.total, 'open ticket')}{await sla_note(ctx, query, page)}."
    table = Table(columns=columns, rows=rows, total=page.total)
    return replace(list_reply(ctx, page, said, who=False), table=table)


PANEL = Panel(
    name="mine",
    title="My open tickets",
    permission="tickets:read",
    run=mine,
    order=40,
    whole="tickets_my_queue",
)
