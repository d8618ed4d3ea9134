"""Which active services have no session now, those that went last first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.api import Scope
from plugins.connectors.local.queries_below import SORT, WAYS, WITHIN, get_below
from plugins.connectors.local.queries_network import AREA
from plugins.connectors.local.queries_scope import find_rows
from plugins.network.port import Offline, OfflinePage, Place

LINE = "select b.service_id, b.online, b.ended_at from isp_below b where"
AT_HOME = f"""{LINE} (:area = '' or lower(b.region) = lower(:area)
    or b.site in (select s.code from isp_sites s where {AREA})) and {{within}}"""  # noqa: S608 - constants
OFFLINE = """
with lines as materialized (
{lines}
),
counts as (
    select count(*)::int as services, (count(*) filter (where not online))::int as total from lines
),
page as (
    select service_id, ended_at from lines where not online
    order by ended_at desc nulls last, service_id limit :limit
)
select counts.services, counts.total, page.ended_at as since, c.number as customer, c.name, c.kind, c.tier,
    c.phone, v.number as service, p.device || ' ' || p.name as port
from counts left join page on true
left join isp_services v on v.id = page.service_id left join isp_customers c on c.id = v.customer_id
left join isp_ports p on p.id = v.port_id
order by page.ended_at desc nulls last, page.service_id
"""
FIELDS = ("customer", "name", "service", "kind", "tier", "phone", "since", "port")


async def find_offline(
    session: AsyncSession,
    scope: Scope,
    place: Place | None,
    area: str,
    now: datetime,
    limit: int,
    *,
    sort: Sequence[int] | None = None,
) -> OfflinePage:
    """Return the services without a session, of customers in an area or of all that hangs below a place."""
    if place is None:
        within, binds = (WITHIN, {}) if sort is None else (f"{WITHIN} and {SORT}", {"sort": list(sort)})
        sql = OFFLINE.format(lines=AT_HOME.format(within=within))
        rows = await find_rows(session, sql, scope, area=area, limit=limit, **binds)
    else:
        below = await get_below(session, place, now, sort)
        lines = "\nunion all\n".join(f"{LINE} {WAYS[way]} and {below.within}" for way in below.ways)
        rows = await find_rows(session, OFFLINE.format(lines=lines), scope, limit=limit, **below.binds())
    found = tuple(Offline(**{name: getattr(row, name) for name in FIELDS}) for row in rows if row.customer)
    return OfflinePage(lines=found, total=rows[0].total, services=rows[0].services)
