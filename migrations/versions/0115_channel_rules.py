"""What may be asked and done in which channel, as a tenant's admin says."""

from __future__ import annotations

from alembic import op

from migrations.protect import OWN, protect

revision = "0115"
down_revision = "0112"


def upgrade() -> None:
    """Create the table, protected."""
    op.execute(
        f"""
create table channel_rules (
    tenant_id uuid not null default {OWN} references tenants (id) on delete cascade,
    surface text not null,                      -- empty for a default, which holds on every surface
    channel text not null,                      -- its id, or '*channels', '*direct', '*shared'
    allowed text[] not null default '{{}}',       -- plugins and actions; empty for all
    reads_only boolean not null default false,
    roles text[] not null default '{{}}',         -- who may use the bot there; empty for everybody
    closed boolean not null default false,
    outsiders boolean not null default false,   -- made knowing that other organisations read along
    note text not null default '',
    changed_by text not null,
    changed_at timestamptz not null default now(),
    primary key (tenant_id, surface, channel),
    check (channel <> '')
);
        """
    )
    protect("channel_rules")


def downgrade() -> None:
    """Drop it."""
    op.execute("drop table channel_rules")
