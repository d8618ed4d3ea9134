"""Whose SLA clock runs out today or soon, and which tickets missed their SLA in days that are past."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from bot.api import Align, BadInput, Button, Column, Reply, Table, action, plural, span
from plugins.tickets.period import Whose, check_days, kind_of, midnight, when
from plugins.tickets.port import Priority, StaffRef, Team, TeamRef, Ticket, TicketPage, TicketQuery, Tickets
from plugins.tickets.reading import own
from plugins.tickets.reply import Ctx, list_reply, login, none_reply

LATELY = timedelta(days=6)
MAX_ROWS = 50
YEAR = timedelta(days=366)


@action(
    permission="tickets:read",
    reads_only=True,
    examples=(
        "which tickets breach SLA today",
        "which of my tickets breach their SLA today",
        "SLA breaches",
        "tickets past due",
        "what runs out in the next {within}",
        "which tickets are late",
        "tickets about to breach",
        "late tickets",
        "what will be late this afternoon",
        "which tickets run out within {within}",
        "are any of mine late",
        "tickets due within {within}",
    ),
)
async def breaching(  # noqa: PLR0913 - each is one way to narrow it
    ctx: Ctx,
    within: timedelta | None = None,
    *,
    my: bool = False,
    assignee: StaffRef | None = None,
    team: TeamRef | None = None,
    priority: Priority | None = None,
    kind: Whose | None = None,
    limit: int = 20,
) -> Reply:
    """List tickets that breach their SLA.

    Open ones whose clock has run out, or will run out today or within a time; mine, a colleague's or a
    team's, of a priority or of business customers if you like.
    """
    if within and within > YEAR:
        raise BadInput("No SLA runs that long. Ask for a year at most.")
    mine = own(ctx) if my else None
    local = ctx.now.astimezone(ctx.tenant.zone)
    tonight = local.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    until = ctx.now + within if within else tonight
    query = TicketQuery(
        assignee=mine or (assignee.email if assignee else None),
        team=team.name if team else None,
        priority=priority,
        customer_kind=kind_of(kind),
        open_only=True,
        due_before=until,
        by_clock=True,
    )
    page = await ctx.port(Tickets).find(ctx.scope, query, max(1, min(limit, MAX_ROWS)))
    whose = "of yours " if my else f"of {assignee.name} " if assignee else ""
    whose += f"of {team.said} " if team else ""
    whose += f"of {query.customer_kind} customers " if query.customer_kind else ""
    what = f"{priority} ticket" if priority else "ticket"
    then = "today" if abs(until - tonight) < timedelta(minutes=2) else f"in the next {span(until - ctx.now)}"
    if not page.total:
        return none_reply(ctx, f"No {what} {whose}breaches its SLA {then}.")
    late = (await ctx.port(Tickets).find(ctx.scope, replace(query, due_before=ctx.now), 1)).total
    soon = page.total - late
    text = f"{plural(late, what)} {whose}already past the SLA, {soon} more will be {then}."
    return list_reply(ctx, page, text, who=not my)


@action(
    permission="tickets:read",
    reads_only=True,
    examples=(
        "SLA breaches last week",
        "tickets that missed their SLA yesterday",
        "which tickets missed the SLA since {since}",
        "breached tickets since {since}",
        "how many tickets were not solved in time since {since}",
    ),
)
async def missed(  # noqa: PLR0913 - each is one way to narrow it
    ctx: Ctx,
    since: date | None = None,
    until: date | None = None,
    team: TeamRef | None = None,
    assignee: StaffRef | None = None,
    priority: Priority | None = None,
    kind: Whose | None = None,
    *,
    limit: int = 20,
) -> Reply:
    """List tickets whose first answer or solution was due in past days and did not come in time.

    Closed ones too. Of the last seven days unless you name others.
    """
    check_days(ctx, since, until)
    since = since or (min(until, ctx.today) if until else ctx.today) - LATELY
    begin, end = midnight(ctx, since) or ctx.now, midnight(ctx, until, days=1) or ctx.now
    end = min(end, ctx.now)
    query = TicketQuery(
        missed_from=begin,
        missed_until=end,
        team=team.name if team else None,
        assignee=assignee.email if assignee else None,
        priority=priority,
        customer_kind=kind_of(kind),
        oldest_first=True,
    )
    page = await ctx.port(Tickets).find(ctx.scope, query, max(1, min(limit, MAX_ROWS)))
    parts = (priority or "", "tickets", f"of {team.said}" if team else "")
    what = " ".join(part for part in parts if part)
    what += f" of {assignee.name}" if assignee else ""
    what += f" of {query.customer_kind} customers" if query.customer_kind else ""
    days = when(since, until, ctx.today).replace(" of ", " on ")
    if not page.total:
        return Reply(f"No {what} missed the SLA{days}.", data=page, evidence=(ctx.evidence(Tickets),))
    return Reply(
        f"**{plural(page.total, what.replace('tickets', 'ticket', 1), what)}** missed the SLA{days}, closed "
        "ones too.",
        data=page,
        table=_table(ctx, page, begin, end),
        buttons=(
            Button("By assignee", "tickets_breakdown", _asked(since, until, team, priority, kind)),
            *(Button(one.number, "tickets_show", {"ticket": one.number}) for one in page.tickets[:2]),
        ),
        evidence=(ctx.evidence(Tickets),),
    )


def _asked(
    since: date, until: date | None, team: Team | None, priority: Priority | None, kind: Whose | None
) -> dict[str, object]:
    """Return the call that counts just these by who has them."""
    days = {"since": since.isoformat()} | ({"until": until.isoformat()} if until else {})
    narrowed = {"team": team.name if team else None, "priority": priority, "kind": kind}
    return {**days, "breached": True, **{name: one for name, one in narrowed.items() if one}}


def _table(ctx: Ctx, page: TicketPage, begin: datetime, end: datetime) -> Table:
    titles = ("Ticket", "Subject", "Customer", "Priority", "With", "Missed")
    rows = [
        (one.number, one.subject, one.customer_name, one.priority, login(one.assignee), said, by)
        for one in page.tickets
        for said, by in [_missed(ctx, one, begin, end)]
    ]
    columns = [*(Column(title) for title in titles), Column("Late by", Align.RIGHT)]
    return Table(columns=columns, rows=rows, total=page.total)


def _missed(ctx: Ctx, one: Ticket, begin: datetime, end: datetime) -> tuple[str, str]:
    """Return what came late, and by how much at the most: `answer, solution`, `2 h 10 min`."""
    over = one.resolved_at or one.closed_at
    clocks: Sequence[tuple[str, datetime | None, datetime | None]] = (
        ("answer", one.first_response_due, one.first_response_at or over),
        ("solution", one.resolve_due, over),
    )
    late = [
        (what, (at or ctx.now) - due)
        for what, due, at in clocks
        if due and begin <= due < end and (at is None or at > due)
    ]
    return ", ".join(what for what, _ in late), span(max((by for _, by in late), default=timedelta()))
