"""How files of speed tests become measurements: one of a line at a time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from plugins.connectors.local.importing.nouns import Where
from plugins.connectors.local.load_rows import Check, Column, Plan, Target

AHEAD = timedelta(days=1)
"""How far a clock may be wrong, or a zone misread, before a test is not believed."""
LINES = """
create temporary table tested_lines on commit drop as
select w.service, w.customer, coalesce(n.number, u.number, case when k.lines = 1 then k.number end) as number,
    case when w.service is null then k.lines end as lines, k.account,
    w.service is not null and w.customer is not null
        and k.id is distinct from coalesce(n.customer_id, u.customer_id) as others
from (select distinct service, customer from staged) w
left join isp_services n on n.number = upper(w.service)
left join isp_services u on n.id is null and u.username_key = lower(w.service) and u.status <> 'terminated'
left join (
    select c.id, c.number as account, count(v.id) as lines, min(v.number) as number
    from isp_customers c
    left join isp_services v on v.customer_id = c.id and v.status in ('active', 'suspended')
    where c.number in (select customer from staged) group by c.id, c.number
) k on k.account = w.customer
"""
# A test has no number of its own: it is known by its line and its time.
TESTS = """
select s."row", m.subject as target, coalesce(l.number, s.service, s.customer) || ' ' || {at} as key,
    'service:' || l.number as subject, 'mbps_down' as metric, s.at, cast(s.down / 1000.0 as real) as value,
    l.number, l.lines, l.account, l.others, s.service, s.customer, s.down
from staged s
join tested_lines l on coalesce(l.service, '') = coalesce(s.service, '')
    and coalesce(l.customer, '') = coalesce(s.customer, '')
left join isp_measurements m on m.subject = 'service:' || l.number and m.metric = 'mbps_down' and m.at = s.at
"""
AT = "to_char(s.at at time zone :zone, 'YYYY-MM-DD HH24:MI:SS')"
READY = "from ready_isp_measurements r"
TWICE = (
    "select \"row\", format('%s stands in row %s already. Keep one of them.', key, first) as said from ("
    f'select r."row", r.key, first_value(r."row") over w as first {READY} where r.number is not null '
    'window w as (partition by r.subject, r.at order by r."row")) d where "row" <> first'
)


def _checks(key: str) -> tuple[Check, ...]:
    return (
        Check(
            field="service",
            sql='select r."row", format(\'there is no service %s, nor such a PPPoE username. Load the '
            f"services first.', left(r.service, 60)) as said {READY} "
            "where r.service is not null and r.number is null",
        ),
        Check(
            field="customer",
            sql='select r."row", format(case when r.account is null '
            "then 'there is no customer %s. Load the customers first.' "
            "when r.lines = 0 then '%s has no line. Say in a column service which one was tested.' "
            "else '%s has several lines. Say in a column service which one was tested.' end, r.customer) "
            f"as said {READY} where r.service is null and r.number is null",
        ),
        Check(
            field="customer",
            sql="select r.\"row\", format('the line %s belongs to another customer here.', r.number) as said "
            f"{READY} where r.number is not null and r.others",
        ),
        Check(
            field="at",
            sql=f"select r.\"row\", 'lies in the future.' as said {READY} where r.at > :latest",
        ),
        Check(field=key, sql=TWICE),
    )


def speed_tests(fields: Mapping[str, str], where: Where, key: str) -> Plan:
    """Return how speed tests are loaded, of lines that are named themselves or by their customer."""
    return Plan(
        fields=fields,
        key="lower(coalesce(s.service, s.customer)), s.at",
        key_field=f"coalesce(s.service, s.customer) || ' ' || {AT}",
        targets=(
            Target(
                noun="speed tests",
                table="isp_measurements",
                before=(LINES, "analyze tested_lines"),
                select=TESTS.format(at=AT),
                known_by="t.subject = r.subject and t.metric = r.metric and t.at = r.at",
                columns=(
                    *(Column(name=name, fixed=True) for name in ("subject", "metric", "at")),
                    Column(name="value", clears=False),
                ),
            ),
        ),
        checks=_checks(key),
        binds={"zone": str(where.zone), "latest": where.now + AHEAD},
    )
