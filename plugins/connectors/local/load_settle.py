"""Spreading many accounts' money at once by the rules by which one payment is spread (`queries_settle`).

A payment that names an invoice settles that one first. Then all that is not spread, oldest first, meets
what is owed, due longest first: both lie on one line of money per account, and where they overlap is a share.
"""

from __future__ import annotations

HOLD = (
    "select count(*) from (select c.id from isp_customers c where c.number in (select customer from staged) "
    "order by c.id for no key update) held"
)
"""Whoever books money waits: what a row says is compared with what was paid by then."""
NO_BOOKING = (
    "select pg_advisory_xact_lock(hashtextextended(current_setting('app.tenant_id') || ' references', 0))"
)
"""Whoever books a payment waits, whichever customer they name: it may be one that the file brings too."""
LOCK = (
    "select count(*) from (select c.id from isp_customers c where c.id in (select customer_id from accounts) "
    "order by c.id for no key update) locked"
)
PAID = (
    "update isp_invoices i set paid_minor = i.paid_minor + p.minor, "
    "status = case when i.paid_minor + p.minor >= i.total_minor then 'paid' else i.status end "
    "from (select invoice_id, sum(minor)::bigint as minor from {shares} group by invoice_id) p where i.id = "
    "p.invoice_id"
)
ALLOCATE = (
    "insert into isp_allocations (tenant_id, customer_id, invoice_id, payment_id, credit_note_id, at, "
    "amount_minor, currency) select current_setting('app.tenant_id')::uuid, customer_id, invoice_id, "
    "payment_id, "
    "credit_note_id, :now, minor, currency from {shares}"
)
NAMED_SHARES = """
create temporary table named_shares on commit drop as
select p.customer_id, p.currency, p.id as payment_id, null::uuid as credit_note_id, p.invoice as invoice_id,
    least(p.minor, i.total_minor - i.paid_minor - p.before) as minor
from (
    select p.id, p.customer_id, p.currency, n.invoice_id as invoice, p.amount_minor as minor, coalesce(
        sum(p.amount_minor) over (partition by n.invoice_id order by p.at, p.number
            rows between unbounded preceding and 1 preceding), 0)::bigint as before
    from named_invoices n join isp_payments p on p.id = n.payment_id
) p
join isp_invoices i on i.id = p.invoice and i.status = 'open' and i.currency = p.currency
where i.total_minor - i.paid_minor > p.before
"""
SHARES = """
create temporary table shares on commit drop as
with taken as (
    select payment_id, credit_note_id, sum(amount_minor)::bigint as minor from isp_allocations
    where customer_id in (select customer_id from accounts) group by payment_id, credit_note_id
), sources as (
    select p.customer_id, p.currency, p.id as payment_id, null::uuid as credit_note_id, p.at, p.number,
        p.amount_minor - coalesce(k.minor, 0) as minor
    from isp_payments p left join taken k on k.payment_id = p.id
    where p.customer_id in (select customer_id from accounts) and p.status = 'succeeded'
        and p.invoice_id is null and p.reverses is null and p.reversed_at is null
    union all
    select n.customer_id, n.currency, null, n.id, n.at, n.number, n.amount_minor - coalesce(k.minor, 0)
    from isp_credit_notes n left join taken k on k.credit_note_id = n.id
    where n.customer_id in (select customer_id from accounts) and n.invoice_id is null and n.voided_at is null
), money as (
    select s.*, sum(minor) over (partition by customer_id, currency order by at, number, payment_id,
        credit_note_id)
        as high
    from sources s where minor > 0
), debts as (
    select i.customer_id, i.currency, i.id as invoice_id, i.total_minor - i.paid_minor as minor,
        sum(i.total_minor - i.paid_minor) over (partition by i.customer_id, i.currency
            order by i.due_on, i.issued_on, i.number) as high
    from isp_invoices i
    where i.customer_id in (select customer_id from accounts) and i.status = 'open' and i.total_minor >
        i.paid_minor
)
select m.customer_id, m.currency, m.payment_id, m.credit_note_id, d.invoice_id,
    (least(m.high, d.high) - greatest(m.high - m.minor, d.high - d.minor))::bigint as minor
from money m join debts d on d.customer_id = m.customer_id and d.currency = m.currency
    and m.high - m.minor < d.high and d.high - d.minor < m.high
"""
ANALYZE = "analyze {table}"
NAMED = (
    ANALYZE.format(table="accounts"),
    LOCK,
    NAMED_SHARES,
    ALLOCATE.format(shares="named_shares"),
    PAID.format(shares="named_shares"),
)
"""Over `named_invoices` (payment_id, invoice_id) and `accounts` (customer_id)."""
SPREAD = (
    ANALYZE.format(table="accounts"),
    LOCK,
    SHARES,
    ALLOCATE.format(shares="shares"),
    PAID.format(shares="shares"),
)
"""Over `accounts` (customer_id)."""
