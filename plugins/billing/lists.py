"""Lists of invoices, of one customer or of all, with what they come to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from typing import Literal

from bot.api import (
    Button,
    Column,
    Money,
    Reply,
    Sheet,
    Table,
    action,
    plural,
    read_for_sheet,
    sheet_with,
)
from plugins.billing.bounds import amounts
from plugins.billing.port import Billing, Invoice, InvoicePage, InvoiceQuery
from plugins.billing.said import (
    MAX_ROWS,
    RIGHT,
    check_past,
    check_period,
    none_of,
    period_said,
    standing,
    unknown_area,
    whom_said,
)
from plugins.billing.settings import Ctx
from plugins.customers.port import Customer, CustomerKind, CustomerQuery, CustomerRef, Plan, PlanRef, query_of

Status = Literal["overdue", "paid", "void", "disputed"]
MONTH = timedelta(days=31)
FEW = 12
"""Fewer than this were asked for by number."""


@action(
    permission="billing:read",
    reads_only=True,
    examples=(
        "invoices of {customer}",
        "show the bills of {customer}",
        "last invoice of {customer}",
        "unpaid invoices of {customer}",
        "billing history of {customer}",
        "has {customer} been billed this month",
        "{status} invoices of {customer}",
        "disputed invoices",
        "invoices issued since {since}",
        "which invoices has {customer} not paid",
        "which invoices are open for {customer}",
        "invoices due {since}",
        "unpaid invoices over {over}",
        "biggest invoices {since}",
        "open bills of {customer}",
        "which bills are still due for {customer}",
        "invoice list of {customer}",
        "unpaid invoices of {kind} customers in {area}",
    ),
)
async def invoices(  # noqa: PLR0913 - what the list can be narrowed by
    ctx: Ctx,
    customer: CustomerRef | None = None,
    *,
    unpaid: bool = False,
    status: Status | None = None,
    since: date | None = None,
    until: date | None = None,
    due: bool = False,
    biggest: bool = False,
    over: Money | None = None,
    under: Money | None = None,
    at_least: bool = False,
    at_most: bool = False,
    kind: CustomerKind | None = None,
    plan: PlanRef | None = None,
    area: str = "",
    limit: int = FEW,
    csv: bool = False,
) -> Reply:
    """List a customer's invoices, newest first, all or only the unpaid ones.

    Or those of everybody, of business customers, of a plan or an area; overdue, paid, void or disputed ones,
    those issued in a period or due in it, those over or under an amount or between two (both are meant too);
    as a CSV file when you ask for one.
    """
    (check_period if due else check_past)(since, until, ctx.today)
    of = amounts(ctx, over, under, at_least=at_least, at_most=at_most)
    query = InvoiceQuery(
        customer=customer.number if customer else None,
        standing=status or ("unpaid" if unpaid else None),
        since=since,
        until=until,
        is_due=due,
        over=of.over,
        under=of.under,
        biggest=biggest,
        whose=query_of(kind=kind, plan=plan, area=area),
    )
    much = f" of {of.said}" if of.said else ""
    return await _listed(ctx, query, (customer, plan), much, limit, csv=csv)


async def _listed(
    ctx: Ctx,
    query: InvoiceQuery,
    whose: tuple[Customer | None, Plan | None],
    much: str,
    limit: int,
    *,
    csv: bool,
) -> Reply:
    customer, plan = whose
    today, word = ctx.today, query.standing
    found, beside = await _found(ctx, query, customer, plan, csv=csv)
    rows = found.invoices[: max(1, min(limit, MAX_ROWS))]
    noun = f"{word} invoice" if word else "invoice"
    of = whom_said(customer, query.whose or CustomerQuery(), plan)
    span = much + _span(query, today)
    focus, evidence = {"customer": customer.number} if customer else {}, (ctx.evidence(Billing),)
    if not found.count:
        who = f" for {customer.name}" if customer else of
        unknown = "" if customer else await unknown_area(ctx, query.whose or CustomerQuery())
        return Reply(unknown or f"No {noun}s{who}{span}.", data=(), focus=focus, evidence=evidence)
    shown, first = len(rows), "biggest" if query.biggest else "first" if word or query.is_due else "last"
    part = f"The {first} {shown} of " if shown < found.count else ""
    head = f"{beside}{part}{plural(found.count, noun)}{of}{span}"
    # "the last three" is all that was wanted: no file of the others
    few = limit < FEW and not csv
    sheet = Sheet() if few else _sheet(found, shown, today, csv=csv)
    return Reply(
        sheet.after(f"{head}, {found.total} in all, {found.owed} of it still owed:"),
        data=rows,
        table=replace(_invoices(rows, today, everybody=customer is None), total=found.count),
        file=sheet.file,
        buttons=tuple(Button(i.number, "billing_invoice", {"invoice": i.number}) for i in rows[:3]),
        focus=focus,
        evidence=evidence,
    )


async def _found(
    ctx: Ctx, query: InvoiceQuery, customer: Customer | None, plan: Plan | None, *, csv: bool
) -> tuple[InvoicePage, str]:
    """Return what fits; of one customer who is none of those described, theirs, and the words for that."""
    read = partial(ctx.port(Billing).find_invoices, ctx.scope)
    found = await read_for_sheet(partial(read, query, ctx.today), lambda page: page.count, csv=csv)
    whose = query.whose or CustomerQuery()
    if customer is None or found.count or whose == CustomerQuery():
        return found, ""
    plain = replace(query, whose=None)
    found = await read_for_sheet(partial(read, plain, ctx.today), lambda page: page.count, csv=csv)
    return found, none_of(customer, whose, plan) if found.count else ""


def _span(query: InvoiceQuery, today: date) -> str:
    """Return `, due from 23 Nov until 29 Nov`."""
    period = period_said(query.since, query.until, today)
    return f", due{period.removeprefix(',')}" if period and query.is_due else period


def _sheet(found: InvoicePage, shown: int, today: date, *, csv: bool) -> Sheet:
    return sheet_with(
        lambda: _invoices(found.invoices, today, everybody=True),
        "invoices",
        plural(found.count, "invoice"),
        shown=shown,
        read=len(found.invoices),
        total=found.count,
        csv=csv,
    )


def _invoices(found: Sequence[Invoice], today: date, *, everybody: bool) -> Table:
    who = [Column("Account"), Column("Name")] if everybody else []
    columns = [Column("Invoice"), *who, Column("Issued"), Column("Due"), Column("Total", RIGHT)]
    rows = [
        (
            i.number,
            *((i.customer, i.customer_name) if everybody else ()),
            i.issued_on,
            i.due_on,
            i.total,
            i.owed,
            standing(i, today),
        )
        for i in found
    ]
    return Table(columns=[*columns, Column("Owed", RIGHT), Column("Status")], rows=rows)
