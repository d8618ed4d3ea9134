"""Services with their plans: rows of our own tables as the port's records, as they are on a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.api import Money, Scope
from plugins.connectors.local.queries_scope import find_rows
from plugins.connectors.local.shapes import Shapes
from plugins.customers.port import Plan, Service, ServiceStatus

PLAN = "code, name, kind, down_kbps, up_kbps, price_minor, currency, active"
SERVICES = """
select s.number, c.number as customer, s.kind, s.status, s.username, host(s.ipv4) as ipv4,
    s.ipv6_prefix::text as ipv6_prefix, s.vlan, s.cpe_mac::text as cpe_mac, s.ont_serial, s.activated_on,
    s.suspended_at, s.suspend_reason, s.terminated_on, s.next_plan_on, s.install_address,
    to_jsonb(p) as plan, to_jsonb(n) as next_plan
from isp_services s
join isp_customers c on c.id = s.customer_id
join isp_plans p on p.code = s.plan_code
left join isp_plans n on n.code = s.next_plan_code
"""
IN_USE_FIRST = (
    "order by array_position(array['active', 'suspended', 'pending', 'terminated'], s.status), s.number"
)
BY_CUSTOMER = f"{SERVICES} where c.number = :number and @within(c.region, c.site, c.partner) {IN_USE_FIRST}"
BY_NUMBER = f"{SERVICES} where s.number = :number and @within(c.region, c.site, c.partner)"
BY_IDENTIFIER = f"""
{SERVICES} where s.id in (
    select id from isp_services where number = any(cast(:names as text[]))
    union select id from isp_services where username_key = :lower
    union select id from isp_services where ont_key = :serial
    union select id from isp_services where cpe_mac = cast(cast(:mac as text) as macaddr)
    union select id from isp_services where ipv4 = cast(cast(:ip as text) as inet)
) and @within(c.region, c.site, c.partner) {IN_USE_FIRST} limit :limit
"""  # noqa: S608 - constants
# What was put off to a day that has come is written into the rows by the next change of anything.
DUE = text(
    "select c.id from isp_customers c where c.id in ("
    "select customer_id from isp_services where next_plan_on <= :today "
    "union select customer_id from isp_services where terminated_on <= :today and status <> 'terminated') "
    "for update skip locked"
)
DUE_PLANS = text(
    "update isp_services set plan_code = next_plan_code, next_plan_code = null, next_plan_on = null "
    "where customer_id = any(cast(:ids as uuid[])) and next_plan_on <= :today"
)
DUE_ENDS = text(
    "update isp_services set status_before = status, status = 'terminated' "
    "where customer_id = any(cast(:ids as uuid[])) and terminated_on <= :today and status <> 'terminated'"
)
CHURNED = text(
    "update isp_customers c set status = 'churned', churned_on = :today where id = any(cast(:ids as uuid[])) "
    "and not exists (select from isp_services s where s.customer_id = c.id and s.status <> 'terminated')"
)


def plan_of(row: dict[str, Any]) -> Plan:
    """Read a row of `isp_plans` as JSON."""
    return Plan(
        code=row["code"],
        name=row["name"],
        kind=row["kind"],
        down_kbps=row["down_kbps"],
        up_kbps=row["up_kbps"],
        price=Money(row["price_minor"], row["currency"]),
        active=row["active"],
    )


def service_of(row: Row[Any], today: date) -> Service:
    """Read a row of SERVICES as it is today: what was put off to a day that has come is so already."""
    changed = row.next_plan is not None and row.next_plan_on <= today
    ended = row.terminated_on is not None and row.terminated_on <= today
    return Service(
        number=row.number,
        customer=row.customer,
        plan=plan_of(row.next_plan if changed else row.plan),
        kind=row.kind,
        status=ServiceStatus.TERMINATED if ended else ServiceStatus(row.status),
        username=row.username,
        ipv4=row.ipv4,
        ipv6_prefix=row.ipv6_prefix,
        vlan=row.vlan,
        cpe_mac=row.cpe_mac,
        ont_serial=row.ont_serial,
        activated_on=row.activated_on,
        suspended_at=row.suspended_at,
        suspend_reason=row.suspend_reason,
        terminated_on=row.terminated_on,
        next_plan=plan_of(row.next_plan) if row.next_plan is not None and not changed else None,
        next_plan_on=None if changed else row.next_plan_on,
        address=row.install_address,
    )


async def find_services(session: AsyncSession, scope: Scope, number: str, today: date) -> Sequence[Service]:
    """Return a customer's services."""
    return [service_of(row, today) for row in await find_rows(session, BY_CUSTOMER, scope, number=number)]


async def get_service(session: AsyncSession, scope: Scope, number: str, today: date) -> Service | None:
    """Return one service."""
    rows = await find_rows(session, BY_NUMBER, scope, number=number)
    return service_of(rows[0], today) if rows else None


async def find_services_by_identifier(
    session: AsyncSession, scope: Scope, shapes: Shapes, today: date, limit: int
) -> Sequence[Service]:
    """Return services by number, username, serial, MAC or IP."""
    rows = await find_rows(session, BY_IDENTIFIER, scope, limit=limit, **shapes.of_line())
    return [service_of(row, today) for row in rows]


async def do_due(session: AsyncSession, today: date) -> None:
    """Write down what was put off to a day that has come, of all customers."""
    due = [str(one) for one in (await session.execute(DUE, {"today": today})).scalars()]
    if due:
        for statement in (DUE_PLANS, DUE_ENDS, CHURNED):
            await session.execute(statement, {"ids": due, "today": today})
