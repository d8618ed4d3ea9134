"""A customer's lines from session to site, with what is known to be wrong above them: one statement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from bot.api import Scope
from plugins.connectors.local.queries_scope import find_rows
from plugins.network.port import Device, Line, Maintenance, Ont, Outage, Port, Session, Site

SOON = timedelta(days=1)
# An outage names a port, else a device with all that hangs on it or has its session there, else a site.
ABOVE = """(x.port_id = m.port_id or x.port_id is null and (x.device = any(chain.devices) or x.device = n.nas
    or x.device is null and x.site = any(coalesce(chain.sites, array[m.site]))))"""
KEY = """jsonb_build_object(
        'port', (select o.device || ' ' || o.name from isp_ports o where o.id = x.port_id))"""
LINES = f"""
with recursive mine as (
    select s.id, s.number, s.kind, s.status, s.username, s.ont_key, c.number as customer, c.site,
        coalesce(s.port_id, t.port_id) as port_id, to_jsonb(t) as ont
    from isp_customers c join isp_services s on s.customer_id = c.id
    left join lateral (
        select t.* from isp_onts t where t.service_id = s.id order by t.seen_at desc limit 1
    ) t on true
    where c.number = :customer and s.status <> 'terminated' and @within(c.region, c.site, c.partner)
),
up as (
    select m.id, d.name, d.site, d.parent, 1 as depth
    from mine m join isp_ports p on p.id = m.port_id join isp_devices d on d.name = p.device
    union all
    select up.id, d.name, d.site, d.parent, up.depth + 1
    from up join isp_devices d on d.name = up.parent where up.depth < 12
),
chain as (select id, array_agg(name) as devices, array_agg(site) as sites from up group by id)
select m.number, m.customer, m.kind, m.status, m.username, m.ont, m.ont_key, to_jsonb(n) as session,
    to_jsonb(p) as port, to_jsonb(d) as device, to_jsonb(s) as site,
    (select jsonb_agg(to_jsonb(x) || {KEY} order by x.started_at) from isp_outages x
        where x.status = 'active' and {ABOVE}) as outages,
    (select jsonb_agg(to_jsonb(x) || {KEY} order by x.starts_at) from isp_maintenance x
        where x.status in ('planned', 'active') and x.starts_at < :soon and x.ends_at > :now and {ABOVE})
        as maintenance
from mine m
left join chain on chain.id = m.id
left join lateral (
    select n.* from isp_sessions n where n.service_id = m.id
    order by n.started_at desc limit 1
) n on true
left join isp_ports p on p.id = m.port_id
left join isp_devices d on d.name = p.device
left join isp_sites s on s.code = coalesce(d.site, m.site)
order by array_position(array['active', 'suspended', 'pending'], m.status), m.number
"""  # noqa: S608 - constants


async def find_lines(session: AsyncSession, scope: Scope, customer: str, now: datetime) -> Sequence[Line]:
    """Return the lines of a customer that are in use."""
    rows = await find_rows(session, LINES, scope, customer=customer, now=now, soon=now + SOON)
    return [_line(row) for row in rows]


def _line(row: Row[Any]) -> Line:
    site = _site(row.site) if row.site else None
    return Line(
        service=row.number,
        customer=row.customer,
        kind=row.kind,
        status=row.status,
        username=row.username,
        session=_session(row.session) if row.session else None,
        ont=_ont(row.ont) if row.ont else None,
        serial=row.ont["serial"] if row.ont else row.ont_key,
        port=_port(row.port, site) if row.port else None,
        device=_device(row.device, site) if row.device else None,
        site=site,
        outages=tuple(_outage(value, site) for value in row.outages or ()),
        maintenance=tuple(_maintenance(value) for value in row.maintenance or ()),
    )


def _at(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value else None


def _known(value: str) -> datetime:
    return datetime.fromisoformat(value)


def _pick(value: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: value[name] for name in names}


def _session(value: Mapping[str, Any]) -> Session:
    return Session(
        started_at=_known(value["started_at"]),
        updated_at=_known(value["updated_at"]),
        ended_at=_at(value["ended_at"]),
        **_pick(
            value, "username", "ipv4", "mac", "nas", "nas_port", "terminate_cause", "bytes_in", "bytes_out"
        ),
    )


def _ont(value: Mapping[str, Any]) -> Ont:
    return Ont(
        status_since=_known(value["status_since"]),
        seen_at=_known(value["seen_at"]),
        **_pick(value, "serial", "status", "model", "rx_dbm", "tx_dbm", "distance_m", "last_down_cause"),
    )


def _port(value: Mapping[str, Any], site: Site | None) -> Port:
    return Port(
        status_since=_known(value["status_since"]),
        region=site.region if site else None,
        site=site.code if site else None,
        partner=site.partner if site else None,
        **_pick(value, "device", "name", "kind", "status", "capacity"),
    )


def _device(value: Mapping[str, Any], site: Site | None) -> Device:
    return Device(
        status_since=_known(value["status_since"]),
        seen_at=_known(value["seen_at"]),
        region=site.region if site else None,
        partner=site.partner if site else None,
        **_pick(value, "name", "kind", "site", "status", "vendor", "model", "ip", "parent"),
    )


def _site(value: Mapping[str, Any]) -> Site:
    return Site(**_pick(value, "code", "name", "region", "kind", "partner", "lat", "lon"))


def _outage(value: Mapping[str, Any], site: Site | None) -> Outage:
    return Outage(
        started_at=_known(value["started_at"]),
        eta=_at(value["eta"]),
        ended_at=_at(value["ended_at"]),
        region=site.region if site else None,
        **_pick(value, "number", "title", "status", "cause", "note", "site", "device", "port"),
    )


def _maintenance(value: Mapping[str, Any]) -> Maintenance:
    return Maintenance(
        starts_at=_known(value["starts_at"]),
        ends_at=_known(value["ends_at"]),
        **_pick(value, "number", "title", "status", "site", "device", "port"),
    )
