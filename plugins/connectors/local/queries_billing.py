"""Billing of one customer: balance, invoices, payments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from bot.api import Money, Scope
from plugins.billing.port import Balance, Invoice, InvoiceLine, InvoiceStatus, Payment
from plugins.connectors.local.queries_scope import find_rows

# A payment that names no invoice settled those it was spread over.
SETTLED = """coalesce(i.number, (
    select string_agg(over.number, ', ' order by over.due_on, over.number) from (
        select v.number, v.due_on from isp_allocations a join isp_invoices v on v.id = a.invoice_id
        where a.payment_id = p.id group by v.id, v.number, v.due_on having sum(a.amount_minor) > 0
    ) over
)) as invoice"""
PAYMENT = f"""p.number, c.number as customer, c.name as customer_name, p.at, p.amount_minor, p.currency,
    p.method, p.status, p.provider, p.failure, p.reference, p.by, p.note, p.reversed_at,
    (select o.number from isp_payments o where o.id = p.reverses) as reverses, {SETTLED}"""  # noqa: S608 - constants
INVOICE = """i.number, c.number as customer, c.name as customer_name, i.issued_on, i.due_on, i.total_minor,
    i.paid_minor, i.currency, i.status, i.lines, i.disputed_at, i.dispute"""
LAST = f"""left join lateral (
    select p.*, {SETTLED} from isp_payments p left join isp_invoices i on i.id = p.invoice_id
    where p.customer_id = c.id and p.status = '{{status}}' and p.reverses is null and p.reversed_at is null
    order by p.at desc limit 1
) {{name}} on true"""  # noqa: S608 - constants
COLUMNS = (
    "number",
    "at",
    "amount_minor",
    "currency",
    "method",
    "provider",
    "failure",
    "reference",
    "invoice",
)
# Money that names no invoice and is not spread over any; by currency.
LOOSE = """select currency, sum(minor) as minor from (
            select p.currency, p.amount_minor as minor from isp_payments p
            where p.customer_id = c.id and p.invoice_id is null and p.status = 'succeeded'
            union all select n.currency, n.amount_minor from isp_credit_notes n
            where n.customer_id = c.id and n.invoice_id is null and n.voided_at is null
            union all select a.currency, -a.amount_minor from isp_allocations a where a.customer_id = c.id
        ) loose group by currency"""
# Loose payments and credit notes lower the balance; the others are in paid_minor.
BALANCE = f"""
select c.number as customer, c.name as customer_name, open.sums, credit.sums as credits, open.overdue_since,
    open.open_invoices, open.next_due, used.currencies,
    {", ".join(f"ok.{name} as ok_{name}, bad.{name} as bad_{name}" for name in COLUMNS)}
from isp_customers c
cross join lateral (
    select jsonb_agg(jsonb_build_array(currency, owed, overdue)) as sums, min(overdue_since) as overdue_since,
        coalesce(sum(n), 0)::int as open_invoices, min(next_due) as next_due
    from (
        select i.currency, sum(i.total_minor - i.paid_minor) as owed, count(*) as n,
            coalesce(sum(i.total_minor - i.paid_minor) filter (where i.due_on < :today), 0) as overdue,
            min(i.due_on) filter (where i.due_on < :today) as overdue_since,
            min(i.due_on) filter (where i.due_on >= :today) as next_due
        from isp_invoices i
        where i.customer_id = c.id and i.status = 'open' and i.total_minor > i.paid_minor group by i.currency
    ) by_currency
) open
cross join lateral (
    select jsonb_agg(jsonb_build_array(currency, minor)) as sums from ({LOOSE}) by_currency
) credit
cross join lateral (
    select array_agg(distinct i.currency) as currencies from isp_invoices i
    where i.customer_id = c.id and i.status <> 'draft'
) used
{LAST.format(status="succeeded", name="ok")}
{LAST.format(status="failed", name="bad")}
where c.number = any(cast(:customers as text[])) and @within(c.region, c.site, c.partner)
"""  # noqa: S608 - constants
INVOICES = f"""
select {INVOICE} from isp_invoices i join isp_customers c on c.id = i.customer_id
where c.number = :customer and @within(c.region, c.site, c.partner)
order by i.issued_on desc, i.number desc limit :limit
"""  # noqa: S608 - constants
ONE_INVOICE = f"""
select {INVOICE} from isp_invoices i join isp_customers c on c.id = i.customer_id
where i.number = :number and @within(c.region, c.site, c.partner)
"""  # noqa: S608 - constants
PAYMENTS = f"""
select {PAYMENT} from isp_payments p join isp_customers c on c.id = p.customer_id
left join isp_invoices i on i.id = p.invoice_id
where c.number = :customer and @within(c.region, c.site, c.partner) order by p.at desc limit :limit
"""  # noqa: S608 - constants


def payment_of(row: Row[Any]) -> Payment:
    """Read the columns of PAYMENT."""
    return Payment(
        number=row.number,
        customer=row.customer,
        customer_name=row.customer_name,
        at=row.at,
        amount=Money(row.amount_minor, row.currency),
        method=row.method,
        status=row.status,
        invoice=row.invoice,
        provider=row.provider,
        failure=row.failure,
        reference=row.reference,
        by=row.by,
        note=row.note,
        reverses=row.reverses,
        reversed=row.reversed_at is not None,
    )


def invoice_of(row: Row[Any]) -> Invoice:
    """Read the columns of INVOICE."""
    return Invoice(
        number=row.number,
        customer=row.customer,
        customer_name=row.customer_name,
        issued_on=row.issued_on,
        due_on=row.due_on,
        total=Money(row.total_minor, row.currency),
        paid=Money(row.paid_minor, row.currency),
        status=InvoiceStatus(row.status),
        lines=tuple(
            InvoiceLine(text=line["text"], amount=Money(int(line["minor"]), row.currency))
            for line in row.lines
        ),
        disputed_at=row.disputed_at,
        dispute=row.dispute,
    )


async def find_balances(
    session: AsyncSession, scope: Scope, customers: Sequence[str], today: date, currency: str
) -> Mapping[str, Balance]:
    """Return what each of these customers owes."""
    rows = await find_rows(session, BALANCE, scope, customers=list(customers), today=today)
    return {row.customer: _balance(row, currency) for row in rows}


async def find_invoices(session: AsyncSession, scope: Scope, customer: str, limit: int) -> Sequence[Invoice]:
    """Return a customer's invoices, newest first."""
    return [
        invoice_of(row) for row in await find_rows(session, INVOICES, scope, customer=customer, limit=limit)
    ]


async def get_invoice(session: AsyncSession, scope: Scope, number: str) -> Invoice | None:
    """Return one invoice."""
    rows = await find_rows(session, ONE_INVOICE, scope, number=number.strip().upper())
    return invoice_of(rows[0]) if rows else None


async def find_payments(session: AsyncSession, scope: Scope, customer: str, limit: int) -> Sequence[Payment]:
    """Return a customer's payments, newest first."""
    return [
        payment_of(row) for row in await find_rows(session, PAYMENTS, scope, customer=customer, limit=limit)
    ]


def _balance(row: Row[Any], currency: str) -> Balance:
    owed = {unit: int(minor) for unit, minor, _ in row.sums or ()}
    overdue = {unit: int(late) for unit, _, late in row.sums or ()}
    loose = {unit: int(minor) for unit, minor in row.credits or ()}
    for unit, minor in loose.items():
        owed[unit] = owed.get(unit, 0) - minor
    return Balance(
        customer=row.customer,
        owed=Money(owed.pop(currency, 0), currency),
        overdue=Money(overdue.get(currency, 0), currency),
        overdue_since=row.overdue_since,
        open_invoices=row.open_invoices,
        next_due=row.next_due,
        last_payment=_last(row, "ok", "succeeded"),
        last_failure=_last(row, "bad", "failed"),
        other=tuple(Money(minor, unit) for unit, minor in sorted(owed.items()) if minor),
        credit=Money(max(loose.get(currency, 0), 0), currency),
        currencies=tuple(row.currencies or (currency,)),
    )


def _last(row: Row[Any], prefix: str, status: str) -> Payment | None:
    value = {name: getattr(row, f"{prefix}_{name}") for name in COLUMNS}
    if value["number"] is None:
        return None
    amount = Money(value.pop("amount_minor"), value.pop("currency"))
    return Payment(
        customer=row.customer, customer_name=row.customer_name, status=status, amount=amount, **value
    )
