"""All customers who fit: by status, kind, plan, area, and when they came or left."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.api import Scope
from plugins.connectors.local.queries_customers import COLUMNS, customer_of
from plugins.connectors.local.queries_scope import find_rows
from plugins.customers.port import CustomerPage, CustomerQuery, CustomerStatus

LISTED = (CustomerStatus.ACTIVE, CustomerStatus.SUSPENDED, CustomerStatus.PROSPECT, CustomerStatus.CHURNED)
"""In which order they stand."""
STANDING = "array_position(array['active', 'suspended', 'prospect', 'churned'], c.status)"
PARTS = {
    "status": "c.status = :chosen_status",
    "kind": "c.kind = :chosen_kind",
    "tier": "c.tier = :chosen_tier",
    "plan": """exists (
        select from isp_services s where s.customer_id = c.id and s.status <> 'terminated'
        and (s.terminated_on is null or s.terminated_on > :chosen_today) and :chosen_plan =
            case when s.next_plan_on <= :chosen_today then s.next_plan_code else s.plan_code end
    )""",
    "area": r"""(lower(c.region) = lower(:chosen_area) or lower(c.city) = lower(:chosen_area) or c.site in (
        select w.code from isp_sites w where w.code = upper(:chosen_area)
        or strpos(' ' || regexp_replace(lower(w.name), '\W+', ' ', 'g') || ' ',
            ' ' || regexp_replace(lower(:chosen_area), '\W+', ' ', 'g') || ' ') > 0
        and not exists (select from isp_sites r where lower(r.region) = lower(:chosen_area)
            or r.code = upper(:chosen_area))
    ))""",
    "owing": """exists (
        select from isp_invoices v
        where v.customer_id = c.id and v.status = 'open' and v.total_minor > v.paid_minor
    ) = :chosen_owing""",
    "paying": """exists (
        select from isp_payments v where v.customer_id = c.id and v.status = 'succeeded'
        and v.reverses is null and v.reversed_at is null
    ) = :chosen_paying and (:chosen_paying or c.status <> 'prospect')""",
    "suspended_for": r"""exists (
        select from isp_services s where s.customer_id = c.id and s.status = 'suspended'
        and strpos(' ' || regexp_replace(lower(s.suspend_reason), '\W+', ' ', 'g') || ' ',
            ' ' || regexp_replace(lower(:chosen_suspended_for), '\W+', ' ', 'g') || ' ') > 0
    )""",
    "since": "{day} >= :chosen_since",
    "until": "{day} <= :chosen_until",
}
DAYS = {
    CustomerStatus.CHURNED: "c.churned_on",
    CustomerStatus.SUSPENDED: """(
        select cast(max(s.suspended_at) at time zone :chosen_zone as date)
        from isp_services s where s.customer_id = c.id and s.status = 'suspended'
    )""",
}
"""Which day a period is about, other than that on which they became customers."""
# Most conditions have no index: all customers are gone through once, for the first ones and the counts.
CHOSEN = f"""
with found as materialized (
    select c.id, c.number, c.name, c.status, c.since, c.churned_on
    from isp_customers c where {{chosen}} and @within(c.region, c.site, c.partner)
), counts as (
    select jsonb_object_agg(s.status, s.n) as by_status
    from (select status, count(*) as n from found group by status) s
)
select counts.by_status, {COLUMNS}
from counts left join (select c.id from found c order by {{order}}, c.number limit :limit) first on true
left join isp_customers c on c.id = first.id order by {{order}}, c.number
"""  # noqa: S608 - constants

# Those of each status stand by name, or two hundred letters of it, in an index, and are counted in it.
EVERYBODY = f"""
with counts as (
    select jsonb_object_agg(s.status, s.n) as by_status from (
        select c.status, count(*) as n from isp_customers c
        where {{chosen}} and @within(c.region, c.site, c.partner) group by c.status
    ) s
), first as (
    select w.id
    from unnest(array['active', 'suspended', 'prospect', 'churned']) with ordinality as o(status, nr)
    cross join lateral (
        select c.id, c.name, c.number from isp_customers c
        where c.status = o.status and {{chosen}} and @within(c.region, c.site, c.partner)
        order by left(c.name, 200), c.name, c.number limit :limit
    ) w
    order by o.nr, w.name, w.number limit :limit
)
select counts.by_status, {COLUMNS}
from counts left join first on true left join isp_customers c on c.id = first.id
order by {STANDING}, c.name, c.number
"""  # noqa: S608 - constants


def chosen(query: CustomerQuery, today: date, zone: str = "UTC") -> tuple[str, dict[str, Any]]:
    """Return what has to hold of `isp_customers c`, and the binds."""
    given = {name: value for name, value in vars(query).items() if value is not None}
    day = DAYS.get(query.status, "c.since") if query.status else "c.since"
    parts = [PARTS[name].format(day=day) for name in given]
    binds = {f"chosen_{name}": value for name, value in given.items()}
    if query.plan:
        binds["chosen_today"] = today
    if query.status is CustomerStatus.SUSPENDED and (query.since or query.until):
        binds["chosen_zone"] = zone
    return " and ".join(parts) or "true", binds


def of_those(row: str, query: CustomerQuery | None, today: date) -> tuple[list[str], dict[str, Any]]:
    """Return what has to hold of the customer of a row, and the binds; nothing where all are meant."""
    if query is None or query == CustomerQuery():
        return [], {}
    where, binds = chosen(query, today)
    return [f"exists (select from isp_customers c where c.id = {row}.customer_id and {where})"], binds


async def find_chosen(
    session: AsyncSession, scope: Scope, query: CustomerQuery, today: date, limit: int, zone: str = "UTC"
) -> CustomerPage:
    """Return the first who fit, and how many there are of each status."""
    where, binds = chosen(query, today, zone)
    day = "c.churned_on" if query.status is CustomerStatus.CHURNED else "c.since"
    order = f"{day} desc" if query.since or query.until else f"{STANDING}, c.name"
    everybody = query == CustomerQuery(status=query.status)
    sql = EVERYBODY.format(chosen=where) if everybody else CHOSEN.format(chosen=where, order=order)
    rows = await find_rows(session, sql, scope, limit=limit, **binds)
    by_status = {CustomerStatus(status): n for status, n in (rows[0].by_status or {}).items()}
    return CustomerPage(
        customers=tuple(customer_of(row) for row in rows if row.number is not None),
        by_status=tuple((status, by_status[status]) for status in LISTED if status in by_status),
    )
