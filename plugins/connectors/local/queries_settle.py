"""Spreading money over a customer's open invoices, and taking it off them again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.api import BadInput, Conflict, Money, NotFound
from plugins.billing.port import Invoice, foreign, spread
from plugins.connectors.local.queries_billing import INVOICE, invoice_of

LOCK = text("select id, number, name from isp_customers where number = :number for no key update")
CURRENCIES = text(
    "select distinct currency from isp_invoices where customer_id = :customer and status <> 'draft'"
)
OPEN = text(
    f"select i.id, {INVOICE} from isp_invoices i join isp_customers c on c.id = i.customer_id "  # noqa: S608 - constants
    "where i.customer_id = :customer and i.currency = :currency and i.status = 'open' "
    "and i.total_minor > i.paid_minor for update of i"
)
LOOSE = text(
    """
    select s.source, s.id, s.minor - coalesce(sum(a.amount_minor), 0)::bigint as minor
    from (
        select 'payment_id' as source, id, at, number, amount_minor as minor from isp_payments
        where customer_id = :customer and currency = :currency and status = 'succeeded'
            and invoice_id is null and reverses is null and reversed_at is null
        union all
        select 'credit_note_id', id, at, number, amount_minor from isp_credit_notes
        where customer_id = :customer and currency = :currency and invoice_id is null and voided_at is null
    ) s
    left join isp_allocations a
        on a.customer_id = :customer and s.id in (a.payment_id, a.credit_note_id)
    group by s.source, s.id, s.at, s.number, s.minor
    having s.minor > coalesce(sum(a.amount_minor), 0) order by s.at, s.number
    """
)
ALLOCATE = """
insert into isp_allocations (tenant_id, customer_id, invoice_id, {source}, at, amount_minor, currency)
values (current_setting('app.tenant_id')::uuid, :customer, :invoice, :id, :at, :minor, :currency)
"""
ALLOCATED = """
select a.invoice_id, sum(a.amount_minor)::bigint as minor from isp_allocations a
where a.customer_id = :customer and a.{source} = :id group by a.invoice_id having sum(a.amount_minor) > 0
"""
SETTLE = text(
    "update isp_invoices set paid_minor = paid_minor + :minor, status = case "
    "when status = 'open' and paid_minor + :minor >= total_minor then 'paid' "
    "when status = 'paid' and paid_minor + :minor < total_minor then 'open' else status end "
    "where id = :invoice and paid_minor + :minor >= 0 returning number"
)


@dataclass(frozen=True, kw_only=True)
class Account:
    """A customer whose account nobody else changes until this transaction ends."""

    id: UUID
    number: str
    name: str


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where money comes from: `column` is payment_id or credit_note_id."""

    column: str
    id: UUID
    amount: Money


async def lock_account(session: AsyncSession, number: str) -> Account:
    """Take the account: every change of its money waits here for the one before."""
    row = (await session.execute(LOCK, {"number": number})).one_or_none()
    if row is None:
        raise NotFound(f"There is no customer {number}.")
    return Account(id=row.id, number=row.number, name=row.name)


async def check_currency(session: AsyncSession, account: Account, amount: Money, usual: str) -> None:
    """Raise BadInput unless the account is kept in this currency."""
    found = (await session.execute(CURRENCIES, {"customer": account.id})).scalars().all()
    if amount.currency not in (found or (usual,)):
        raise BadInput(foreign(account.name, amount, found or (usual,)))


async def settle(
    session: AsyncSession, account: Account, currency: str, at: datetime, *, new: Source | None = None,
    first: str | None = None,
) -> None:  # fmt: skip
    """Spread new money, the named invoice first, then whatever credit still lies on the account."""
    binds = {"customer": account.id, "currency": currency}
    rows = (await session.execute(OPEN, binds)).all()
    ids = {row.number: row.id for row in rows}
    invoices = [invoice_of(row) for row in rows]
    if new is not None:
        invoices = await _spread(session, account, new, invoices, ids, at, first)
    if not invoices:
        return
    for row in (await session.execute(LOOSE, binds)).all():
        source = Source(column=row.source, id=row.id, amount=Money(row.minor, currency))
        invoices = await _spread(session, account, source, invoices, ids, at, None)


async def _spread(
    session: AsyncSession,
    account: Account,
    source: Source,
    invoices: Sequence[Invoice],
    ids: dict[str, UUID],
    at: datetime,
    first: str | None,
) -> list[Invoice]:
    """Put one source's money on invoices; return those still open."""
    shares = {share.invoice: share for share in spread(source.amount, invoices, first)}
    for share in shares.values():
        await _allocate(session, account, source, ids[share.invoice], share.amount, at)
    left = [replace(i, paid=i.paid + shares[i.number].amount) if i.number in shares else i for i in invoices]
    return [invoice for invoice in left if invoice.owed.minor]


async def take_off(session: AsyncSession, account: Account, source: Source, at: datetime) -> None:
    """Take a source's money off the invoices it was spread over, by entries against it."""
    rows = await session.execute(
        text(ALLOCATED.format(source=source.column)), {"customer": account.id, "id": source.id}
    )
    for row in rows.all():
        back = Money(-row.minor, source.amount.currency)
        await _allocate(session, account, source, row.invoice_id, back, at)


async def change_paid(session: AsyncSession, invoice: UUID, minor: int) -> None:
    """Settle part of an invoice, or with a negative amount open it again."""
    done = await session.execute(SETTLE, {"invoice": invoice, "minor": minor})
    if done.one_or_none() is None:
        raise Conflict("That invoice shows less paid than this would take off it. Its books need a look.")


async def _allocate(
    session: AsyncSession, account: Account, source: Source, invoice: UUID, amount: Money, at: datetime
) -> None:
    binds = {"customer": account.id, "invoice": invoice, "id": source.id, "at": at}
    statement = text(ALLOCATE.format(source=source.column))
    await session.execute(statement, {**binds, "minor": amount.minor, "currency": amount.currency})
    await change_paid(session, invoice, amount.minor)


def one_or_missing(row: Row[Any] | None, what: str) -> Row[Any]:
    """Return the row, or raise NotFound."""
    if row is None:
        raise NotFound(f"There is no {what}.")
    return row
