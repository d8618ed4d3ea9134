"""How billing says things: days, standings, reasons; who an invoice or a customer argument means."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from bot.api import Align, BadInput, Change, Context, Money, day, plural
from plugins.billing.port import Balance, Billing, Invoice, InvoiceStatus, Payment, Share, foreign, spread
from plugins.customers.port import Customer, CustomerQuery, Customers, Plan, said_of

RIGHT = Align.RIGHT
MAX_ROWS = 50
UNDO = timedelta(minutes=30)
LOOK_BACK = timedelta(days=400)
"""How far promises are looked up: no plan runs longer than what a workspace may allow."""
LONGEST = 400
"""Letters of a reason."""


def midnight(ctx: Context[Any], on: date) -> datetime:
    """Return when a day begins on the tenant's clock."""
    return datetime.combine(on, time(), ctx.tenant.zone)


def standing(invoice: Invoice, today: date) -> str:
    """Return `paid`, `overdue 12 days`, `due 4 Dec`, `partly paid …`."""
    if invoice.status is not InvoiceStatus.OPEN:
        return invoice.status.value
    late = (today - invoice.due_on).days
    due = f"overdue {plural(late, 'day')}" if late > 0 else f"due {day(invoice.due_on, today)}"
    said = f"partly paid, {due}" if invoice.paid.minor else due
    return f"{said}, disputed" if invoice.disputed_at else said


def why_failed(payment: Payment) -> str:
    """Return why a payment failed, in words."""
    return (payment.failure or "no reason given").replace("_", " ")


def reasoned(reason: str, what: str) -> str:
    """Return the reason without blanks around; BadInput if there is none or it is too long."""
    reason = " ".join(reason.split())
    if not reason:
        raise BadInput(f"Say why {what}; the customer or a colleague will ask.")
    if len(reason) > LONGEST:
        raise BadInput(f"The reason has {len(reason)} letters; {LONGEST} fit.")
    return reason


def positive(amount: Money, what: str) -> Money:
    """Return the amount; BadInput unless there is something of it."""
    if amount.minor <= 0:
        raise BadInput(f"{what} of {amount} makes no sense. Give an amount above zero.")
    return amount


async def owner_of(ctx: Context[Any], customer: Customer | None, invoice: Invoice | None) -> Customer:
    """Return whose account is meant; an invoice says it too."""
    if invoice is None:
        if customer is None:
            raise BadInput("Say whose account it is: name the customer or the invoice.")
        return customer
    if customer is not None:
        if invoice.customer != customer.number:
            raise BadInput(
                f"{invoice.number} is an invoice of {invoice.customer_name} ({invoice.customer}), not of "
                f"{customer.name} ({customer.number}). Say which of the two you mean."
            )
        return customer
    found = await ctx.port(Customers).get(ctx.scope, invoice.customer)
    if found is None:
        raise BadInput(f"The customer of {invoice.number} is not there any more.")
    return found


async def balance_of(ctx: Context[Any], customer: Customer) -> Balance:
    """Return what a customer owes."""
    found = await ctx.port(Billing).balance(ctx.scope, customer.number, ctx.today)
    if found is None:
        raise BadInput(f"Billing knows no customer {customer.number}.")
    return found


def check_currency(customer: Customer, balance: Balance, amount: Money) -> None:
    """Raise BadInput when the account is kept in another currency."""
    if balance.currencies and amount.currency not in balance.currencies:
        raise BadInput(foreign(customer.name, amount, balance.currencies))


def settled(
    amount: Money, invoices: tuple[Invoice, ...], first: str | None
) -> tuple[tuple[Share, ...], Money, tuple[Change, ...]]:
    """Return how money would be spread, what is left of it, and that as lines of a preview."""
    shares = spread(amount, invoices, first)
    left = Money(amount.minor - sum(share.amount.minor for share in shares), amount.currency)
    changes = [
        Change(
            what=share.invoice,
            before=f"owed {share.rest + share.amount}",
            after=f"owed {share.rest}" if share.rest.minor else "paid",
        )
        for share in shares
    ]
    if left.minor:
        changes.append(Change(what="Credit on the account", before="", after=f"+ {left}"))
    return shares, left, tuple(changes)


def focus_of(customer: str, **more: str) -> Mapping[str, str]:
    """Return what the reply is about."""
    return {"customer": customer, **more}


def whom_said(customer: Customer | None, whose: CustomerQuery, plan: Plan | None) -> str:
    """Return ` of Amina Bello` or ` of business customers in coast`, or nothing where all are meant."""
    on = f" on {plan.name}" if plan else ""
    many = f" of {said_of(whose, 'customers')}{on}" if whose != CustomerQuery() else ""
    return f" of {customer.name}" if customer else many


def none_of(customer: Customer, whose: CustomerQuery, plan: Plan | None = None) -> str:
    """Say that the one asked about is none of those described, to stand before what is shown of them."""
    on = f" on {plan.name}" if plan else ""
    return f"{customer.name} is none of the {said_of(whose, 'customers')}{on}, so that is left out. "


async def unknown_area(ctx: Context[Any], whose: CustomerQuery) -> str:
    """Say that nobody at all lives in an area, as its name may be wrong; nothing where somebody does."""
    if (
        not whose.area
        or (await ctx.port(Customers).find_by(ctx.scope, CustomerQuery(area=whose.area), 1)).count
    ):
        return ""
    return f"I know no customer in “{whose.area}” at all. Name a region, a site or a town of ours."


def in_ours(ctx: Context[Any], amount: Money) -> Money:
    """Return an amount to compare with; BadInput unless it is in the tenant's currency."""
    if amount.currency != ctx.tenant.currency:
        raise BadInput(f"Accounts are listed in {ctx.tenant.currency}. Give the amount in it.")
    return amount


def check_past(since: date | None, until: date | None, today: date) -> None:
    """Raise BadInput when a period ends before it begins, or is still to come."""
    check_period(since, until, today)
    if since and since > today:
        raise BadInput(
            f"{day(since, today)} is still to come, so there is nothing yet. Name days that have been."
        )


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
