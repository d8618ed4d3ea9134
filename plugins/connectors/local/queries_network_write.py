"""Outages and planned work people declare, and what a device would have been told to do."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.api import EVERYWHERE, Conflict, NotFound, Unavailable
from plugins.connectors.local.queries_impact import find_outages
from plugins.connectors.local.queries_numbers import Series, next_number
from plugins.connectors.local.queries_scope import find_rows, records
from plugins.connectors.local.queries_stock import OFF_ALL, do_leave, do_take_back
from plugins.network.port import CpePut, Maintenance, NewMaintenance, NewOutage, Off, Outage, OutageChange

OUTAGES = Series(table="isp_outages", prefix="OUT-", digits=4)
WORKS = Series(table="isp_maintenance", prefix="MNT-", digits=4)
STATUSES = ("active", "resolved", "withdrawn")
PORT = text("select id, device from isp_ports where device || ' ' || name = :key")
DEVICE = text("select site from isp_devices where name = :name")
SITE = text("select 1 from isp_sites where code = :code")
DECLARE = text(
    "insert into isp_outages (tenant_id, number, title, cause, note, site, device, port_id, started_at, eta, "
    "declared_by) values (current_setting('app.tenant_id')::uuid, "
    ":number, :title, :cause, :note, :site, :device, :port, :at, :eta, :by)"
)
LOCK_OUTAGE = text(
    "select status, withdrawn, note, cause, eta, ended_at from isp_outages where number = :number for update"
)
CHANGE = text(
    "update isp_outages set status = :status, withdrawn = :withdrawn, note = :note, cause = :cause, "
    "eta = :eta, ended_at = :ended_at where number = :number"
)
PLAN = text(
    "insert into isp_maintenance (tenant_id, number, title, site, device, port_id, starts_at, ends_at, "
    "planned_by) values (current_setting('app.tenant_id')::uuid, "
    ":number, :title, :site, :device, :port, :starts_at, :ends_at, :by)"
)
LOCK_WORK = text("select status from isp_maintenance where number = :number for update")
MOVE_WORK = text(
    "update isp_maintenance set starts_at = cast(:starts_at as timestamptz), ends_at = :ends_at, "
    "status = case when cast(:starts_at as timestamptz) > :now then 'planned' else status end "
    "where number = :number"
)
SET_WORK = text("update isp_maintenance set status = :status where number = :number")
WORK = """
select x.number, x.title, x.starts_at, x.ends_at, x.status, s.code as site,
    coalesce(x.device, p.device) as device, p.device || ' ' || p.name as port, s.region, s.partner
from isp_maintenance x
left join isp_ports p on p.id = x.port_id
left join isp_devices d on d.name = coalesce(x.device, p.device)
left join isp_sites s on s.code = coalesce(x.site, d.site)
where x.number = :number and @within(s.region, s.code, s.partner)
"""
LIVE = text(
    "select n.id, n.username, n.ipv4, n.mac, n.nas, n.nas_port, n.service_id, d.status as nas_status "
    "from isp_services s join isp_sessions n on n.service_id = s.id and n.ended_at is null "
    "left join isp_devices d on d.name = n.nas "
    "where s.number = :service order by n.started_at desc limit 1 for update of n"
)
SERVICE = text("select 1 from isp_services where number = :service")
END = text(
    "update isp_sessions set ended_at = :at, updated_at = :at, terminate_cause = 'Admin-Reset' where id = :id"
)
AGAIN = text(
    "insert into isp_sessions (tenant_id, service_id, username, ipv4, mac, nas, nas_port, started_at, "
    "updated_at) values (current_setting('app.tenant_id')::uuid, "
    ":service_id, :username, :ipv4, :mac, :nas, :nas_port, :at, :at)"
)
ONT = text(
    "select t.status, t.model, d.name as device, d.site, d.status as device_status, "
    "(select v.number from isp_services v where v.id = t.service_id) as service from isp_onts t "
    "join isp_ports p on p.id = t.port_id join isp_devices d on d.name = p.device "
    "where t.serial = :serial for update of t"
)
REBOOTED = text(
    "update isp_onts set status_since = :at, seen_at = :at, last_down_cause = 'reboot' where serial = :serial"
)
PLAIN = "regexp_replace(upper(:serial), '[^A-Z0-9]', '', 'g')"
HELD = text(
    "select 1 from isp_onts t join isp_services v on v.id = t.service_id "  # noqa: S608 - constants
    "where upper(t.serial) = upper(:serial) and v.status <> 'terminated' union all "
    f"select 1 from isp_services where ont_key = {PLAIN} and status <> 'terminated' limit 1"
)
ON_RECORD = text(
    "select v.number, c.site from isp_services v join isp_customers c on c.id = v.customer_id "  # noqa: S608 - constants
    f"where v.ont_key = {PLAIN} and v.status <> 'terminated' for update of v"
)
SWAP_LINE = text(
    f"update isp_services set ont_serial = :new where ont_key = {PLAIN} and status <> 'terminated'"  # noqa: S608 - constants
)
SWAP = text(
    "update isp_onts set serial = :new, model = :model, status_since = :at, seen_at = :at, "
    "rx_dbm = null, tx_dbm = null, last_down_cause = null where serial = :serial"
)
DARK = {"los": "it sees no light", "dying_gasp": "it lost power", "offline": "it is silent"}


async def do_declare(session: AsyncSession, new: NewOutage, by: str, at: datetime) -> str:
    """Keep a new outage under the next number."""
    where = await _where(session, new.site, new.device, new.port)
    number = await next_number(session, OUTAGES)
    binds = {
        "number": number,
        "title": new.title,
        "cause": new.cause or None,
        "note": new.note or None,
        "at": new.started_at or at,
        "eta": new.eta,
        "by": by,
    }
    await session.execute(DECLARE, {**binds, **where})
    return number


async def do_change_outage(session: AsyncSession, number: str, change: OutageChange, at: datetime) -> None:
    """Change an outage: its note, cause, when it is over, or that it is."""
    row = (await session.execute(LOCK_OUTAGE, {"number": number})).one_or_none()
    if row is None:
        raise NotFound(f"There is no outage {number}.")
    before = "withdrawn" if row.withdrawn else row.status
    after = change.status or before
    if change.status == before:
        raise Conflict(f"{number} is {before} already.")
    done = after != "active"
    binds = {
        "number": number,
        "status": "resolved" if done else "active",
        "withdrawn": after == "withdrawn",
        "note": row.note if change.note is None else change.note,
        "cause": row.cause if change.cause is None else change.cause,
        "eta": row.eta if change.eta is None else change.eta,
        "ended_at": (row.ended_at or at) if done else None,
    }
    await session.execute(CHANGE, binds)


async def get_changed_outage(session: AsyncSession, number: str) -> Outage:
    """Return an outage that a write concerns."""
    found = await find_outages(session, EVERYWHERE, number=number, limit=1)
    if not found:
        raise NotFound(f"There is no outage {number}.")
    return found[0]


async def do_plan(session: AsyncSession, new: NewMaintenance, by: str) -> str:
    """Keep planned work under the next number."""
    where = await _where(session, new.site, new.device, new.port)
    number = await next_number(session, WORKS)
    times = {"starts_at": new.starts_at, "ends_at": new.ends_at}
    await session.execute(PLAN, {"number": number, "title": new.title, "by": by, **times, **where})
    return number


async def do_set_work(session: AsyncSession, number: str, status: str) -> None:
    """Change how planned work stands; Conflict when it stands so or is over."""
    before = (await session.execute(LOCK_WORK, {"number": number})).scalar_one_or_none()
    if before is None:
        raise NotFound(f"There is no maintenance {number}.")
    if before in {status, "done"}:
        raise Conflict(f"{number} is {before} already.")
    await session.execute(SET_WORK, {"number": number, "status": status})


async def do_move_work(
    session: AsyncSession, number: str, starts_at: datetime, ends_at: datetime, now: datetime
) -> None:
    """Put planned work to another time; Conflict when it is over or cancelled."""
    before = (await session.execute(LOCK_WORK, {"number": number})).scalar_one_or_none()
    if before is None:
        raise NotFound(f"There is no maintenance {number}.")
    if before in {"done", "cancelled"}:
        raise Conflict(f"{number} is {before} already.")
    binds = {"number": number, "starts_at": starts_at, "ends_at": ends_at, "now": now}
    await session.execute(MOVE_WORK, binds)


async def get_work(session: AsyncSession, number: str, scope: Any = EVERYWHERE) -> Maintenance | None:
    """Return one maintenance window, whatever its status."""
    return next(iter(records(Maintenance, await find_rows(session, WORK, scope, number=number))), None)


async def do_disconnect(session: AsyncSession, service: str, at: datetime) -> str:
    """End the session of a service as a CoA would, and dial in again as its router would."""
    row = (await session.execute(LIVE, {"service": service})).mappings().one_or_none()
    if row is None:
        if (await session.execute(SERVICE, {"service": service})).first() is None:
            raise NotFound(f"There is no service {service}.")
        raise Conflict(f"{service} has no session that is up, so there is nothing to disconnect.")
    if row["nas_status"] == "down":
        raise Unavailable(f"{row['nas']} does not answer, so nothing was disconnected. Try again later.")
    await session.execute(END, {"id": row["id"], "at": at})
    names = ("service_id", "username", "ipv4", "mac", "nas", "nas_port")
    await session.execute(AGAIN, {"at": at, **{name: row[name] for name in names}})
    return str(row["username"])


async def do_reboot(session: AsyncSession, serial: str, at: datetime) -> str:
    """Note the reboot of an ONT that answers; Unavailable says why one does not."""
    row = (await session.execute(ONT, {"serial": serial})).one_or_none()
    if row is None:
        raise NotFound(f"There is no ONT {serial}.")
    if row.device_status == "down":
        raise Unavailable(f"{row.device} does not answer, so ONT {serial} was not rebooted. Try again later.")
    if row.status != "online":
        raise Unavailable(f"ONT {serial} does not answer ({DARK[row.status]}), so it was not rebooted.")
    await session.execute(REBOOTED, {"serial": serial, "at": at})
    return serial


async def do_swap(
    session: AsyncSession, serial: str, new: str, model: str, at: datetime, off: Off | None = None
) -> str:
    """Give an ONT's place to another, which is as dark as the old one until the OLT is read again.

    The new one leaves the stock, the old one comes into it, or is where `off` says.
    """
    old = (await session.execute(ONT, {"serial": serial})).one_or_none()
    if old is None:
        return await _swap_unread(session, serial, new, at, off)
    if await has_ont(session, new):
        raise Conflict(f"ONT {new} is known already. Look at the label once more.")
    known = await do_leave(session, new)
    await session.execute(OFF_ALL, {"serial": new.upper()})  # seen by an OLT, on a line of nobody
    await session.execute(SWAP_LINE, {"serial": serial, "new": new})
    await session.execute(SWAP, {"serial": serial, "new": new, "model": model or known or None, "at": at})
    note = f"off {old.service or 'a line'}"
    box = CpePut(state="returned", model=old.model or "", site=old.site, note=note)
    await do_take_back(session, box, serial, at, off)
    return new


async def _swap_unread(session: AsyncSession, serial: str, new: str, at: datetime, off: Off | None) -> str:
    """Give the place of a box to another on a line whose OLT was never read: its record is all there is."""
    line = (await session.execute(ON_RECORD, {"serial": serial})).one_or_none()
    if line is None:
        raise NotFound(f"There is no ONT {serial}.")
    if await has_ont(session, new):
        raise Conflict(f"ONT {new} is known already. Look at the label once more.")
    await do_leave(session, new)
    await session.execute(SWAP_LINE, {"serial": serial, "new": new})
    box = CpePut(state="returned", model="", site=line.site, note=f"off {line.number}")
    await do_take_back(session, box, serial, at, off)
    return new


async def has_ont(session: AsyncSession, serial: str) -> bool:
    """Say whether a serial is one's already, wherever that one hangs."""
    return (await session.execute(HELD, {"serial": serial})).first() is not None


async def _where(
    session: AsyncSession, site: str | None, device: str | None, port: str | None
) -> dict[str, Any]:
    """Return the columns that name the narrowest place given, and the site it stands at."""
    where: dict[str, Any] = {"site": site, "device": device, "port": None}
    if port is not None:
        row = (await session.execute(PORT, {"key": port})).one_or_none()
        if row is None:
            raise NotFound(f"There is no port {port}.")
        where |= {"port": row.id, "device": row.device}
    if where["device"] is not None:
        where["site"] = (await session.execute(DEVICE, {"name": where["device"]})).scalar_one_or_none()
        if where["site"] is None:
            raise NotFound(f"There is no device {where['device']}.")
    elif (await session.execute(SITE, {"code": site})).first() is None:
        raise NotFound(f"There is no site {site}.")
    return where
