"""Customers who left: how many and which, and what those who still owe us owe."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from bot.api import Align, BadInput, Button, Column, Context, Money, Reply, Round, Table, action, sheet_of
from plugins.billing.port import Balance, Billing
from plugins.customers.choice import query_of
from plugins.customers.listing import MAX_ROWS, listed, many, who
from plugins.customers.port import Customer, CustomerKind, CustomerQuery, Customers

Ctx = Context[Any]
MONTH = timedelta(days=30)
MOST = 2_000
"""Leavers whose accounts are looked at in one go."""
TITLES = ("Account", "Name", "Kind", "Left", "Owes", "Phone", "E-mail")


@action(
    permission="customers:read",
    reads_only=True,
    examples=(
        "who left us since {since}",
        "customers who left in {area} since {since}",
        "how many customers did we lose since {since}",
        "customers who left owing us money",
        "customers who left owing us over {over}",
    ),
)
async def leavers(  # noqa: PLR0913 - what the list can be narrowed by
    ctx: Ctx,
    *,
    since: date | None = None,
    until: date | None = None,
    area: str = "",
    kind: CustomerKind | None = None,
    owing: bool = False,
    over: Money | None = None,
    limit: int = 15,
    csv: bool = False,
) -> Reply:
    """Count and list the customers who left in a period; the last 30 days if you do not say.

    Or those who still owe money, or more than an amount, whenever they left, with what each owes and all of
    them together; as a CSV file when you ask for one.
    """
    owing = owing or over is not None
    first = since or (ctx.today - MONTH if until is None and not owing else None)
    query = query_of(status="churned", kind=kind, area=area, since=first, until=until)
    query = replace(query, owing=owing or None)
    if owing and (told := await _owing(ctx, query, over, limit, csv=csv)):
        return told
    return await listed(ctx, query, None, limit, csv=csv)


async def _owing(
    ctx: Ctx, query: CustomerQuery, over: Money | None, limit: int, *, csv: bool
) -> Reply | None:
    """Return them with what they owe, most first; None where nobody is there or this may not be seen."""
    if over is not None and over.currency != ctx.tenant.currency:
        raise BadInput(f"Accounts are listed in {ctx.tenant.currency}. Give the amount in it.")
    found = await ctx.port(Customers).find_by(ctx.scope, query, MOST)
    if found.count > len(found.customers):
        raise BadInput(f"{found.count:,} customers left owing us money. Name a period or an area.")
    asked, people = Round(ctx), {one.number: one for one in found.customers}
    balances = await asked.ask(Billing, lambda port, scope: port.balances(scope, list(people), ctx.today))
    if balances is None and over is not None:
        raise BadInput("What customers owe cannot be read by you now, so I cannot list them by it.")
    if not balances:
        return None
    least = over.minor if over is not None else 0
    late = [balances[number] for number in people if number in balances]
    late = sorted((b for b in late if b.owed.minor > least), key=lambda b: (-b.owed.minor, b.customer))
    more = f" and owe more than {over}" if over is not None else ""
    whom = f"{who(query, None, ctx.today)}{more}"
    evidence = (ctx.evidence(Customers), ctx.evidence(Billing))
    if not late:
        return Reply(f"No {many(0, query).split(' ', 1)[1]}{whom}.", data=(), evidence=evidence)
    total = Money(sum(b.owed.minor for b in late), late[0].owed.currency)
    table, size = _table(late, people), max(1, min(limit, MAX_ROWS))
    return Reply(
        f"{many(len(late), query)}{whom}, {total} in all.",
        data=tuple(late[:size]),
        table=replace(table, rows=table.rows[:size], total=len(late)),
        file=sheet_of(table, "leavers", f"All {len(late):,} of them") if csv or len(late) > size else None,
        buttons=tuple(Button(f"Statement of {people[b.customer].name}", "billing_statement",
                             {"customer": b.customer}) for b in late[:2]),
        focus={"customer": late[0].customer} if len(late) == 1 else {},
        evidence=evidence,
    )  # fmt: skip


def _table(late: list[Balance], people: dict[str, Customer]) -> Table:
    rows = [
        (b.customer, one.name, one.kind, one.churned_on, b.owed, one.phone, one.email)
        for b in late
        for one in (people[b.customer],)
    ]
    columns = [Column(title, Align.RIGHT) if title == "Owes" else Column(title) for title in TITLES]
    return Table(columns=columns, rows=rows)
