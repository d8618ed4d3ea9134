"""Lists of ONTs and radios: those that are not up first, or those with the least light."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from bot.api import EVERYWHERE, Scope
from plugins.connectors.local.queries_below import TREE, place_binds
from plugins.connectors.local.queries_network import AREA
from plugins.connectors.local.queries_scope import find_rows
from plugins.network.port import EVER, Begun, Ont, OntLine, OntPage, Place

# Only what is asked for stands in the statement, so that its plan is the one for it; and where no condition
# is about whose line it is, that is looked up of the ones that are shown alone.
WORST = """
with page as (
    select t.serial, t.status, t.status_since, t.seen_at, t.model, t.rx_dbm, t.tx_dbm, t.distance_m,
        t.last_down_cause, t.service_id, p.device || ' ' || p.name as port, count(*) over ()::int as total
    from isp_onts t
    join isp_ports p on p.id = t.port_id
    join isp_devices d on d.name = p.device join isp_sites s on s.code = d.site {whose}
    where {where} and @within(s.region, s.code, s.partner)
    order by {order} limit :limit
)
select t.*, v.number as service, c.number as customer, c.name,
    (select n.ended_at is null from isp_sessions n where n.service_id = t.service_id
        order by n.started_at desc limit 1) as online
from page t left join isp_services v on v.id = t.service_id left join isp_customers c on c.id = v.customer_id
order by {order}
"""
WHOSE = "left join isp_services v on v.id = t.service_id left join isp_customers c on c.id = v.customer_id"
THEIRS = "(c.id is null or @within(c.region, c.site, c.partner))"
WEAKEST = "t.rx_dbm nulls first, t.serial"
DARK_FIRST = f"t.status <> 'online' desc, {WEAKEST}"
NOT_UP = "t.status <> 'online'"
"""An index holds those; it is used where this stands in a statement."""
WEAK = "p.kind = 'pon' and t.rx_dbm < cast(:below as numeric) and t.status = 'online' and v.status = 'active'"
STATUSES = {"": "true", "not up": NOT_UP, "online": "t.status = 'online'"}


async def find_onts(  # noqa: PLR0913 - the ways to narrow the list
    session: AsyncSession,
    scope: Scope,
    place: Place | None,
    now: datetime,
    limit: int,
    *,
    status: str = "",
    area: str = "",
    model: str = "",
    begun: Begun = EVER,
) -> OntPage:
    """Return the ONTs below a place or of an area, those not up first, then the weakest."""
    parts, binds = await _within(session, place, now, area, model)
    parts.append(_stands(status))
    for when, compared in (("after", ">="), ("before", "<=")):
        if (at := getattr(begun, when)) is not None:
            parts.append(f"t.status_since {compared} :{when}")
            binds[when] = at
    if status not in STATUSES:
        binds["status"] = status
    sql = _statement(parts, DARK_FIRST, whose=not scope.everywhere)
    return _page(await find_rows(session, sql, scope, limit=limit, **binds))


async def find_weak(  # noqa: PLR0913 - the ways to narrow the list
    session: AsyncSession,
    scope: Scope,
    below: float,
    place: Place | None,
    now: datetime,
    limit: int,
    *,
    area: str = "",
    model: str = "",
) -> OntPage:
    """Return the ONTs that are up and receive less than a level, the weakest first."""
    parts, binds = await _within(session, place, now, area, model)
    sql = _statement([*parts, WEAK], WEAKEST, whose=True)
    return _page(await find_rows(session, sql, scope, limit=limit, below=below, **binds))


async def _within(
    session: AsyncSession, place: Place | None, now: datetime, area: str, model: str
) -> tuple[list[str], dict[str, Any]]:
    """Return what has to hold of ONTs there, and the binds."""
    binds: dict[str, Any] = {name: value for name, value in (("area", area), ("model", model)) if value}
    parts = [*((AREA,) if area else ()), *(("strpos(lower(t.model), lower(:model)) > 0",) if model else ())]
    if place is None:
        return parts, binds
    (tree,) = await find_rows(session, TREE, EVERYWHERE, now=now, **place_binds(place))
    return [*parts, "t.port_id = any(cast(:ports as uuid[]))"], {**binds, "ports": tree.ports or []}


def _stands(status: str) -> str:
    return STATUSES.get(status, f"{NOT_UP} and t.status = :status")


def _statement(parts: Sequence[str], order: str, *, whose: bool) -> str:
    where = [*parts, THEIRS] if whose else parts
    return WORST.format(whose=WHOSE if whose else "", where=" and ".join(where), order=order)


def _page(rows: Sequence[Row[Any]]) -> OntPage:
    return OntPage(lines=tuple(_line(row) for row in rows), total=rows[0].total if rows else 0)


def _line(row: Row[Any]) -> OntLine:
    ont = Ont(
        serial=row.serial,
        status=row.status,
        status_since=row.status_since,
        seen_at=row.seen_at,
        model=row.model,
        rx_dbm=None if row.rx_dbm is None else float(row.rx_dbm),
        tx_dbm=None if row.tx_dbm is None else float(row.tx_dbm),
        distance_m=row.distance_m,
        last_down_cause=row.last_down_cause,
    )
    return OntLine(
        ont=ont,
        port=row.port,
        service=row.service,
        customer=row.customer,
        name=row.name,
        online=row.online,
    )
