"""Tickets by when their SLA clock runs out: “due tonight”, “due on Friday”, “due this week”."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from bot.api import BadInput, day
from plugins.tickets.period import midnight
from plugins.tickets.port import TicketQuery, Tickets
from plugins.tickets.reply import Ctx


def due_between(ctx: Ctx, query: TicketQuery, since: date | None, until: date | None) -> TicketQuery:
    """Narrow to those whose clock runs out from a day until another; only open ones have a clock."""
    if since and until and until < since:
        raise BadInput("That ends before it begins. Say from which day until which.")
    begin, end = midnight(ctx, since), midnight(ctx, until, days=1)
    return replace(query, open_only=not query.status, due_from=begin, due_before=end)


def due_said(ctx: Ctx, what: str, since: date | None, until: date | None) -> str:
    """Say which they are: `urgent open tickets due on 23 Nov`, `… due from 23 Nov until 29 Nov`."""
    today = ctx.today
    if since and since == until:
        return f"{what} due on {day(since, today)}"
    begin = f" from {day(since, today)}" if since else ""
    end = f" until {day(until, today)}" if until else ""
    return f"{what} due{begin}{end}"


async def late_before(ctx: Ctx, query: TicketQuery) -> str:
    """Return ` 14 more are late from before.` where those of today are asked for."""
    begin, end = query.due_from, query.due_before
    if begin is None or begin > ctx.now or (end is not None and end <= ctx.now):
        return ""
    late = await ctx.port(Tickets).find(ctx.scope, replace(query, due_from=None, due_before=begin), 1)
    return (
        f" {late.total:,} more {'is' if late.total == 1 else 'are'} late from before." if late.total else ""
    )
