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
UPSTREAM = """
select coalesce(r.name, t.name) as name, coalesce(r.port_id, t.port_id) as port_id,
    coalesce(r.parent, t.parent) as parent
from isp_splitters t full join ready_isp_splitters r on r.target = t.name
"""
"""All splitters as they are once the file is loaded."""
RINGS = f"""
with recursive known as ({UPSTREAM}),
up(begin, name) as (
    select r.name, known.parent from ready_isp_splitters r join known on known.name = r.name
    where known.parent is not null
    union select up.begin, known.parent from up join known on known.name = up.name
    where known.parent is not null
)
select r."row", format('%s would hang below itself.', left(r.name, 60)) as said
from ready_isp_splitters r where exists (select from up where up.begin = r.name and up.name = r.name)
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
        field="ratio",
        sql="select s.\"row\", format('is 1:%s; splitters split into 2 to 128.', s.ratio) as said "
        "from staged s where s.ratio not between 2 and 128",
    ),
    Check(
        field="port",
        sql='select max(s."row") as "row", format(\'%s is on two PONs, %s and %s.\', left(min(s.name), 60), '
        "left(min(s.port), 60), left(max(s.port), 60)) as said from staged s where s.port is not null "
        "group by lower(s.name) having min(lower(s.port)) <> max(lower(s.port))",
    ),
    Check(
        field="ratio",
        sql='select max(s."row") as "row", format(\'%s has two ratios, %s and %s.\', left(min(s.name), 60), '
        "min(s.ratio), max(s.ratio)) as said from staged s "
        "group by lower(s.name) having min(s.ratio) <> max(s.ratio)",
    ),
    Check(
        field="parent",
        sql=RINGS,
    ),
    Check(
        field="parent",
        sql="select r.\"row\", format('%s is on another PON than %s.', left(u.name, 60), left(r.name, 60)) "
        "as said from ready_isp_splitters r left join isp_splitters t on t.name = r.target "
        f"join ({UPSTREAM}) u on u.name = r.parent "
        "where u.port_id <> coalesce(r.port_id, t.port_id)",
    ),
    Check(
        field="port",
        sql='select min(r."row") as "row", format(\'%s hangs on it and would stay on another PON. Give its '
        "row, too.', left(min(x.name), 60)) as said from ready_isp_splitters r "
        "join isp_splitters x on x.parent = r.target where x.port_id <> r.port_id and not exists ("
        "select from ready_isp_splitters f where f.target = x.name) group by r.target",
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
