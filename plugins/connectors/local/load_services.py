"""How files of services become rows: new plans with them, numbers, ports, what follows for customers."""

from __future__ import annotations

from collections.abc import Mapping

from plugins.connectors.local.importing.nouns import Where
from plugins.connectors.local.load_rows import Check, Column, Plan, Target

CODE = "upper(left(btrim(regexp_replace({text}, '[^A-Za-z0-9]+', '-', 'g'), '-'), 40))"
"""The code of a plan that is known by its name."""
KNOWN_PLANS = (
    "create temporary table known_plans on commit drop as "
    "select distinct on (w.plan) w.plan, coalesce(p.code, nullif("
    + CODE.format(text="w.plan")
    + ", ''), w.plan) as code, p.code is not null as known, p.kind, p.price_minor, p.currency "
    "from (select distinct plan from staged where plan is not null) w "
    "left join isp_plans p on lower(p.name) = lower(w.plan) or p.code = upper(w.plan) "
    f"or p.code = {CODE.format(text='w.plan')} "
    "order by w.plan, lower(p.name) = lower(w.plan) desc, p.active desc, p.code"
)
PORTS = """
create temporary table known_ports on commit drop as
select distinct on (w.device, w.port) w.device, w.port, p.id, p.kind
from (select distinct device, port from staged where port is not null) w
left join isp_ports p on lower(p.device || ' ' || p.name) = lower(btrim(concat_ws(' ', w.device, w.port)))
    or lower(p.device || ' ' || p.name) = lower(w.port)
order by w.device, w.port, p.id
"""
PLAN_ROWS = """
select min(s."row") as "row", null::text as target, k.code as key, k.code, min(s.plan) as name,
    coalesce(min(s.technology),
        case when bool_or(o.kind = 'sector') then 'wireless' else 'fiber' end) as kind,
    coalesce(min(s.plan_down), 0) as down_kbps, coalesce(min(s.plan_up), min(s.plan_down), 0) as up_kbps,
    coalesce(min(s.plan_price), 0) as price_minor, coalesce(min(s.currency), :currency) as currency
from staged s join known_plans k on k.plan = s.plan
left join known_ports o on o.port = s.port and o.device is not distinct from s.device
where not k.known group by k.code
"""
MATCH = {
    "number": "t.number = s.number",
    "username": "t.username_key = lower(s.username) and t.status <> 'terminated'",
}
SERVICE_ROWS = """
select s."row", t.id as target, c.id as customer_id, t.customer_id as owner, s.customer,
    coalesce(s.number, t.number, 'SVC-' || s.customer || '-' || coalesce((
        select max(substring(h.number from '-([0-9]{{1,9}})$')::int) from isp_services h
        where h.customer_id = c.id
    ), 0) + row_number() over (partition by s.customer, t.id is null order by s."row")) as number,
    coalesce(t.number, s.number, s.username) as key,
    s.plan, k.code as plan_code, coalesce(k.kind, n.kind) as kind,
    case when s.terminated_on <= cast(:today as date) then 'terminated' else s.status end as status,
    case when t.id is null then case c.status when 'suspended' then 'suspended'
        when 'churned' then 'terminated' when 'prospect' then 'pending' else 'active' end end as follows,
    s.username, cast(s.ipv4 as inet) as ipv4, cast(s.ipv6_prefix as cidr) as ipv6_prefix, s.vlan,
    cast(s.cpe_mac as macaddr) as cpe_mac, s.ont_serial, s.port, s.device, o.id as port_id,
    o.kind as port_kind,
    s.activated_on, s.terminated_on, s.suspend_reason, s.install_address, s.technology
from staged s
left join isp_customers c on c.number = s.customer
left join isp_services t on {match}
left join known_plans k on k.plan = s.plan
left join ready_isp_plans n on n.code = k.code
left join known_ports o on o.port = s.port and o.device is not distinct from s.device
"""
SERVICE_COLUMNS = (
    Column(name="number", fixed=True),
    Column(name="customer_id", fixed=True),
    Column(name="plan_code", clears=False),
    Column(name="kind", clears=False),
    Column(name="status", default="r.follows", clears=False),
    Column(name="username"),
    Column(name="ipv4"),
    Column(name="ipv6_prefix"),
    Column(name="vlan"),
    Column(name="cpe_mac"),
    Column(name="ont_serial"),
    Column(name="port_id", clears=False),
    Column(name="activated_on"),
    Column(name="terminated_on"),
    Column(name="suspend_reason"),
    Column(name="install_address"),
)
NO_PLAN = (
    'select s."row", format(\'there is no plan “%s”. Give its price in a column plan_price and it is '
    "created, "
    "or say --create-plans.', left(s.plan, 60)) as said from staged s join known_plans k on k.plan = s.plan "
    "where not k.known and not (:create or s.plan_price is not null)"
)
OTHER_PRICE = (
    'select s."row", format(\'plan “%s” costs %s in row %s and something else here. A price of its own needs '
    "a plan "
    "of its own; to leave prices out say --ignore for this column.', left(s.plan, 60), "
    "to_char(s.first_price / :scale, 'FM999,999,999,990.00'), s.first) as said from ("
    'select s."row", s.plan, s.plan_price, first_value(s.plan_price) over w as first_price, '
    'first_value(s."row") over w as first from staged s join known_plans k on k.plan = s.plan '
    'where s.plan_price is not null and not k.known window w as (partition by k.code order by s."row")'
    ") s where s.plan_price <> s.first_price"
)
KNOWN_PRICE = (
    'select s."row", format(\'plan “%s” costs %s here, and the file has another price. A price of its own '
    "needs a "
    "plan of its own; to leave prices out say --ignore for this column.', left(s.plan, 60), "
    "to_char(k.price_minor / :scale, 'FM999,999,999,990.00')) as said "
    "from staged s join known_plans k on k.plan = s.plan "
    "where k.known and s.plan_price is not null and s.plan_price <> k.price_minor"
)
CHECKS = (
    Check(
        field="customer",
        sql="select r.\"row\", format('there is no customer %s. Load the customers first.', r.customer) as "
        "said "
        "from ready_isp_services r where r.customer_id is null",
    ),
    Check(
        field="customer",
        sql='select r."row", format(\'the service %s belongs to another customer here. End it there and set '
        "up a new "
        "one.', r.key) as said from ready_isp_services r where r.owner <> r.customer_id",
    ),
    Check(
        field="plan",
        sql="select r.\"row\", 'is empty, and the service is new. Say its plan.' as said "
        "from ready_isp_services r where r.target is null and r.plan is null",
    ),
    Check(field="plan", sql=NO_PLAN),
    Check(field="plan_price", sql=OTHER_PRICE),
    Check(field="plan_price", sql=KNOWN_PRICE),
    Check(
        field="port",
        sql="select r.\"row\", format('there is no port %s. Load the topology first.', "
        "btrim(concat_ws(' ', r.device, r.port))) as said "
        "from ready_isp_services r where r.port is not null and r.port_id is null",
    ),
    Check(
        field="technology",
        sql="select r.\"row\", format('the plan is for %s lines.', r.kind) as said from ready_isp_services r "
        "where r.technology <> r.kind",
    ),
    Check(
        field="port",
        sql="select r.\"row\", format('%s is a %s; a %s plan needs another port.', btrim(concat_ws(' ', "
        "r.device, "
        "r.port)), r.port_kind, r.kind) as said from ready_isp_services r where "
        "r.kind = 'fiber' and r.port_kind = 'sector' or r.kind = 'wireless' and r.port_kind <> 'sector'",
    ),
    Check(
        field="username",
        sql="select \"row\", format('%s stands in row %s already.', username, first) as said from ("
        'select r."row", r.username, first_value(r."row") over w as first from ready_isp_services r '
        "where r.username is not null and coalesce(r.status, r.follows, '') <> 'terminated' "
        'window w as (partition by lower(r.username) order by r."row")) d where "row" <> first',
    ),
    Check(
        field="ont_serial",
        sql="select \"row\", format('%s stands in row %s already.', ont_serial, first) as said from ("
        'select r."row", r.ont_serial, first_value(r."row") over w as first from ready_isp_services r '
        "where r.ont_serial is not null and coalesce(r.status, r.follows, '') <> 'terminated' "
        'window w as (partition by r.ont_serial order by r."row")) d where "row" <> first',
    ),
    Check(
        field="username",
        sql="select r.\"row\", format('%s is in use on the service %s.', r.username, o.number) as said "
        "from ready_isp_services r join isp_services o on o.username_key = lower(r.username) "
        "where o.status <> 'terminated' and o.id is distinct from r.target "
        "and coalesce(r.status, r.follows, '') <> 'terminated' "
        "and not exists (select from ready_isp_services f where f.target = o.id and f.username is not null)",
    ),
    Check(
        field="ont_serial",
        sql="select r.\"row\", format('%s is in use on the service %s.', r.ont_serial, o.number) as said "
        "from ready_isp_services r join isp_services o on o.ont_key = r.ont_serial "
        "where o.status <> 'terminated' and o.id is distinct from r.target "
        "and coalesce(r.status, r.follows, '') <> 'terminated' "
        "and not exists (select from ready_isp_services f where f.target = o.id and f.ont_serial is not "
        "null)",
    ),
    Check(
        field="number",
        sql="select r.\"row\", format('the number %s is taken by another service.', r.number) as said "
        "from ready_isp_services r join isp_services o on o.number = r.number where r.target is null",
    ),
)
# A customer stands where their services stand: the same rules as when one service is changed.
CUSTOMERS = """
update isp_customers c set status = x.status,
    churned_on = case when x.status = 'churned' then coalesce(c.churned_on, x.ended, cast(:today as date)) end
from (
    select s.customer_id, case when bool_or(s.status = 'active') then 'active'
        when bool_or(s.status = 'suspended') then 'suspended'
        when bool_and(s.status = 'terminated') then 'churned' end as status, max(s.terminated_on) as ended
    from isp_services s where s.customer_id in (select customer_id from ready_isp_services)
    group by s.customer_id
) x
where c.id = x.customer_id and x.status is not null and c.status <> x.status
"""
SESSIONS = """
update isp_sessions n set ended_at = :now, updated_at = :now, terminate_cause = 'Admin-Reset'
from ready_isp_services r
where n.service_id = r.target and n.ended_at is null and r.status in ('suspended', 'terminated')
"""
NO_PRICE = (
    "select format('%s of the new plans have no price, such as %s: they count nothing in the revenue.', "
    "count(*), "
    "min(name)) from ready_isp_plans where price_minor = 0 having count(*) > 0"
)


def services(fields: Mapping[str, str], where: Where, key: str, *, create_plans: bool, scale: float) -> Plan:
    """Return how services are loaded, known again by number or by username; `scale` is minor units to one."""
    return Plan(
        fields=fields,
        key="s.number" if key == "number" else "lower(s.username)",
        key_field=f"s.{key}",
        targets=(
            Target(
                noun="plans",
                table="isp_plans",
                id="code",
                byproduct=True,
                before=(KNOWN_PLANS, PORTS),
                select=PLAN_ROWS,
                columns=tuple(
                    Column(name=name, fixed=True)
                    for name in ("code", "name", "kind", "down_kbps", "up_kbps", "price_minor", "currency")
                ),
            ),
            Target(
                noun="services",
                table="isp_services",
                select=SERVICE_ROWS.format(match=MATCH[key]),
                columns=SERVICE_COLUMNS,
            ),
        ),
        checks=CHECKS,
        after=(CUSTOMERS, SESSIONS),
        notes=(NO_PRICE,),
        binds={
            "today": where.now.astimezone(where.zone).date(),
            "now": where.now,
            "currency": where.currency,
            "create": create_plans,
            "scale": scale,
        },
    )
