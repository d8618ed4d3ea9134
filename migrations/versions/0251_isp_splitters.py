"""Splitters between a PON and its ONTs, one behind another too, and the lines behind each."""

from __future__ import annotations

from alembic import op

from migrations.protect import OWN, protect

revision = "0251"
down_revision = "0230"


def upgrade() -> None:
    """Create the tables, protected."""
    op.execute(
        f"""
create table isp_splitters (
    tenant_id uuid not null default {OWN} references tenants (id) on delete cascade,
    name text not null,                             -- e.g. SPL-CST-02-1-5A
    port_id uuid not null,
    parent text,                                    -- the splitter it hangs on, if not on the PON itself
    ratio int check (ratio between 2 and 128),
    primary key (tenant_id, name),
    foreign key (tenant_id, port_id) references isp_ports (tenant_id, id) on delete cascade
);
create index isp_splitters_port on isp_splitters (tenant_id, port_id);
create table isp_splitter_lines (
    tenant_id uuid not null default {OWN} references tenants (id) on delete cascade,
    service_id uuid not null,
    splitter text not null,
    primary key (tenant_id, service_id),
    foreign key (tenant_id, splitter) references isp_splitters (tenant_id, name) on delete cascade,
    foreign key (tenant_id, service_id) references isp_services (tenant_id, id) on delete cascade
);
create index isp_splitter_lines_splitter on isp_splitter_lines (tenant_id, splitter);
        """
    )
    protect("isp_splitters")
    protect("isp_splitter_lines")


def downgrade() -> None:
    """Drop them."""
    op.execute("drop table isp_splitter_lines; drop table isp_splitters")
