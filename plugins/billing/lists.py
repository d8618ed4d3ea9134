"""Lists of invoices, payments and credit notes, of one customer or of all, with what they come to."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Literal

from bot.api import BadInput, Button, Column, Reply, Table, action, day, moment, plural
from plugins.billing.port import (
    Billing,
    InvoicePage,
    InvoiceQuery,
    Method,
    Payment,
    PaymentPage,
    PaymentQuery,
)
from plugins.billing.said import MAX_ROWS, RIGHT, midnight, standing, why_failed
from plugins.billing.settings import Ctx
from plugins.customers.port import CustomerRef

Status = Literal["overdue", "paid", "void", "disputed"]
MONTH = timedelta(days=31)


def check_period(since: date | None, until: date | None, today: date) -> None:
    """Raise BadInput when a period ends before it begins."""
    if since and until and since > until:
        raise BadInput(f"The period ends ({day(until, today)}) before it begins ({day(since, today)}).")


def period_said(since: date | None, until: date | None, today: date) -> str:
    """Return `, 1 Nov to 20 Nov`, or nothing."""
    if since is None and until is None:
        return ""
    if since == until and since:
        return f", {day(since, today)}"
    begin = f" from {day(since, today)}" if since else ""
    end = f" until {day(until, today)}" if until else ""
    return f",{begin}{end}"


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
        "open bills of {customer}",
        "which bills are still due for {customer}",
        "invoice list of {customer}",
    ),
)
async def invoices(
    ctx: Ctx,
    customer: CustomerRef | None = None,
    *,
    unpaid: bool = False,
    status: Status | None = None,
    since: date | None = None,
    until: date | None = None,
    limit: int = 12,
) -> Reply:
    """List a customer's invoices, newest first, all or only the unpaid ones.

    Or those of everybody; overdue, paid, void or disputed ones, and those issued in a period.
    """
    today = ctx.today
    check_period(since, until, today)
    word = status or ("unpaid" if unpaid else None)
    number = customer.number if customer else None
    query = InvoiceQuery(customer=number, standing=word, since=since, until=until)
    found = await ctx.port(Billing).find_invoices(ctx.scope, query, today, max(1, min(limit, MAX_ROWS)))
    kind, whose = f"{word} invoice" if word else "invoice", f" of {customer.name}" if customer else ""
    span = period_said(since, until, today)
    focus, evidence = {"customer": customer.number} if customer else {}, (ctx.evidence(Billing),)
    if not found.count:
        who = f" for {customer.name}" if customer else ""
        return Reply(f"No {kind}s{who}{span}.", data=(), focus=focus, evidence=evidence)
    many = plural(found.count, kind)
    shown = len(found.invoices)
    head = f"{many}{whose}{span}" if shown == found.count else f"The {'last ' if not word else 'first '}"
    if shown < found.count:
        head += f"{shown} of {many}{whose}{span}"
    return Reply(
        f"{head}, {found.total} in all, {found.owed} of it still owed:",
        data=found.invoices,
        table=_invoices(found, today, everybody=customer is None),
        buttons=tuple(Button(i.number, "billing_invoice", {"invoice": i.number}) for i in found.invoices[:3]),
        focus=focus,
        evidence=evidence,
    )


def _invoices(found: InvoicePage, today: date, *, everybody: bool) -> Table:
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
        for i in found.invoices
    ]
    return Table(columns=[*columns, Column("Owed", RIGHT), Column("Status")], rows=rows, total=found.count)


@action(
    permission="billing:read",
    reads_only=True,
    examples=(
        "payments of {customer}",
        "what has {customer} paid",
        "payment history of {customer}",
        "show the last payments of {customer}",
        "how does {customer} pay",
        "{method} payments since {since}",
        "all payments received on {since}",
        "payment with reference {reference}",
        "what did we receive from {customer}",
        "what came in from {customer}",
        "did the payment of {customer} arrive",
        "when did {customer} pay",
    ),
)
async def payments(
    ctx: Ctx,
    customer: CustomerRef | None = None,
    *,
    method: Method | None = None,
    since: date | None = None,
    until: date | None = None,
    reference: str | None = None,
    limit: int = 12,
) -> Reply:
    """List a customer's payments, newest first, failed ones too.

    Or those of everybody; by cash, card or another way, of a period, or with a reference.
    """
    today = ctx.today
    check_period(since, until, today)
    query = PaymentQuery(
        customer=customer.number if customer else None,
        since=midnight(ctx, since) if since else None,
        until=midnight(ctx, until + timedelta(days=1)) if until else None,
        method=method,
        reference=reference,
    )
    found = await ctx.port(Billing).find_payments(ctx.scope, query, max(1, min(limit, MAX_ROWS)))
    focus, evidence = {"customer": customer.number} if customer else {}, (ctx.evidence(Billing),)
    kind = f"{method.replace('_', ' ')} payment" if method else "payment"
    whose = f" {'from' if not found.count else 'of'} {customer.name}" if customer else ""
    span = period_said(since, until, today) + (f", reference {reference}" if reference else "")
    if not found.count:
        return Reply(
            f"No {kind}s{whose}{span}{' yet' if customer and not span else ''}.",
            data=(),
            focus=focus,
            evidence=evidence,
        )
    note = f", {found.failed} of them failed" if found.failed else ""
    part = f"The last {len(found.payments)} of " if len(found.payments) < found.count else ""
    return Reply(
        f"{part}{plural(found.count, kind)}{whose}{span}{note}, {found.total} came in:",
        data=found.payments,
        table=_payments(ctx, found, everybody=customer is None),
        focus=focus,
        evidence=evidence,
    )


def _payments(ctx: Ctx, found: PaymentPage, *, everybody: bool) -> Table:
    who = [Column("Account"), Column("Name")] if everybody else []
    columns = [Column("Payment"), *who, Column("When"), Column("Amount", RIGHT), Column("How")]
    rows = [
        (
            p.number,
            *((p.customer, p.customer_name) if everybody else ()),
            moment(p.at, ctx.now, ctx.tenant.zone),
            p.amount,
            _how(p),
            _status(p),
            p.invoice,
        )
        for p in found.payments
    ]
    return Table(columns=[*columns, Column("Status"), Column("Invoice")], rows=rows, total=found.count)


def _how(payment: Payment) -> str:
    how = payment.method.replace("_", " ")
    return f"{how}, {payment.provider}" if payment.provider else how


def _status(payment: Payment) -> str:
    if payment.reverses:
        return f"takes {payment.reverses} back"
    if payment.reversed:
        return "taken back"
    return f"failed: {why_failed(payment)}" if payment.status == "failed" else payment.status


@action(
    permission="billing:read",
    reads_only=True,
    examples=(
        "credit notes of {customer}",
        "what was credited to {customer}",
        "credit notes this month",
        "which credits were given since {since}",
        "did {customer} get a credit",
    ),
)
async def credits(  # noqa: A001 - what people call them
    ctx: Ctx,
    customer: CustomerRef | None = None,
    since: date | None = None,
    until: date | None = None,
    limit: int = 12,
) -> Reply:
    """List credit notes, newest first.

    Of one customer, or of everybody in the last month unless you name a period.
    """
    today = ctx.today
    first = since or (date(2000, 1, 1) if customer else today - MONTH)
    check_period(first, until, today)
    stop = midnight(ctx, (until or today) + timedelta(days=1))
    number = customer.number if customer else None
    page = await ctx.port(Billing).find_credits(
        ctx.scope, number, midnight(ctx, first), stop, max(1, min(limit, MAX_ROWS))
    )
    span = period_said(since or (None if customer else first), until, today)
    whose = f" of {customer.name}" if customer else ""
    focus, evidence = {"customer": customer.number} if customer else {}, (ctx.evidence(Billing),)
    if not page.count:
        return Reply(f"No credit notes{whose}{span}.", data=(), focus=focus, evidence=evidence)
    titles = ("Number", "Account", "Name", "On", "Amount", "Reason", "Invoice", "By", "Status")
    rows = [
        (n.number, n.customer, n.customer_name, moment(n.at, ctx.now, ctx.tenant.zone), n.amount, n.reason,
         n.invoice, n.by, "void" if n.voided_at else "")
        for n in page.notes
    ]  # fmt: skip
    return Reply(
        f"{plural(page.count, 'credit note')}{whose}{span}, {page.total} in all:",
        data=page.notes,
        table=Table(
            columns=[Column(t, RIGHT) if t == "Amount" else Column(t) for t in titles],
            rows=rows,
            total=page.count,
        ),
        focus=focus,
        evidence=evidence,
    )
