"""Who hangs below a site, device or port, and which outages and works there are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from bot.api import Money, Scope
from plugins.connectors.local.queries_below import WITHIN, find_first, get_below, get_counts, get_sums
from plugins.connectors.local.queries_network import AREA
from plugins.connectors.local.queries_scope import find_rows, records
from plugins.network.port import Hit, Impact, Maintenance, NasSessions, Outage, Place

HITS = """
select c.number as customer, c.name, c.kind, c.tier, c.phone, c.street, s.number as service,
    case when pl.currency = :currency then pl.price_minor else 0 end as price_minor, first.online
from unnest(cast(:first as uuid[]), cast(:online as boolean[])) with ordinality as first(id, online, nr)
join isp_services s on s.id = first.id
join isp_customers c on c.id = s.customer_id
join isp_plans pl on pl.code = s.plan_code
where @within(c.region, c.site, c.partner)
order by first.nr
"""
WAS_THERE = """(b.nas = o.named_device and (b.online or b.ended_at > o.started_at - interval '15 min')
            or b.left_nas = o.named_device and b.left_at > o.started_at - interval '15 min')"""
OUTAGES = f"""
with recursive o as (
    select x.number, x.title, case when x.withdrawn then 'withdrawn' else x.status end as status,
        x.started_at, x.cause, x.note, x.eta, x.ended_at, x.port_id,
        x.device as named_device, x.site as named_site, p.device as port_device,
        p.device || ' ' || p.name as port, d.name as device, s.code as site, s.region, s.partner
    from isp_outages x
    left join isp_ports p on p.id = x.port_id
    left join isp_devices d on d.name = coalesce(x.device, p.device)
    left join isp_sites s on s.code = coalesce(x.site, d.site)
    where (not :active or x.status = 'active') and (:number = '' or x.number = :number)
        and (not x.withdrawn or x.number = :number) and (:site = '' or s.code = :site) and {AREA}
        and @within(s.region, s.code, s.partner)
    order by x.status <> 'active', x.started_at desc limit :limit
),
down(number, name) as (
    select o.number, d.name from o join isp_devices d on o.port_id is null
        and (d.name = o.named_device or o.named_device is null and d.site = o.named_site)
    union select down.number, d.name from down join isp_devices d on d.parent = down.name
)
select o.*, (
    (select count(*) from isp_below b where o.port_id is not null and b.port_id = o.port_id
        and b.device = o.port_device and {WITHIN})
    + (select count(*) from isp_below b where o.port_id is null and {WITHIN}
        and b.device = any(array(select name from down where down.number = o.number)))
    + (select count(*) from isp_below b where o.port_id is null and {WITHIN} and {WAS_THERE}
        and (b.device is null or (o.number, b.device) not in (select number, name from down)))
)::int as services
from o order by o.status <> 'active', o.started_at desc
"""  # noqa: S608 - constants
MAINTENANCE = f"""
select x.number, x.title, x.starts_at, x.ends_at, x.status, s.code as site,
    coalesce(x.device, p.device) as device, p.device || ' ' || p.name as port, s.region, s.partner
from isp_maintenance x
left join isp_ports p on p.id = x.port_id
left join isp_devices d on d.name = coalesce(x.device, p.device)
left join isp_sites s on s.code = coalesce(x.site, d.site)
where (x.status in ('planned', 'active') and x.ends_at > :now
        or x.status <> 'cancelled' and x.ends_at > cast(:since as timestamptz))
    and x.starts_at < :until and (:site = '' or s.code = :site) and {AREA}
    and @within(s.region, s.code, s.partner)
order by x.starts_at limit :limit
"""  # noqa: S608 - constants
SESSIONS = f"""
with live as (
    select nas, count(*)::int as live, count(*) filter (where started_at > :since)::int as started,
        max(updated_at) as updated_at
    from isp_sessions where ended_at is null and (:nas = '' or nas = :nas) group by nas
),
gone as (
    select nas, count(*)::int as ended from isp_sessions
    where ended_at > :since and (:nas = '' or nas = :nas) group by nas
)
select nas, coalesce(live.live, 0) as live, coalesce(live.started, 0) as started,
    coalesce(gone.ended, 0) as ended, live.updated_at
from live full join gone using (nas)
left join isp_devices d on d.name = nas left join isp_sites s on s.code = d.site
where nas is not null and {AREA} and @within(s.region, s.code, s.partner) order by 2 desc, nas
"""  # noqa: S608 - constants


async def get_impact(
    session: AsyncSession,
    scope: Scope,
    place: Place,
    *,
    currency: str,
    now: datetime,
    limit: int,
    sort: Sequence[int] | None = None,
) -> Impact:
    """Return who hangs below a place; with `sort`, of these classes."""
    below = await get_below(session, place, now, sort)
    row = await get_sums(session, scope, below, currency)
    first = await find_first(session, scope, below, row.ways or (), limit)
    binds = {"first": [one.service_id for one in first], "online": [one.up for one in first]}
    hits = await find_rows(session, HITS, scope, currency=currency, **binds) if first else ()
    return Impact(
        place=place,
        customers=row.customers,
        services=row.services,
        critical=row.critical,
        premium=row.premium,
        business=row.business,
        online=row.online,
        monthly=Money(row.minor, currency),
        streets=tuple((street, n) for street, n in row.streets or ()),
        hits=tuple(_hit(hit, currency) for hit in hits),
    )


async def get_up(session: AsyncSession, scope: Scope, place: Place, now: datetime) -> tuple[int, int]:
    """Return how many active services hang below a place, and how many of them have a session."""
    return await get_counts(session, scope, await get_below(session, place, now))


async def find_outages(
    session: AsyncSession,
    scope: Scope,
    *,
    active: bool = False,
    number: str = "",
    site: str = "",
    area: str = "",
    limit: int = 20,
) -> Sequence[Outage]:
    """Return outages, of one site or all, active and newest first, with how many services hang below."""
    binds = {"active": active, "number": number.upper(), "site": site, "area": area, "limit": limit}
    rows = await find_rows(session, OUTAGES, scope, **binds)
    return [_outage(row) for row in rows]


async def find_maintenance(  # noqa: PLR0913 - each narrows the list
    session: AsyncSession,
    scope: Scope,
    now: datetime,
    until: datetime,
    limit: int,
    *,
    since: datetime | None = None,
    site: str = "",
    area: str = "",
) -> Sequence[Maintenance]:
    """Return planned work, of one site or area or all, that runs now or starts before an instant."""
    times = {"now": now, "until": until, "since": since}
    rows = await find_rows(session, MAINTENANCE, scope, **times, limit=limit, site=site, area=area)
    return records(Maintenance, rows)


async def find_sessions(
    session: AsyncSession, scope: Scope, nas: str, since: datetime, area: str = ""
) -> Sequence[NasSessions]:
    """Return how many sessions are up on each NAS, and how many came and went since."""
    return [
        NasSessions(
            nas=row.nas,
            live=row.live,
            started_hour=row.started,
            ended_hour=row.ended,
            updated_at=row.updated_at,
        )
        for row in await find_rows(session, SESSIONS, scope, nas=nas, since=since, area=area)
    ]


def _hit(row: Row[Any], currency: str) -> Hit:
    return Hit(
        customer=row.customer,
        name=row.name,
        kind=row.kind,
        tier=row.tier,
        service=row.service,
        online=row.online,
        phone=row.phone,
        street=row.street,
        price=Money(row.price_minor, currency),
    )


def _outage(row: Row[Any]) -> Outage:
    return Outage(
        number=row.number,
        title=row.title,
        status=row.status,
        started_at=row.started_at,
        cause=row.cause,
        note=row.note,
        site=row.site,
        device=row.device,
        port=row.port,
        eta=row.eta,
        ended_at=row.ended_at,
        services=row.services,
        region=row.region,
        partner=row.partner,
    )
