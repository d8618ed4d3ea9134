"""Customers, their notes, plans and services: rows of our own tables as the port's records."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.api import EVERYWHERE, Conflict, Money, NotFound, Scope
from plugins.connectors.local.queries_scope import find_rows, records
from plugins.customers.port import ContactChange, Customer, CustomerStatus, Note, Plan

COLUMNS = """c.number, c.name, c.kind, c.contact, c.email, c.phone, c.alt_phone, c.street, c.city, c.postcode,
    c.region, c.site, c.partner, c.status, c.tier, c.language, c.since, c.churned_on, c.tags"""
ONE = (
    f"select {COLUMNS} from isp_customers c where c.number = :number and @within(c.region, c.site, c.partner)"  # noqa: S608 - constants
)
NOTES = """
select n.at, n.by, n.body, n.author
from isp_notes n join isp_customers c on c.id = n.customer_id
where c.number = :number and @within(c.region, c.site, c.partner) order by n.at desc limit :limit
"""
LOCK = text("select id from isp_customers where number = :number for update")
ADD_NOTE = text(
    "insert into isp_notes (tenant_id, customer_id, at, by, body, author) "
    "values (current_setting('app.tenant_id')::uuid, :customer, :at, :by, :body, :author)"
)
REMOVE_NOTE = text(
    "delete from isp_notes where id = (select id from isp_notes where customer_id = :customer and at = :at "
    "and by = :by and body = :body and author = :author limit 1) returning id"
)
SUSPEND = text(
    "update isp_services set status = 'suspended', suspended_at = :at, suspend_reason = :reason "
    "where customer_id = :customer and status = 'active' "
    "and (cast(:services as text[]) = '{}' or number = any(cast(:services as text[]))) returning number"
)
RESUME = text(
    "update isp_services set status = 'active', suspended_at = null, suspend_reason = null "
    "where customer_id = :customer and status = 'suspended' "
    "and (cast(:services as text[]) = '{}' or number = any(cast(:services as text[]))) returning number"
)
# A customer is suspended while no service is active and at least one is suspended.
SET_STATUS = text(
    "update isp_customers c set status = case "
    "when exists (select from isp_services s where s.customer_id = c.id and s.status = 'active') "
    "then 'active' "
    "when exists (select from isp_services s where s.customer_id = c.id and s.status = 'suspended') "
    "then 'suspended' else c.status end where c.id = :customer"
)


def customer_of(row: Row[Any]) -> Customer:
    """Read the columns of COLUMNS."""
    return Customer(
        number=row.number,
        name=row.name,
        kind=row.kind,
        contact=row.contact,
        email=row.email,
        phone=row.phone,
        alt_phone=row.alt_phone,
        street=row.street,
        city=row.city,
        postcode=row.postcode,
        region=row.region,
        site=row.site,
        partner=row.partner,
        status=CustomerStatus(row.status),
        tier=row.tier,
        language=row.language,
        since=row.since,
        churned_on=row.churned_on,
        tags=tuple(row.tags),
    )


async def get_customer(session: AsyncSession, scope: Scope, number: str) -> Customer | None:
    """Return one customer inside the scope."""
    rows = await find_rows(session, ONE, scope, number=number)
    return customer_of(rows[0]) if rows else None


async def find_plans(session: AsyncSession) -> Sequence[Plan]:
    """Return the plans on sale."""
    rows = await session.execute(
        text(
            "select code, name, kind, down_kbps, up_kbps, price_minor, currency from isp_plans "
            "where active order by price_minor, code"
        )
    )
    return [
        Plan(
            code=row.code,
            name=row.name,
            kind=row.kind,
            down_kbps=row.down_kbps,
            up_kbps=row.up_kbps,
            price=Money(row.price_minor, row.currency),
        )
        for row in rows
    ]


async def find_notes(session: AsyncSession, scope: Scope, number: str, limit: int) -> Sequence[Note]:
    """Return the notes on a customer, newest first."""
    return records(Note, await find_rows(session, NOTES, scope, number=number, limit=limit))


async def do_add_note(session: AsyncSession, number: str, note: Note) -> None:
    """Write a note."""
    customer = await _lock(session, number)
    await session.execute(ADD_NOTE, {"customer": customer, **vars(note)})


async def do_remove_note(session: AsyncSession, number: str, note: Note) -> None:
    """Remove one note that stands just so."""
    customer = await _lock(session, number)
    binds = {"customer": customer, **vars(note)}
    if (await session.execute(REMOVE_NOTE, binds)).one_or_none() is None:
        raise Conflict("That note is not there any more.")


async def do_change_contact(
    session: AsyncSession, number: str, new: ContactChange, was: ContactChange | None = None
) -> None:
    """Write what is given, if what is to stand there does; what is empty becomes null."""
    customer = await _lock(session, number)
    if was is not None:
        now = await get_changed(session, number)
        if any((getattr(now, name) or "") != value for name, value in vars(was).items() if value is not None):
            raise Conflict(f"Customer {number} was changed since. Nothing was written.")
    given = {name: value for name, value in vars(new).items() if value is not None}
    if given:
        sets = ", ".join(f"{name} = nullif(:{name}, '')" for name in sorted(given))
        change = text(f"update isp_customers set {sets} where id = :customer")  # noqa: S608 - names of fields
        await session.execute(change, {**given, "customer": customer})


async def do_suspend(
    session: AsyncSession, number: str, reason: str, services: Sequence[str], at: datetime
) -> list[str]:
    """Suspend active services and return their numbers.

    Sessions stay as they were heard of: no router was told, and what we make up would outlive the undo.
    """
    customer = await _lock(session, number)
    binds = {"customer": customer, "reason": reason, "at": at, "services": list(services)}
    changed = sorted((await session.execute(SUSPEND, binds)).scalars())
    if not changed:
        raise Conflict(f"Customer {number} has no active service to suspend. Nothing was changed.")
    await session.execute(SET_STATUS, {"customer": customer})
    return changed


async def do_resume(session: AsyncSession, number: str, services: Sequence[str]) -> list[str]:
    """Resume suspended services and return their numbers."""
    customer = await _lock(session, number)
    changed = sorted(
        (await session.execute(RESUME, {"customer": customer, "services": list(services)})).scalars()
    )
    if not changed:
        raise Conflict(f"Customer {number} has no suspended service to resume. Nothing was changed.")
    await session.execute(SET_STATUS, {"customer": customer})
    return changed


async def _lock(session: AsyncSession, number: str) -> Any:
    found = (await session.execute(LOCK, {"number": number})).scalar_one_or_none()
    if found is None:
        raise NotFound(f"There is no customer {number}.")
    return found


async def get_changed(session: AsyncSession, number: str) -> Customer:
    """Return the customer a write has just changed."""
    if (customer := await get_customer(session, EVERYWHERE, number)) is None:
        raise NotFound(f"There is no customer {number}.")
    return customer
