"""Measurements over time: of a customer's line and of a site."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from bot.api import Scope
from plugins.connectors.local.queries_scope import find_rows
from plugins.network.port import Measured, SlowLine, SlowPage

MOST = 20_000
"""Points of one answer; a year of hourly ones is half of it."""
LEVELS = """
with mine as (
    select t.serial, s.kind, p.device || ' ' || p.name as port, s.number
    from isp_customers c
    join isp_services s on s.customer_id = c.id and s.status <> 'terminated'
    left join isp_onts t on t.service_id = s.id
    left join isp_ports p on p.id = coalesce(s.port_id, t.port_id)
    where c.number = :customer and @within(c.region, c.site, c.partner)
),
subjects as (
    select 'ont:' || serial as subject, 1 as rank, number,
        case when kind = 'fiber' then 'ONT ' else 'radio ' end || serial as name
    from mine where serial is not null
    union
    select 'port:' || port, 2, number, port || ' (mean of its lines)' from mine where port is not null
),
measured as (
    select x.number, x.rank, x.name, m.at, m.value, min(x.rank) over (partition by x.number) as best
    from subjects x
    join isp_measurements m on m.subject = x.subject and m.metric = 'rx_dbm' and m.at >= :since
)
select distinct name, at, value from measured where rank = best order by name, at limit :most
"""
SPEED_TESTS = """
select 'service ' || s.number as name, m.at, m.value
from isp_customers c join isp_services s on s.customer_id = c.id and s.status <> 'terminated'
join isp_measurements m on m.subject = 'service:' || s.number and m.metric = 'mbps_down' and m.at >= :since
where c.number = :customer and @within(c.region, c.site, c.partner)
order by 1, m.at limit :most
"""
# A line stands where its port does, and without one where its customer is.
SLOW = """
with placed as (
    select s.id from isp_devices d join isp_ports p on p.device = d.name
    join isp_services s on s.port_id = p.id and s.status = 'active' where d.site = :site
    union all
    select s.id from isp_customers c join isp_services s on s.customer_id = c.id
    where c.site = :site and s.port_id is null and s.status = 'active'
),
tested as (
    select c.number as customer, c.name, s.number as service, n.down_kbps / 1000.0 as plan,
        percentile_cont(0.5) within group (order by m.value) as median, count(*)::int as tests,
        max(m.at) as last
    from placed x join isp_services s on s.id = x.id join isp_customers c on c.id = s.customer_id
    join isp_plans n on n.code = s.plan_code
    join isp_measurements m on m.subject = 'service:' || s.number and m.metric = 'mbps_down'
        and m.at >= :since
    where @within(c.region, c.site, c.partner)
    group by c.number, c.name, s.number, n.down_kbps
),
slow as (
    select tested.*, count(*) over ()::int as total from tested where median < :share * plan
    order by median / plan, service limit :limit
)
select (select count(*) from tested)::int as tested, slow.* from (select 1) one left join slow on true
order by median / plan, service
"""
OF_SITE = """
select m.at, m.value from isp_sites s
join isp_measurements m on m.subject = 'site:' || s.code and m.metric = :metric and m.at >= :since
where s.code = :site and @within(s.region, s.code, s.partner)
order by m.at desc limit :most
"""


async def find_levels(session: AsyncSession, scope: Scope, customer: str, since: datetime) -> list[Measured]:
    """Return what each line of a customer received; its PON's mean where nobody measured the line itself."""
    rows = await find_rows(session, LEVELS, scope, customer=customer, since=since, most=MOST)
    return _measured(rows, "rx_dbm")


async def find_speed_tests(
    session: AsyncSession, scope: Scope, customer: str, since: datetime
) -> list[Measured]:
    """Return the speed tests kept for each line of a customer."""
    rows = await find_rows(session, SPEED_TESTS, scope, customer=customer, since=since, most=MOST)
    return _measured(rows, "mbps_down")


async def find_slow(
    session: AsyncSession, scope: Scope, site: str, since: datetime, share: float, limit: int
) -> SlowPage:
    """Return the lines of a site whose median test is below a share of the plan, the slowest first."""
    rows = await find_rows(session, SLOW, scope, site=site, since=since, share=share, limit=limit)
    lines = tuple(
        SlowLine(
            customer=row.customer,
            name=row.name,
            service=row.service,
            plan=float(row.plan),
            median=row.median,
            tests=row.tests,
            last=row.last,
        )
        for row in rows
        if row.service is not None
    )
    return SlowPage(lines=lines, total=rows[0].total or 0, tested=rows[0].tested)


def _measured(rows: Sequence[Row[Any]], metric: str) -> list[Measured]:
    of: dict[str, list[tuple[datetime, float]]] = {}
    for row in rows:
        of.setdefault(row.name, []).append((row.at, row.value))
    return [Measured(subject=name, metric=metric, points=tuple(points)) for name, points in of.items()]


async def get_site_history(
    session: AsyncSession, scope: Scope, site: str, metric: str, since: datetime
) -> Measured | None:
    """Return one metric of a site, oldest first; None when nobody measured it."""
    rows = await find_rows(session, OF_SITE, scope, site=site, metric=metric, since=since, most=MOST)
    points = tuple((row.at, row.value) for row in reversed(rows))
    return Measured(subject=f"site {site}", metric=metric, points=points) if points else None
