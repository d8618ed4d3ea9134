"""The whole desk at a glance: the teams' queues, the categories there are, who waits for a first answer."""

from __future__ import annotations

from collections.abc import Mapping

from bot.api import Align, Button, Column, Reply, Table, action, plural, span
from plugins.tickets.period import Whose, kind_of
from plugins.tickets.port import (
    Category,
    CountedBy,
    Priority,
    TeamRef,
    TicketCount,
    TicketPage,
    TicketQuery,
    Tickets,
)
from plugins.tickets.reply import Ctx, login, words

MAX_ROWS, MOST = 50, 100
ABOUT: Mapping[Category, str] = {
    Category.NO_SERVICE: "nothing works: no light, offline, outage",
    Category.SLOW: "slow, drops, high ping",
    Category.WIFI: "the wireless network at home",
    Category.BILLING: "invoices, payments, credits",
    Category.INSTALLATION: "new lines and moves",
    Category.EQUIPMENT: "router, ONT, cable, power supply",
    Category.OTHER: "everything else",
}


@action(
    permission="tickets:read",
    reads_only=True,
    examples=(
        "team queues",
        "queues of the teams",
        "how long is the queue of each team",
        "how many tickets wait in each team",
        "overview of the queues",
    ),
)
async def queues(ctx: Ctx) -> Reply:
    """Show the queue of each team: how many tickets are open, nobody has taken, and are past their SLA."""
    port, still = ctx.port(Tickets), TicketQuery(open_only=True)
    all_ = await port.counts(ctx.scope, CountedBy.TEAM, still, MOST)
    free = await port.counts(ctx.scope, CountedBy.TEAM, TicketQuery(open_only=True, assignee=""), MOST)
    open_by: dict[str, TicketCount] = {one.key: one for one in all_}
    free_by = {one.key: one.count for one in free}
    teams = [*ctx.settings.team_names, *sorted(key for key in open_by if key)]
    rows = [
        (name or "no team", one.count if one else 0, free_by.get(name, 0), one.late if one else 0)
        for name in (*dict.fromkeys(teams), *([""] if "" in open_by else []))
        for one in [open_by.get(name)]
    ]
    total, late = sum(row[1] for row in rows), sum(row[3] for row in rows)
    head = f"{plural(total, 'open ticket')} in {plural(len(rows), 'queue')}, "
    columns = (
        Column("Team"),
        *(Column(title, Align.RIGHT) for title in ("Open", "Nobody has it", "SLA breached")),
    )
    busiest = sorted((key for key in open_by if key), key=lambda key: -open_by[key].count)[:3]
    return Reply(
        head + (f"**{late:,} past the SLA**." if late else "none past the SLA."),
        data=tuple(rows),
        table=Table(columns=columns, rows=rows),
        buttons=tuple(Button(f"Queue of {key}", "tickets_search", {"team": key}) for key in busiest),
        evidence=(ctx.evidence(Tickets),),
    )


@action(
    permission="tickets:read",
    reads_only=True,
    examples=(
        "ticket categories",
        "which categories are there",
        "what categories can a ticket have",
        "which kinds of tickets are there",
        "what priorities are there",
    ),
)
async def categories(ctx: Ctx) -> Reply:
    """List the categories a ticket can have and how many are open in each.

    And the statuses, priorities and levels there are.
    """
    counted = await ctx.port(Tickets).counts(
        ctx.scope, CountedBy.CATEGORY, TicketQuery(open_only=True), len(Category)
    )
    many = {one.key: one.count for one in counted}
    rows = [(words(one), about, many.get(one.value, 0)) for one, about in ABOUT.items()]
    return Reply(
        f"A ticket has one of {len(rows)} categories; `tickets set_category` changes it. Statuses: open, in "
        "progress, pending, resolved, closed. Priorities: urgent, high, normal, low. Levels: L1, L2, L3.",
        data=tuple(ABOUT),
        table=Table(columns=(Column("Category"), Column("For"), Column("Open now", Align.RIGHT)), rows=rows),
        buttons=(Button("Tickets by category", "tickets_breakdown", {"by": "category"}),),
        evidence=(ctx.evidence(Tickets),),
    )


@action(
    permission="tickets:read",
    reads_only=True,
    examples=(
        "who waits longest for an answer",
        "who has been waiting the longest for a reply",
        "customers who wait for a first answer",
        "which customer has waited longest",
        "oldest unanswered tickets",
    ),
)
async def waiting(
    ctx: Ctx,
    priority: Priority | None = None,
    team: TeamRef | None = None,
    kind: Whose | None = None,
    limit: int = 15,
) -> Reply:
    """List customers who wait for the first answer to their ticket, the longest first."""
    query = TicketQuery(
        open_only=True,
        unanswered=True,
        oldest_first=True,
        priority=priority,
        team=team.name if team else None,
        customer_kind=kind_of(kind),
    )
    page = await ctx.port(Tickets).find(ctx.scope, query, max(1, min(limit, MAX_ROWS)))
    what = " ".join(
        part
        for part in (
            priority or "",
            "open ticket",
            f"of {team.said}" if team else "",
            f"of {query.customer_kind} customers" if query.customer_kind else "",
        )
        if part
    )
    if not page.total:
        return Reply(
            f"No {what} without an answer: nobody waits.", data=page, evidence=(ctx.evidence(Tickets),)
        )
    first = page.tickets[0]
    said = f"{plural(page.total, what, what.replace('ticket', 'tickets', 1))} without a first answer."
    who = first.customer_name or first.number
    return Reply(
        f"{said} Longest: **{who}** ({first.number}), {span(ctx.now - first.opened_at)}.",
        data=page,
        table=_waits(ctx, page),
        buttons=tuple(Button(one.number, "tickets_show", {"ticket": one.number}) for one in page.tickets[:3]),
        evidence=(ctx.evidence(Tickets),),
        focus={"ticket": first.number} | ({"customer": first.customer} if first.customer else {}),
    )


def _waits(ctx: Ctx, page: TicketPage) -> Table:
    """Lay out who waits, for what, and for how long."""
    rows = [
        (
            one.number,
            one.customer_name or "no customer",
            one.subject,
            one.priority,
            login(one.assignee) or "nobody",
            span(ctx.now - one.opened_at),
            one.clock(ctx.now),
        )
        for one in page.tickets
    ]
    titles = ("Ticket", "Customer", "Subject", "Priority", "With")
    columns = (*map(Column, titles), Column("Waits", Align.RIGHT), Column("SLA", Align.RIGHT))
    return Table(columns=columns, rows=rows, total=page.total)
