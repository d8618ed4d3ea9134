"""How tickets are spread: over colleagues, teams, sites, regions, customers, and what they are about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from bot.api import Align, Button, Column, Reply, Table, action, plural
from plugins.tickets.period import Whose, check_days, kind_of, midnight, when
from plugins.tickets.port import Category, CountedBy, Priority, TeamRef, TicketCount, TicketQuery, Tickets
from plugins.tickets.reply import Ctx, words

NOBODY: Mapping[CountedBy, str] = {
    CountedBy.ASSIGNEE: "nobody",
    CountedBy.TEAM: "no team",
    CountedBy.CUSTOMER: "no customer",
    CountedBy.CUSTOMER_TYPE: "no customer",
    CountedBy.REGION: "no region",
    CountedBy.SITE: "no site",
}
MOST = 50
LATELY = timedelta(days=6)
"""How far back it is counted who closed how many, when no day is named: a week with today."""


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
        "how many tickets did each agent close this week",
        "tickets closed by {by} since {since}",
        "SLA breaches last week by {by}",
    ),
)
async def breakdown(  # noqa: PLR0913 - each is one way to narrow what is counted
    ctx: Ctx,
    by: CountedBy = CountedBy.ASSIGNEE,
    since: date | None = None,
    until: date | None = None,
    category: Category | None = None,
    priority: Priority | None = None,
    kind: Whose | None = None,
    *,
    team: TeamRef | None = None,
    closed: bool = False,
    breached: bool = False,
    limit: int = 10,
) -> Reply:
    """Count tickets by assignee, team, customer, region, site, category, priority, status or level.

    Those that are open now, or all that were opened in the days you name; the most first. `closed` counts
    those that were solved or closed in that time, `breached` those that missed their SLA in it.
    """
    check_days(ctx, since, until)
    if closed and not (since or until):
        since = ctx.today - LATELY
    of = TicketQuery(category=category, priority=priority, customer_kind=kind_of(kind))
    of = replace(of, team=team.name if team else None)
    query, how = _wanted(ctx, of, since, until, closed=closed, breached=breached)
    rows = max(1, min(limit, MOST))
    counted = await ctx.port(Tickets).counts(ctx.scope, by, query, rows + 1)
    found = counted[:rows]
    page = await ctx.port(Tickets).find(ctx.scope, query, 1)
    what = " ".join(part for part in (priority or "", words(category) if category else "", "ticket") if part)
    whose = f" of {query.customer_kind} customers" if query.customer_kind else ""
    whose += f" of {team.said}" if team else ""
    if not found:
        return Reply(f"No {what}{whose} {how}.", data=(), evidence=(ctx.evidence(Tickets),))
    most, total = found[0], plural(page.total, what)
    said = f"{total}{whose} {how}, by {words(by)}. Most: **{_name(by, most)}**, {most.count:,}."
    if len(counted) > rows:
        said += f" Only the first {rows} are shown; there are more."
    return Reply(
        said,
        data=tuple(found),
        table=_table(by, found, late=query.open_only and not breached),
        buttons=tuple(_more(by, one, query) for one in found[:3] if by is CountedBy.ASSIGNEE and not closed)
        if query.open_only
        else (),
        evidence=(ctx.evidence(Tickets),),
    )


def _wanted(
    ctx: Ctx, of: TicketQuery, since: date | None, until: date | None, *, closed: bool, breached: bool
) -> tuple[TicketQuery, str]:
    """Return which tickets are counted, and the words for it: open ones, or what happened in some days."""
    begin, end = midnight(ctx, since), midnight(ctx, until, days=1)
    days = _days(ctx, since, until)
    if breached and not (since or until):
        return replace(of, open_only=True, due_before=ctx.now), "open and past the SLA"
    if breached:
        first = begin or midnight(ctx, ctx.today - timedelta(days=365))
        wanted = replace(of, missed_from=first, missed_until=min(end or ctx.now, ctx.now))
        if closed:
            return replace(wanted, ended_until=ctx.now), f"that missed the SLA{days} and are closed by now"
        return wanted, f"that missed the SLA{days}"
    if closed:
        return replace(of, ended_since=begin, ended_until=end), f"solved or closed{days}"
    if since or until:
        return replace(of, opened_since=begin, opened_until=end), f"opened{days}"
    return replace(of, open_only=True), "open"


def _days(ctx: Ctx, since: date | None, until: date | None) -> str:
    """Return ` today`, ` on 22 Nov`, ` since 16 Nov` or ` from 16 Nov until 22 Nov`."""
    if since == ctx.today:
        return " today"
    return when(since, until, ctx.today).replace(" of ", " on ")


def _table(by: CountedBy, found: Sequence[TicketCount], *, late: bool) -> Table:
    columns = [Column(words(by).capitalize()), Column("Tickets", Align.RIGHT)]
    columns += [Column("SLA breached", Align.RIGHT)] if late else []
    rows = [(_name(by, one), one.count, one.late)[: len(columns)] for one in found]
    return Table(columns=columns, rows=rows)


def _name(by: CountedBy, one: TicketCount) -> str:
    """Return whom or what was counted: `Sam Ochieng`, `Westlands (CTR-01)`, `no service`, `nobody`."""
    if not one.key:
        return NOBODY.get(by, "none")
    if by in {CountedBy.CATEGORY, CountedBy.STATUS}:
        return words(one.key)
    if by is CountedBy.ASSIGNEE or not one.name:
        return one.name or one.key
    return f"{one.name} ({one.key})"


def _more(by: CountedBy, one: TicketCount, query: TicketQuery) -> Button:
    """Return a look at the tickets themselves."""
    args = {"assignee": one.key} if one.key else {"unassigned": True}
    narrowed = {"category": query.category, "priority": query.priority, "kind": query.customer_kind}
    narrowed |= {"team": query.team or None}
    return Button(
        f"Those of {_name(by, one)}",
        "tickets_search",
        {**args, "open_only": True, **{name: value for name, value in narrowed.items() if value}},
    )
