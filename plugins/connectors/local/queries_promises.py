"""Promises to pay and payment plans; the day each instalment was reached follows from the payments since."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.api import EVERYWHERE, Conflict, Money, Scope, day
from plugins.billing.port import Instalment, NewPromise, Promise
from plugins.connectors.local.queries_numbers import PROMISES, next_number
from plugins.connectors.local.queries_scope import find_rows
from plugins.connectors.local.queries_settle import check_currency, lock_account, one_or_missing

# Payments taken back count for nothing, those before the promise neither.
COLUMNS = """r.number, c.number as customer, c.name as customer_name, c.phone, r.made_at, r.by, r.note,
    r.currency, r.cancelled_at is not null as cancelled,
    (select jsonb_agg(jsonb_build_array(n.nr, n.due_on, n.amount_minor) order by n.nr)
        from isp_instalments n where n.promise_id = r.id) as instalments,
    (select jsonb_agg(jsonb_build_array((p.at at time zone :zone)::date, p.amount_minor) order by p.at)
        from isp_payments p where p.customer_id = r.customer_id and p.at >= r.made_at
        and p.status = 'succeeded' and p.currency = r.currency
        and p.reverses is null and p.reversed_at is null) as paid"""
PROMISE = f"""
select {COLUMNS} from isp_promises r join isp_customers c on c.id = r.customer_id
"""  # noqa: S608 - constants
# Only the customers of the promises shown are looked up: `offset 0` keeps it from reading all of them.
FIND = f"""
select {COLUMNS} from (
    select r.* from isp_promises r {{join}} where r.made_at >= :since and @owned(r.customer_id)
    order by r.made_at desc, r.number desc limit :limit
) r cross join lateral (select * from isp_customers where id = r.customer_id offset 0) c
order by r.made_at desc, r.number desc
"""  # noqa: S608 - constants
OF_ONE = "join isp_customers w on w.id = r.customer_id and w.number = :customer"
ONE = f"{PROMISE} where r.number = :number and @within(c.region, c.site, c.partner)"
OF_CUSTOMER = f"{PROMISE} where c.number = :customer and r.cancelled_at is null"
INSERT = text(
    "insert into isp_promises (tenant_id, number, customer_id, made_at, by, note, currency) values "
    "(current_setting('app.tenant_id')::uuid, :number, :customer, :at, :by, :note, :currency) returning id"
)
INSTALMENT = text(
    "insert into isp_instalments (tenant_id, promise_id, nr, due_on, amount_minor) "
    "values (current_setting('app.tenant_id')::uuid, :promise, :nr, :due_on, :minor)"
)
LOCKED = text("select id, cancelled_at from isp_promises where number = :number for update")
CANCEL = text("update isp_promises set cancelled_at = :at where id = :id")


async def find_promises(
    session: AsyncSession, scope: Scope, since: datetime, customer: str | None, zone: str, limit: int
) -> Sequence[Promise]:
    """Return what was promised since then, newest first."""
    of = {"customer": customer} if customer else {}
    sql = FIND.format(join=OF_ONE if customer else "")
    rows = await find_rows(session, sql, scope, since=since, zone=zone, limit=limit, **of)
    return [promise_of(row) for row in rows]


async def get_promise(session: AsyncSession, scope: Scope, number: str, zone: str) -> Promise | None:
    """Return one promise."""
    rows = await find_rows(session, ONE, scope, number=number.strip().upper(), zone=zone)
    return promise_of(rows[0]) if rows else None


def promise_of(row: Row[Any]) -> Promise:
    """Read a row of PROMISE."""
    return Promise(
        number=row.number,
        customer=row.customer,
        customer_name=row.customer_name,
        phone=row.phone,
        made_at=row.made_at,
        by=row.by,
        instalments=tuple(_reached(row.instalments, row.paid or (), row.currency)),
        note=row.note,
        cancelled=row.cancelled,
    )


def _reached(
    instalments: Sequence[tuple[int, str, int]], paid: Sequence[tuple[str, int]], currency: str
) -> Iterator[Instalment]:
    """Count payments against instalments in order: each is reached on the day their sum is."""
    wanted = 0
    for nr, due_on, minor in instalments:
        wanted += minor
        sum_, reached = 0, None
        for on, amount in paid:
            sum_ += amount
            if sum_ >= wanted:
                reached = date.fromisoformat(on)
                break
        amount_due = Money(minor, currency)
        yield Instalment(nr=nr, due_on=date.fromisoformat(due_on), amount=amount_due, paid_on=reached)


async def do_promise(
    session: AsyncSession, new: NewPromise, by: str, at: datetime, today: date, zone: str, usual: str
) -> str:  # fmt: skip
    """Write a promise down; return its number."""
    account = await lock_account(session, new.customer)
    currency = new.instalments[0][1].currency
    await check_currency(session, account, new.instalments[0][1], usual)
    rows = await find_rows(session, OF_CUSTOMER, EVERYWHERE, customer=new.customer, zone=zone)
    if earlier := next((p for p in map(promise_of, rows) if p.holds(today)), None):
        due = f", due {day(earlier.next.due_on, today)}" if earlier.next else ""
        raise Conflict(
            f"{account.name} has an open {earlier.kind} already: {earlier.number} over {earlier.total}{due}. "
            "Cancel it first if this one replaces it."
        )
    number = await next_number(session, PROMISES)
    binds = {"number": number, "customer": account.id, "at": at, "by": by, "note": new.note}
    made = (await session.execute(INSERT, {**binds, "currency": currency})).scalar_one()
    for nr, (due_on, amount) in enumerate(new.instalments, 1):
        await session.execute(
            INSTALMENT, {"promise": made, "nr": nr, "due_on": due_on, "minor": amount.minor}
        )
    return number


async def do_cancel(session: AsyncSession, number: str, at: datetime) -> None:
    """Cancel a promise."""
    row = (await session.execute(LOCKED, {"number": number})).one_or_none()
    found = one_or_missing(row, f"promise {number}")
    if found.cancelled_at is not None:
        raise Conflict(f"{number} was cancelled already.")
    await session.execute(CANCEL, {"id": found.id, "at": at})
