"""Technicians' visits: kept so that nobody is at two places at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.api import EVERYWHERE, Conflict, NotFound, Scope
from plugins.connectors.local.queries_numbers import Series, next_number
from plugins.connectors.local.queries_scope import SITES_SAID, find_rows
from plugins.visits.port import NewVisit, Visit, VisitChange, VisitQuery, VisitStatus

NUMBERS = Series(table="isp_visits", prefix="VIS-", first=1_000)
COLUMNS = """v.number, v.customer, v.customer_name, v.technician, v.technician_name, v.starts_at, v.ends_at,
    v.made_at, v.made_by, v.status, v.address, v.phone, v.ticket, v.note, v.turn, v.region, v.site, v.partner
    from isp_visits v"""
WITHIN = "@within(v.region, v.site, v.partner)"
TAKES_TIME = "v.status in ('planned', 'on_the_way', 'on_site')"
FIND = f"""
select {COLUMNS} where (cast(:since as timestamptz) is null or v.ends_at > :since)
    and (cast(:until as timestamptz) is null or v.starts_at < :until)
    and (cast(:technician as text) is null or v.technician = :technician)
    and (cast(:customer as text) is null or v.customer = :customer)
    and (cast(:ticket as text) is null or v.ticket = :ticket)
    and (cast(:area as text) is null or v.region = lower(:area) or v.site in (
        {SITES_SAID}))
    and (not :ahead_only or {TAKES_TIME}) and {WITHIN} order by v.starts_at, v.number limit :limit
"""
GET = f"select {COLUMNS} where v.number = :number and {WITHIN}"
BUSY = f"select {COLUMNS} where v.starts_at < :until and v.ends_at > :since and {TAKES_TIME} order by 6"
UNTOLD = f"""
select {COLUMNS} where v.status = 'planned' and v.told_turn is distinct from v.turn
    and v.starts_at <= :until and v.ends_at > :now order by v.starts_at limit :limit
"""  # noqa: S608 - constants
WHO = text(
    "select distinct technician, technician_name from isp_visits where starts_at > :since "
    "and (cast(:region as text) is null or region = :region)"
)
ALONE = text(
    "select pg_advisory_xact_lock(hashtextextended(current_setting('app.tenant_id') || 'visits', 0))"
)
ADD = text(
    """insert into isp_visits (number, customer, customer_name, technician, technician_name, starts_at,
           ends_at, made_at, made_by, address, phone, ticket, note, region, site, partner)
       values (:number, :customer, :customer_name, :technician, :technician_name, :starts_at, :ends_at,
           :made_at, :made_by, :address, :phone, :ticket, :note, :region, :site, :partner)"""
)
CHANGE = text(
    """update isp_visits set starts_at = :starts_at, ends_at = :ends_at, technician = :technician,
           technician_name = :technician_name, status = :status, note = :note, turn = turn + :turned
       where number = :number"""
)


async def find_visits(session: AsyncSession, scope: Scope, query: VisitQuery, limit: int) -> Sequence[Visit]:
    """Return visits that touch a stretch of time, by their beginning."""
    binds: dict[str, Any] = {
        "since": query.since,
        "until": query.until,
        "technician": query.technician,
        "customer": query.customer,
        "ticket": query.ticket,
        "area": query.area,
        "ahead_only": query.ahead_only,
    }
    return [_visit(row) for row in await find_rows(session, FIND, scope, limit=limit, **binds)]


async def get_visit(session: AsyncSession, scope: Scope, number: str) -> Visit | None:
    """Return one visit."""
    rows = await find_rows(session, GET, scope, number=number)
    return _visit(rows[0]) if rows else None


async def find_busy(session: AsyncSession, since: datetime, until: datetime) -> Sequence[Visit]:
    """Return what takes technicians' time then, wherever it is."""
    return [_visit(row) for row in await find_rows(session, BUSY, EVERYWHERE, since=since, until=until)]


async def find_technicians(
    session: AsyncSession, since: datetime, region: str | None = None
) -> Mapping[str, str]:
    """Return who had visits since then, in a region or anywhere."""
    rows = await session.execute(WHO, {"since": since, "region": region})
    return {row.technician: row.technician_name for row in rows}


async def do_add_visit(session: AsyncSession, new: NewVisit, by: str, at: datetime) -> str:
    """Make an appointment and return its number; Conflict when the technician is busy then."""
    await _check_free(session, new.technician, new.starts_at, new.ends_at)
    number = await next_number(session, NUMBERS)
    values = {
        "number": number,
        "customer": new.customer,
        "customer_name": new.customer_name,
        "technician": new.technician,
        "technician_name": new.technician_name,
        "starts_at": new.starts_at,
        "ends_at": new.ends_at,
        "made_at": at,
        "made_by": by,
        "address": new.address,
        "phone": new.phone,
        "ticket": new.ticket,
        "note": new.note,
    }
    area = {name: new.area.get(name) for name in ("region", "site", "partner")}
    await session.execute(ADD, {**values, **area})
    return number


async def do_change_visit(session: AsyncSession, number: str, change: VisitChange) -> None:
    """Change one; Conflict when its technician is busy then."""
    await session.execute(ALONE)
    was = await get_visit(session, EVERYWHERE, number)
    if was is None:
        raise NotFound(f"There is no visit {number}.")
    who, starts = change.technician or was.technician, change.starts_at or was.starts_at
    ends, status = change.ends_at or was.ends_at, change.status or was.status
    turned = (who, starts, ends) != (was.technician, was.starts_at, was.ends_at)
    if turned or (status is VisitStatus.PLANNED and not was.ahead):
        await _check_free(session, who, starts, ends, number)
    await session.execute(
        CHANGE,
        {
            "number": number,
            "starts_at": starts,
            "ends_at": ends,
            "technician": who,
            "technician_name": change.technician_name or was.technician_name,
            "status": status.value,
            "note": "\n".join(part for part in (was.note, change.note) if part),
            "turned": int(turned),
        },
    )


async def find_untold(session: AsyncSession, now: datetime, until: datetime, limit: int) -> Sequence[Visit]:
    """Return planned visits that begin by then and of which nobody was told as they are now."""
    return [
        _visit(row) for row in await find_rows(session, UNTOLD, EVERYWHERE, now=now, until=until, limit=limit)
    ]


async def do_note_visit_told(session: AsyncSession, visit: Visit) -> bool:
    """Note that its technician is told; False when it changed meanwhile, or somebody else noted it."""
    done = await session.execute(
        text(
            """update isp_visits set told_turn = turn where number = :number and turn = :turn
               and told_turn is distinct from turn returning 1"""
        ),
        {"number": visit.number, "turn": visit.turn},
    )
    return done.one_or_none() is not None


async def _check_free(
    session: AsyncSession, who: str, starts: datetime, ends: datetime, but: str = ""
) -> None:
    """Raise Conflict when somebody is elsewhere then; plans are made one after the other."""
    await session.execute(ALONE)
    taken = [
        one for one in await find_busy(session, starts, ends) if one.technician == who and one.number != but
    ]
    if taken:
        raise Conflict(f"{taken[0].technician_name} has {taken[0].number} at that time. Choose another one.")


def _visit(row: Row[Any]) -> Visit:
    values = row._asdict()
    return Visit(status=VisitStatus(values.pop("status")), **values)
