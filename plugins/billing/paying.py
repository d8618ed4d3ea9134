"""Booking money that came in, and taking back what was booked wrongly."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from bot.api import (
    ActionCall,
    Approval,
    BadInput,
    Button,
    Change,
    Conflict,
    Money,
    Preview,
    Reply,
    Tone,
    action,
    day,
    moment,
)
from plugins.billing.money_back import check_no_refund
from plugins.billing.port import (
    Billing,
    Invoice,
    InvoiceQuery,
    InvoiceRef,
    Method,
    NewPayment,
    Payment,
    PaymentQuery,
    PaymentRef,
    Promise,
    Standing,
)
from plugins.billing.said import (
    LOOK_BACK,
    UNDO,
    balance_of,
    check_currency,
    midnight,
    owner_of,
    positive,
    reasoned,
    settled,
)
from plugins.billing.settings import Ctx
from plugins.customers.port import Customer, CustomerRef

TWICE = timedelta(days=3)
"""An equal amount within this time may be the same money."""
OPEN_INVOICES = 500


async def open_invoices(ctx: Ctx, customer: str) -> tuple[Invoice, ...]:
    """Return what a customer still has to pay, due longest first."""
    query = InvoiceQuery(customer=customer, standing="unpaid")
    page = await ctx.port(Billing).find_invoices(ctx.scope, query, ctx.today, OPEN_INVOICES)
    return page.invoices


def received_at(ctx: Ctx, received: date | None) -> datetime:
    """Return when money came in; a day before today counts from its noon."""
    today = ctx.today
    if received is None or received == today:
        return ctx.now
    if received > today:
        raise BadInput(f"{day(received, today)} is still to come. Book money on the day it came in.")
    return datetime.combine(received, time(12), ctx.tenant.zone)


async def preview_record_payment(  # noqa: PLR0913 - as the action
    ctx: Ctx,
    customer: CustomerRef | None = None,
    *,
    amount: Money,
    method: Method,
    invoice: InvoiceRef | None = None,
    reference: str | None = None,
    received: date | None = None,
    note: str | None = None,
) -> Preview:
    """Say which invoices it settles, what is left, and whether it looks like something booked already."""
    del note
    owner = await owner_of(ctx, customer, invoice)
    positive(amount, "A payment")
    received_at(ctx, received)
    balance = await balance_of(ctx, owner)
    check_currency(owner, balance, amount)
    invoices = await open_invoices(ctx, owner.number)
    _, left, changes = settled(amount, invoices, invoice.number if invoice else None)
    warnings = await _doubles(ctx, owner, amount, reference)
    if left.minor:
        warnings.append(f"{left} more than is owed: it stays as credit and settles the next invoice")
    if reference is None and method is not Method.CASH:
        warnings.append("No reference given, so a second booking of the same money cannot be recognised")
    if invoice is not None and not invoice.owed.minor:
        warnings.append(f"{invoice.number} is {invoice.status}; the money goes to what is open")
    how = method.replace("_", " ")
    after = balance.owed.minor - amount.minor if amount.currency == balance.owed.currency else None
    line = () if after is None else (
        Change(what="Balance", before=_owed(balance.owed), after=_owed(Money(after, amount.currency))),
    )  # fmt: skip
    return Preview(
        text=f"{owner.name} ({owner.number}) paid {amount} by {how}.",
        changes=(*changes, *line),
        amount=amount,
        warnings=tuple(warnings),
    )


def _owed(owed: Money) -> str:
    if owed.minor < 0:
        return f"{-owed} in credit"
    return f"owes {owed}" if owed.minor else "nothing owed"


async def _doubles(ctx: Ctx, owner: Customer, amount: Money, reference: str | None) -> list[str]:
    port, zone = ctx.port(Billing), ctx.tenant.zone
    if reference:
        same = await port.find_payments(ctx.scope, PaymentQuery(reference=reference), 20)
        for old in same.payments:
            if old.status == "succeeded" and not old.reversed and old.reverses is None:
                when = moment(old.at, ctx.now, zone)
                raise Conflict(
                    f"A payment with the reference {reference} is booked already: {old.number}, {old.amount} "
                    f"of {old.customer_name} ({old.customer}), {when}. If it is another one, give its own "
                    "reference."
                )
    recent = await port.find_payments(
        ctx.scope, PaymentQuery(customer=owner.number, since=ctx.now - TWICE), 20
    )
    return [
        f"The same amount was booked {moment(old.at, ctx.now, zone)}: {old.number}"
        for old in recent.payments
        if old.amount == amount and old.status == "succeeded" and not old.reversed
    ]


@action(
    permission="billing:pay",
    approval=Approval.SELF,
    preview=preview_record_payment,
    amount="amount",
    examples=(
        "record {amount} {method} from {customer}",
        "record {amount} {method} for {invoice}",
        "{customer} paid {amount} in {method}",
        "book a payment of {amount} by {method} for {customer}, reference {reference}",
        "we got {amount} from {customer} by {method}",
        "payment {customer} {amount} {method}",
        "enter a {method} payment of {amount} for {customer}",
        "{amount} {method} received from {customer}",
        "{customer} brought {amount} in {method}",
        "payment of {customer}: {amount} {method}",
        "{customer} handed over {amount} {method}",
        "register a payment of {amount} from {customer}",
    ),
)
async def record_payment(  # noqa: PLR0913 - what a receipt says
    ctx: Ctx,
    customer: CustomerRef | None = None,
    *,
    amount: Money,
    method: Method,
    invoice: InvoiceRef | None = None,
    reference: str | None = None,
    received: date | None = None,
    note: str | None = None,
) -> Reply:
    """Record a payment.

    It settles the invoice you name, then those due longest; what is over stays as credit on the account.
    It can be taken back for 30 minutes.
    """
    owner = await owner_of(ctx, customer, invoice)
    first = invoice.number if invoice else None
    before = {p.number for p in await _open_promises(ctx, owner)}
    new = NewPayment(
        customer=owner.number,
        amount=positive(amount, "A payment"),
        method=method.value,
        at=received_at(ctx, received),
        reference=(reference or "").strip() or None,
        invoice=first,
        note=note,
    )
    paid = await ctx.port(Billing).pay(ctx.effect, new)
    balance = await balance_of(ctx, owner)
    where = f" It goes to {paid.invoice}." if paid.invoice else " It is credit on the account."
    still = {p.number for p in await _open_promises(ctx, owner)}
    kept = "".join(f" Promise {number} is kept." for number in sorted(before - still))
    back = {"payment": paid.number, "reason": f"Booked wrongly by {ctx.user.name}"}
    return Reply(
        f"Booked {paid.number}: {paid.amount} by {method.replace('_', ' ')} from {owner.name} "
        f"({owner.number}).{where}{kept} Now {balance.said(ctx.today)}.",
        data=paid,
        tone=Tone.GOOD,
        undo=ActionCall(action_id="billing_reverse_payment", args=back),
        undo_within=UNDO,
        buttons=_after(owner, resume=owner.status.value == "suspended" and not balance.overdue.minor),
        evidence=(ctx.evidence(Billing),),
        focus={"customer": owner.number, "payment": paid.number},
    )


async def _open_promises(ctx: Ctx, owner: Customer) -> list[Promise]:
    found = await ctx.port(Billing).promises(ctx.scope, ctx.now - LOOK_BACK, owner.number)
    return [p for p in found if p.standing(ctx.today) in {Standing.OPEN, Standing.BROKEN}]


def _after(owner: Customer, *, resume: bool) -> tuple[Button, ...]:
    who = {"customer": owner.number}
    first = (Button("Resume", "customers_resume", who, "primary"),) if resume else ()
    return (*first, Button("Statement", "billing_statement", who), Button("Balance", "billing_balance", who))


async def preview_reverse_payment(ctx: Ctx, payment: PaymentRef, reason: str) -> Preview:
    """Say what is owed again."""
    reasoned(reason, "the payment is taken back")
    check_no_refund(payment, reason)
    check_reversible(payment)
    changes = (Change(what=payment.number, before=f"{payment.amount} came in", after="taken back"),)
    opened = f" {payment.invoice} opens again." if payment.invoice else ""
    return Preview(
        text=f"{payment.number} of {payment.customer_name} ({payment.customer}) counts for nothing.{opened}",
        changes=changes,
        amount=payment.amount,
        warnings=(f"It was booked on {moment(payment.at, ctx.now, ctx.tenant.zone)}",)
        if payment.at < midnight(ctx, ctx.today)
        else (),
    )


def check_reversible(payment: Payment) -> None:
    """Raise Conflict unless the payment went through and stands."""
    if payment.reversed:
        raise Conflict(f"{payment.number} was taken back already.")
    if payment.reverses:
        raise Conflict(f"{payment.number} is the entry that took {payment.reverses} back; it stays.")
    if payment.status != "succeeded":
        raise Conflict(f"{payment.number} is {payment.status}; there is nothing to take back.")


@action(
    permission="billing:pay",
    approval=Approval.SELF,
    preview=preview_reverse_payment,
    examples=(
        "reverse {payment}: {reason}",
        "take back payment {payment} because {reason}",
        "the cheque of {payment} bounced, {reason}",
        "{payment} was booked on the wrong customer, {reason}",
        "cancel payment {payment}, {reason}",
    ),
)
async def reverse_payment(ctx: Ctx, payment: PaymentRef, reason: str) -> Reply:
    """Take a payment back.

    By an entry against it, never by deleting it; the invoices it had settled are owed again.
    """
    check_reversible(payment)
    check_no_refund(payment, reason)
    why = reasoned(reason, "the payment is taken back")
    entry = await ctx.port(Billing).reverse(ctx.effect, payment.number, why)
    found = await ctx.port(Billing).balance(ctx.scope, payment.customer, ctx.today)
    now = f" Now {found.said(ctx.today)}." if found else ""
    return Reply(
        f"{payment.number}, {payment.amount} of {payment.customer_name}, is taken back by {entry.number}: "
        f"{why}.{now}",
        data=entry,
        tone=Tone.WARN,
        buttons=(Button("Statement", "billing_statement", {"customer": payment.customer}),),
        evidence=(ctx.evidence(Billing),),
        focus={"customer": payment.customer},
    )
