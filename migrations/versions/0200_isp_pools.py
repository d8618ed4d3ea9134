"""Pools of IPv4 addresses that lines get theirs from."""

from __future__ import annotations

from alembic import op

from migrations.protect import OWN, protect

revision = "0200"
down_revision = "0172"


def upgrade() -> None:
    """Create the table, protected."""
    op.execute(
        f"""
create table isp_pools (
    tenant_id uuid not null default {OWN} references tenants (id) on delete cascade,
    name text not null,                             -- e.g. cgnat-home-2
    prefix cidr not null check (family(prefix) = 4 and masklen(prefix) between 8 and 32),
    purpose text not null default '',
    site text,                                      -- where it is used; null: everywhere
    primary key (tenant_id, name),
    unique (tenant_id, prefix),
    foreign key (tenant_id, site) references isp_sites (tenant_id, code)
);
        """
    )
    protect("isp_pools")


def downgrade() -> None:
    """Drop it."""
    op.execute("drop table isp_pools")
