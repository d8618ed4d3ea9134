"""How files of customers and tickets become rows."""

from __future__ import annotations

from collections.abc import Mapping

from plugins.connectors.local import load_whose
from plugins.connectors.local.importing.nouns import Where
from plugins.connectors.local.load_rows import NEW_ID, Check, Column, Plan, Target

SITE_CODE = "upper(regexp_replace(btrim({text}), '[^A-Za-z0-9._-]+', '-', 'g'))"
"""The code of a site that is known by name only; the same in files of customers and of devices."""
SITES = (
    "create temporary table known_sites on commit drop as "
    "select distinct on (w.site) w.site, coalesce(x.code, "
    + SITE_CODE.format(text="w.site")
    + ") as code, x.code is not null as known "
    "from (select distinct site from staged where site is not null) w "
    "left join isp_sites x on x.code = upper(btrim(w.site)) or lower(x.name) = lower(btrim(w.site)) "
    f"or x.code = {SITE_CODE.format(text='w.site')} order by w.site, x.code = upper(btrim(w.site)) desc, "
    f"x.code"
)
NAME = "nullif(btrim(concat_ws(' ', s.first_name, s.last_name)), '')"
CUSTOMERS = f"""
select s."row", t.id as target, s.number as key, coalesce(t.id, {NEW_ID}) as id, s.number,
    coalesce(s.name, s.company, {NAME}) as name,
    coalesce(s.kind, case when s.company is not null then 'business' end) as kind,
    coalesce(s.contact, case when s.company is not null then coalesce({NAME}, nullif(s.name, s.company))
        end) as contact,
    s.email, s.phone, s.alt_phone, s.street, s.city, s.postcode, lower(s.region) as region, k.code as site,
    s.partner, case when t.id is null or not exists (select from isp_services v where v.customer_id = t.id)
        then s.status end as status,
    s.tier, lower(s.language) as language, s.since, s.churned_on, s.tags
from staged s left join isp_customers t on t.number = s.number left join known_sites k on k.site = s.site
"""
CUSTOMER_COLUMNS = (
    Column(name="id", fixed=True),
    Column(name="number", fixed=True),
    Column(name="name", clears=False, words=True),
    Column(name="kind", default="'individual'"),
    Column(name="contact", words=True),
    Column(name="email"),
    Column(name="phone"),
    Column(name="alt_phone"),
    Column(name="street", words=True),
    Column(name="city", words=True),
    Column(name="postcode", words=True),
    Column(name="region"),
    Column(name="site"),
    Column(name="partner"),
    Column(name="status", default="'active'"),
    Column(name="tier", default="'standard'"),
    Column(name="language", default="'en'"),
    Column(name="since"),
    Column(name="churned_on"),
    Column(name="tags", default="'{}'"),
)
NATIONAL = (
    "select format('Phone numbers without a country code: %s, such as %s. They are found by their digits as "
    "written; --calling-code 254 (your country''s) completes them.', count(*), min(phone)) "
    "from staged where phone not like '+%' having count(*) > 0"
)


def customers(fields: Mapping[str, str]) -> Plan:
    """Return how customers are loaded."""
    return Plan(
        fields=fields,
        key="s.number",
        key_field="s.number",
        targets=(
            Target(
                noun="customers",
                table="isp_customers",
                select=CUSTOMERS,
                columns=CUSTOMER_COLUMNS,
                before=(SITES,),
            ),
        ),
        checks=(
            Check(
                field="name",
                sql="select r.\"row\", 'is empty.' as said from ready_isp_customers r where r.name is null",
            ),
        ),
        notes=(NATIONAL,),
    )


DUE = (
    "(case coalesce(s.priority, t.priority, 'normal') when 'urgent' then {urgent} when 'high' then {high} "
    "when 'low' then {low} else {normal} end)"
)
TICKETS = """
select s."row", t.id as target, s.number as key, s.number, s.customer, c.id as customer_id,
    s.subject, s.body, s.category, coalesce(s.priority, t.priority, 'normal') as priority, s.status, s.level,
    lower(btrim(s.team)) as team,
    coalesce(u.email, s.assignee) as assignee, u.email is not null as staff, s.opened_by, s.opened_at,
    s.first_response_at, s.resolved_at, s.closed_at, s.resolution, c.region, c.site, c.partner,
    coalesce(s.status, t.status, 'open') as stands,
    case when coalesce(s.status, t.status, 'open') not in ('resolved', 'closed') and t.first_response_due is
        null
        then s.opened_at + {respond} * interval '1 min' end as first_response_due,
    case when coalesce(s.status, t.status, 'open') not in ('resolved', 'closed') and t.resolve_due is null
        then s.opened_at + {resolve} * interval '1 min' end as resolve_due
from staged s left join isp_tickets t on t.number = s.number
left join isp_customers c on c.number = s.customer
left join lateral (
    select lower(email) as email from users
    where active and coalesce(email, '') <> '' and lower(s.assignee) in (lower(email), lower(name))
    order by lower(email) = lower(s.assignee) desc limit 1
) u on s.assignee is not null
"""
TICKET_COLUMNS = (
    Column(name="number", fixed=True),
    Column(name="customer_id"),
    Column(name="subject", clears=False, words=True),
    Column(name="body", default="''"),
    Column(name="category", default="'other'"),
    Column(name="priority", default="'normal'"),
    Column(name="status", default="'open'"),
    Column(name="level", default="'L1'"),
    Column(name="assignee"),
    Column(name="team"),
    Column(name="opened_by", default="'import'"),
    Column(name="opened_at", clears=False),
    Column(name="first_response_due", clears=False),
    Column(name="resolve_due", clears=False),
    Column(name="first_response_at"),
    Column(name="resolved_at"),
    Column(name="closed_at"),
    Column(name="resolution"),
    Column(name="region", clears=False),
    Column(name="site", clears=False),
    Column(name="partner", clears=False),
)
TICKET_CHECKS = (
    *load_whose.checks("ready_isp_tickets", needed=False),
    Check(
        field="assignee",
        sql='select r."row", format(\'there is no colleague “%s” here. Add them with `backhaul users add`, '
        "or say "
        "--ignore for this column.', left(r.assignee, 60)) as said from ready_isp_tickets r "
        "where r.assignee is not null and not r.staff and r.stands not in ('resolved', 'closed')",
    ),
)


TEAMS = (
    "select format('Teams: %s. Those that the setting `teams` of tickets names have a queue.', "
    "string_agg(format('%s (%s)', team, n), ', ' order by n desc, team)) "
    "from (select lower(btrim(team)) as team, count(*) as n from staged where team is not null group by 1) t "
    "having count(*) > 0"
)


def tickets(fields: Mapping[str, str], where: Where) -> Plan:
    """Return how tickets are loaded; open ones get the clocks that the workspace set."""
    clocks = {name: where.clocks.get(name, (0, 0)) for name in ("urgent", "high", "normal", "low")}
    select = (
        TICKETS.format(
            respond=DUE.format(**{name: first for name, (first, _) in clocks.items()}),
            resolve=DUE.format(**{name: last for name, (_, last) in clocks.items()}),
        )
        if where.clocks
        else TICKETS.format(respond="null::int", resolve="null::int")
    )
    return Plan(
        fields=fields,
        key="s.number",
        key_field="s.number",
        targets=(Target(noun="tickets", table="isp_tickets", select=select, columns=TICKET_COLUMNS),),
        first=load_whose.FIRST,
        checks=TICKET_CHECKS,
        notes=(TEAMS,),
    )
