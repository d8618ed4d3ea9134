"""One customer's money: balance, invoices, one invoice, payments."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from bot.api import (
    Align,
    Button,
    Column,
    Context,
    Match,
    NotFound,
    Reply,
    Table,
    Tone,
    action,
    day,
    moment,
    plural,
)
from plugins.billing.port import Balance, Billing, Invoice, InvoiceRef, InvoiceStatus, Payment
from plugins.customers.port import Customer, CustomerRef, Customers

Ctx = Context[Any]
RIGHT = Align.RIGHT
MAX_ROWS = 50


def today_of(ctx: Ctx) -> date:
    """Return the day on the tenant's calendar."""
    return ctx.now.astimezone(ctx.tenant.zone).date()


async def find_invoices(ctx: Ctx, text: str, limit: int) -> Sequence[Match]:
    """Find an invoice by its number."""
    del limit  # a number is one invoice or none
    invoice = await ctx.port(Billing).get_invoice(ctx.scope, text)
    if invoice is None:
        return []
    label, detail = f"{invoice.total} of {invoice.customer_name}", standing(invoice, today_of(ctx))
    owner = await ctx.port(Customers).get(ctx.scope, invoice.customer)
    return [
        Match(
            key=invoice.number,
            label=label,
            record=invoice,
            detail=detail,
            exact=True,
            scope=owner.area if owner else {},
        )
    ]


def standing(invoice: Invoice, today: date) -> str:
    """Return `paid`, `overdue 12 days`, `due 4 Dec`, `partly paid …`."""
    if invoice.status is not InvoiceStatus.OPEN:
        return invoice.status.value
    late = (today - invoice.due_on).days
    due = f"overdue {plural(late, 'day')}" if late > 0 else f"due {day(invoice.due_on, today)}"
    return f"partly paid, {due}" if invoice.paid.minor else due


@action(
    permission="billing:read",
    reads_only=True,
    examples=(
        "what does {customer} owe",
        "balance of {customer}",
        "how much does {customer} have to pay",
        "is {customer} behind with payments",
        "did {customer} pay",
        "what is outstanding for {customer}",
        "what does {customer} still have to pay",
        "is {customer} all paid",
        "when did {customer} last pay",
    ),
)
async def balance(ctx: Ctx, customer: CustomerRef) -> Reply:
    """Say what a customer owes, since when, and when they last paid."""
    found = await ctx.port(Billing).balance(ctx.scope, customer.number, today_of(ctx))
    if found is None:
        raise NotFound(f"Billing knows no customer {customer.number}.")
    zone, last, failed = ctx.tenant.zone, found.last_payment, found.last_failure
    lines = [f"**{customer.name}** ({customer.number}): {found.said(today_of(ctx))}."]
    if last:
        how = last.method.replace("_", " ")
        lines.append(f"Last payment: {last.amount} on {moment(last.at, ctx.now, zone)} by {how}.")
    else:
        lines.append("They have not paid anything yet.")
    if failed and (last is None or failed.at > last.at):
        lines.append(
            f"A later try failed: {failed.amount}, {moment(failed.at, ctx.now, zone)}, {_why(failed)}."
        )
    return Reply(
        "\n\n".join(lines),
        data=found,
        tone=Tone.WARN if found.overdue.minor else Tone.PLAIN,
        buttons=_buttons(customer, found),
        evidence=(ctx.evidence(Billing),),
        focus={"customer": customer.number},
    )


def _buttons(customer: Customer, found: Balance) -> tuple[Button, ...]:
    who = {"customer": customer.number}
    buttons = [Button("Invoices", "billing_invoices", who), Button("Payments", "billing_payments", who)]
    if found.overdue.minor and customer.status.value == "active":
        buttons.append(Button("Suspend", "customers_suspend", {**who, "reason": "non-payment"}, "danger"))
    if not found.overdue.minor and customer.status.value == "suspended":
        buttons.append(Button("Resume", "customers_resume", who, "primary"))
    return tuple(buttons)


def _why(payment: Payment) -> str:
    return (payment.failure or "no reason given").replace("_", " ")


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
    ),
)
async def invoices(ctx: Ctx, customer: CustomerRef, *, unpaid: bool = False, limit: int = 12) -> Reply:
    """List a customer's invoices, newest first, all or only the unpaid ones."""
    found = await ctx.port(Billing).invoices(ctx.scope, customer.number, max(1, min(limit, MAX_ROWS)))
    shown = [i for i in found if i.owed.minor > 0] if unpaid else list(found)
    kind = "unpaid invoice" if unpaid else "invoice"
    focus, evidence = {"customer": customer.number}, (ctx.evidence(Billing),)
    if not shown:
        return Reply(f"No {kind}s for {customer.name}.", data=(), focus=focus, evidence=evidence)
    columns = [
        Column("Invoice"),
        Column("Issued"),
        Column("Due"),
        Column("Total", RIGHT),
        Column("Owed", RIGHT),
    ]
    rows = [(i.number, i.issued_on, i.due_on, i.total, i.owed, standing(i, today_of(ctx))) for i in shown]
    return Reply(
        f"The last {plural(len(shown), kind)} of {customer.name}:",
        data=tuple(shown),
        table=Table(columns=[*columns, Column("Status")], rows=rows),
        buttons=tuple(Button(i.number, "billing_invoice", {"invoice": i.number}) for i in shown[:3]),
        focus=focus,
        evidence=evidence,
    )


@action(
    permission="billing:read",
    reads_only=True,
    examples=(
        "show invoice {invoice}",
        "what is on {invoice}",
        "is {invoice} paid",
        "lines of {invoice}",
        "open {invoice}",
    ),
)
async def invoice(ctx: Ctx, invoice: InvoiceRef) -> Reply:
    """Show one invoice with its lines."""
    today = today_of(ctx)
    rows = [(line.text, line.amount) for line in invoice.lines]
    return Reply(
        f"**{invoice.number}** of {invoice.customer_name} ({invoice.customer}): {invoice.total}, "
        f"{standing(invoice, today)}.",
        data=invoice,
        facts={
            "Issued": invoice.issued_on,
            "Due": invoice.due_on,
            "Paid": invoice.paid,
            "Owed": invoice.owed,
        },
        table=Table(columns=(Column("For"), Column("Amount", RIGHT)), rows=rows) if rows else None,
        buttons=(Button("Balance", "billing_balance", {"customer": invoice.customer}),),
        evidence=(ctx.evidence(Billing),),
        focus={"invoice": invoice.number, "customer": invoice.customer},
    )


@action(
    permission="billing:read",
    reads_only=True,
    examples=(
        "payments of {customer}",
        "what has {customer} paid",
        "payment history of {customer}",
        "show the last payments of {customer}",
        "how does {customer} pay",
    ),
)
async def payments(ctx: Ctx, customer: CustomerRef, limit: int = 12) -> Reply:
    """List a customer's payments, newest first, failed ones too."""
    found = await ctx.port(Billing).payments(ctx.scope, customer.number, max(1, min(limit, MAX_ROWS)))
    focus, evidence = {"customer": customer.number}, (ctx.evidence(Billing),)
    if not found:
        return Reply(f"No payments from {customer.name} yet.", data=(), focus=focus, evidence=evidence)
    failed = sum(payment.status == "failed" for payment in found)
    note = f", {failed} of them failed" if failed else ""
    columns = [Column("Payment"), Column("When"), Column("Amount", RIGHT), Column("How"), Column("Status")]
    rows = [
        (p.number, moment(p.at, ctx.now, ctx.tenant.zone), p.amount, _how(p), _status(p), p.invoice)
        for p in found
    ]
    return Reply(
        f"The last {plural(len(found), 'payment')} of {customer.name}{note}:",
        data=tuple(found),
        table=Table(columns=[*columns, Column("Invoice")], rows=rows),
        focus=focus,
        evidence=evidence,
    )


def _how(payment: Payment) -> str:
    how = payment.method.replace("_", " ")
    return f"{how}, {payment.provider}" if payment.provider else how


def _status(payment: Payment) -> str:
    return f"failed: {_why(payment)}" if payment.status == "failed" else payment.status
