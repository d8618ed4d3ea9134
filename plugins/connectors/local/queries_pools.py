"""Address pools: how full they are, and which of their addresses are free."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.api import Conflict, NotFound, Scope
from plugins.connectors.local.queries_scope import find_rows, records
from plugins.connectors.local.shapes import shapes_of
from plugins.network.port import NewPool, Pool

# Compared with the ends of the prefix: under row-level security an index serves that, and not `<<=`.
ENDS = """
select l.name, l.prefix, l.purpose, s.code as site, s.region, s.partner,
    set_masklen(cast(network(l.prefix) as inet), 32) as low, set_masklen(broadcast(l.prefix), 32) as high
from isp_pools l left join isp_sites s on s.code = l.site
where @within(s.region, s.code, s.partner)
"""
TAKEN = """
select v.ipv4 from isp_services v where v.ipv4 >= x.low and v.ipv4 <= x.high and v.status <> 'terminated'
union
select n.ipv4 from isp_sessions n where n.ipv4 >= x.low and n.ipv4 <= x.high and n.ended_at is null
"""
POOLS = f"""
with pools as ({ENDS} and (
    :whole = '' or lower(l.name) = :whole or cast(l.prefix as text) = :whole or lower(s.code) = :whole
    or lower(s.name) = :whole or cast(cast(:ip as text) as inet) <<= l.prefix
))
select x.name, cast(x.prefix as text) as prefix, x.purpose, x.site, x.region, x.partner,
    cast(x.high - x.low + 1 as int) as size, cast(t.used as int) as used
from pools x cross join lateral (select count(*) as used from ({TAKEN}) y) t
order by t.used / (x.high - x.low + 1.0) desc, x.name limit :limit
"""  # noqa: S608 - constants
# The free ones lie between two that are taken; `.0` and `.255` are left out, as old routers refuse them.
FREE = f"""
with pools as ({ENDS} and l.name = :name),
taken as (select y.ipv4 from pools x cross join lateral ({TAKEN}) y union all select low - 1 from pools),
gaps as (
    select t.ipv4, coalesce(lead(t.ipv4) over (order by t.ipv4) - t.ipv4, x.high - t.ipv4 + 1) as until
    from taken t cross join pools x
),
free as (
    select g.ipv4 + n as ip from gaps g
    cross join lateral generate_series(1, least(g.until - 1, 2 * :limit + 2)) n
)
select host(ip) as ip from free where cast(split_part(host(ip), '.', 4) as int) between 1 and 254
order by free.ip limit :limit
"""  # noqa: S608 - constants

LOCK = text("select pg_advisory_xact_lock(hashtextextended(current_setting('app.tenant_id') || ' pools', 0))")
SAME = text(
    "select name, cast(prefix as text) as prefix from isp_pools "
    "where lower(name) = lower(:name) or prefix && cast(cast(:prefix as text) as cidr) order by name limit 1"
)
SITE = text("select 1 from isp_sites where code = :site")
ADD = text(
    "insert into isp_pools (name, prefix, purpose, site) "
    "values (:name, cast(cast(:prefix as text) as cidr), :purpose, :site)"
)
REMOVE = text("delete from isp_pools where name = :name returning name")


async def find_pools(session: AsyncSession, scope: Scope, words: str, limit: int) -> list[Pool]:
    """Return pools by name, prefix, site, or an address in them, or all; the fullest first."""
    whole = " ".join(words.lower().split())[:200]
    ip = shapes_of(whole).ip if "/" not in whole else None
    return records(Pool, await find_rows(session, POOLS, scope, whole=whole, ip=ip, limit=limit))


async def find_free(session: AsyncSession, scope: Scope, name: str, limit: int) -> list[str]:
    """Return the lowest addresses of a pool that nobody has."""
    return [row.ip for row in await find_rows(session, FREE, scope, name=name, limit=limit)]


async def do_add_pool(session: AsyncSession, new: NewPool) -> str:
    """Keep a pool; two that overlap are not kept even at once."""
    await session.execute(LOCK)
    same = (await session.execute(SAME, {"name": new.name, "prefix": new.prefix})).first()
    if same is not None:
        raise Conflict(f"{new.name}, {new.prefix}, overlaps the pool {same.name}, {same.prefix}.")
    if new.site is not None and (await session.execute(SITE, {"site": new.site})).first() is None:
        raise NotFound(f"There is no site {new.site}.")
    await session.execute(ADD, vars(new))
    return new.name


async def do_remove_pool(session: AsyncSession, name: str) -> None:
    """Forget a pool."""
    if (await session.execute(REMOVE, {"name": name})).first() is None:
        raise NotFound(f"There is no address pool {name}.")
