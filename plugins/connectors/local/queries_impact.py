"""Who hangs below a site, device or port, and which outages and works there are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.api import EVERYWHERE, Money, Scope
from plugins.connectors.local.queries_scope import find_rows, records
from plugins.network.port import Hit, Impact, Maintenance, NasSessions, Outage, Place

# What hangs on a place by cable; a BNG has no cable to its subscribers, but their sessions.
TREE = """
with recursive down(name) as (
    select d.name from isp_devices d where d.name = :device or d.site = :site
    union select d.name from isp_devices d join down on d.parent = down.name
)
select array_agg(d.name) as devices,
    least(:now, min(d.status_since) filter (where d.status <> 'up')) as since,
    (select array_agg(p.id) from isp_ports p
        where p.device in (select name from down) or p.device = :port_device and p.name = :port_name) as ports
from down join isp_devices d on d.name = down.name
"""
JUST_BEFORE = timedelta(minutes=15)
"""Sessions that ended this long before a device went down are counted as hit by it."""
MANY_PORTS = 60
JOIN = text("select set_config('enable_nestloop', :nested, true)")
"""Below a whole region the planner expects a hundredth of the rows, and would look each up by itself."""
# One pass: services below, then a row per customer, then the sums.
IMPACT = """
with mine as (
    select s.id, s.number, s.customer_id, s.plan_code from isp_services s
    where s.status = 'active' and s.port_id = any(cast(:ports as uuid[]))
    union all
    select s.id, s.number, s.customer_id, s.plan_code from isp_services s
    where s.status = 'active' and (s.port_id is null or s.port_id <> all(cast(:ports as uuid[])))
        and s.id in (
            select service_id from isp_sessions where ended_at is null and nas = any(cast(:devices as text[]))
            union all select service_id from isp_sessions
                where ended_at > :since and nas = any(cast(:devices as text[]))
        )
),
lines as materialized (
    select m.id, m.number, c.id as customer_id, c.tier, c.kind, c.name, c.road,
        case when pl.currency = :currency then pl.price_minor else 0 end as price_minor,
        live.service_id is not null as online
    from mine m
    join isp_customers c on c.id = m.customer_id
    left join (
        select distinct service_id from isp_sessions where ended_at is null
    ) live on live.service_id = m.id
    join isp_plans pl on pl.code = m.plan_code
    where @within(c.region, c.site, c.partner)
),
people as materialized (
    select customer_id, min(tier) as tier, min(kind) as kind, min(road) as road, count(*) as services,
        count(*) filter (where online) as online, sum(price_minor) as minor
    from lines group by customer_id
)
select count(*)::int as customers, coalesce(sum(services), 0)::int as services,
    (count(*) filter (where tier = 'critical'))::int as critical,
    (count(*) filter (where tier = 'premium'))::int as premium,
    (count(*) filter (where kind = 'business'))::int as business,
    coalesce(sum(online), 0)::int as online, coalesce(sum(minor), 0)::bigint as minor,
    (select jsonb_agg(jsonb_build_array(road, n)) from (
        select road, count(*) as n from people where road <> '' group by 1 order by 2 desc, 1 limit 3
    ) top) as streets,
    (select array_agg(top.id) from (
        select id from lines
        order by case tier when 'critical' then 1 when 'premium' then 2 end, kind <> 'business', online, name,
            number
        limit :limit
    ) top) as first
from people
"""
HITS = """
select c.number as customer, c.name, c.kind, c.tier, c.phone, c.street, s.number as service,
    case when pl.currency = :currency then pl.price_minor else 0 end as price_minor,
    (select n.ended_at is null from isp_sessions n where n.service_id = s.id
        order by n.started_at desc limit 1) as online
from unnest(cast(:first as uuid[])) with ordinality as first(id, nr)
join isp_services s on s.id = first.id
join isp_customers c on c.id = s.customer_id
join isp_plans pl on pl.code = s.plan_code
where @within(c.region, c.site, c.partner)
order by first.nr
"""
OUTAGES = """
with recursive o as (
    select x.number, x.title, case when x.withdrawn then 'withdrawn' else x.status end as status,
        x.started_at, x.cause, x.note, x.eta, x.ended_at, x.port_id,
        x.device as named_device, x.site as named_site, p.device || ' ' || p.name as port,
        d.name as device, s.code as site, s.region, s.partner
    from isp_outages x
    left join isp_ports p on p.id = x.port_id
    left join isp_devices d on d.name = coalesce(x.device, p.device)
    left join isp_sites s on s.code = coalesce(x.site, d.site)
    where (not :active or x.status = 'active') and (:number = '' or x.number = :number)
        and (not x.withdrawn or x.number = :number)
        and @within(s.region, s.code, s.partner)
    order by x.status <> 'active', x.started_at desc limit :limit
),
down(number, name) as (
    select o.number, d.name from o join isp_devices d on o.port_id is null
        and (d.name = o.named_device or o.named_device is null and d.site = o.named_site)
    union select down.number, d.name from down join isp_devices d on d.parent = down.name
),
ports as (
    select number, port_id as id from o where port_id is not null
    union select down.number, p.id from down join isp_ports p on p.device = down.name
)
select o.*, (
    select count(*) from (
        select s.id from ports join isp_services s on s.port_id = ports.id
            where ports.number = o.number and s.status = 'active' and @owned(s.customer_id)
        union select n.id from (
            select service_id as id from isp_sessions where nas = o.named_device and ended_at is null
            union select service_id from isp_sessions
                where nas = o.named_device and ended_at > o.started_at - interval '15 min'
        ) n where exists (select from isp_services s
            where s.id = n.id and s.status = 'active' and @owned(s.customer_id))
    ) hit
)::int as services
from o order by o.status <> 'active', o.started_at desc
"""
MAINTENANCE = """
select x.number, x.title, x.starts_at, x.ends_at, x.status, s.code as site,
    coalesce(x.device, p.device) as device, p.device || ' ' || p.name as port, s.region, s.partner
from isp_maintenance x
left join isp_ports p on p.id = x.port_id
left join isp_devices d on d.name = coalesce(x.device, p.device)
left join isp_sites s on s.code = coalesce(x.site, d.site)
where x.status in ('planned', 'active') and x.ends_at > :now and x.starts_at < :until
    and @within(s.region, s.code, s.partner)
order by x.starts_at limit :limit
"""
SESSIONS = """
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
where nas is not null and @within(s.region, s.code, s.partner) order by 2 desc, nas
"""


async def get_impact(
    session: AsyncSession, scope: Scope, place: Place, *, currency: str, now: datetime, limit: int
) -> Impact:
    """Return who hangs below a place."""
    (tree,) = await find_rows(session, TREE, EVERYWHERE, now=now, **place_binds(place))
    binds = {
        "currency": currency,
        "devices": tree.devices or [],
        "ports": tree.ports or [],
        "since": tree.since - JUST_BEFORE,
    }
    wide = len(binds["ports"]) >= MANY_PORTS or not binds["ports"]
    await session.execute(JOIN, {"nested": "off" if wide else "on"})
    (row,) = await find_rows(session, IMPACT, scope, limit=limit, **binds)
    await session.execute(JOIN, {"nested": "on"})
    hits = await find_rows(session, HITS, scope, first=row.first, currency=currency) if row.first else ()
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


async def find_outages(
    session: AsyncSession, scope: Scope, *, active: bool = False, number: str = "", limit: int = 20
) -> Sequence[Outage]:
    """Return outages, active ones first, newest first, with how many services hang below."""
    rows = await find_rows(session, OUTAGES, scope, active=active, number=number.upper(), limit=limit)
    return [_outage(row) for row in rows]


async def find_maintenance(
    session: AsyncSession, scope: Scope, now: datetime, until: datetime, limit: int
) -> Sequence[Maintenance]:
    """Return planned work that runs now or starts before an instant."""
    rows = await find_rows(session, MAINTENANCE, scope, now=now, until=until, limit=limit)
    return records(Maintenance, rows)


async def find_sessions(
    session: AsyncSession, scope: Scope, nas: str, since: datetime
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
        for row in await find_rows(session, SESSIONS, scope, nas=nas, since=since)
    ]


def place_binds(place: Place) -> dict[str, str | None]:
    """Return what the tree below a place starts from."""
    device, _, port = place.key.partition(" ")
    named = place.kind == "port"
    return {
        "site": place.key if place.kind == "site" else None,
        "device": place.key if place.kind == "device" else None,
        "port_device": device if named else None,
        "port_name": port if named else None,
    }


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
