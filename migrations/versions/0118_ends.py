"""What ends what: grants under a break-glass one, chat accounts cut off, and plugins on trial."""

from __future__ import annotations

from alembic import op

from migrations.protect import OWN, protect

revision = "0118"
down_revision = "0111"

TABLES = ("account_cuts", "plugin_trials")


def upgrade() -> None:
    """Add what a grant hangs on, and the two tables, each protected."""
    op.execute(
        f"""
alter table grants add column under uuid;           -- the break-glass grant it must not outlive
create index grants_under on grants (tenant_id, under) where under is not null;
create table account_cuts (
    tenant_id uuid not null default {OWN} references tenants (id) on delete cascade,
    surface text not null,
    external_id text not null,
    cut boolean not null,                           -- false: it was cut, and is active again
    at timestamptz not null,                        -- when the surface says it changed; older news is late
    primary key (tenant_id, surface, external_id)
);
create table plugin_trials (
    tenant_id uuid not null default {OWN} references tenants (id) on delete cascade,
    plugin text not null,
    users uuid[] not null,
    roles text[] not null,
    until timestamptz not null,
    begun_at timestamptz not null default now(),
    begun_by text not null,
    primary key (tenant_id, plugin),
    check (cardinality(users) + cardinality(roles) > 0)
);
        """
    )
    for table in TABLES:
        protect(table)


def downgrade() -> None:
    """Drop them, last first."""
    for table in reversed(TABLES):
        op.execute(f"drop table {table}")
    op.execute("drop index grants_under")
    op.execute("alter table grants drop column under")
