"""The next number of an invoice, a payment, a credit note …: counted on from the highest there is."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

NEXT = text("update isp_counters set value = value + 1 where name = :name returning value")
START = """
insert into isp_counters (tenant_id, name, value)
select current_setting('app.tenant_id')::uuid, :name,
    greatest(coalesce(max(substring(number from :shape)::bigint), 0), :first)
from {table} on conflict do nothing
"""


@dataclass(frozen=True, kw_only=True)
class Series:
    """Numbers of one kind, as `PAY-0001234`."""

    table: str
    prefix: str
    digits: int = 0
    first: int = 0


PAYMENTS = Series(table="isp_payments", prefix="PAY-", digits=7)
CREDIT_NOTES = Series(table="isp_credit_notes", prefix="CN-", digits=6)
PROMISES = Series(table="isp_promises", prefix="PTP-", first=1_000)
ACCOUNTS = Series(table="isp_customers", prefix="", first=100_000)


def invoices_of(year: int) -> Series:
    """Return the series of a year's invoices: `INV-2026-004711`."""
    return Series(table="isp_invoices", prefix=f"INV-{year}-", digits=6)


async def next_number(session: AsyncSession, series: Series) -> str:
    """Count on; imported rows may already bear the next numbers. The counter is held until the commit."""
    name = f"{series.table} {series.prefix}"
    taken = text(f"select 1 from {series.table} where number = :number")  # noqa: S608 - a constant
    while True:
        value = (await session.execute(NEXT, {"name": name})).scalar_one_or_none()
        if value is None:
            start = text(START.format(table=series.table))
            shape = f"^{series.prefix}([0-9]{{1,12}})$"
            await session.execute(start, {"name": name, "shape": shape, "first": series.first})
            continue
        number = f"{series.prefix}{value:0{series.digits}d}"
        if (await session.execute(taken, {"number": number})).first() is None:
            return number
