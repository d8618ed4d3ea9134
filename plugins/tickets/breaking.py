"""How tickets are spread: over colleagues, teams, sites, regions, customers, and what they are about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time

from bot.api import Align, BadInput, Button, Column, Reply, Table, action, day, plural
from plugins.tickets.port import Category, CountedBy, Priority, TicketCount, TicketQuery, Tickets
from plugins.tickets.reply import Ctx, words

NOBODY: Mapping[CountedBy, str] = {
    CountedBy.ASSIGNEE: "nobody",
    CountedBy.TEAM: "no team",
    CountedBy.CUSTOMER: "no customer",
    CountedBy.REGION: "no region",
    CountedBy.SITE: "no site",
}
MOST = 50


@action(
    permission="tickets:read",
    reads_only=True,
    examples=(
        "how many tickets has each agent",
        "top sites by tickets",
        "tickets per {by}",
        "open tickets by {by}",
        "which {by} has the most tickets",
        "which {by} had the most tickets since {since}",
        "{priority} tickets per {by}",
        "{category} tickets by {by}",
    ),
)
async def breakdown(
    ctx: Ctx,
    by: CountedBy = CountedBy.ASSIGNEE,
    since: date | None = None,
    category: Category | None = None,
    priority: Priority | None = None,
    limit: int = 10,
) -> Reply:
    """Count tickets by assignee, team, customer, region, site, category, priority, status or level.

    Those that are open now, or all that were opened since a day you name; the most first.
    """
    if since and since > ctx.today:
        raise BadInput("That is ahead of us. Name a day that is past, for example last Monday.")
    begin = datetime.combine(since, time(), ctx.tenant.zone) if since else None
    query = TicketQuery(open_only=since is None, opened_since=begin, category=category, priority=priority)
    rows = max(1, min(limit, MOST))
    counted = await ctx.port(Tickets).counts(ctx.scope, by, query, rows + 1)
    found = counted[:rows]
    page = await ctx.port(Tickets).find(ctx.scope, query, 1)
    kind = " ".join(part for part in (priority or "", words(category) if category else "", "ticket") if part)
    how = f"opened since {day(since, ctx.today)}" if since else "open"
    if not found:
        return Reply(f"No {kind} {how}.", data=(), evidence=(ctx.evidence(Tickets),))
    most = found[0]
    said = f"{plural(page.total, kind)} {how}, by {by}. Most: **{_name(by, most)}**, {most.count:,}."
    if len(counted) > rows:
        said += f" Only the first {rows} are shown; there are more."
    return Reply(
        said,
        data=tuple(found),
        table=_table(by, found),
        buttons=tuple(_more(by, one) for one in found[:3] if by is CountedBy.ASSIGNEE and since is None),
        evidence=(ctx.evidence(Tickets),),
    )


def _table(by: CountedBy, found: Sequence[TicketCount]) -> Table:
    columns = (
        Column(by.value.capitalize()),
        Column("Tickets", Align.RIGHT),
        Column("SLA breached", Align.RIGHT),
    )
    return Table(columns=columns, rows=[(_name(by, one), one.count, one.late) for one in found])


def _name(by: CountedBy, one: TicketCount) -> str:
    """Return whom or what was counted: `Sam Ochieng`, `Westlands (CTR-01)`, `no service`, `nobody`."""
    if not one.key:
        return NOBODY.get(by, "none")
    if by in {CountedBy.CATEGORY, CountedBy.STATUS}:
        return words(one.key)
    if by is CountedBy.ASSIGNEE or not one.name:
        return one.name or one.key
    return f"{one.name} ({one.key})"


def _more(by: CountedBy, one: TicketCount) -> Button:
    """Return a look at the tickets themselves."""
    args = {"assignee": one.key} if one.key else {"unassigned": True}
    return Button(f"Those of {_name(by, one)}", "tickets_search", {**args, "open_only": True})
