"""How files of ONTs in stock become rows; what hangs on a line in use is left out: the line says so."""

from __future__ import annotations

from collections.abc import Mapping

from plugins.connectors.local.load_people import SITE_CODE
from plugins.connectors.local.load_rows import Check, Column, Plan, Target

IN_USE = """(coalesce(s.state, '') = 'installed' or exists (
    select from isp_services v where v.ont_key = s.serial and v.status <> 'terminated'
) or exists (
    select from isp_onts o join isp_services v on v.id = o.service_id
    where o.serial = s.serial and v.status <> 'terminated'
))"""
CPE_ROWS = f"""
select s."row", t.serial as target, s.serial as key, s.serial, s.model, s.state, s.note,
    lower(s.technician) as holder, u.name as holder_name, s.technician as technician_said,
    s.site as site_said, x.code as site, coalesce(s.state, t.state) as stands,
    coalesce(s.technician, t.holder) as has,
    case when t.serial is null or coalesce(s.state, t.state) <> t.state
        or s.technician is not null and lower(s.technician) is distinct from t.holder
        then now() else t.since end as since
from staged s
left join isp_cpes t on t.serial = s.serial
left join lateral (
    select x.code from isp_sites x
    where x.code = upper(btrim(s.site)) or lower(x.name) = lower(btrim(s.site))
        or x.code = {SITE_CODE.format(text="s.site")}
    order by x.code = upper(btrim(s.site)) desc, x.code limit 1
) x on s.site is not null
left join users u on lower(u.email) = lower(s.technician)
where not {IN_USE}
"""
CHECKS = (
    Check(
        field="serial",
        sql="select s.\"row\", 'is no serial number: letters and digits.' as said from staged s "
        "where s.serial !~ '^[A-Z0-9]+$'",
    ),
    Check(
        field="site",
        sql="select r.\"row\", format('there is no site %s. Load the devices with their sites first.', "
        "left(r.site_said, 60)) as said from ready_isp_cpes r "
        "where r.site_said is not null and r.site is null",
    ),
    Check(
        field="technician",
        sql="select r.\"row\", 'is empty. Give the e-mail address of the technician who has it.' as said "
        "from ready_isp_cpes r where r.stands = 'with technician' and r.has is null",
    ),
    Check(
        field="technician",
        sql="select r.\"row\", format('nobody here has the e-mail address %s.', left(r.technician_said, 60)) "
        "as said from ready_isp_cpes r where r.technician_said is not null and r.holder_name is null",
    ),
)
LEFT_OUT = (
    "select format('ONTs of the file that hang on lines in use are left out: %s, such as "
    f"%s.', count(*), min(s.serial)) from staged s where {IN_USE} having count(*) > 0"
)


def onts(fields: Mapping[str, str]) -> Plan:
    """Return how ONTs and radios in stock are loaded."""
    return Plan(
        fields=fields,
        key="s.serial",
        key_field="s.serial",
        targets=(
            Target(
                noun="ONTs",
                table="isp_cpes",
                id="serial",
                select=CPE_ROWS,
                columns=(
                    Column(name="serial", fixed=True),
                    Column(name="model"),
                    Column(name="state", default="'in stock'", clears=False),
                    Column(name="site"),
                    Column(name="holder"),
                    Column(name="holder_name", default="''"),
                    Column(name="note", default="''"),
                    Column(name="since"),
                ),
            ),
        ),
        checks=CHECKS,
        notes=(LEFT_OUT,),
    )
