"""Who promised to pay, who kept it and who did not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bot.api import Button, Column, Reply, Table, action, day, plural
from plugins.billing.port import Billing, Promise, Standing
from plugins.billing.said import LOOK_BACK, MAX_ROWS, RIGHT, check_period, period_said
from plugins.billing.settings import Ctx
from plugins.customers.port import CustomerRef

ORDER = {Standing.BROKEN: 0, Standing.OPEN: 1, Standing.LATE: 2, Standing.KEPT: 3, Standing.CANCELLED: 4}


@action(
    permission="billing:read",
    reads_only=True,
    examples=(
        "broken promises",
        "who promised to pay",
        "promises of {customer}",
        "payment plans",
        "who did not keep their promise",
        "{standing} promises",
        "has {customer} kept the promise",
    ),
)
async def promises(
    ctx: Ctx,
    customer: CustomerRef | None = None,
    standing: Standing | None = None,
    *,
    since: date | None = None,
    until: date | None = None,
    instalments: bool = False,
    limit: int = 20,
) -> Reply:
    """List promises to pay and payment plans.

    Broken ones first, then open ones by day; of one customer or all, of the last 13 months; due in a period;
    only the plans in instalments if you like.
    """
    today = ctx.today
    check_period(since, until, today)
    number = customer.number if customer else None
    found = await ctx.port(Billing).promises(ctx.scope, ctx.now - LOOK_BACK, number)
    found = [p for p in found if len(p.instalments) > 1 or not instalments]
    found = [p for p in found if (since or _due(p)) <= _due(p) <= (until or _due(p))]
    fitting = [p for p in found if standing is None or p.standing(today) is standing]
    ranked = sorted(fitting, key=lambda p: (ORDER[p.standing(today)], _due(p), p.number))
    whose, kind = f" of {customer.name}" if customer else "", f"{standing} " if standing else ""
    noun = "payment plan" if instalments else "promise"
    if period := period_said(since, until, today):
        whose += f", due{period.removeprefix(',')}"
    focus, evidence = {"customer": customer.number} if customer else {}, (ctx.evidence(Billing),)
    if not ranked:
        return Reply(f"No {kind}{noun}s{whose}.", data=(), focus=focus, evidence=evidence)
    shown = ranked[: max(1, min(limit, MAX_ROWS))]
    counts = [(s, sum(p.standing(today) is s for p in fitting)) for s in ORDER]
    said = ", ".join(f"{count} {name}" for name, count in counts if count)
    return Reply(
        f"{plural(len(ranked), f'{kind}{noun}')}{whose}{f': {said}' if not standing else ''}.",
        data=tuple(shown),
        table=_promises(shown, today, len(ranked)),
        buttons=tuple(_chase(p) for p in shown[:3] if p.standing(today) is Standing.BROKEN),
        focus=focus,
        evidence=evidence,
    )


def _due(promise: Promise) -> date:
    return promise.next.due_on if promise.next else promise.instalments[-1].due_on


def _chase(promise: Promise) -> Button:
    return Button(f"Remind {promise.customer_name}", "billing_remind", {"customer": promise.customer})


def _promises(found: Sequence[Promise], today: date, total: int) -> Table:
    titles = ("Number", "Account", "Name", "Phone", "Amount", "Paid", "Due", "Standing", "Taken by")
    rows = [
        (p.number, p.customer, p.customer_name, p.phone, p.total,
         f"{sum(one.paid_on is not None for one in p.instalments)} of {len(p.instalments)}",
         day(_due(p), today),
         p.standing(today), p.by.split("@")[0])
        for p in found
    ]  # fmt: skip
    columns = [Column(t, RIGHT) if t in {"Amount", "Paid"} else Column(t) for t in titles]
    return Table(columns=columns, rows=rows, total=total)
