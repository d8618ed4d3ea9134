"""How files of address pools become rows: none overlaps another, in the file or here."""

from __future__ import annotations

from collections.abc import Mapping

from plugins.connectors.local.load_people import SITE_CODE
from plugins.connectors.local.load_rows import Check, Column, Plan, Target

POOL_ROWS = f"""
select s."row", t.name as target, s.name as key, coalesce(t.name, s.name) as name,
    cast(s.prefix as cidr) as prefix, s.purpose, s.site as site_said, x.code as site
from staged s
left join lateral (
    select t.name from isp_pools t where lower(t.name) = lower(s.name) order by t.name limit 1
) t on true
left join lateral (
    select x.code from isp_sites x
    where x.code = upper(btrim(s.site)) or lower(x.name) = lower(btrim(s.site))
        or x.code = {SITE_CODE.format(text="s.site")}
    order by x.code = upper(btrim(s.site)) desc, x.code limit 1
) x on s.site is not null
"""
OVERLAPS = """
with known as (
    select r."row", r.name, r.prefix from ready_isp_pools r
    union all
    select null, t.name, t.prefix from isp_pools t
    where not exists (select from ready_isp_pools r where r.target = t.name)
)
select distinct on (r."row") r."row", format('%s overlaps the pool %s, %s%s.', r.prefix, k.name, k.prefix,
    case when k."row" is null then '' else format(' in row %s', k."row") end) as said
from ready_isp_pools r join known k on k.prefix && r.prefix and (k."row" is null or k."row" < r."row")
order by r."row", k."row" nulls first, k.name
"""
CHECKS = (
    Check(
        field="name",
        sql='select s."row", \'is no name of a pool: up to 40 letters, digits, points, dashes and '
        "underscores, no spaces.' as said from staged s where s.name !~ '^[A-Za-z0-9][A-Za-z0-9_.-]{0,39}$'",
    ),
    Check(
        field="site",
        sql="select r.\"row\", format('there is no site %s. Load the devices with their sites first.', "
        "left(r.site_said, 60)) as said from ready_isp_pools r "
        "where r.site_said is not null and r.site is null",
    ),
    Check(field="prefix", sql=OVERLAPS),
)
HOLD = "select pg_advisory_xact_lock(hashtextextended(current_setting('app.tenant_id') || ' pools', 0))"
"""The lock under which pools are added one by one."""


def pools(fields: Mapping[str, str]) -> Plan:
    """Return how address pools are loaded."""
    return Plan(
        fields=fields,
        key="lower(s.name)",
        key_field="s.name",
        targets=(
            Target(
                noun="pools",
                table="isp_pools",
                id="name",
                select=POOL_ROWS,
                columns=(
                    Column(name="name", fixed=True),
                    Column(name="prefix", clears=False),
                    Column(name="purpose", default="''"),
                    Column(name="site"),
                ),
            ),
        ),
        checks=CHECKS,
        hold=(HOLD,),
    )
