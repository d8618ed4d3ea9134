"""How files of devices and of what hangs on what become rows."""

from __future__ import annotations

from collections.abc import Mapping

from plugins.connectors.local.load_people import SITES
from plugins.connectors.local.load_rows import Check, Column, Plan, Target

SITE_ROWS = """
select distinct on (k.code) first_value(s."row") over w as "row", x.code as target, k.code as key, k.code,
    coalesce(first_value(s.site_name) over by_name, case when x.code is null then btrim(s.site) end) as name,
    lower(first_value(s.region) over by_region) as region, first_value(s.partner) over by_partner as partner,
    first_value(s.site_kind) over by_kind as kind, first_value(s.lat) over by_lat as lat,
    first_value(s.lon) over by_lon as lon
from staged s join known_sites k on k.site = s.site left join isp_sites x on x.code = k.code
window w as (partition by k.code order by s."row"),
    by_name as (partition by k.code order by s.site_name is null, s."row"),
    by_region as (partition by k.code order by s.region is null, s."row"),
    by_partner as (partition by k.code order by s.partner is null, s."row"),
    by_kind as (partition by k.code order by s.site_kind is null, s."row"),
    by_lat as (partition by k.code order by s.lat is null, s."row"),
    by_lon as (partition by k.code order by s.lon is null, s."row")
order by k.code, s."row"
"""
DEVICE_ROWS = """
select s."row", t.name as target, s.name as key, coalesce(t.name, s.name) as name, s.kind, s.vendor, s.model,
    cast(s.ip as inet) as ip, k.code as site, coalesce(p.name, f.name) as parent, s.parent as parent_said,
        s.status
from staged s left join isp_devices t on lower(t.name) = lower(s.name)
left join known_sites k on k.site = s.site
left join isp_devices p on lower(p.name) = lower(s.parent)
left join staged f on lower(f.name) = lower(s.parent)
"""
DEVICES = (
    Target(
        noun="sites",
        table="isp_sites",
        id="code",
        byproduct=True,
        before=(SITES,),
        select=SITE_ROWS,
        columns=(
            Column(name="code", fixed=True),
            Column(name="name", clears=False),
            Column(name="region", clears=False),
            Column(name="partner", clears=False),
            Column(name="kind", default="'pop'"),
            Column(name="lat", clears=False),
            Column(name="lon", clears=False),
        ),
    ),
    Target(
        noun="devices",
        table="isp_devices",
        id="name",
        select=DEVICE_ROWS,
        columns=(
            Column(name="name", fixed=True),
            Column(name="kind", clears=False),
            Column(name="vendor"),
            Column(name="model"),
            Column(name="ip"),
            Column(name="site", clears=False),
            Column(name="parent"),
            Column(name="status", default="'up'"),
        ),
    ),
)
# A ring of parents would leave every device in it without a way up.
RINGS = """
with recursive edges as (
    select coalesce(r.name, t.name) as name, coalesce(r.parent, t.parent) as parent, r."row"
    from isp_devices t full join {ready} r on r.target = t.name
), walk as (
    select e.name as start, e."row", e.parent as at, 1 as depth from edges e where e."row" is not null and
        e.parent is not null
    union all
    select w.start, w."row", e.parent, w.depth + 1 from walk w join edges e on e.name = w.at
    where e.parent is not null and w.at <> w.start and w.depth < 50
)
select distinct "row", format('%s would hang on itself through its parents.', start) as said from walk where
    at = start
"""
DEVICE_CHECKS = (
    Check(
        field="region",
        sql="select r.\"row\", format('the site %s is new, so its region is needed.', r.code) as said "
        "from ready_isp_sites r where r.target is null and r.region is null",
    ),
    Check(
        field="region",
        sql='select min(s."row") as "row", format(\'the site %s is in %s in row %s and in %s elsewhere.\', '
        "k.code, "
        'min(lower(s.region)), min(s."row"), max(lower(s.region))) as said from staged s '
        "join known_sites k on k.site = s.site where s.region is not null group by k.code "
        "having min(lower(s.region)) <> max(lower(s.region))",
    ),
    Check(
        field="kind",
        sql='select r."row", \'is empty, and the device is new. Say what it is: bng, router, switch, olt '
        "or ap.' as said "
        "from ready_isp_devices r where r.target is null and r.kind is null",
    ),
    Check(
        field="site",
        sql="select r.\"row\", 'is empty, and the device is new. Say at which site it stands.' as said "
        "from ready_isp_devices r where r.target is null and r.site is null",
    ),
    Check(
        field="parent",
        sql="select r.\"row\", format('there is no device %s, here or in the file.', r.parent_said) as said "
        "from ready_isp_devices r where r.parent_said is not null and r.parent is null",
    ),
    Check(field="parent", sql=RINGS.format(ready="ready_isp_devices")),
)


def devices(fields: Mapping[str, str]) -> Plan:
    """Return how devices and their sites are loaded."""
    return Plan(fields=fields, key="lower(s.name)", key_field="s.name", targets=DEVICES, checks=DEVICE_CHECKS)


PORT_NAME = (
    "btrim(case when starts_with(lower(s.child), lower(s.parent) || ' ') "
    "then substr(s.child, length(s.parent) + 2) else s.child end)"
)
"""A port is named with its device or without it."""
PORT_ROWS = f"""
select s."row", t.id as target, d.name || ' ' || {PORT_NAME} as key, coalesce(t.id, gen_random_uuid()) as id,
    d.name as device, coalesce(t.name, {PORT_NAME}) as name, s.capacity,
    case s.child_kind when 'port' then case d.kind when 'olt' then 'pon' when 'ap' then 'sector' else
        'ethernet' end
        else s.child_kind end as kind
from staged s join isp_devices d on lower(d.name) = lower(s.parent)
left join isp_ports t on t.device = d.name and lower(t.name) = lower({PORT_NAME})
where s.parent_kind = 'device' and s.child_kind in ('port', 'pon', 'sector', 'ethernet')
"""
MOVED_DEVICES = """
select s."row", d.name as target, d.name as key, d.name, x.code as site, p.name as parent
from staged s join isp_devices d on lower(d.name) = lower(s.child)
left join isp_sites x on s.parent_kind = 'site' and (x.code = upper(s.parent) or lower(x.name) =
    lower(s.parent))
left join isp_devices p on s.parent_kind = 'device' and lower(p.name) = lower(s.parent)
where s.child_kind = 'device'
"""
# The port of a line is that of its CPE, or its own; the CPE of a line is the one above it, or the one it has.
PORT_KEYS = """
create temporary table port_keys on commit drop as
select distinct on (key) key, id from (
    select lower(device || ' ' || name) as key, id, 1 as rank from isp_ports
    union all select lower(device || ' ' || name), id, 2 from ready_isp_ports where target is null
) k order by key, rank
"""
CPES = r"""
create temporary table cpes on commit drop as
select s."row", upper(regexp_replace(s.child, '[^A-Za-z0-9]', '', 'g')) as serial, k.id as port_id
from staged s left join port_keys k on k.key = lower(s.parent)
where s.parent_kind = 'port' and s.child_kind = 'cpe'
"""
LINES = r"""
create temporary table below_cpes on commit drop as
select s."row", v.id, v.number, upper(regexp_replace(s.parent, '[^A-Za-z0-9]', '', 'g')) as serial, s.child
    as said
from staged s left join lateral (
    select v.id, v.number from isp_services v
    where v.number = upper(s.child) or v.username_key = lower(s.child) and v.status <> 'terminated'
    order by v.number = upper(s.child) desc limit 1
) v on true
where s.parent_kind = 'cpe' and s.child_kind = 'service'
"""
SERVICE_ROWS = """
select min("row") as "row", v.id as target, v.number as key, v.id,
    (array_agg(m.port_id order by m."row") filter (where m.port_id is not null))[1] as port_id,
    (array_agg(m.serial order by m."row") filter (where m.serial is not null))[1] as ont_serial
from (
    select b."row", b.id, c.port_id, b.serial from below_cpes b left join cpes c on c.serial = b.serial
        where b.id is not null
    union all
    select c."row", o.id, c.port_id, null from cpes c join isp_services o on o.ont_key = c.serial
        and o.status <> 'terminated' where not exists (select from below_cpes b where b.serial = c.serial)
    union all
    select s."row", o.id, k.id, null from staged s join port_keys k on k.key = lower(s.parent)
        join lateral (
            select o.id from isp_services o
            where o.number = upper(s.child) or o.username_key = lower(s.child) and o.status <> 'terminated'
            order by o.number = upper(s.child) desc limit 1
        ) o on true
        where s.parent_kind = 'port' and s.child_kind = 'service'
) m join isp_services v on v.id = m.id group by v.id, v.number
"""
TOPOLOGY = (
    Target(
        noun="ports",
        table="isp_ports",
        select=PORT_ROWS,
        columns=(
            Column(name="id", fixed=True),
            Column(name="device", fixed=True),
            Column(name="name", fixed=True),
            Column(name="kind", fixed=True),
            Column(name="capacity"),
        ),
    ),
    Target(
        noun="devices",
        table="isp_devices",
        id="name",
        inserts=False,
        select=MOVED_DEVICES,
        columns=(Column(name="site", clears=False), Column(name="parent", clears=False)),
    ),
    Target(
        noun="services",
        table="isp_services",
        inserts=False,
        before=(PORT_KEYS, CPES, LINES),
        select=SERVICE_ROWS,
        columns=(Column(name="port_id", clears=False), Column(name="ont_serial", clears=False)),
    ),
)
PAIRS = (
    ("site", "device"), ("device", "device"), ("device", "port"), ("port", "cpe"), ("port", "service"),
    ("cpe", "service"),
)  # fmt: skip
"""What may hang on what."""
NO_PARENT = {
    "site": "not exists (select from isp_sites x where x.code = upper(s.parent) or lower(x.name) = "
    "lower(s.parent))",
    "device": "not exists (select from isp_devices d where lower(d.name) = lower(s.parent))",
    "port": "not exists (select from port_keys k where k.key = lower(s.parent))",
}
CHILD = "case when s.child_kind in ('pon', 'sector', 'ethernet') then 'port' else s.child_kind end"
TOPOLOGY_CHECKS = (
    Check(
        field="child_kind",
        sql=f"select s.\"row\", format('a %s does not hang on a %s.', s.child_kind, s.parent_kind) as said "
        f"from staged s "
        f"where (s.parent_kind, {CHILD}) not in ({', '.join(map(repr, PAIRS))})",
    ),
    *(
        Check(
            field="parent",
            sql=f"select s.\"row\", format('there is no {kind} %s.', s.parent) as said "
            f"from staged s where s.parent_kind = '{kind}' and {sql}",
        )
        for kind, sql in NO_PARENT.items()
    ),
    Check(
        field="child",
        sql="select s.\"row\", format('there is no device %s. Load the devices first.', s.child) as said "
        "from staged s where s.child_kind = 'device' "
        "and not exists (select from isp_devices d where lower(d.name) = lower(s.child))",
    ),
    Check(
        field="child",
        sql="select s.\"row\", format('there is no service %s. Load the services first.', s.child) as said "
        "from staged s where s.child_kind = 'service' and not exists (select from isp_services v "
        "where v.number = upper(s.child)) and not exists (select from isp_services v "
        "where v.username_key = lower(s.child) and v.status <> 'terminated')",
    ),
    Check(field="parent", sql=RINGS.format(ready="ready_isp_devices")),
)
LEFT_OUT = (
    "select format('CPE of the file that hang on no service here, and are left out: %s, such as %s. Load the "
    "services "
    "with their serial numbers, or add rows cpe → service.', count(*), min(c.serial)) from cpes c "
    "where not exists (select from below_cpes b where b.serial = c.serial) "
    "and not exists (select from isp_services v where v.ont_key = c.serial and v.status <> 'terminated') "
    "having count(*) > 0"
)
ONTS = (
    "update isp_onts t set port_id = c.port_id from cpes c "
    "where t.serial = c.serial and c.port_id is not null and t.port_id <> c.port_id"
)


def topology(fields: Mapping[str, str]) -> Plan:
    """Return how edges are loaded: one parent for each port, device, CPE and service."""
    return Plan(
        fields=fields,
        key=f"{CHILD}, lower(s.child), s.parent_kind, case when {CHILD} = 'port' then lower(s.parent) end",
        key_field="s.child",
        targets=TOPOLOGY,
        checks=TOPOLOGY_CHECKS,
        after=(ONTS,),
        notes=(LEFT_OUT,),
    )
