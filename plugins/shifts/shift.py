"""What a hand-over tells of, asked of each system at once as the reader."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from bot.api import Round, Scope, platform
from plugins.network.port import Maintenance, Network, Outage
from plugins.reminders.port import ReminderPage, ReminderQuery, Reminders
from plugins.shifts.kept import Ctx, Note, find_notes
from plugins.tickets.port import Priority, TicketPage, TicketQuery, Tickets

FEW = 5
MANY = 200
"""Outages and lines of the audit that are looked at."""
MORNING = time(8)
AHEAD = timedelta(days=1)
"""What was promised for later concerns a later shift."""
OWN_REMINDERS, TEAM_REMINDERS = "reminders:own", "reminders:team"
WAITING, AUDIT = ("admin_waiting", "admin:self"), ("admin_audit_search", "admin:audit")


@dataclass(frozen=True, kw_only=True)
class Lines:
    """What the network has to say: outages active, begun and over since, and the work that is ahead."""

    active: tuple[Outage, ...]
    began: tuple[Outage, ...]
    ended: tuple[Outage, ...]
    ahead: tuple[Maintenance, ...]
    until: datetime


@dataclass(frozen=True, kw_only=True)
class Desk:
    """What the tickets have to say: the first of each list, and how many there are; `fresh` are new."""

    breached: TicketPage
    fresh: int
    soon: TicketPage
    urgent: TicketPage
    opened: int
    ended: int
    open: int


@dataclass(frozen=True, kw_only=True)
class Changes:
    """Who changed how much, since when as far as it was looked at."""

    by: tuple[tuple[str, int], ...]
    since: datetime

    @property
    def total(self) -> int:
        """How many changes there were in all."""
        return sum(count for _, count in self.by)


@dataclass(frozen=True, kw_only=True)
class Shift:
    """What happened since. A part is None where the reader may not see it or its system did not answer."""

    since: datetime
    notes: tuple[Note, ...]
    lines: Lines | None
    desk: Desk | None
    waiting: int | None
    changes: Changes | None
    promised: ReminderPage | None
    silent: tuple[str, ...]


async def collect(ctx: Ctx, since: datetime) -> Shift:
    """Ask all at once; a system that does not answer leaves a gap and is named."""
    asked = Round(ctx)
    ask = asked.ask

    async def run(action: tuple[str, str], **args: Any) -> Any:
        if not (ctx.enabled("admin") and ctx.user.may(action[1])):
            return None
        reply = await asked.wait("approvals and audit", lambda: ctx.run(action[0], **args))
        return None if reply is None else reply.data

    async def promises() -> ReminderPage | None:
        if not (ctx.enabled("reminders") and ctx.user.may(OWN_REMINDERS)):
            return None
        return await asked.wait("reminders", lambda: _promises(ctx))

    lines, desk, waiting, audit, notes, promised = await asyncio.gather(
        ask(Network, lambda port, scope: _lines(ctx, port, scope, since)),
        ask(Tickets, lambda port, scope: _desk(ctx, port, scope, since)),
        run(WAITING),
        run(AUDIT, since=since.isoformat(), limit=MANY),
        find_notes(ctx),
        promises(),
    )
    return Shift(
        since=since,
        notes=tuple(one for one in notes if one.open),
        lines=lines,
        desk=desk,
        waiting=None if waiting is None else len(waiting),
        changes=None if audit is None else _changes(audit, since),
        promised=promised,
        silent=asked.silent,
    )


async def _lines(ctx: Ctx, port: Network, scope: Scope, since: datetime) -> Lines:
    local = ctx.local(ctx.now)
    day = local.date() + timedelta(days=0 if local.time() < MORNING else 1)
    until = datetime.combine(day, MORNING, ctx.tenant.zone)
    outages = await port.outages(scope, active_only=False, limit=MANY)
    ahead = await port.maintenance(scope, until)
    active = tuple(one for one in outages if one.status == "active")
    over = (one for one in outages if one.status != "active")
    return Lines(
        active=active,
        began=tuple(one for one in active if one.started_at >= since),
        ended=tuple(one for one in over if one.ended_at and one.ended_at >= since),
        ahead=tuple(ahead),
        until=until,
    )


async def _desk(ctx: Ctx, port: Tickets, scope: Scope, since: datetime) -> Desk:
    soon = ctx.now + timedelta(hours=ctx.settings.soon_hours)
    still = {"open_only": True, "by_clock": True}

    async def find(limit: int = FEW, **query: Any) -> TicketPage:
        return await port.find(scope, TicketQuery(**query), limit)

    breached, fresh, due, urgent, opened, ended, open_now = await asyncio.gather(
        find(due_before=ctx.now, **still),
        find(due_from=since, due_before=ctx.now, **still),
        find(FEW, due_from=ctx.now, due_before=soon, **still),
        find(priority=Priority.URGENT, **still),
        find(1, opened_since=since),
        find(1, ended_since=since),
        find(1, open_only=True),
    )
    late = {one.number: one for one in (*fresh.tickets, *breached.tickets)}  # what breached since comes first
    return Desk(
        breached=TicketPage(tickets=tuple(late.values())[:FEW], total=breached.total),
        fresh=fresh.total,
        soon=due,
        urgent=urgent,
        opened=opened.total,
        ended=ended.total,
        open=open_now.total,
    )


async def _promises(ctx: Ctx) -> ReminderPage:
    """Return what is promised until tomorrow: by everybody for who may see that, else by the reader."""
    team = ctx.user.may(TEAM_REMINDERS)
    owner = None if team else ctx.user.email or ctx.user.id
    scope = ctx.user.scope(TEAM_REMINDERS if team else OWN_REMINDERS)
    return await ctx.port(Reminders).find(scope, ReminderQuery(owner=owner, due_before=ctx.now + AHEAD), FEW)


def _changes(audit: tuple[platform.AuditLine, ...], since: datetime) -> Changes:
    """Count what was changed, by whom; what was only looked at has no call."""
    done = Counter(line.by for line in audit if line.event == "ran" and line.call_id)
    reach = min(line.at for line in audit) if len(audit) == MANY else since
    return Changes(by=tuple(done.most_common()), since=reach)
