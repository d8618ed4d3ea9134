"""How files of splitters become rows: each with its PON, and the lines behind it, a row each."""

from __future__ import annotations

from collections.abc import Mapping

from plugins.connectors.local.load_rows import Check, Column, Plan, Target

SPLITTER_ROWS = """
select min(s."row") as "row", t.name as target, min(s.name) as key,
    coalesce(t.name, (array_agg(s.name order by s."row"))[1]) as name,
    (array_agg(p.id order by s."row") filter (where p.id is not null))[1] as port_id,
    (array_agg(coalesce(u.name, f.name) order by s."row") filter (where s.parent is not null))[1] as parent,
    max(s.ratio) as ratio
from staged s left join isp_splitters t on lower(t.name) = lower(s.name)
left join isp_ports p on lower(p.device || ' ' || p.name) = lower(s.port)
left join isp_splitters u on lower(u.name) = lower(s.parent)
left join lateral (
    select f.name from staged f where lower(f.name) = lower(s.parent) order by f."row" limit 1
) f on s.parent is not null
group by lower(s.name), t.name
"""
LINES = """
create temporary table lines_behind on commit drop as
select s."row", s.service as said, coalesce(t.name, f.name) as splitter, v.id, v.number
from staged s left join isp_splitters t on lower(t.name) = lower(s.name)
left join lateral (
    select f.name from staged f where lower(f.name) = lower(s.name) order by f."row" limit 1
) f on true
left join lateral (
    select v.id, v.number from isp_services v
    where v.number = upper(s.service) or v.username_key = lower(s.service) and v.status <> 'terminated'
        or v.ont_key = upper(regexp_replace(s.service, '[^A-Za-z0-9]', '', 'g')) and v.status <> 'terminated'
    order by v.number = upper(s.service) desc limit 1
) v on true
where s.service is not null
"""
LINE_ROWS = """
select min(b."row") as "row", l.service_id as target, b.number as key, b.id as service_id,
    min(b.splitter) as splitter
from lines_behind b left join isp_splitter_lines l on l.service_id = b.id
where b.id is not null group by b.id, b.number, l.service_id
"""
CHECKS = (
    Check(
        field="port",
        sql="select s.\"row\", format('there is no port %s. Load the topology first.', left(s.port, 60)) as "
        "said from staged s where s.port is not null and not exists (select from isp_ports p "
        "where lower(p.device || ' ' || p.name) = lower(s.port))",
    ),
    Check(
        field="port",
        sql="select r.\"row\", 'is empty, and the splitter is new. Say on which PON it is.' as said "
        "from ready_isp_splitters r where r.target is null and r.port_id is null",
    ),
    Check(
        field="parent",
        sql="select s.\"row\", format('there is no splitter %s, here or in the file.', left(s.parent, 60)) "
        "as said from staged s where s.parent is not null and not exists (select from staged f "
        "where lower(f.name) = lower(s.parent)) and not exists (select from isp_splitters t "
        "where lower(t.name) = lower(s.parent))",
    ),
    Check(
        field="service",
        sql="select b.\"row\", format('there is no service %s. Load the services first.', left(b.said, 60)) "
        "as said from lines_behind b where b.id is null",
    ),
    Check(
        field="service",
        sql='select max(b."row") as "row", format(\'%s is behind two splitters, %s and %s.\', b.number, '
        "min(b.splitter), max(b.splitter)) as said from lines_behind b where b.id is not null "
        "group by b.number having min(b.splitter) <> max(b.splitter)",
    ),
)


def splitters(fields: Mapping[str, str]) -> Plan:
    """Return how splitters and the lines behind them are loaded."""
    return Plan(
        fields=fields,
        key="lower(s.name), lower(coalesce(s.service, ''))",
        key_field="s.name",
        targets=(
            Target(
                noun="splitters",
                table="isp_splitters",
                id="name",
                select=SPLITTER_ROWS,
                columns=(
                    Column(name="name", fixed=True),
                    Column(name="port_id", clears=False),
                    Column(name="parent", clears=False),
                    Column(name="ratio", clears=False),
                ),
            ),
            Target(
                noun="lines behind splitters",
                table="isp_splitter_lines",
                id="service_id",
                before=(LINES,),
                select=LINE_ROWS,
                columns=(Column(name="service_id", fixed=True), Column(name="splitter", clears=False)),
            ),
        ),
        checks=CHECKS,
    )
