"""Which services hang below a place, counted and listed from one narrow table in one pass over its index.

Triggers keep `isp_below` a row for each service, whoever writes: it is never written from here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from bot.api import EVERYWHERE, Scope
from plugins.connectors.local.queries_scope import find_rows
from plugins.network.port import Place

# What hangs on a place by cable; a BNG has no cable to its subscribers, but their sessions.
DOWN = """
with recursive down(name) as (
    select d.name from isp_devices d where d.name = :device or d.site = :site
    union select d.name from isp_devices d join down on d.parent = down.name
)
select array_agg(d.name) as devices,
    least(:now, min(d.status_since) filter (where d.status <> 'up')) as since, {ports} as ports
from down join isp_devices d on d.name = down.name
"""
ONE_PORT = "array(select p.id from isp_ports p where p.device = :port_device and p.name = :port_name)"
TREE = DOWN.format(
    ports="""(select array_agg(p.id) from isp_ports p
        where p.device in (select name from down) or p.device = :port_device and p.name = :port_name)"""
)
JUST_BEFORE = timedelta(minutes=15)
"""Sessions that ended this long before a device went down are counted as hit by it."""
DEVICES = "cast(:devices as text[])"
# `not in` and not `<> all`: a set is made once, a list would be gone through for every row.
NO_CABLE = f"(b.device is null or b.device not in (select name from unnest({DEVICES}) name))"  # noqa: S608 - constants
IS_THERE = f"b.nas = any({DEVICES}) and (b.online or b.ended_at > :since)"
WAYS = {
    "cable": f"b.device = any({DEVICES})",
    "port": "b.device = :port_device and b.port_id = any(cast(:ports as uuid[]))",
    "splitter": """b.service_id in (
        with recursive under(name) as (
            select cast(:splitter as text)
            union select x.name from isp_splitters x join under on x.parent = under.name
        ) select l.service_id from isp_splitter_lines l join under on under.name = l.splitter)""",
    "session": f"{IS_THERE} and {NO_CABLE}",
    "moved": f"b.left_nas = any({DEVICES}) and b.left_at > :since and {NO_CABLE} "
    f"and not coalesce({IS_THERE}, false)",
}
"""How a service hangs on a place: by cable, by its newest session, or by the one before it was elsewhere."""
WITHIN = "b.active and @within(b.region, b.site, b.partner)"
TIERS = ("critical", "premium", "standard")
SORT = "b.class = any(cast(:sort as smallint[]))"
"""Holds of customers of one kind and tier: the class tells both."""
COUNT = "select count(*)::int as services, (count(*) filter (where online))::int as online from ({lines}) b"
# A customer with one service is one row; of the others a group is made each, which are few.
IMPACT = """
with sums as materialized (
    select grouping(road) = 0 as people, class, online, plan_code, way, road, shared, count(*) as n
    from ({lines}) b
    group by grouping sets ((class, online, plan_code, way), (class, road, shared))
),
people as (
    select class, road, case when shared is null then n else 1 end as n from sums where people
),
lines as (
    select s.n, s.online, s.way,
        case when pl.currency = :currency then pl.price_minor else 0 end as price_minor
    from sums s join isp_plans pl on pl.code = s.plan_code where not s.people
)
select p.*, l.*, (select jsonb_agg(jsonb_build_array(road, n)) from (
        select road, sum(n) as n from people where road <> '' group by 1 order by 2 desc, 1 limit 3
    ) top) as streets
from (
    select coalesce(sum(n), 0)::int as customers,
        coalesce(sum(n) filter (where class < 2), 0)::int as critical,
        coalesce(sum(n) filter (where class in (2, 3)), 0)::int as premium,
        coalesce(sum(n) filter (where class in (0, 2, 4)), 0)::int as business
    from people
) p cross join (
    select coalesce(sum(n), 0)::int as services, coalesce(sum(n) filter (where online), 0)::int as online,
        coalesce(sum(n * price_minor), 0)::bigint as minor, array_agg(distinct way) as ways
    from lines
) l
"""
COUNTED = """select b.class, b.online, b.plan_code, b.road, '{way}' as way,
    case when not b.alone then b.customer_id end as shared
from isp_below b where {at} and {within}"""
# Each device or NAS gives its first ones in the order of the index: no more are read than could be shown.
FIRST = """
select service_id, up from (
{lines}
) b order by class, online, name, number limit :limit
"""
LISTED = f"""select x.* from unnest({DEVICES}) d(name) cross join lateral (
    select b.service_id, b.class, b.online, b.name, b.number,
        case when b.online or b.ended_at is not null then b.online end as up from isp_below b
    where {{at}} and {{within}} order by b.class, b.online, b.name, b.number limit :limit
) x"""  # noqa: S608 - constants
OF_ONE = {
    **WAYS,
    "cable": "b.device = d.name",
    "session": WAYS["session"].replace(f"b.nas = any({DEVICES})", "b.nas = d.name"),
    "moved": WAYS["moved"].replace(f"b.left_nas = any({DEVICES})", "b.left_nas = d.name"),
}


@dataclass(frozen=True, kw_only=True)
class Below:
    """What hangs on a place: the devices below it, or the port itself."""

    place: Place
    devices: Sequence[str]
    ports: Sequence[UUID]
    since: datetime
    sort: Sequence[int] | None = None

    @property
    def within(self) -> str:
        """Which of the services on it are asked for."""
        return WITHIN if self.sort is None else f"{WITHIN} and {SORT}"

    @property
    def ways(self) -> tuple[str, ...]:
        """How services may hang on it."""
        one = self.place.kind
        return (one,) if one in {"port", "splitter"} else ("cable", "session", "moved")

    def binds(self) -> dict[str, Any]:
        """Return what the statements about it need."""
        sort = {} if self.sort is None else {"sort": list(self.sort)}
        if self.place.kind == "splitter":
            return {"splitter": self.place.key, **sort}
        if self.place.kind == "port":
            return {"port_device": self.place.key.partition(" ")[0], "ports": list(self.ports), **sort}
        return {"devices": list(self.devices), "since": self.since - JUST_BEFORE, **sort}


def sort_of(kind: str = "", tier: str = "") -> list[int] | None:
    """Return the classes of `isp_below` that a kind and tier of customers have; None for all of them."""
    if not (kind or tier):
        return None
    tiers = range(3) if not tier else [TIERS.index(tier)]
    homes = (0, 1) if not kind else (int(kind != "business"),)
    return [2 * at + home for at in tiers for home in homes]


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


async def get_below(
    session: AsyncSession, place: Place, now: datetime, sort: Sequence[int] | None = None
) -> Below:
    """Return which devices and ports hang on a place; which customers may be seen is asked later."""
    if place.kind == "splitter":
        return Below(place=place, devices=(), ports=(), since=now, sort=sort)
    sql = DOWN.format(ports=ONE_PORT)  # of the many ports of a site nobody needs a list
    (tree,) = await find_rows(session, sql, EVERYWHERE, now=now, **place_binds(place))
    return Below(place=place, devices=tree.devices or (), ports=tree.ports or (), since=tree.since, sort=sort)


async def get_counts(session: AsyncSession, scope: Scope, below: Below) -> tuple[int, int]:
    """Return how many active services hang below, and how many of them have a session."""
    sql = COUNT.format(lines=_lines("select b.online from isp_below b where {at} and {within}", below))
    (row,) = await find_rows(session, sql, scope, **below.binds())
    return row.services, row.online


async def get_sums(session: AsyncSession, scope: Scope, below: Below, currency: str) -> Row[Any]:
    """Return the customers and services below: how many of which kind, their price, the streets, the ways."""
    sql = IMPACT.format(lines=_lines(COUNTED, below))
    (row,) = await find_rows(session, sql, scope, currency=currency, **below.binds())
    return row


async def find_first(
    session: AsyncSession, scope: Scope, below: Below, ways: Sequence[str], limit: int
) -> Sequence[Row[Any]]:
    """Return the services to name first: critical, premium, business, then those without a session."""
    if not ways:
        return ()
    binds = below.binds()
    if below.place.kind == "port":
        binds |= {"devices": [binds.pop("port_device")]}
        at = {"port": f"{OF_ONE['cable']} and b.port_id = any(cast(:ports as uuid[]))"}
    elif below.place.kind == "splitter":
        binds |= {"devices": [""]}  # one list, of all that is behind it
        at = WAYS
    else:
        at = OF_ONE
    lines = "\nunion all\n".join(LISTED.format(at=at[way], within=below.within) for way in ways)
    if not {"session", "moved"} & set(ways):
        binds.pop("since", None)
    return await find_rows(session, FIRST.format(lines=lines), scope, limit=limit, **binds)


def _lines(select: str, below: Below) -> str:
    parts = (select.format(at=WAYS[way], within=below.within, way=way) for way in below.ways)
    return "\nunion all\n".join(parts)
