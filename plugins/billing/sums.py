"""Money of many customers: failed payments, revenue of a month."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal

from bot.api import (
    BadInput,
    Column,
    Money,
    NotFound,
    Reply,
    Table,
    Tone,
    action,
    day,
    plural,
)
from plugins.billing.port import Billing, FailedPayments, Method, Revenue
from plugins.billing.said import MAX_ROWS, RIGHT, unknown_area, whom_said
from plugins.billing.settings import Ctx
from plugins.customers.port import CustomerKind, query_of

WEEK = timedelta(days=7)
YEARS = timedelta(days=3 * 366)


@action(
    permission="billing:read",
    reads_only=True,
    examples=(
        "which payments failed this week",
        "failed payments",
        "failed payments since {since}",
        "why did payments fail yesterday",
        "declined cards this month",
        "auto payments that did not go through",
        "how many payments failed since {since}",
        "rejected payments",
        "did any payment bounce today",
        "card charges that were refused",
        "payments that failed between two days",
        "{method} payments that failed {since}",
        "refused payments since {since}",
    ),
)
async def failed(
    ctx: Ctx,
    since: date | None = None,
    until: date | None = None,
    *,
    method: Method | None = None,
    kind: CustomerKind | None = None,
    area: str = "",
    limit: int = 10,
) -> Reply:
    """List the payments that failed in a period.

    By reason and provider; the last 7 days if you do not say. Of all, or by card or another way, of business
    customers or of an area.
    """
    today, zone = ctx.today, ctx.tenant.zone
    first, last = since or today - WEEK, until or today
    if first > last:
        raise BadInput(f"The period ends ({day(last, today)}) before it begins ({day(first, today)}).")
    if last - first > YEARS:
        raise BadInput("That is a long time. Ask for three years at most.")
    start = datetime.combine(first, time(), zone)
    end = datetime.combine(last + timedelta(days=1), time(), zone)
    whose, most = query_of(kind=kind, area=area), max(1, min(limit, MAX_ROWS))
    found = await ctx.port(Billing).failed(ctx.scope, start, end, most, method, whose)
    noun = f"{method.replace('_', ' ')} payment" if method else "payment"
    of = whom_said(None, whose, None)
    period = f"{day(first, today)} to {day(last, today)}" if first != last else day(first, today)
    evidence = (ctx.evidence(Billing),)
    if not found.count:
        unknown = await unknown_area(ctx, whose)
        text, tone = unknown or f"No {noun}{of} failed, {period}.", Tone.ASK if unknown else Tone.GOOD
        return Reply(text, data=found, tone=tone, evidence=evidence)
    share = f"{found.count / found.tried:.1%} of {found.tried:,}"
    again = f"{found.recovered:,} of those invoices {'was' if found.recovered == 1 else 'were'} paid since."
    paid = f" {again}" if found.recovered else ""
    return Reply(
        f"{plural(found.count, noun)}{of} failed, {period} ({share}), {found.amount} in all.{paid}",
        data=found,
        tables=_failed(found),
        evidence=evidence,
    )


def _failed(found: FailedPayments) -> tuple[Table, ...]:
    groups = Table(
        title="By reason",
        columns=(Column("Reason"), Column("Provider"), Column("Count", RIGHT), Column("Amount", RIGHT)),
        rows=[(g.reason.replace("_", " "), g.provider, g.count, g.amount) for g in found.groups],
    )
    rows = [
        (p.at, p.customer, p.customer_name, p.amount, (p.failure or "").replace("_", " "))
        for p in found.newest
    ]
    columns = (Column("When"), Column("Account"), Column("Name"), Column("Amount", RIGHT), Column("Reason"))
    return groups, Table(title="The newest", columns=columns, rows=rows, total=found.count)


@action(
    permission="billing:summary",
    reads_only=True,
    examples=(
        "what is our MRR",
        "MRR and outstanding AR",
        "revenue this month",
        "how much did we collect in {month}",
        "how much money is outstanding",
        "revenue summary",
        "what did we invoice last month",
        "what is our ARPU",
        "revenue by region",
        "what did we earn in {month}",
        "income of {month}",
        "how much do we make a month",
        "total billed and collected in {month}",
        "how does the revenue of this month look",
        "what is owed to us in total",
        "revenue today compared with yesterday",
        "MRR of {kind} customers",
        "MRR of {area}",
        "revenue of {month} compared with {other_month}",
    ),
)
async def revenue(
    ctx: Ctx,
    month: date | None = None,
    other_month: date | None = None,
    kind: CustomerKind | None = None,
    area: str = "",
) -> Reply:
    """Sum up the revenue of a month.

    MRR, invoiced, collected, credited and what is owed; this month if you do not say. Of all, of business or
    residential customers, or of an area; two months beside each other.
    """
    today = ctx.today
    first = (month or today).replace(day=1)
    other = other_month.replace(day=1) if other_month else None
    for begins in (first, other or first):
        if begins > today:
            raise BadInput(f"{begins:%B %Y} has not begun yet.")
    of = query_of(kind=kind, area=area)
    found = await ctx.port(Billing).revenue(ctx.scope, first, today, of)
    against = await ctx.port(Billing).revenue(ctx.scope, other, today, of) if other else None
    if not found.services and not found.invoiced.minor and area:
        raise NotFound(
            f"I know no customer in “{area}” with a service. Name a region, a site or a town of ours."
        )
    whose = whom_said(None, of, None)
    columns = (Column("Plan"), Column("Services", RIGHT), Column("MRR", RIGHT))
    regions = (Column("Region"), Column("Customers", RIGHT), Column("MRR", RIGHT))
    running = (first.year, first.month) == (today.year, today.month)
    now = "" if running else " now"  # what is subscribed and owed is always that of today
    return Reply(
        f"**MRR{whose}{now} {found.mrr}** from {plural(found.services, 'active service')}. "
        f"Outstanding{now}: {found.receivable}, {found.overdue} of it overdue.",
        data=found,
        facts=_beside(found, against) if against else _facts(found, first, running=running),
        tables=(
            Table(
                title="MRR by plan", columns=columns, rows=[*found.by_plan, _sum(found.by_plan, found.mrr)]
            ),
            Table(
                title="MRR by region",
                columns=regions,
                rows=[*found.by_region, _sum(found.by_region, found.mrr)],
            ),
        ),
        evidence=(ctx.evidence(Billing),),
    )


def _sum(rows: tuple[tuple[str, int, Money], ...], total: Money) -> tuple[str, int, Money]:
    return "all", sum(count for _, count, _ in rows), total


def _beside(one: Revenue, other: Revenue) -> dict[str, object]:
    """Return the figures of two months, each with the change from the earlier to the later one."""
    early, late = sorted((one, other), key=lambda r: r.month)
    facts: dict[str, object] = {}
    for said, name in (("Invoiced", "invoiced"), ("Collected", "collected"), ("Credited", "credited")):
        before, after = getattr(early, name), getattr(late, name)
        change = f" ({(after.minor - before.minor) / before.minor:+.1%})" if before.minor else ""
        facts[f"{said} in {early.month:%B %Y}"] = before
        facts[f"{said} in {late.month:%B %Y}"] = f"{after}{change}"
    return facts


def _facts(found: Revenue, first: date, *, running: bool) -> dict[str, object]:
    """Return the month's figures; a running month is compared with the same days of the one before."""
    invoiced, collected = found.invoiced.minor, found.collected.minor
    rate = f" ({collected / invoiced:.1%} of what was invoiced)" if invoiced else ""
    facts: dict[str, object] = {
        f"Invoiced in {first:%B %Y}": found.invoiced,
        "Collected": f"{found.collected}{rate}",
        "Credited": found.credited,
    }
    if (before := found.collected_before) is not None:
        month = (first - timedelta(days=1)).strftime("%B")
        change = f" ({(collected - before.minor) / before.minor:+.1%} since)" if before.minor else ""
        facts[f"Collected in the same days of {month}" if running else f"Collected in {month}"] = (
            f"{before}{change}"
        )
    if found.customers:
        arpu = Decimal(found.mrr.minor) / found.customers
        facts["ARPU"] = (
            f"{Money(int(arpu.quantize(Decimal(1), ROUND_HALF_UP)), found.mrr.currency)} per customer"
        )
    return facts
