"""One ONT and one PPPoE username belong to one line that has not ended; what is doubled is listed first."""

from __future__ import annotations

from alembic import op

revision = "0180"
down_revision = "0170"

NAMES = {"ont": ("ont_key", "ONT"), "username": ("username_key", "username")}


def upgrade() -> None:
    """Refuse doubles at the end of a transaction, so that two lines may swap within one."""
    op.execute("alter table isp_services no force row level security")
    op.execute(LIST_DOUBLES)
    for name, (column, _) in NAMES.items():
        op.execute(
            f"alter table isp_services add constraint isp_services_one_{name} "
            f"exclude using btree (tenant_id with =, {column} with =) "
            f"where (status <> 'terminated' and {column} <> '') deferrable initially deferred"
        )
    op.execute("alter table isp_services force row level security")


def downgrade() -> None:
    """Let them be doubled again."""
    for name in NAMES:
        op.execute(f"alter table isp_services drop constraint isp_services_one_{name}")


DOUBLES = " union all ".join(
    f"select format('{word} %s of %s: %s', s.{column}, t.slug, "
    "string_agg(s.number, ', ' order by s.number)) as line "
    "from isp_services s join tenants t on t.id = s.tenant_id "
    f"where s.status <> 'terminated' and s.{column} <> '' "
    f"group by t.slug, s.{column} having count(*) > 1"
    for column, word in NAMES.values()
)
LIST_DOUBLES = f"""
do $$
declare
    many int;
    listed text;
begin
    select count(*) into many from ({DOUBLES}) d;
    if many > 0 then
        select string_agg('  ' || line, E'\\n' order by line) into listed
        from (select line from ({DOUBLES}) d order by line limit 50) f;
        raise exception E'%', format(
            E'Lines that have not ended share an ONT or a username (%s), which is refused from this version on. '
            'Nothing was changed. With the version you had, correct or end one line of each, then migrate again:'
            '\\n%s', many, listed);
    end if;
end $$
"""
