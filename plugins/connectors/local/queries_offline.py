"""Which active services have no session now, those that went last first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.api import Scope
from plugins.connectors.local.queries_below import SORT, WAYS, WITHIN, get_below
from plugins.connectors.local.queries_network import AREA
from plugins.connectors.local.queries_scope import find_rows
from plugins.network.port import EVER, Begun, Offline, OfflinePage, Place

LINE = "select b.service_id, b.online, b.ended_at from isp_below b where"
AT_HOME = f"""{LINE} (:area = '' or lower(b.region) = lower(:area)
    or b.site in (select s.code from isp_sites s where {AREA})) and {{within}}"""  # noqa: S608 - constants
OFFLINE = """
with lines as materialized (
{lines}
),
counts as (
    select count(*)::int as services, (count(*) filter (where not online{begun}))::int as total from lines
),
page as (
    select service_id, ended_at from lines where not online{begun}
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


async def find_offline(  # noqa: PLR0913 - the ways to narrow the list
    session: AsyncSession,
    scope: Scope,
    place: Place | None,
    area: str,
    now: datetime,
    limit: int,
    *,
    sort: Sequence[int] | None = None,
    begun: Begun = EVER,
) -> OfflinePage:
    """Return the services without a session, of customers in an area or of all that hangs below a place."""
    states, times = _begun(begun)
    if place is None:
        within, binds = (WITHIN, {}) if sort is None else (f"{WITHIN} and {SORT}", {"sort": list(sort)})
        sql = OFFLINE.format(lines=AT_HOME.format(within=within), begun=states)
        rows = await find_rows(session, sql, scope, area=area, limit=limit, **binds, **times)
    else:
        below = await get_below(session, place, now, sort)
        lines = "\nunion all\n".join(f"{LINE} {WAYS[way]} and {below.within}" for way in below.ways)
        sql = OFFLINE.format(lines=lines, begun=states)
        rows = await find_rows(session, sql, scope, limit=limit, **below.binds(), **times)
    found = tuple(Offline(**{name: getattr(row, name) for name in FIELDS}) for row in rows if row.customer)
    return OfflinePage(lines=found, total=rows[0].total, services=rows[0].services)


def _begun(begun: Begun) -> tuple[str, dict[str, datetime]]:
    """Return the condition on since when a line is offline, and its binds; never online is before all."""
    times = {name: at for name in ("after", "before") if (at := getattr(begun, name)) is not None}
    after = " and ended_at >= :after" if "after" in times else ""
    return after + (" and coalesce(ended_at <= :before, true)" if "before" in times else ""), times
