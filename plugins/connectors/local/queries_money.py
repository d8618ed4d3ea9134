"""Money of many customers: overdue debt by age, failed payments, revenue of a month."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from bot.api import Money, Scope
from plugins.billing.port import (
    Bucket,
    Debtor,
    DebtorQuery,
    FailedPayments,
    FailureGroup,
    Method,
    Overdue,
    Revenue,
)
from plugins.connectors.local.queries_billing import PAYMENT, payment_of
from plugins.connectors.local.queries_choice import chosen, of_those
from plugins.connectors.local.queries_scope import find_rows
from plugins.customers.port import CustomerQuery

AGES: tuple[tuple[int, int | None], ...] = ((0, 0), (1, 30), (31, 60), (61, 90), (91, None))
OVERDUE = """
with due as materialized (
    select i.customer_id, :today - i.due_on as days, i.due_on, i.total_minor - i.paid_minor as owed
    from isp_invoices i
    where i.status = 'open' and i.total_minor > i.paid_minor and i.currency = :currency
        and i.due_on <= :until and @owned(i.customer_id){among}
),
debt as materialized (
    select customer_id, max(days) as days, min(due_on) as oldest_due, count(*) as invoices,
        sum(owed)::bigint as owed
    from due where days >= :min_days group by customer_id{having}
),
most as (select * from debt order by owed desc, customer_id limit :limit)
select null as age, c.number, c.name, c.status, c.tier, c.phone, c.kind, c.region, d.days, d.oldest_due,
    d.invoices, d.owed, null as customers
from most d join isp_customers c on c.id = d.customer_id
union all
select case when days < 1 then 0 when days <= 30 then 1 when days <= 60 then 2 when days <= 90 then 3
    else 4 end, null, null, null, null, null, null, null, null, null, null, sum(owed)::bigint,
    count(distinct customer_id)
from due{rest} group by 1
union all
select 9, null, null, null, null, null, null, null, null, null, null, coalesce(sum(owed), 0)::bigint, count(*)
from debt
order by owed desc, number
"""
OWNED = re.compile(r"@owned\((\w+\.customer_id)\)")
EVERYBODY = 9
"""The age of the row that counts all overdue debt."""
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


@dataclass(frozen=True, kw_only=True)
class Late:
    """Which debt is meant: so many days overdue, of whom."""

    today: date
    days: int
    among: DebtorQuery


def _overdue(late: Late) -> tuple[str, dict[str, Any]]:
    """Return the statement with what is asked for, and its binds."""
    until = date.max if late.days <= 1 else late.today - timedelta(days=late.days)
    binds: dict[str, Any] = {"today": late.today, "min_days": late.days, "until": until}
    of, among, having, rest = late.among, "", "", ""
    query = CustomerQuery(kind=of.kind, tier=of.tier, plan=of.plan, area=of.area, status=of.status)
    where, more = of_those("i", query, late.today)
    among, binds = "".join(f" and {part}" for part in where), binds | more
    if of.name:
        among += (
            " and exists (select from isp_customers n where n.id = i.customer_id"
            " and strpos(lower(n.name), lower(:called)) > 0)"
        )
        binds["called"] = of.name
    if of.without:
        among += (
            " and not exists (select from isp_customers x where x.id = i.customer_id"
            " and x.number = any(cast(:without as text[])))"
        )
        binds["without"] = list(of.without)
    if of.over is not None:
        having = " having sum(owed) > :over"
        rest = " where customer_id in (select customer_id from debt)"
        binds["over"] = of.over.minor
    return OVERDUE.format(among=among, having=having, rest=rest), binds


async def get_overdue(session: AsyncSession, scope: Scope, late: Late, currency: str, limit: int) -> Overdue:
    """Return debt by the age of its invoices, and the largest debtors."""
    sql, binds = _overdue(late)
    rows = await find_rows(session, sql, scope, limit=limit, currency=currency, **binds)
    ages = {row.age: row for row in rows if row.age is not None}
    debtors = [row for row in rows if row.age is None]
    buckets = tuple(
        Bucket(
            since=since,
            until=last,
            customers=ages[nr].customers if nr in ages else 0,
            amount=Money(ages[nr].owed if nr in ages else 0, currency),
        )
        for nr, (since, last) in enumerate(AGES)
        if last is None or last >= late.days or (not last and late.days <= 1)
    )
    return Overdue(
        buckets=buckets,
        debtors=tuple(debtor_of(row, currency) for row in debtors),
        customers=ages[EVERYBODY].customers,
        total=Money(ages[EVERYBODY].owed, currency),
    )


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


def debtor_of(row: Row[Any], currency: str) -> Debtor:
    """Read who owes how much since when."""
    return Debtor(
        customer=row.number,
        name=row.name,
        status=row.status,
        tier=row.tier,
        phone=row.phone,
        owed=Money(row.owed, currency),
        invoices=row.invoices,
        oldest_due=row.oldest_due,
        days=row.days,
        kind=row.kind,
        region=row.region,
    )
