"""Lists of invoices and payments with their totals, and the ledger of an account."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.api import Money, Scope
from plugins.billing.port import (
    Entry,
    InvoicePage,
    InvoiceQuery,
    Ledger,
    Payment,
    PaymentPage,
    PaymentQuery,
)
from plugins.connectors.local.queries_billing import (
    INVOICE,
    PAYMENT,
    find_balances,
    invoice_of,
    payment_of,
)
from plugins.connectors.local.queries_choice import of_those
from plugins.connectors.local.queries_scope import find_rows
from plugins.customers.port import CustomerQuery

STANDINGS = {
    "unpaid": "i.status = 'open' and i.total_minor > i.paid_minor",
    "overdue": "i.status = 'open' and i.total_minor > i.paid_minor and i.due_on < :today",
    "paid": "i.status = 'paid'",
    "void": "i.status = 'void'",
    "disputed": "i.status = 'open' and i.disputed_at is not null",
}
# Sums and the first rows, each from an index that has its columns or is in its order: for what most rows fit.
ALL_INVOICES = f"""
with sums as (
    select a.n, a.total, b.owed from (
        select count(*) as n,
            coalesce(sum(i.total_minor) filter (where i.currency = :currency), 0)::bigint as total
        from isp_invoices i where {{where}} and @owned(i.customer_id)
    ) a cross join (
        select coalesce(sum(i.total_minor - i.paid_minor)
            filter (where i.currency = :currency), 0)::bigint as owed
        from isp_invoices i where {{where}} and i.status = 'open' and @owned(i.customer_id)
    ) b
)
select sums.n, sums.total, sums.owed, {INVOICE}
from sums left join lateral (
    select i.* from isp_invoices i where {{where}} and @owned(i.customer_id) order by {{order}} limit :limit
) i on true
left join isp_customers c on c.id = i.customer_id order by {{order}}
"""  # noqa: S608 - constants
ALL_PAYMENTS = f"""
with sums as (
    select count(*) as n, count(*) filter (where p.status = 'failed') as failed,
        coalesce(sum(p.amount_minor)
            filter (where p.currency = :currency and p.status = 'succeeded'), 0)::bigint as total
    from isp_payments p where {{where}} and @owned(p.customer_id)
)
select sums.n, sums.failed, sums.total, {PAYMENT}
from sums left join lateral (
    select p.* from isp_payments p where {{where}} and @owned(p.customer_id)
    order by p.at desc, p.number desc limit :limit
) p on true
left join isp_customers c on c.id = p.customer_id left join isp_invoices i on i.id = p.invoice_id
order by p.at desc, p.number desc
"""  # noqa: S608 - constants
# Rows that few others are like are taken out once: an index in their order would be gone through to its end.
INVOICES = f"""
with found as materialized (
    select i.* from isp_invoices i {{join}} where {{where}} and @owned(i.customer_id)
), sums as (
    select count(*) as n, coalesce(sum(total_minor) filter (where currency = :currency), 0)::bigint as total,
        coalesce(sum(total_minor - paid_minor)
            filter (where currency = :currency and status = 'open'), 0)::bigint as owed
    from found
)
select sums.n, sums.total, sums.owed, {INVOICE}
from sums left join lateral (select * from found i order by {{order}} limit :limit) i on true
left join isp_customers c on c.id = i.customer_id order by {{order}}
"""  # noqa: S608 - constants
PAYMENTS = f"""
with found as materialized (
    select p.* from isp_payments p {{join}} where {{where}} and @owned(p.customer_id)
), kept as (
    select * from {{source}}
), sums as (
    select count(*) as n, count(*) filter (where status = 'failed') as failed,
        coalesce(sum(amount_minor)
            filter (where currency = :currency and status = 'succeeded'), 0)::bigint as total
    from kept
)
select sums.n, sums.failed, sums.total, {PAYMENT}
from sums left join lateral (select * from kept order by at desc, number desc limit :limit) p on true
left join isp_customers c on c.id = p.customer_id left join isp_invoices i on i.id = p.invoice_id
order by p.at desc, p.number desc
"""  # noqa: S608 - constants
TWICE = """(
    select * from found where status = 'succeeded' and reverses is null and reversed_at is null
) good where customer_id in (
    select customer_id from found where status = 'succeeded' and reverses is null and reversed_at is null
    group by customer_id having count(*) > 1
)"""
ONE_PAYMENT = f"""
select {PAYMENT} from isp_payments p join isp_customers c on c.id = p.customer_id
left join isp_invoices i on i.id = p.invoice_id
where p.number = :number and @within(c.region, c.site, c.partner)
"""  # noqa: S608 - constants
# What a paid or void invoice charges is what was paid on it: an old debt written off charges nothing.
LEDGER = """
select e.at, e.kind, e.number, e.minor, e.about from isp_customers c
cross join lateral (
    select cast(i.issued_on as timestamp) at time zone :zone as at, 'invoice' as kind, i.number,
        case when i.status = 'open' then i.total_minor else i.paid_minor end as minor,
        case when i.status = 'void' then 'void' else 'due ' || to_char(i.due_on, 'FMDD Mon YYYY') end as about
    from isp_invoices i
    where i.customer_id = c.id and i.status <> 'draft' and i.currency = :currency
    union all
    select p.at, case when p.reverses is null then 'payment' else 'taken back' end, p.number, -p.amount_minor,
        concat_ws(', ', replace(p.method, '_', ' '), p.reference, p.note)
    from isp_payments p
    where p.customer_id = c.id and p.status = 'succeeded' and p.currency = :currency
    union all
    select n.at, 'credit note', n.number, -n.amount_minor, n.reason
    from isp_credit_notes n where n.customer_id = c.id and n.currency = :currency
    union all
    select n.voided_at, 'void', n.number, n.amount_minor, concat('void: ', n.void_reason)
    from isp_credit_notes n
    where n.customer_id = c.id and n.currency = :currency and n.voided_at is not null
) e
where c.number = :customer and e.minor <> 0{period} and @within(c.region, c.site, c.partner)
order by e.at desc, e.minor, e.number desc limit :limit
"""
WHOEVER = (None, CustomerQuery())
LATER = 100_000
"""More entries than an account has."""
OF = "join isp_customers w on w.id = {row}.customer_id and w.number = :customer"


async def find_invoice_page(
    session: AsyncSession, scope: Scope, query: InvoiceQuery, today: date, currency: str, limit: int
) -> InvoicePage:
    """Return the first invoices that fit, and the sums of all."""
    parts = [STANDINGS[query.standing]] if query.standing else ["i.status <> 'draft'"]
    on = "i.due_on" if query.is_due else "i.issued_on"
    parts += [f"{on} >= :since"] if query.since else []
    parts += [f"{on} <= :until"] if query.until else []
    parts += ["i.total_minor > :over and i.currency = :unit"] if query.over else []
    parts += ["i.total_minor < :under and i.currency = :unit"] if query.under else []
    where, whose = of_those("i", query.whose, today)
    parts += where
    by_due = query.is_due or query.standing in {"unpaid", "overdue"}
    order = "i.due_on, i.number" if by_due else "i.issued_on desc, i.number desc"
    if query.biggest:
        order = "i.total_minor desc, i.number"
    sql = (ALL_INVOICES if _are_many(query) else INVOICES).format(
        join=OF.format(row="i") if query.customer else "",
        where=" and ".join(parts),
        order=order,
    )
    binds = _said(customer=query.customer, since=query.since, until=query.until)
    binds |= _bound(over=query.over, under=query.under)
    if query.standing == "overdue":
        binds["today"] = today
    rows = await find_rows(session, sql, scope, limit=limit, currency=currency, **binds, **whose)
    return InvoicePage(
        invoices=tuple(invoice_of(row) for row in rows if row.number is not None),
        count=rows[0].n,
        total=Money(rows[0].total, currency),
        owed=Money(rows[0].owed, currency),
    )


def _are_many(query: InvoiceQuery) -> bool:
    """Say whether invoices are narrowed by nothing but days of issue and how they stand, as many do."""
    plain = InvoiceQuery(standing=query.standing, since=query.since, until=query.until, whose=query.whose)
    many = query.whose in WHOEVER and query.standing in {None, "unpaid", "overdue", "paid"}
    return many and query == plain


def _are_all(query: PaymentQuery) -> bool:
    """Say whether payments are narrowed by nothing but when they came."""
    plain = PaymentQuery(since=query.since, until=query.until, whose=query.whose)
    return query.whose in WHOEVER and query == plain


async def find_payment_page(
    session: AsyncSession, scope: Scope, query: PaymentQuery, today: date, currency: str, limit: int
) -> PaymentPage:
    """Return the newest payments that fit, and the sums of all."""
    parts = ["p.at >= :since"] if query.since else []
    parts += ["p.at < :until"] if query.until else []
    parts += ["p.method = :method"] if query.method else []
    parts += ["p.reference_key = :reference"] if query.reference else []
    parts += ["p.status = :status"] if query.status else []
    parts += ["p.amount_minor > :over and p.currency = :unit"] if query.over else []
    parts += ["p.amount_minor < :under and p.amount_minor > 0 and p.currency = :unit"] if query.under else []
    parts += ["p.amount_minor = :amount and p.currency = :unit"] if query.amount else []
    where, whose = of_those("p", query.whose, today)
    sql = (ALL_PAYMENTS if _are_all(query) else PAYMENTS).format(
        join=OF.format(row="p") if query.customer else "",
        where=" and ".join([*parts, *where] or ["true"]),
        source=TWICE if query.twice else "found",
    )
    key = query.reference.replace(" ", "").replace("-", "").upper() if query.reference else None
    binds = _said(
        customer=query.customer,
        since=query.since,
        until=query.until,
        method=query.method,
        reference=key,
        status=query.status,
        **_bound(over=query.over, under=query.under, amount=query.amount),
    )
    rows = await find_rows(session, sql, scope, limit=limit, currency=currency, **binds, **whose)
    return PaymentPage(
        payments=tuple(payment_of(row) for row in rows if row.number is not None),
        count=rows[0].n,
        failed=rows[0].failed,
        total=Money(rows[0].total, currency),
    )


async def get_payment(session: AsyncSession, scope: Scope, number: str) -> Payment | None:
    """Return one payment."""
    rows = await find_rows(session, ONE_PAYMENT, scope, number=number.strip().upper())
    return payment_of(rows[0]) if rows else None


@dataclass(frozen=True, kw_only=True)
class Account:
    """Whose ledger is meant, of which period, and how it is told."""

    customer: str
    today: date
    currency: str
    zone: str
    since: datetime | None = None
    until: datetime | None = None


async def get_ledger(session: AsyncSession, scope: Scope, of: Account, limit: int) -> Ledger | None:
    """Return the last entries; what was owed ahead of them follows from what is owed now."""
    currency = of.currency
    balances = await find_balances(session, scope, [of.customer], of.today, currency)
    if of.customer not in balances:
        return None
    binds: dict[str, Any] = {"customer": of.customer, "currency": currency, "zone": of.zone}
    period = (" and e.at >= :since" if of.since else "") + (" and e.at < :until" if of.until else "")
    span = _said(since=of.since, until=of.until)
    rows = await find_rows(session, LEDGER.format(period=period), scope, limit=limit, **binds, **span)
    after = balances[of.customer].owed
    if of.until is not None:
        late = LEDGER.format(period=" and e.at >= :until")
        later = await find_rows(session, late, scope, limit=LATER, until=of.until, **binds)
        after = Money(after.minor - sum(row.minor for row in later), currency)
    entries = tuple(
        Entry(at=r.at, kind=r.kind, number=r.number, amount=Money(r.minor, currency), text=r.about or "")
        for r in reversed(rows)
    )
    shown = sum(entry.amount.minor for entry in entries)
    return Ledger(entries=entries, before=Money(after.minor - shown, currency), after=after)


def _bound(**amounts: Money | None) -> dict[str, Any]:
    """Return the binds of amounts to compare with, all in one currency."""
    binds: dict[str, Any] = {}
    for name, amount in amounts.items():
        if amount is not None:
            binds |= {name: amount.minor, "unit": amount.currency}
    return binds


def _said(**binds: Any) -> dict[str, Any]:
    given: Mapping[str, Any] = binds
    return {name: value for name, value in given.items() if value is not None}
