"""Credit notes: on an invoice or the account, for an amount or for days without service; and voiding them."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated

from pydantic import Field

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
    moment,
    plural,
)
from plugins.billing.alerting import WATCH
from plugins.billing.limits import day_limit, month_limit, of_day, of_month
from plugins.billing.paying import open_invoices
from plugins.billing.port import Billing, CreditNote, CreditRef, Invoice, InvoiceRef, NewCredit
from plugins.billing.said import (
    UNDO,
    balance_of,
    check_currency,
    owner_of,
    positive,
    reasoned,
    settled,
)
from plugins.billing.settings import Ctx
from plugins.customers.port import Customer, CustomerRef, Customers, ServiceStatus

ANOTHER = re.compile(r"(?<![\w/-])(?P<number>\w{0,3}\d{4,12})\s+(?:[A-Z]{3}\s*)?\d[\d.,]*k?\b")
"""An account number with an amount behind it."""
DOUBLE = re.compile(r"\b(?:twice|doubl\w*|duplicat\w*|overpa\w+|paid too much|two times)\b", re.IGNORECASE)
TWICE_PAID = (
    "Money paid twice is on the account already: a credit note would give it a second time. "
    "Ask “refund the double payment” for the ways on"
)


Days = Annotated[int, Field(ge=1)]
"""A form says at the field what does not fit; how long the month is, the credit itself."""


@dataclass(frozen=True, kw_only=True)
class Wish:
    """A credit as it will be written; `formula` says how days became an amount."""

    owner: Customer
    amount: Money
    formula: str = ""


def days_worth(monthly: Money, days: int, length: int) -> Money:
    """Return what so many days of a month of this length are worth, half a unit rounded up."""
    exact = Decimal(monthly.minor) * days / length
    return Money(int(exact.quantize(Decimal(1), ROUND_HALF_UP)), monthly.currency)


async def wish_of(
    ctx: Ctx, customer: Customer | None, invoice: Invoice | None, amount: Money | None, days: int | None
) -> Wish:
    """Return the credit that is meant: the amount itself, or what the days are worth."""
    owner = await owner_of(ctx, customer, invoice)
    if (amount is None) == (days is None):
        raise BadInput("Say either the amount to credit or the number of days without service.")
    if amount is not None:
        return Wish(owner=owner, amount=positive(amount, "A credit"))
    today = ctx.today
    length = calendar.monthrange(today.year, today.month)[1]
    if days is None or not 1 <= days <= length:
        raise BadInput(f"Credit between 1 and {length} days at once; for more give the amount.")
    services = await ctx.port(Customers).services(ctx.scope, owner.number)
    prices = [s.plan.price for s in services if s.status in {ServiceStatus.ACTIVE, ServiceStatus.SUSPENDED}]
    if not prices or len({price.currency for price in prices}) > 1:
        raise BadInput(f"{owner.name} has no service whose days have a price. Give the amount to credit.")
    monthly = Money(sum(price.minor for price in prices), prices[0].currency)
    worth = days_worth(monthly, days, length)
    formula = f"{monthly} a month × {days} of {length} days = {worth}"
    return Wish(owner=owner, amount=positive(worth, "A credit"), formula=formula)


async def check_one_account(ctx: Ctx, owner: Customer, why: str) -> None:
    """Raise BadInput where the reason names somebody else with an amount: "100187 300, outage"."""
    for found in ANOTHER.finditer(why):
        number = found["number"]
        if number != owner.number and await ctx.port(Customers).get(ctx.scope, number) is not None:
            raise BadInput(
                f"I credit one account at a time, and “{found[0]}” names another. Say it for "
                f"{owner.name} ({owner.number}) alone, then for {number}."
            )


async def preview_credit(
    ctx: Ctx,
    customer: CustomerRef | None = None,
    *,
    reason: str,
    amount: Money | None = None,
    days: int | None = None,
    invoice: InvoiceRef | None = None,
) -> Preview:
    """Say what it settles, how it was worked out, and how much of the month's limit it takes."""
    wish = await wish_of(ctx, customer, invoice, amount, days)
    owner, why = wish.owner, reasoned(reason, "it is credited")
    await check_one_account(ctx, owner, why)
    check_currency(owner, await balance_of(ctx, owner), wish.amount)
    if invoice is not None and wish.amount.minor > invoice.total.minor:
        raise BadInput(f"{invoice.number} came to {invoice.total}; credit at most that on it.")
    month = await of_month(ctx, owner, wish.amount)
    today, odd = await of_day(ctx, owner, wish.amount)
    first = invoice.number if invoice else None
    twice = (TWICE_PAID,) if DOUBLE.search(why) else ()
    _, _, changes = settled(wish.amount, await open_invoices(ctx, owner.number), first)
    on = f" on {invoice.number}" if invoice else ""
    return Preview(
        text=f"{owner.name} ({owner.number}) is credited {wish.amount}{on}: {why}",
        changes=(*changes, month, today),
        amount=wish.amount,
        warnings=(*((wish.formula,) if wish.formula else ()), *twice, *((odd,) if odd else ())),
    )


@action(
    permission="billing:credit",
    approval=Approval.SELF,
    preview=preview_credit,
    amount="amount",
    examples=(
        "credit {customer} {amount} for {reason}",
        "give {customer} a credit of {amount}: {reason}",
        "issue a credit note of {amount} on {invoice}: {reason}",
        "credit note for {days} days of outage for {customer}, {reason}",
        "write {customer} a credit note over {amount}, {reason}",
        "compensate {customer} for {days} days without service: {reason}",
    ),
)
async def credit(
    ctx: Ctx,
    customer: CustomerRef | None = None,
    *,
    reason: str,
    amount: Money | None = None,
    days: Days | None = None,
    invoice: InvoiceRef | None = None,
) -> Reply:
    """Give a customer a credit note.

    For an amount, or for days without service; on an invoice or on the account. It lowers what is owed at
    once. It can be taken back for 30 minutes.
    """
    wish = await wish_of(ctx, customer, invoice, amount, days)
    owner = wish.owner
    new = NewCredit(
        customer=owner.number,
        amount=wish.amount,
        reason=reasoned(reason, "it is credited"),
        invoice=invoice.number if invoice else None,
        month_limit=month_limit(ctx, owner),
        agent=ctx.user.id,
        day_limit=day_limit(ctx, owner),
    )
    note = await ctx.port(Billing).credit(ctx.effect, new)
    await ctx.enqueue(WATCH.name)
    balance = await balance_of(ctx, owner)
    on = f" on {note.invoice}" if note.invoice else ""
    for_days = f" for {plural(days, 'day')}" if days else ""
    back = {"credit_note": note.number, "reason": "taken back"}
    return Reply(
        f"Credit note {note.number}: {note.amount}{for_days} for {owner.name} ({owner.number}){on}, "
        f"{note.reason}. Now {balance.said(ctx.today)}.",
        data=note,
        tone=Tone.GOOD,
        undo=ActionCall(action_id="billing_void_credit", args=back),
        undo_within=UNDO,
        buttons=(Button("Statement", "billing_statement", {"customer": owner.number}),),
        evidence=(ctx.evidence(Billing),),
        focus={"customer": owner.number, "credit_note": note.number},
    )


def check_standing(note: CreditNote) -> None:
    """Raise Conflict if the credit note is void."""
    if note.voided_at is not None:
        by = f" by {note.voided_by}" if note.voided_by else ""
        raise Conflict(f"{note.number} was voided already{by}.")


async def preview_void_credit(ctx: Ctx, credit_note: CreditRef, reason: str) -> Preview:
    """Say what is owed again."""
    check_standing(credit_note)
    why = reasoned(reason, "the credit note is voided")
    return Preview(
        text=f"{credit_note.number} of {credit_note.customer_name} ({credit_note.customer}) is void: {why}",
        changes=(Change(what=credit_note.number, before=str(credit_note.amount), after="void"),),
        amount=credit_note.amount,
        warnings=(f"It was given {moment(credit_note.at, ctx.now, ctx.tenant.zone)} by {credit_note.by}",),
    )


@action(
    permission="billing:credit",
    approval=Approval.SELF,
    preview=preview_void_credit,
    examples=(
        "void {credit_note}: {reason}",
        "cancel credit note {credit_note} because {reason}",
        "take back the credit {credit_note}, {reason}",
        "credit note {credit_note} was wrong, {reason}",
    ),
)
async def void_credit(ctx: Ctx, credit_note: CreditRef, reason: str) -> Reply:
    """Void a credit note that was wrong.

    What it had settled is owed again; the note itself stays, marked void.
    """
    check_standing(credit_note)
    why = reasoned(reason, "the credit note is voided")
    note = await ctx.port(Billing).void_credit(ctx.effect, credit_note.number, why)
    found = await ctx.port(Billing).balance(ctx.scope, note.customer, ctx.today)
    now = f" Now {found.said(ctx.today)}." if found else ""
    return Reply(
        f"Credit note {note.number}, {note.amount} of {note.customer_name}, is void: {why}.{now}",
        data=note,
        tone=Tone.WARN,
        buttons=(Button("Statement", "billing_statement", {"customer": note.customer}),),
        evidence=(ctx.evidence(Billing),),
        focus={"customer": note.customer},
    )
