"""Payments: booking them and taking them back."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.api import Conflict, Money, NotFound, day
from plugins.billing.port import NewPayment
from plugins.connectors.local.queries_numbers import PAYMENTS, next_number
from plugins.connectors.local.queries_settle import (
    Account,
    Source,
    change_paid,
    check_currency,
    lock_account,
    one_or_missing,
    settle,
    take_off,
)

INSERT = text(
    "insert into isp_payments (tenant_id, number, customer_id, invoice_id, at, amount_minor, currency, "
    "method, status, reference, by, note, reverses) values (current_setting('app.tenant_id')::uuid, :number, "
    ":customer, :invoice, :at, :minor, :currency, :method, 'succeeded', :reference, :by, :note, :reverses) "
    "returning id"
)
# Two who book the same slip at once meet on this lock, whichever customers they name.
LOCK_REFERENCE = text(
    "select pg_advisory_xact_lock("
    "hashtextextended(current_setting('app.tenant_id') || ' reference ' || :key, 0))"
)
# And a file of payments, which knows them by their references, stops all of them (`load_settle.NO_BOOKING`).
LOCK_REFERENCES = text(
    "select pg_advisory_xact_lock_shared("
    "hashtextextended(current_setting('app.tenant_id') || ' references', 0))"
)
SAME_REFERENCE = text(
    "select p.number, p.at from isp_payments p "
    "where p.reference_key = :key and p.status = 'succeeded' and p.reversed_at is null "
    "and p.reverses is null limit 1"
)
INVOICE_OF = text("select 1 from isp_invoices where number = :number and customer_id = :customer")
OWNER = text(
    "select c.number from isp_payments p join isp_customers c on c.id = p.customer_id "
    "where p.number = :number"
)
ONE = text(
    "select id, number, invoice_id, amount_minor, currency, method, status, reference, reverses, reversed_at "
    "from isp_payments where number = :number for update"
)
MARK = text("update isp_payments set reversed_at = :at where id = :id")


def key_of(reference: str) -> str:
    """Return a reference as it is compared: the column `reference_key` does the same."""
    return reference.replace(" ", "").replace("-", "").upper()


async def do_pay(session: AsyncSession, new: NewPayment, by: str, now: datetime, usual: str) -> str:
    """Book a payment and spread it; return its number."""
    await session.execute(LOCK_REFERENCES)  # before any customer, as a load does
    if new.reference:
        await _check_reference(session, new.reference)
    account = await lock_account(session, new.customer)
    await check_currency(session, account, new.amount, usual)
    if new.invoice:
        await check_invoice(session, account, new.invoice)
    number = await next_number(session, PAYMENTS)
    binds = {
        "number": number,
        "customer": account.id,
        "invoice": None,
        "at": new.at,
        "minor": new.amount.minor,
        "currency": new.amount.currency,
        "method": new.method,
        "reference": new.reference,
        "by": by,
        "note": new.note,
        "reverses": None,
    }
    made = (await session.execute(INSERT, binds)).scalar_one()
    source = Source(column="payment_id", id=made, amount=new.amount)
    await settle(session, account, new.amount.currency, now, new=source, first=new.invoice)
    return number


async def _check_reference(session: AsyncSession, reference: str) -> None:
    key = key_of(reference)
    await session.execute(LOCK_REFERENCE, {"key": key})
    earlier = (await session.execute(SAME_REFERENCE, {"key": key})).one_or_none()
    if earlier is not None:
        # whose it is and how much is not said: it may be a customer whom the asker does not reach
        when = f"{day(earlier.at.date(), earlier.at.date())} {earlier.at.year}"
        raise Conflict(
            f"A payment with the reference {reference} is booked already: {earlier.number}, {when}. "
            "If it is another one, give its own reference."
        )


async def check_invoice(session: AsyncSession, account: Account, number: str) -> None:
    """Raise NotFound unless the invoice is this customer's."""
    binds = {"number": number, "customer": account.id}
    if (await session.execute(INVOICE_OF, binds)).first() is None:
        raise NotFound(f"{account.name} has no invoice {number}.")


async def do_reverse(session: AsyncSession, number: str, reason: str, by: str, now: datetime) -> str:
    """Book the entry against a payment, open what it had settled; return the entry's number."""
    owner = (await session.execute(OWNER, {"number": number})).one_or_none()
    account = await lock_account(session, one_or_missing(owner, f"payment {number}").number)
    paid = (await session.execute(ONE, {"number": number})).one()
    if paid.reversed_at is not None:
        raise Conflict(f"Payment {number} was taken back already.")
    if paid.status != "succeeded" or paid.reverses is not None:
        kind = "an entry that took one back" if paid.reverses else f"{paid.status}"
        raise Conflict(f"{number} is {kind}; only a payment that went through can be taken back.")
    entry = await next_number(session, PAYMENTS)
    binds = {
        "number": entry,
        "customer": account.id,
        "invoice": paid.invoice_id,
        "at": now,
        "minor": -paid.amount_minor,
        "currency": paid.currency,
        "method": paid.method,
        "reference": paid.reference,
        "by": by,
        "note": reason,
        "reverses": paid.id,
    }
    await session.execute(INSERT, binds)
    await session.execute(MARK, {"id": paid.id, "at": now})
    source = Source(column="payment_id", id=paid.id, amount=Money(paid.amount_minor, paid.currency))
    if paid.invoice_id is not None:
        await change_paid(session, paid.invoice_id, -paid.amount_minor)
    await take_off(session, account, source, now)
    await settle(session, account, paid.currency, now)
    return entry
