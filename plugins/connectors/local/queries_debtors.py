"""Whom dunning has to look at: overdue debt with what speaks for and against cutting the line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.api import Conflict, Money, NotFound, Scope
from plugins.billing.port import Channel, Debtor, Reminder
from plugins.connectors.local.queries_billing import LOOSE
from plugins.connectors.local.queries_choice import of_those
from plugins.connectors.local.queries_overdue import debtor_of
from plugins.connectors.local.queries_scope import find_rows
from plugins.connectors.local.queries_settle import lock_account
from plugins.customers.port import CustomerQuery

DEBTORS = f"""
with debt as materialized (
    select i.customer_id, count(*) as invoices, sum(i.total_minor - i.paid_minor)::bigint as owed,
        coalesce(sum(i.total_minor - i.paid_minor) filter (where i.disputed_at is not null), 0)::bigint
            as disputed,
        coalesce(min(i.due_on) filter (where i.disputed_at is null), min(i.due_on)) as oldest_due
    from isp_invoices i {{join}}
    where i.status = 'open' and i.due_on < :today and i.total_minor > i.paid_minor and i.currency = :currency
        and @owned(i.customer_id){{among}}
    group by i.customer_id order by oldest_due, i.customer_id limit :limit
)
select c.number, c.name, c.status, c.tier, c.phone, c.kind, c.region, d.invoices, d.owed, d.disputed,
    d.oldest_due, :today - d.oldest_due as days,
    (select count(*) from isp_services s where s.customer_id = c.id and s.status = 'active') as services,
    coalesce((
        select minor from ({LOOSE}) loose where currency = :currency
    ), 0)::bigint as credit,
    (select max(r.at) from isp_reminders r where r.customer_id = c.id) as reminded_at
from debt d join isp_customers c on c.id = d.customer_id order by d.oldest_due, c.number
"""  # noqa: S608 - constants
ONE = "join isp_customers w on w.id = i.customer_id and w.number = :customer"
REMIND = text(
    "insert into isp_reminders (tenant_id, customer_id, at, by, channel, owed_minor, currency) "
    "values (current_setting('app.tenant_id')::uuid, :customer, :at, :by, :channel, :minor, :currency)"
)
INVOICE = text("select id, disputed_at, status from isp_invoices where number = :number for update")
DISPUTE = text("update isp_invoices set disputed_at = :at, dispute = :text where id = :id")


async def find_debtors(
    session: AsyncSession, scope: Scope, today: date, currency: str, customer: str | None, limit: int,
    whose: CustomerQuery | None = None,
) -> Sequence[Debtor]:  # fmt: skip
    """Return those with overdue invoices, those who owe longest first."""
    where, binds = of_those("i", whose, today)
    sql = DEBTORS.format(join=ONE if customer else "", among="".join(f" and {part}" for part in where))
    binds |= {"customer": customer} if customer else {}
    rows = await find_rows(session, sql, scope, today=today, currency=currency, limit=limit, **binds)
    return [
        replace(
            debtor_of(row, currency),
            services=row.services,
            credit=Money(max(row.credit, 0), currency),
            disputed=Money(row.disputed, currency),
            reminded_at=row.reminded_at,
        )
        for row in rows
    ]


async def do_remind(
    session: AsyncSession, customer: str, channel: Channel, owed: Money, by: str, at: datetime
) -> Reminder:
    """Write down that a customer was reminded."""
    account = await lock_account(session, customer)
    binds = {"customer": account.id, "at": at, "by": by, "channel": channel.value}
    await session.execute(REMIND, {**binds, "minor": owed.minor, "currency": owed.currency})
    return Reminder(customer=customer, at=at, by=by, channel=channel.value, owed=owed)


async def do_dispute(session: AsyncSession, number: str, reason: str | None, at: datetime) -> None:
    """Mark an invoice as disputed, or as settled again."""
    row = (await session.execute(INVOICE, {"number": number})).one_or_none()
    if row is None:
        raise NotFound(f"There is no invoice {number}.")
    if reason is not None and row.status != "open":
        raise Conflict(f"{number} is {row.status}; only an open invoice can be disputed.")
    if (row.disputed_at is not None) == (reason is not None):
        raise Conflict(f"{number} is {'' if row.disputed_at else 'not '}disputed already.")
    when = at if reason is not None else None
    await session.execute(DISPUTE, {"id": row.id, "at": when, "text": reason})
