"""What plugins keep for themselves: JSON values and counters, per tenant and plugin."""

from __future__ import annotations

from alembic import op

from migrations.protect import OWN, protect

revision = "0031"
down_revision = "0003"

TABLES = ("plugin_store", "plugin_counters")


def upgrade() -> None:
    """Create the tables, each protected."""
    op.execute(
        f"""
create table plugin_store (
    tenant_id uuid not null default {OWN} references tenants (id) on delete cascade,
    plugin text not null,
    key text not null check (length(key) between 1 and 200),
    value jsonb not null,
    changed_at timestamptz not null default now(),
    primary key (tenant_id, plugin, key)
);
create table plugin_counters (
    tenant_id uuid not null default {OWN} references tenants (id) on delete cascade,
    plugin text not null,
    name text not null check (length(name) between 1 and 200),
    value bigint not null,
    primary key (tenant_id, plugin, name)
);
        """
    )
    for table in TABLES:
        protect(table)


def downgrade() -> None:
    """Drop them, last first."""
    for table in reversed(TABLES):
        op.execute(f"drop table {table}")
