"""Sites, devices and ports: finding and listing them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.api import Scope
from plugins.connectors.local.queries_scope import find_rows, records
from plugins.connectors.local.shapes import shapes_of
from plugins.network.port import Device, Port, Site

SITE = "s.code, s.name, s.region, s.kind, s.partner, s.lat, s.lon"
DEVICE = """d.name, d.kind, d.vendor, d.model, host(d.ip) as ip, d.site, d.parent, d.status, d.status_since,
    d.seen_at, s.region, s.partner"""
PORT = """p.device, p.name, p.kind, p.status, p.status_since, p.capacity, s.region, s.code as site, s.partner,
    (select count(*) from isp_services v where v.port_id = p.id and v.status = 'active')::int as lines,
    (select count(*) from isp_onts t join isp_services v on v.id = t.service_id
        where t.port_id = p.id and t.status <> 'online' and v.status = 'active')::int as offline"""
WITHIN = "@within(s.region, s.code, s.partner)"
ALL_IN = "not exists (select from unnest(cast(:words as text[])) w where strpos(lower({text}), w) = 0)"
# Sites, devices and ports are few thousands at most: words may stand anywhere in what people call them.
SITES = f"""
select {SITE} from isp_sites s
where (lower(s.code) = :whole or {ALL_IN.format(text="concat_ws(' ', s.code, s.name)")}) and {WITHIN}
order by lower(s.code) <> :whole, lower(s.name) <> :whole, length(s.name), s.code limit :limit
"""  # noqa: S608 - constants
DEVICES = f"""
select {DEVICE} from isp_devices d join isp_sites s on s.code = d.site
where (lower(d.name) = :whole or d.ip = cast(cast(:ip as text) as inet)
    or {ALL_IN.format(text="concat_ws(' ', d.name, s.code, s.name, d.kind, d.vendor, d.model)")}) and {WITHIN}
order by lower(d.name) <> :whole, {ALL_IN.format(text="d.name")} desc, length(d.name), d.name limit :limit
"""  # noqa: S608 - constants
# What a region or a site's code is called wins: coast is not Coastal Towers. Else how a word begins will do.
AREA = r"""(:area = '' or lower(s.region) = lower(:area) or lower(s.code) = lower(:area)
    or :area ~ '\w' and strpos(' ' || regexp_replace(lower(s.name), '\W+', ' ', 'g'),
        ' ' || btrim(regexp_replace(lower(:area), '\W+', ' ', 'g'))) > 0
    and not exists (select from isp_sites a where lower(a.region) = lower(:area)
        or lower(a.code) = lower(:area)))"""
LISTED = f"""
select {DEVICE} from isp_devices d join isp_sites s on s.code = d.site
where (:status = '' or d.status = :status or :status = 'not up' and d.status <> 'up') and {AREA}
    and (:kind = '' or lower(d.kind) = lower(:kind)) and (:vendor = '' or lower(d.vendor) = lower(:vendor))
    and {WITHIN}
order by d.status = 'up', d.status_since desc, d.name limit :limit
"""  # noqa: S608 - constants
PORTS = f"""
select {PORT} from isp_ports p join isp_devices d on d.name = p.device join isp_sites s on s.code = d.site
where (lower(p.device || ' ' || p.name) = :whole or {ALL_IN.format(text="concat_ws(' ', p.device, p.name)")})
    and {WITHIN}
order by lower(p.device || ' ' || p.name) <> :whole, length(p.name), p.device, p.name limit :limit
"""  # noqa: S608 - constants
SITES_OF = f"select {SITE} from isp_sites s where {AREA} and {WITHIN} order by s.code limit :limit"  # noqa: S608 - constants
ONE_SITE = f"select {SITE} from isp_sites s where s.code = :key and {WITHIN}"  # noqa: S608 - constants
ONE_DEVICE = f"""
select {DEVICE} from isp_devices d join isp_sites s on s.code = d.site where d.name = :key and {WITHIN}
"""  # noqa: S608 - constants
OF_DEVICE = f"""
select {PORT} from isp_ports p join isp_devices d on d.name = p.device join isp_sites s on s.code = d.site
where p.device = :key and {WITHIN} order by p.status = 'up', length(p.name), p.name
"""  # noqa: S608 - constants
DARK = f"""
select * from (
    select {PORT} from isp_ports p join isp_devices d on d.name = p.device join isp_sites s on s.code = d.site
    where (:device = '' or p.device = :device) and {AREA} and {WITHIN}
) x where x.offline > 0 or x.status <> 'up'
order by x.offline desc, x.status = 'up', x.device, length(x.name), x.name limit :limit
"""  # noqa: S608 - constants
FULL = f"""
select {PORT} from isp_ports p join isp_devices d on d.name = p.device join isp_sites s on s.code = d.site
where (:device = '' or p.device = :device) and p.kind in ('pon', 'sector') and p.capacity > 0 and {AREA}
    and {WITHIN}
order by (select count(*) from isp_services v where v.port_id = p.id and v.status = 'active')::float8
    / p.capacity desc, p.device, length(p.name), p.name limit :limit
"""  # noqa: S608 - constants
CHILDREN = f"""
select {DEVICE} from isp_devices d join isp_sites s on s.code = d.site
where (d.parent = :device or d.site = :site) and {WITHIN} order by d.status = 'up', d.kind, d.name
"""  # noqa: S608 - constants


async def find_sites(session: AsyncSession, scope: Scope, text: str, limit: int) -> Sequence[Site]:
    """Return sites by code or words of the name."""
    return records(Site, await find_rows(session, SITES, scope, limit=limit, **_words(text)))


async def find_devices(session: AsyncSession, scope: Scope, text: str, limit: int) -> Sequence[Device]:
    """Return devices by name, IP, or words of name, site and model."""
    binds = _words(text)
    rows = await find_rows(session, DEVICES, scope, limit=limit, ip=shapes_of(text).ip, **binds)
    return records(Device, rows)


async def find_ports(session: AsyncSession, scope: Scope, text: str, limit: int) -> Sequence[Port]:
    """Return ports by words of device and port name."""
    return records(Port, await find_rows(session, PORTS, scope, limit=limit, **_words(text)))


async def find_dark_ports(
    session: AsyncSession, scope: Scope, area: str, device: str, limit: int
) -> Sequence[Port]:
    """Return the ports that are not up or have lines offline, most offline first."""
    return records(Port, await find_rows(session, DARK, scope, area=area, device=device, limit=limit))


async def find_full_ports(
    session: AsyncSession, scope: Scope, area: str, device: str, limit: int
) -> Sequence[Port]:
    """Return the PONs and sectors with a capacity, the fullest first."""
    return records(Port, await find_rows(session, FULL, scope, area=area, device=device, limit=limit))


async def find_sites_of(session: AsyncSession, scope: Scope, area: str, limit: int) -> Sequence[Site]:
    """Return the sites of an area, or all."""
    return records(Site, await find_rows(session, SITES_OF, scope, area=area, limit=limit))


async def find_listed(
    session: AsyncSession,
    scope: Scope,
    status: str,
    limit: int,
    *,
    area: str = "",
    kind: str = "",
    vendor: str = "",
) -> Sequence[Device]:
    """Return devices in a status, of an area, kind or vendor; those not up first, the newest change first."""
    wanted = {"status": status, "area": area, "kind": kind, "vendor": vendor}
    return records(Device, await find_rows(session, LISTED, scope, limit=limit, **wanted))


async def get_site(session: AsyncSession, scope: Scope, code: str) -> Site | None:
    """Return one site."""
    rows = await find_rows(session, ONE_SITE, scope, key=code)
    return next(iter(records(Site, rows)), None)


async def get_device(session: AsyncSession, scope: Scope, name: str) -> Device | None:
    """Return one device."""
    rows = await find_rows(session, ONE_DEVICE, scope, key=name)
    return next(iter(records(Device, rows)), None)


async def find_ports_of(session: AsyncSession, scope: Scope, device: str) -> Sequence[Port]:
    """Return the ports of a device, those not up first."""
    return records(Port, await find_rows(session, OF_DEVICE, scope, key=device))


async def find_below(
    session: AsyncSession, scope: Scope, *, device: str | None = None, site: str | None = None
) -> Sequence[Device]:
    """Return the devices that hang on a device, or stand at a site."""
    return records(Device, await find_rows(session, CHILDREN, scope, device=device, site=site))


def _words(text: str) -> dict[str, Any]:
    whole = " ".join(text.lower().split())[:200]
    # A bare “%” or an empty text must not stand for everything.
    return {"whole": whole, "words": whole.split() or ["\x01"]}
