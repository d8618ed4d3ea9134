"""What the far ends of the lines say, and which lines and PONs stand out."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.api import EVERYWHERE, Scope
from plugins.connectors.local.queries_below import TREE, place_binds
from plugins.connectors.local.queries_network import DEVICE
from plugins.connectors.local.queries_scope import find_rows, records
from plugins.connectors.local.shapes import shapes_of
from plugins.network.port import (
    Device,
    Drops,
    DropsPage,
    Holder,
    Ont,
    Place,
    PonSigns,
    Session,
    Signs,
    Sinking,
)

SIGNS = """
select p.device || ' ' || p.name as port, o.onts, o.los, o.gasp, o.silent
from (
    select t.port_id, count(*)::int as onts, (count(*) filter (where t.status = 'los'))::int as los,
        (count(*) filter (where t.status = 'dying_gasp'))::int as gasp,
        (count(*) filter (where t.status = 'offline'))::int as silent
    from isp_onts t where t.port_id = any(cast(:ports as uuid[])) group by 1
) o
join isp_ports p on p.id = o.port_id and p.kind = 'pon'
join isp_devices d on d.name = p.device join isp_sites s on s.code = d.site
where @within(s.region, s.code, s.partner)
order by o.los + o.gasp desc, 1
"""
# What is down below the place, or above it on the way to the core.
DOWN = f"""
with recursive up(name) as (
    select unnest(cast(:devices as text[])) union select cast(:port_device as text)
    union select d.parent from isp_devices d join up on d.name = up.name where d.parent is not null
)
select {DEVICE} from up join isp_devices d on d.name = up.name join isp_sites s on s.code = d.site
where d.status = 'down' and @within(s.region, s.code, s.partner) order by d.status_since, d.name
"""  # noqa: S608 - constants
SINKING = """
select p.device || ' ' || p.name as port, m.before, m.after, m.first_at, m.last_at,
    (select count(*) from isp_services v where v.port_id = p.id and v.status = 'active')::int as lines
from isp_ports p
join isp_devices d on d.name = p.device join isp_sites s on s.code = d.site
join lateral (
    select avg(value) filter (where early <= 3) as before, avg(value) filter (where late <= 3) as after,
        min(at) as first_at, max(at) as last_at, count(*) as points
    from (
        select x.value, x.at, row_number() over (order by x.at) as early,
            row_number() over (order by x.at desc) as late
        from isp_measurements x
        where x.subject = 'port:' || p.device || ' ' || p.name and x.metric = 'rx_dbm' and x.at >= :since
    ) y
) m on m.points >= 6 and m.before - m.after >= :fell
where p.kind = 'pon' and @within(s.region, s.code, s.partner)
order by m.before - m.after desc, 1 limit :limit
"""
WENT = """
select n.username, n.started_at, n.updated_at, host(n.ipv4) as ipv4, n.mac::text as mac, n.nas, n.nas_port,
    n.ended_at, n.terminate_cause, n.bytes_in, n.bytes_out
from isp_customers c join isp_services s on s.customer_id = c.id
join isp_sessions n on n.service_id = s.id and n.ended_at between :since and :until
where c.number = :customer and @within(c.region, c.site, c.partner)
order by n.ended_at desc limit 500
"""
# `offset 0` keeps it at looking up the few lines that went, where all services would be read for a join.
FLAPPING = """
with went as materialized (
    select service_id, count(*)::int as drops, max(ended_at) as last,
        mode() within group (order by terminate_cause) as cause
    from isp_sessions where ended_at between :since and :until and terminate_cause is distinct from :ours
    group by service_id having count(*) >= :least
),
page as (
    select c.number as customer, c.name, s.number as service, went.drops, went.last, went.cause, s.id,
        p.device || ' ' || p.name as port, count(*) over ()::int as total
    from went cross join lateral (
        select * from isp_services where id = went.service_id and status = 'active' offset 0
    ) s
    join isp_customers c on c.id = s.customer_id
    left join isp_ports p on p.id = s.port_id
    where @within(c.region, c.site, c.partner)
    order by went.drops desc, went.last desc, s.number limit :limit
)
select page.*, n.nas, n.ended_at is null as online from page
left join lateral (
    select nas, ended_at from isp_sessions where service_id = page.id order by started_at desc limit 1
) n on true
order by page.drops desc, page.last desc, page.service
"""
HOLDERS = """
select c.number as customer, c.name, s.number as service, n.username, n.started_at, n.ended_at,
    host(n.ipv4) as ipv4, n.mac::text as mac, n.nas
from isp_sessions n join isp_services s on s.id = n.service_id join isp_customers c on c.id = s.customer_id
where {found} and n.started_at <= :until and (n.ended_at is null or n.ended_at >= :since)
    and @within(c.region, c.site, c.partner)
order by n.started_at desc limit :limit
"""
BY_IP = HOLDERS.format(found="n.ipv4 = cast(cast(:ip as text) as inet)")
BY_MAC = HOLDERS.format(found="s.cpe_mac = cast(cast(:mac as text) as macaddr)")
ONT_NOW = """
select t.serial, t.status, t.status_since, t.seen_at, t.model, t.rx_dbm::float8 as rx_dbm,
    t.tx_dbm::float8 as tx_dbm, t.distance_m,
    t.last_down_cause
from isp_services s join isp_customers c on c.id = s.customer_id join isp_onts t on t.service_id = s.id
where s.number = :service and @within(c.region, c.site, c.partner)
order by t.seen_at desc limit 1
"""
OURS = "Admin-Reset"
"""Why a session ended that we ended ourselves: that is no drop."""


async def get_signs(session: AsyncSession, scope: Scope, place: Place, now: datetime) -> Signs:
    """Return how the ONTs below a place are, by PON, and the devices on the way that are down."""
    binds = place_binds(place)
    (tree,) = await find_rows(session, TREE, EVERYWHERE, now=now, **binds)
    pons = await find_rows(session, SIGNS, scope, ports=tree.ports or [])
    down = await find_rows(session, DOWN, scope, devices=tree.devices or [], port_device=binds["port_device"])
    return Signs(pons=tuple(records(PonSigns, pons)), down=tuple(records(Device, down)))


async def find_sinking(
    session: AsyncSession, scope: Scope, since: datetime, fell: float, limit: int
) -> list[Sinking]:
    """Return the PONs whose mean level sank most."""
    return [
        Sinking(
            port=row.port,
            before=row.before,
            now=row.after,
            since=row.first_at,
            at=row.last_at,
            lines=row.lines,
        )
        for row in await find_rows(session, SINKING, scope, since=since, fell=fell, limit=limit)
    ]


async def find_went(
    session: AsyncSession, scope: Scope, customer: str, since: datetime, until: datetime
) -> list[Session]:
    """Return the sessions of a customer that ended within a time, newest first."""
    rows = await find_rows(session, WENT, scope, customer=customer, since=since, until=until)
    return records(Session, rows)


async def get_ont_now(session: AsyncSession, scope: Scope, service: str) -> Ont | None:
    """Return the ONT or radio of a line, the one seen last."""
    return next(iter(records(Ont, await find_rows(session, ONT_NOW, scope, service=service))), None)


async def find_flapping(
    session: AsyncSession, scope: Scope, since: datetime, until: datetime, least: int, limit: int
) -> DropsPage:
    """Return the lines whose sessions ended at least so often within a time, the worst first."""
    binds = {"since": since, "until": until, "least": least, "limit": limit, "ours": OURS}
    rows = await find_rows(session, FLAPPING, scope, **binds)
    names = ("customer", "name", "service", "drops", "last", "nas", "port", "cause", "online")
    lines = tuple(Drops(**{name: getattr(row, name) for name in names}) for row in rows)
    return DropsPage(lines=lines, total=rows[0].total if rows else 0)


async def find_holders(
    session: AsyncSession, scope: Scope, address: str, since: datetime, until: datetime, limit: int
) -> list[Holder]:
    """Return who had an IP or MAC address within a time, newest first."""
    shapes = shapes_of(address)
    if shapes.ip:
        sql, binds = BY_IP, {"ip": shapes.ip}
    elif shapes.mac:
        sql, binds = BY_MAC, {"mac": shapes.mac}
    else:
        return []
    return records(
        Holder, await find_rows(session, sql, scope, since=since, until=until, limit=limit, **binds)
    )
