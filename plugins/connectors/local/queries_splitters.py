"""Splitters, and how many lines are behind each."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from bot.api import Scope
from plugins.connectors.local.queries_network import ALL_IN, AREA
from plugins.connectors.local.queries_scope import find_rows, records
from plugins.network.port import Splitter

SPLITTERS = """
with recursive chosen as (
    select x.name, x.parent, x.ratio, p.device || ' ' || p.name as port, s.region, s.code as site, s.partner
    from isp_splitters x join isp_ports p on p.id = x.port_id
    join isp_devices d on d.name = p.device join isp_sites s on s.code = d.site
    where {which} and @within(s.region, s.code, s.partner)
),
under(top, name) as (
    select name, name from chosen
    union select u.top, x.name from under u join isp_splitters x on x.parent = u.name
),
counted as (
    select u.top, count(*)::int as lines, (count(*) filter (where exists (
            select from isp_onts t where t.service_id = v.id and t.status <> 'online'
        )))::int as offline
    from under u join isp_splitter_lines l on l.splitter = u.name
    join isp_services v on v.id = l.service_id and v.status = 'active'
    join isp_customers k on k.id = v.customer_id and @within(k.region, k.site, k.partner)
    group by u.top
)
select c.*, coalesce(n.lines, 0) as lines, coalesce(n.offline, 0) as offline
from chosen c left join counted n on n.top = c.name
order by {order}offline desc, c.name limit :limit
"""
OF_SERVICE = """x.name in (
    select l.splitter from isp_splitter_lines l join isp_services v on v.id = l.service_id
    where v.number = :service)"""
LISTED = SPLITTERS.format(
    which="(:port = '' or p.device || ' ' || p.name = :port) and (:device = '' or p.device = :device) "
    f"and {AREA} and (:service = '' or {OF_SERVICE})",
    order="",
)
WORDS = ALL_IN.format(text="concat_ws(' ', x.name, p.device, p.name)")
FOUND = SPLITTERS.format(
    which=f"(lower(x.name) = :whole or {WORDS})",
    order="lower(c.name) <> :whole, length(c.name), ",
)


async def find_splitters_of(
    session: AsyncSession, scope: Scope, *, port: str, device: str, area: str, service: str, limit: int
) -> Sequence[Splitter]:
    """Return splitters, those with the most offline first."""
    binds = {"port": port, "device": device, "area": area, "service": service, "limit": limit}
    return records(Splitter, await find_rows(session, LISTED, scope, **binds))


async def find_splitters(session: AsyncSession, scope: Scope, text: str, limit: int) -> Sequence[Splitter]:
    """Return splitters by words of name and port."""
    whole = " ".join(text.lower().split())[:200]
    if not whole:
        return []
    binds = {"whole": whole, "words": whole.split(" ")[:10]}
    return records(Splitter, await find_rows(session, FOUND, scope, limit=limit, **binds))
