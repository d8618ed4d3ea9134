"""Which plugins a tenant turned on, how they are set, and which connector stands behind each port."""

from __future__ import annotations

from alembic import op

from migrations.protect import OWN, protect

revision = "0003"
down_revision = "0021"

TABLES = ("tenant_plugins", "plugin_settings", "port_choices")


def upgrade() -> None:
    """Create the tables, each protected."""
    op.execute(
        f"""
create table tenant_plugins (
    tenant_id uuid not null default {OWN} references tenants (id) on delete cascade,
    plugin text not null,
    enabled boolean not null,
    offered text[] not null default '{{}}',  -- "role permission" defaults given once, not again
    changed_at timestamptz not null default now(),
    changed_by text not null,
    primary key (tenant_id, plugin)
);
create table plugin_settings (
    tenant_id uuid not null default {OWN} references tenants (id) on delete cascade,
    section text not null,                   -- a plugin, or plugin.connector
    body jsonb not null default '{{}}',
    sealed jsonb not null default '{{}}',    -- field -> sealed secret
    changed_at timestamptz not null default now(),
    changed_by text not null,
    primary key (tenant_id, section)
);
create table port_choices (
    tenant_id uuid not null default {OWN} references tenants (id) on delete cascade,
    port text not null,
    connector text not null,
    changed_at timestamptz not null default now(),
    changed_by text not null,
    primary key (tenant_id, port)
);
        """
    )
    for table in TABLES:
        protect(table)


def downgrade() -> None:
    """Drop them, last first."""
    for table in reversed(TABLES):
        op.execute(f"drop table {table}")
