"""Money of many customers: failed payments, revenue of a month."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.api import Money, Scope
from plugins.billing.port import FailedPayments, FailureGroup, Method, Revenue
from plugins.connectors.local.queries_billing import PAYMENT, payment_of
from plugins.connectors.local.queries_choice import chosen, of_those
from plugins.connectors.local.queries_scope import find_rows
from plugins.customers.port import CustomerQuery

OWNED = re.compile(r"@owned\((\w+\.customer_id)\)")
PERIOD = "p.at >= :since and p.at < :until and p.currency = :currency and @owned(p.customer_id)"
GROUPS = """
select p.status = 'failed' as failed, coalesce(p.failure, 'unknown') as reason,
    coalesce(p.provider, p.method) as provider, count(*)::int as n, sum(p.amount_minor)::bigint as minor,
    count(*) filter (where p.status = 'failed' and (
        select i.status = 'paid' from isp_invoices i where i.id = p.invoice_id
    ))::int as recovered
from isp_payments p where {period} group by 1, 2, 3 order by 1 desc, 4 desc, 2, 3
"""
NEWEST = f"""
select {PAYMENT} from isp_payments p join isp_customers c on c.id = p.customer_id
left join isp_invoices i on i.id = p.invoice_id
where p.status = 'failed' and {{period}} order by p.at desc, p.number desc limit :limit
"""  # noqa: S608 - constants
MONTH = """
select
    (select coalesce(sum(i.total_minor), 0) from isp_invoices i
        where i.issued_on >= :start and i.issued_on < :stop and i.status <> 'void' and i.status <> 'draft'
        and i.currency = :currency and @owned(i.customer_id))::bigint as invoiced,
    (select coalesce(sum(p.amount_minor), 0) from isp_payments p
        where p.at >= :since and p.at < :until and p.status = 'succeeded'
        and p.currency = :currency and @owned(p.customer_id))::bigint as collected,
    (select coalesce(sum(p.amount_minor), 0) from isp_payments p
        where p.at >= :before and p.at < :before_until and p.status = 'succeeded'
        and p.currency = :currency and @owned(p.customer_id))::bigint as collected_before,
    (select coalesce(sum(n.amount_minor), 0) from isp_credit_notes n
        where n.at >= :since and n.at < :until and n.voided_at is null
        and n.currency = :currency and @owned(n.customer_id))::bigint as credited,
    r.receivable, r.overdue
from (
    select coalesce(sum(i.total_minor - i.paid_minor), 0)::bigint as receivable,
        coalesce(sum(i.total_minor - i.paid_minor) filter (where i.due_on < :today), 0)::bigint as overdue
    from isp_invoices i where i.status = 'open' and i.currency = :currency and @owned(i.customer_id)
) r
"""
PLAN_NOW = "case when s.next_plan_on <= :today then s.next_plan_code else s.plan_code end"
IN_USE = "s.status = 'active' and (s.terminated_on is null or s.terminated_on > :today)"
# Who has one service is counted by region and plan from an index alone. Customers with several, or with a
# service whose plan changes or that ends although nobody applied it yet, are looked at each: they are few.
IN_USE_NOW = f"""
with odd as materialized (
    select distinct s.customer_id from isp_services s
    where s.status = 'active' and (s.next_plan_on <= :today or s.terminated_on <= :today)
),
used as (
    select b.region, b.plan_code, null::uuid as customer_id, count(*) as n
    from isp_below b where b.active and b.alone and @within(b.region, b.site, b.partner) group by 1, 2
    union all
    select b.region, b.plan_code, null, -count(*)
    from odd join isp_services s on s.customer_id = odd.customer_id
    join isp_below b on b.service_id = s.id and b.active and b.alone
    where @within(b.region, b.site, b.partner) group by 1, 2
    union all
    select b.region, b.plan_code, b.customer_id, count(*)
    from isp_below b
    where b.active and not b.alone and b.customer_id not in (select customer_id from odd)
        and @within(b.region, b.site, b.partner) group by 1, 2, 3
    union all
    select c.region, {PLAN_NOW}, s.customer_id, count(*)
    from odd join isp_services s on s.customer_id = odd.customer_id and {IN_USE}
    join isp_customers c on c.id = s.customer_id
    where @within(c.region, c.site, c.partner) group by 1, 2, 3
)
select grouping(p.name) = 0 as of_plan, p.name, u.region, sum(u.n)::int as services,
    (coalesce(sum(u.n) filter (where u.customer_id is null), 0) + count(distinct u.customer_id))::int
        as customers,
    sum(u.n * p.price_minor)::bigint as minor
from used u join isp_plans p on p.code = u.plan_code
where p.currency = :currency group by grouping sets ((p.name), (u.region))
having sum(u.n) > 0 order by 6 desc, 2, 3
"""  # noqa: S608 - constants


@dataclass(frozen=True, kw_only=True)
class Tried:
    """Which payments are meant that were tried: by which way, of whom."""

    today: date
    method: Method | None = None
    whose: CustomerQuery | None = None


async def get_failed(
    session: AsyncSession, scope: Scope, span: tuple[datetime, datetime], currency: str, limit: int,
    tried: Tried,
) -> FailedPayments:  # fmt: skip
    """Return the failed payments of a period, by reason and provider."""
    where, binds = of_those("p", tried.whose, tried.today)
    where += ["p.method = :method"] if tried.method else []
    binds |= {"method": tried.method.value} if tried.method else {}
    binds |= {"since": span[0], "until": span[1], "currency": currency}
    period = " and ".join((PERIOD, *where))
    rows = await find_rows(session, GROUPS.format(period=period), scope, **binds)
    newest = await find_rows(session, NEWEST.format(period=period), scope, limit=limit, **binds)
    failed = [row for row in rows if row.failed]
    return FailedPayments(
        count=sum(row.n for row in failed),
        tried=sum(row.n for row in rows),
        recovered=sum(row.recovered for row in failed),
        amount=Money(sum(row.minor for row in failed), currency),
        groups=tuple(
            FailureGroup(
                reason=row.reason, provider=row.provider, count=row.n, amount=Money(row.minor, currency)
            )
            for row in failed
        ),
        newest=tuple(payment_of(row) for row in newest),
    )


async def get_revenue(
    session: AsyncSession, scope: Scope, days: tuple[date, date], spans: Sequence[datetime], today: date,
    currency: str, whose: CustomerQuery | None = None,
) -> Revenue:  # fmt: skip
    """Return the money of a month, of all customers or of some.

    `days` are its first day and the next month's; `spans` the instants between which money of the month
    and of the month before came in.
    """
    since, until, before, before_until = spans
    binds = {"start": days[0], "stop": days[1], "since": since, "until": until, "today": today}
    binds |= {"before": before, "before_until": before_until}
    where, of = chosen(whose or CustomerQuery(), today)
    month, now = (_of_some(sql, where) if of else sql for sql in (MONTH, IN_USE_NOW))
    (row,) = await find_rows(session, month, scope, currency=currency, **binds, **of)
    in_use = await find_rows(session, now, scope, currency=currency, today=today, **of)
    plans, regions = [row for row in in_use if row.of_plan], [row for row in in_use if not row.of_plan]
    return Revenue(
        month=days[0],
        mrr=Money(sum(plan.minor for plan in plans), currency),
        services=sum(plan.services for plan in plans),
        invoiced=Money(row.invoiced, currency),
        collected=Money(row.collected, currency),
        credited=Money(row.credited, currency),
        receivable=Money(row.receivable, currency),
        overdue=Money(row.overdue, currency),
        by_plan=tuple((plan.name, plan.services, Money(plan.minor, currency)) for plan in plans),
        by_region=tuple((r.region or "no region", r.customers, Money(r.minor, currency)) for r in regions),
        customers=sum(r.customers for r in regions),
        collected_before=Money(row.collected_before, currency),
    )


def _of_some(sql: str, where: str) -> str:
    """Return a statement about some customers only."""
    sql = sql.replace(
        "@within(c.region, c.site, c.partner)", f"@within(c.region, c.site, c.partner) and {where}"
    )
    some = "{} and exists (select from isp_customers c where c.id = {} and {})"
    sql = OWNED.sub(lambda found: some.format(found[0], found[1], where), sql)
    within = "@within(b.region, b.site, b.partner)"
    return sql.replace(within, some.format(within, "b.customer_id", where))
