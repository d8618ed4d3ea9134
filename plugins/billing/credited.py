"""Credit notes that were given: which, to whom, by whom; and what each colleague credited."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Annotated

from bot.api import Column, Field, Money, Reply, Table, Tone, action, moment, plural
from plugins.billing.bounds import amounts
from plugins.billing.limits import BACK, usual_of
from plugins.billing.port import Billing, CreditDay, CreditQuery
from plugins.billing.promised import people
from plugins.billing.said import MAX_ROWS, RIGHT, check_past, midnight, period_said
from plugins.billing.settings import Ctx
from plugins.customers.port import Customer, CustomerRef

MONTH = timedelta(days=31)
EVER = date(2000, 1, 1)


@action(
    permission="billing:read",
    reads_only=True,
    examples=(
        "credit notes of {customer}",
        "what was credited to {customer}",
        "credit notes this month",
        "which credits were given since {since}",
        "did {customer} get a credit",
        "credits by agent this month",
        "credits over {over} since {since}",
    ),
)
async def credits(  # noqa: A001, PLR0913 - what people call them; what the list can be narrowed by
    ctx: Ctx,
    customer: CustomerRef | None = None,
    since: date | None = None,
    until: date | None = None,
    *,
    over: Money | None = None,
    under: Money | None = None,
    agent: Annotated[str, Field(max_length=120)] = "",
    by_agent: bool = False,
    my: bool = False,
    at_least: bool = False,
    at_most: bool = False,
    limit: int = 12,
) -> Reply:
    """List credit notes, newest first, or what each colleague credited.

    Of one customer, by one colleague or your own, over or under an amount or between two (both are meant
    too), or of everybody in the last month unless you name a period; by agent: how many each gave, what they
    come to, and who is far above the usual today.
    """
    today = ctx.today
    first = since or (EVER if customer else today - MONTH)
    check_past(first, until, today)
    span = midnight(ctx, first), midnight(ctx, (until or today) + timedelta(days=1))
    said = period_said(since or (None if customer else first), until, today)
    agent = " ".join(agent.split())
    if agent.casefold() in {"agent", "agents", "colleague", "colleagues", "clerk", "person"}:
        agent, by_agent = "", True
    if my or (agent and agent.casefold() == ctx.user.email.casefold()):
        agent, my = "", True
    of = amounts(ctx, over, under, at_least=at_least, at_most=at_most)
    query = CreditQuery(
        customer=customer.number if customer else None,
        over=of.over,
        under=of.under,
        agent=agent or None,
        by_one_of=tuple(filter(None, (ctx.user.id, ctx.user.email, ctx.user.name))) if my else (),
    )
    whose = f" of {customer.name}" if customer else ""
    whose += f" of {of.said}" if of.said else ""
    if by_agent and not agent and not my:
        return await _by_agent(ctx, query, span, (whose, said), limit)
    whose += " by you" if my else f" by “{agent}”" if agent else ""
    return await _listed(ctx, customer, query, span, (whose, said), limit)


async def _listed(
    ctx: Ctx,
    customer: Customer | None,
    query: CreditQuery,
    span: tuple[datetime, datetime],
    told: tuple[str, str],
    limit: int,
) -> Reply:
    page = await ctx.port(Billing).find_credits(ctx.scope, query, *span, max(1, min(limit, MAX_ROWS)))
    whose, said = told
    focus, evidence = {"customer": customer.number} if customer else {}, (ctx.evidence(Billing),)
    if not page.count:
        others = await _others(ctx, query, span) if query.agent else ""
        return Reply(f"No credit notes{whose}{said}.{others}", data=(), focus=focus, evidence=evidence)
    titles = ("Number", "Account", "Name", "On", "Amount", "Reason", "Invoice", "By", "Status")
    rows = [
        (n.number, n.customer, n.customer_name, moment(n.at, ctx.now, ctx.tenant.zone), n.amount, n.reason,
         n.invoice, n.by.split("@")[0], "void" if n.voided_at else "")
        for n in page.notes
    ]  # fmt: skip
    return Reply(
        f"{plural(page.count, 'credit note')}{whose}{said}, {_in_all((page.total, *page.other))} in all:",
        data=page.notes,
        table=Table(columns=_columns(titles), rows=rows, total=page.count),
        focus=focus,
        evidence=evidence,
    )


async def _others(ctx: Ctx, query: CreditQuery, span: tuple[datetime, datetime]) -> str:
    """Return who gave some, where nobody of the name that was given did: it may be mistyped."""
    days = await ctx.port(Billing).credit_days(ctx.scope, *span, replace(query, agent=None))
    names = people({one.name for one in days})
    return f" Those who gave some then: {names}." if names else ""


def _columns(titles: Sequence[str]) -> list[Column]:
    right = {"Amount", "Notes", "Days", "Void", "Today", "In all"}
    return [Column(title, RIGHT) if title in right else Column(title) for title in titles]


async def _by_agent(
    ctx: Ctx, query: CreditQuery, span: tuple[datetime, datetime], told: tuple[str, str], limit: int
) -> Reply:
    """Return what each colleague credited in a period; today's sums are held against the usual.

    A part of them says nothing of what is usual, so that is left out where they are narrowed.
    """
    port, evidence, (whose, said) = ctx.port(Billing), (ctx.evidence(Billing),), told
    days = await port.credit_days(ctx.scope, *span, query)
    focus = {"customer": query.customer} if query.customer else {}
    if not days:
        return Reply(f"No credit notes{whose}{said}.", data=(), focus=focus, evidence=evidence)
    begins = midnight(ctx, ctx.today)
    before = [] if whose else await port.credit_days(ctx.scope, begins - BACK, begins)
    of: dict[tuple[str, str], list[CreditDay]] = defaultdict(list)
    for one in days:
        of[one.agent, one.total.currency].append(one)
    ours = ctx.tenant.currency
    ranked = sorted(
        of.values(), key=lambda own: (own[0].total.currency != ours, -_sum(own).minor, own[0].name)
    )
    rows = [_row(ctx, own, before) for own in ranked]
    sums = [_sum([d for d in days if d.total.currency == unit]) for unit in {d.total.currency for d in days}]
    odd = sum(row[-1] != "" for row in rows)
    far = f" {plural(odd, 'colleague')} far above the usual today." if odd else ""
    return Reply(
        f"{plural(sum(one.count for one in days), 'credit note')}{whose} by "
        f"{plural(len({one.agent for one in days}), 'colleague')}{said}, "
        f"{_in_all(sorted(sums, key=lambda one: (one.currency != ours, one.currency)))} in all.{far}",
        data=tuple(days),
        table=Table(
            columns=_columns(("By", "Notes", "In all", "Days", "Void", "Today", "Remark")),
            rows=rows[: max(1, min(limit, MAX_ROWS))],
            total=len(rows),
        ),
        tone=Tone.WARN if odd else Tone.PLAIN,
        focus=focus,
        evidence=evidence,
    )


def _sum(days: Sequence[CreditDay]) -> Money:
    return Money(sum(one.total.minor for one in days), days[0].total.currency)


def _in_all(sums: Sequence[Money]) -> str:
    """Return `500.00 KES and 9.00 USD`, without a currency in which there is nothing."""
    return " and ".join(str(one) for one in sums if one.minor) or str(sums[0])


def _name(one: CreditDay) -> str:
    """Return who it is; where no id was kept, it was imported or came of a plan change under their name."""
    return one.name.split("@")[0] + (
        " (no agent kept)" if one.agent == one.name and "@" not in one.name else ""
    )


def _row(ctx: Ctx, own: Sequence[CreditDay], before: Sequence[CreditDay]) -> tuple[object, ...]:
    today = next((one for one in own if one.on == ctx.today), None)
    usual = usual_of({own[0].agent, own[0].name}, before, today.total) if today else None
    return (
        _name(own[0]),
        sum(one.count for one in own),
        _sum(own),
        sum(one.count > 0 for one in own),
        sum(one.voided for one in own),
        today.total if today else None,
        f"far above the usual: {usual.said}" if usual else "",
    )
