"""ONTs and radios in store, with technicians, back from customers, and on lines."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.api import Conflict, NotFound, Scope
from plugins.connectors.local.queries_network import AREA
from plugins.connectors.local.queries_scope import find_rows, records
from plugins.network.port import Cpe, CpeCount, CpePage, CpePut, CpeQuery, Off

LIVE_STATES = ("", "installed", "to collect")
PLAIN = "regexp_replace(upper({}), '[^A-Z0-9]', '', 'g')"
KEPT = """
select k.serial, k.state, k.since, k.model, k.site,
    case when k.state = 'with technician' then k.holder end as holder,
    case when k.state = 'with technician' then k.holder_name else '' end as holder_name,
    null::text as service, null::text as customer, '' as customer_name, k.note, s.region, s.code, s.partner,
    s.name
from isp_cpes k left join isp_sites s on s.code = k.site where {kept}
"""
# What hangs on a line follows from the line: nobody can forget to write it down. The ONT of a line that has
# ended is to be collected until the store has it, or it hangs on another one.
ON_LINES = f"""
select coalesce(v.ont_key, {PLAIN.format("t.serial")}) as serial,
    case when v.status = 'terminated' then 'to collect' else 'installed' end as state,
    null::timestamptz as since, t.model, c.site, null as holder, '' as holder_name, v.number as service,
    c.number as customer, c.name as customer_name, '' as note, c.region, c.site as code, c.partner, s.name
from isp_services v join isp_customers c on c.id = v.customer_id left join isp_sites s on s.code = c.site
left join lateral (
    select t.serial, t.model from isp_onts t where t.service_id = v.id order by t.seen_at desc limit 1
) t on v.ont_key is null or {PLAIN.format("t.serial")} = v.ont_key
where :live and (v.ont_key is not null or t.serial is not null) and {{live}} and (
    v.status <> 'terminated' or v.ont_key is not null
    and not exists (select from isp_cpes k where k.serial = v.ont_key)
    and not exists (select from isp_services w where w.ont_key = v.ont_key and w.id <> v.id
        and (w.status <> 'terminated' or w.number > v.number))
)
"""  # noqa: S608 - constants
ALL = f"({KEPT.format(kept='true')} union all {ON_LINES.format(live='true')}) s"
CHOSEN = f"""(:state = '' or s.state = :state) and strpos(lower(coalesce(s.model, '')), lower(:model)) > 0
    and (cast(:since as timestamptz) is null or s.since >= :since)
    and (:holder = '' or lower(s.holder) = lower(:holder)) and {AREA}
    and @within(s.region, s.code, s.partner)"""
FIELDS = """s.serial, s.state, s.since, s.model, s.site, s.holder, s.holder_name, s.service, s.customer,
    s.customer_name, s.note, s.region, s.partner"""
FOUND = f"""
select {FIELDS}, count(*) over ()::int as total from {ALL} where {CHOSEN}
order by s.since desc nulls last, s.serial limit :limit
"""  # noqa: S608 - constants
COUNTS = f"""
select s.state, coalesce(s.model, '') as model,
    coalesce(nullif(s.holder_name, ''), s.holder, s.site, '') as place, count(*)::int as count
from {ALL} where {CHOSEN} group by 1, 2, 3 order by 4 desc, 1, 2, 3
"""  # noqa: S608 - constants
BY_SERIAL = f"""
select {FIELDS} from (
    {KEPT.format(kept="k.serial = :serial")} union all
    {
    ON_LINES.format(
        live='''(v.ont_key = :serial or v.id in (
        select o.service_id from isp_onts o where o.serial = :serial or o.serial = :typed))'''
    )
}
) s where s.serial = :serial and @within(s.region, s.code, s.partner)
order by s.state = 'to collect' limit 1
"""  # noqa: S608 - constants
IN_USE = text(
    "select 1 from isp_services where ont_key = :serial and status <> 'terminated' union all "
    "select 1 from isp_onts t join isp_services v on v.id = t.service_id "
    "where upper(t.serial) = :serial and v.status <> 'terminated' limit 1"
)
OFF_ENDED = text(
    "delete from isp_onts t using isp_services v where v.id = t.service_id and v.status = 'terminated' "
    "and upper(t.serial) = :serial"
)
SITE = text("select 1 from isp_sites where code = :site")
PUT = text(
    "insert into isp_cpes (serial, model, state, site, holder, holder_name, note, since) "
    "values (:serial, nullif(:model, ''), :state, :site, :holder, :holder_name, :note, :at) "
    "on conflict (tenant_id, serial) do update set model = coalesce(excluded.model, isp_cpes.model), "
    "state = excluded.state, site = coalesce(excluded.site, isp_cpes.site), holder = excluded.holder, "
    "holder_name = excluded.holder_name, note = excluded.note, since = excluded.since"
)
KNOWN = text("select state from isp_cpes where serial = :serial for update")
LEAVE = text("delete from isp_cpes where serial = :serial returning model")
LINE = text(
    "select v.id, v.ont_key, v.status, v.port_id, c.site from isp_services v "
    "join isp_customers c on c.id = v.customer_id where v.number = :service for update of v"
)
ON_LINE = text("select serial, model from isp_onts where service_id = :id order by seen_at desc limit 1")
GIVE = text("update isp_services set ont_serial = :serial where id = :id")
HANG = text(
    "insert into isp_onts (tenant_id, serial, port_id, service_id, model, status, status_since, seen_at) "
    "values (current_setting('app.tenant_id')::uuid, :serial, :port, :id, :model, case when exists "
    "(select from isp_sessions n where n.service_id = :id and n.ended_at is null) then 'online' "
    "else 'offline' end, :at, :at)"
)
SEEN = text(
    "update isp_onts t set service_id = :id, model = coalesce(:model, t.model) "
    "where upper(t.serial) = :serial and t.port_id = :port and t.service_id is null returning t.serial"
)
OFF_ALL = text("delete from isp_onts where upper(serial) = :serial")
UNHANG = text("delete from isp_onts where service_id = :id")


def plain(serial: str) -> str:
    """Return a serial number in capitals, without separators."""
    return re.sub(r"[^A-Z0-9]", "", serial.upper())


async def find_cpes(session: AsyncSession, scope: Scope, query: CpeQuery, limit: int) -> CpePage:
    """Return boxes, the newest in their state first."""
    rows = await find_rows(session, FOUND, scope, limit=limit, **_binds(query))
    boxes = [Cpe(**{k: v for k, v in row._asdict().items() if k != "total"}) for row in rows]
    return CpePage(boxes=tuple(boxes), total=rows[0].total if rows else 0)


async def find_cpe_counts(session: AsyncSession, scope: Scope, query: CpeQuery) -> Sequence[CpeCount]:
    """Return how many boxes there are of each model at each place."""
    return records(CpeCount, await find_rows(session, COUNTS, scope, **_binds(query)))


def _binds(query: CpeQuery) -> dict[str, Any]:
    return {**vars(query), "live": query.state in LIVE_STATES and not query.holder}


async def get_cpe(session: AsyncSession, scope: Scope, serial: str) -> Cpe | None:
    """Return one box."""
    binds = {"serial": plain(serial), "typed": serial.strip(), "live": True}
    return next(iter(records(Cpe, await find_rows(session, BY_SERIAL, scope, **binds))), None)


async def do_put(session: AsyncSession, serial: str, put: CpePut, at: datetime) -> str:
    """Keep how a box stands; what is left of it on a line that has ended goes."""
    key = plain(serial)
    if (await session.execute(IN_USE, {"serial": key})).first() is not None:
        raise Conflict(f"{key} hangs on a line that is in use. Take it off that line first, or swap it.")
    if put.site is not None and (await session.execute(SITE, {"site": put.site})).first() is None:
        raise NotFound(f"There is no site {put.site}.")
    await session.execute(OFF_ENDED, {"serial": key})
    await session.execute(PUT, {**vars(put), "serial": key, "at": at})
    return key


async def do_drop(session: AsyncSession, serial: str) -> str:
    """Forget a box."""
    key = plain(serial)
    if (await session.execute(LEAVE, {"serial": key})).first() is None:
        raise NotFound(f"{key} is not in the stock.")
    return key


async def do_leave(session: AsyncSession, serial: str) -> str:
    """Take a box out of the stock, to hang it on a line; return its model. One nobody keeps may hang, too."""
    key = plain(serial)
    if (await session.execute(KNOWN, {"serial": key})).scalar_one_or_none() == "faulty":
        raise Conflict(f"{key} is faulty. Take another one, or put it back in stock if it was mended.")
    row = (await session.execute(LEAVE, {"serial": key})).first()
    return str(row.model or "") if row else ""


async def do_take_back(
    session: AsyncSession, box: CpePut, serial: str, at: datetime, off: Off | None = None
) -> None:
    """Keep what came off a line as returned, or as `off` says."""
    if off == "nowhere":
        return
    put = box if off is None else replace(off, model=off.model or box.model, site=off.site or box.site)
    await session.execute(PUT, {**vars(put), "serial": plain(serial), "at": at})


async def do_install(session: AsyncSession, service: str, serial: str, model: str, at: datetime) -> str:
    """Put a box on a line; it is silent until its OLT is read."""
    line, has = await _line(session, service)
    if line.status == "terminated":
        raise Conflict(f"{service} has ended, so nothing is installed there.")
    if has is not None:
        raise Conflict(f"{service} has {has[0]} already. Swap it instead.")
    known = await do_leave(session, serial)
    await session.execute(GIVE, {"serial": serial, "id": line.id})
    if line.port_id is not None:
        binds = {"serial": serial, "port": line.port_id, "id": line.id, "model": model or known or None}
        if (await session.execute(SEEN, binds)).first() is None:
            await session.execute(OFF_ALL, {"serial": serial})
            await session.execute(HANG, {**binds, "at": at})
    return serial


async def do_remove(session: AsyncSession, service: str, at: datetime, off: Off | None = None) -> str:
    """Take the box off a line; the store has it, to be tested, or it is where `off` says."""
    line, has = await _line(session, service)
    if has is None:
        raise Conflict(f"{service} has no ONT or radio.")
    serial, model = has
    await session.execute(UNHANG, {"id": line.id})
    await session.execute(GIVE, {"serial": None, "id": line.id})
    box = CpePut(state="returned", model=model, site=line.site, note=f"off {service}")
    await do_take_back(session, box, serial, at, off)
    return plain(serial)


async def _line(session: AsyncSession, service: str) -> tuple[Any, tuple[str, str] | None]:
    """Return a line, held, and the serial and model of what hangs on it."""
    line = (await session.execute(LINE, {"service": service})).one_or_none()
    if line is None:
        raise NotFound(f"There is no service {service}.")
    ont = (await session.execute(ON_LINE, {"id": line.id})).one_or_none()
    if ont is not None:
        return line, (ont.serial, ont.model or "")
    return line, (line.ont_key, "") if line.ont_key else None
