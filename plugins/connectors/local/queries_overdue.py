"""Overdue debt by age, and who owes it, of all customers or some."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from bot.api import Money, Scope
from plugins.billing.port import Bucket, Debtor, DebtorQuery, Overdue
from plugins.connectors.local.queries_choice import of_those
from plugins.connectors.local.queries_scope import find_rows
from plugins.customers.port import CustomerQuery

AGES: tuple[tuple[int, int | None], ...] = ((0, 0), (1, 30), (31, 60), (61, 90), (91, None))
OVERDUE = """
with due as materialized (
    select i.customer_id, :today - i.due_on as days, i.due_on, i.total_minor - i.paid_minor as owed
    from isp_invoices i
    where i.status = 'open' and i.total_minor > i.paid_minor and i.currency = :currency
        and i.due_on <= :until{since} and @owned(i.customer_id){among}
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
EVERYBODY = 9
"""The age of the row that counts all overdue debt."""


@dataclass(frozen=True, kw_only=True)
class Late:
    """Which debt is meant: so many days overdue, of whom; `most` is the end of a range of days."""

    today: date
    days: int
    among: DebtorQuery
    most: int | None = None

    @property
    def until(self) -> date:
        """The last day on which it was due; what is not due yet stands beside all that is overdue."""
        whole = self.days <= 1 and self.most is None
        return date.max if whole else self.today - timedelta(days=max(self.days, 1))

    def holds(self, since: int, last: int | None) -> bool:
        """Say whether debt of that age is meant."""
        begins = last is None or last >= self.days or (not last and self.until == date.max)
        return begins and (self.most is None or 0 < since <= self.most)


def _overdue(late: Late) -> tuple[str, dict[str, Any]]:
    """Return the statement with what is asked for, and its binds."""
    binds: dict[str, Any] = {"today": late.today, "min_days": late.days, "until": late.until}
    of, since, rest = late.among, "", ""
    if late.most is not None:
        since = " and i.due_on >= :since"
        binds["since"] = late.today - timedelta(days=late.most)
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
    sums = ["sum(owed) > :over"] if of.over is not None else []
    sums += ["sum(owed) < :under"] if of.under is not None else []
    having = f" having {' and '.join(sums)}" if sums else ""
    if sums:
        rest = " where customer_id in (select customer_id from debt)"
    binds |= {"over": of.over.minor} if of.over is not None else {}
    binds |= {"under": of.under.minor} if of.under is not None else {}
    return OVERDUE.format(among=among, since=since, having=having, rest=rest), binds


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
        if late.holds(since, last)
    )
    return Overdue(
        buckets=buckets,
        debtors=tuple(debtor_of(row, currency) for row in debtors),
        customers=ages[EVERYBODY].customers,
        total=Money(ages[EVERYBODY].owed, currency),
    )


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
