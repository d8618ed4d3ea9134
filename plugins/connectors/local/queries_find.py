"""Finding customers by identifier: one statement, every branch an index look-up."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from bot.api import Scope
from plugins.connectors.local.queries_customers import COLUMNS, customer_of
from plugins.connectors.local.queries_scope import find_rows
from plugins.connectors.local.shapes import Shapes, shapes_of
from plugins.customers.port import Found

PARTIAL = "end of the phone number"
BY_IDENTIFIER = f"""
with ids as (
    select 1 as rank, id, 'account number' as by from isp_customers where number = any(cast(:names as text[]))
    union all select 2, customer_id, 'service number' from isp_services
        where number = any(cast(:names as text[]))
    union all select 3, id, 'e-mail' from isp_customers where email_key = :lower
    union all select 4, customer_id, 'PPPoE username' from isp_services where username_key = :lower
    union all select 5, customer_id, 'ONT serial' from isp_services where ont_key = :serial
    union all select 6, customer_id, 'MAC' from isp_services
        where cpe_mac = cast(cast(:mac as text) as macaddr)
    union all select 7, s.customer_id, 'IP of the session'
        from isp_sessions n join isp_services s on s.id = n.service_id
        where n.ended_at is null and n.ipv4 = cast(cast(:ip as text) as inet)
    union all select 8, customer_id, 'IP' from isp_services where ipv4 = cast(cast(:ip as text) as inet)
    union all select 8, customer_id, 'IPv6 prefix' from isp_services
        where ipv6_prefix = any(cast(cast(:prefixes as text[]) as cidr[]))
    union all select 9, id, 'phone' from isp_customers
        where phone_key >= :phone and phone_key < cast(:phone as text) || '~'
    union all select 10, id, 'second phone' from isp_customers
        where alt_phone_key >= :phone and alt_phone_key < cast(:phone as text) || '~'
    union all select 11, customer_id, 'invoice' from isp_invoices where number = any(cast(:names as text[]))
    union all select 11, customer_id, 'payment' from isp_payments where number = any(cast(:names as text[]))
    union all select 11, customer_id, 'ticket' from isp_tickets where number = any(cast(:names as text[]))
),
first as (select distinct on (id) id, rank, by from ids order by id, rank)
select {COLUMNS}, first.by
from first join isp_customers c on c.id = first.id
where @within(c.region, c.site, c.partner)
order by first.rank, c.status = 'churned', c.number limit :limit
"""  # noqa: S608 - COLUMNS is a constant


async def find_by_identifier(session: AsyncSession, scope: Scope, text: str, limit: int) -> Sequence[Found]:
    """Return whoever an account number, phone, e-mail, IP, MAC, serial … belongs to, in one round trip."""
    shapes = shapes_of(text)
    if not shapes.any:
        return ()
    binds = {**shapes.of_line(), "prefixes": list(shapes.prefixes), "phone": shapes.phone}
    rows = await find_rows(session, BY_IDENTIFIER, scope, limit=limit, **binds)
    return [
        Found(customer=customer_of(row), by=_by(row.by, shapes), exact=_exact(row.by, shapes)) for row in rows
    ]


def _exact(by: str, shapes: Shapes) -> bool:
    return "phone" not in by or shapes.whole_phone


def _by(by: str, shapes: Shapes) -> str:
    return by if _exact(by, shapes) else PARTIAL
