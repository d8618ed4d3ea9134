"""New customers and services, and services that end."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.api import Conflict, NotFound, day
from plugins.connectors.local.queries_customers import SET_STATUS
from plugins.connectors.local.queries_numbers import ACCOUNTS, next_number
from plugins.connectors.local.queries_services import CHURNED
from plugins.connectors.local.shapes import words_of
from plugins.customers.port import NewCustomer, ServiceOrder

ADD_CUSTOMER = text(
    "insert into isp_customers (tenant_id, number, name, kind, contact, phone, email, street, city, "
    "postcode, region, site, partner, status, since) values (current_setting('app.tenant_id')::uuid, "
    ":number, :name, :kind, :contact, :phone, :email, :street, :city, :postcode, :region, :site, :partner, "
    "'prospect', :since)"
)
LOCK_CUSTOMER = text("select id, name from isp_customers where number = :number for update")
PLAN = text("select kind, name from isp_plans where code = :code and active")
PORT = text(
    "select id, kind, capacity, device || ' ' || name as key from isp_ports "
    "where device || ' ' || name = :key for update"
)
ON_PORT = text("select count(*) from isp_services where port_id = :port and status <> 'terminated'")
SAME_ONT = text("select 1 from isp_services where ont_key = :serial and status <> 'terminated' limit 1")
SAME_USER = text(
    "select 1 from isp_services where username_key = :username and status <> 'terminated' limit 1"
)
# Two who set a line up with the same ONT or username at once meet on this lock, whichever customer they name.
LOCK_NAME = text(
    "select pg_advisory_xact_lock(hashtextextended(current_setting('app.tenant_id') || ' line ' || :name, 0))"
)
NUMBERS = text("select number from isp_services where customer_id = :customer")
ADD_SERVICE = text(
    "insert into isp_services (tenant_id, number, customer_id, plan_code, kind, status, username, "
    "ont_serial, port_id, activated_on, install_address) values (current_setting('app.tenant_id')::uuid, "
    ":number, :customer, :plan, :kind, :status, :username, :ont, :port, :activated_on, :address)"
)
LOCK_SERVICE = text(
    "select s.id, s.customer_id, s.status, s.terminated_on, s.suspended_at, s.ont_key, s.username, "
    "(select device || ' ' || name from isp_ports where id = s.port_id) as port, s.kind from isp_services s "
    "where s.number = :number for update"
)
ACTIVATE = text("update isp_services set status = 'active', activated_on = :on where id = :id")
END = text(
    "update isp_services set terminated_on = :on, suspend_reason = coalesce(suspend_reason, :reason), "
    "status_before = status, status = case when :now then 'terminated' else status end where id = :id"
)
KEEP = text(
    "update isp_services set terminated_on = null, status_before = null, "
    "status = case when status = 'terminated' then coalesce(status_before, 'active') else status end, "
    "suspend_reason = case when 'suspended' in (status, status_before) then suspend_reason end "
    "where id = :id"
)
UNCHURN = text(
    "update isp_customers set status = 'prospect', churned_on = null "
    "where id = :customer and status = 'churned'"
)


async def do_create_customer(session: AsyncSession, new: NewCustomer, today: date) -> str:
    """Add a customer; return the account number."""
    number = await next_number(session, ACCOUNTS)
    await session.execute(ADD_CUSTOMER, {**vars(new), "number": number, "since": today})
    return number


async def do_provision(session: AsyncSession, new: ServiceOrder, today: date) -> str:
    """Add a service; return its number."""
    customer = (await session.execute(LOCK_CUSTOMER, {"number": new.customer})).one_or_none()
    if customer is None:
        raise NotFound(f"There is no customer {new.customer}.")
    plan = (await session.execute(PLAN, {"code": new.plan})).one_or_none()
    if plan is None:
        raise NotFound(f"No plan {new.plan} is on sale.")
    serial = new.ont_serial.upper() if new.ont_serial else None
    await _check_ont(session, serial)
    port = await _port(session, new.port, plan.kind) if new.port else None
    nr = 1 + await _highest(session, customer.id)
    username = await _username(session, new.username, customer.name, new.customer, nr)
    number = f"SVC-{new.customer}-{nr}"
    binds = {"number": number, "customer": customer.id, "plan": new.plan, "kind": plan.kind, "port": port}
    state = {"status": "active" if new.active else "pending", "activated_on": today if new.active else None}
    await session.execute(
        ADD_SERVICE, {**binds, **state, "username": username, "ont": serial, "address": new.address}
    )
    await session.execute(UNCHURN, {"customer": customer.id})
    await session.execute(SET_STATUS, {"customer": customer.id})
    return number


async def _check_ont(session: AsyncSession, serial: str | None) -> None:
    if not serial:
        return
    await session.execute(LOCK_NAME, {"name": f"ont {serial}"})
    if (await session.execute(SAME_ONT, {"serial": serial})).first():  # whose line it is may be out of reach
        raise Conflict(f"ONT {serial} is taken by another line. Check the serial, or end that line first.")


async def _port(session: AsyncSession, key: str, kind: str) -> UUID:
    """Return the port, held until the commit so that two cannot take its last place."""
    row = (await session.execute(PORT, {"key": key})).one_or_none()
    if row is None:
        raise NotFound(f"There is no port {key}.")
    fits = {"fiber": {"pon", "ethernet"}, "wireless": {"sector"}}
    if row.kind not in fits.get(kind, {row.kind}):
        raise Conflict(f"{key} is a {row.kind} port; a {kind} plan needs another one.")
    used = (await session.execute(ON_PORT, {"port": row.id})).scalar_one()
    if row.capacity is not None and used >= row.capacity:
        raise Conflict(f"{key} is full: {used} of {row.capacity} places are taken. Choose another port.")
    found: UUID = row.id
    return found


async def _highest(session: AsyncSession, customer: Any) -> int:
    numbers = (await session.execute(NUMBERS, {"customer": customer})).scalars()
    tails = [tail for number in numbers if (tail := number.rsplit("-", 1)[-1]).isdigit()]
    return max(map(int, tails), default=0)


async def _username(session: AsyncSession, given: str | None, name: str, account: str, nr: int) -> str:
    """Return the username asked for, or one made of name, account and the number of the line."""
    words = words_of(name) or ["user"]
    made = f"{words[0][:1]}{words[-1]}{account}" + (f"-{nr}" if nr > 1 else "")
    username = given or made
    await _check_username(session, username)
    return username


async def _check_username(session: AsyncSession, username: str) -> None:
    await session.execute(LOCK_NAME, {"name": f"user {username.lower()}"})
    if (await session.execute(SAME_USER, {"username": username.lower()})).first():
        raise Conflict(f"The username {username} is taken by another line. Give another one.")


async def do_activate(session: AsyncSession, number: str, today: date) -> None:
    """Put a pending service into use."""
    row = await _lock(session, number)
    if row.status != "pending":
        raise Conflict(f"{number} is {row.status}; only a pending service is put into use.")
    await session.execute(ACTIVATE, {"id": row.id, "on": today})
    await session.execute(SET_STATUS, {"customer": row.customer_id})


async def do_terminate(session: AsyncSession, number: str, on: date, reason: str, today: date) -> None:
    """End a service now, or write down the day it ends. Its sessions stay as they were heard of."""
    row = await _lock(session, number)
    if row.status == "terminated":
        raise Conflict(f"{number} has ended already.")
    if row.terminated_on is not None:
        raise Conflict(f"{number} ends on {day(row.terminated_on, today)} already. Take that back first.")
    at_once = on <= today
    await session.execute(END, {"id": row.id, "on": on, "reason": reason, "now": at_once})
    if at_once:
        await session.execute(CHURNED, {"ids": [str(row.customer_id)], "today": on})
        await session.execute(SET_STATUS, {"customer": row.customer_id})


async def do_keep(session: AsyncSession, number: str) -> None:
    """Take a termination back."""
    row = await _lock(session, number)
    if row.terminated_on is None:
        raise Conflict(f"{number} is not to end.")
    if row.status == "terminated":  # what it gave back may be another line's by now
        await _check_ont(session, row.ont_key)
        if row.username:
            await _check_username(session, row.username)
        if row.port:
            await _port(session, row.port, row.kind)
    await session.execute(KEEP, {"id": row.id})
    await session.execute(UNCHURN, {"customer": row.customer_id})
    await session.execute(SET_STATUS, {"customer": row.customer_id})


async def _lock(session: AsyncSession, number: str) -> Any:
    row = (await session.execute(LOCK_SERVICE, {"number": number})).one_or_none()
    if row is None:
        raise NotFound(f"There is no service {number}.")
    return row
