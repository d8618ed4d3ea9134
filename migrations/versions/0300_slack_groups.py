"""Slack user groups that give roles, and who was in them when Slack was last asked."""

from __future__ import annotations

from alembic import op

from migrations.protect import OWN, protect

revision = "0300"
down_revision = "0290"

TABLES = ("slack_group_roles", "slack_group_readings", "slack_group_members")


def upgrade() -> None:
    """Create them; without a reading no group gives anything."""
    op.execute(
        f"""
create table slack_group_roles (
    tenant_id uuid not null default {OWN} references tenants (id) on delete cascade,
    team_id text not null check (team_id ~ '^[TE][A-Z0-9]{{1,40}}$'),
    group_id text not null check (group_id ~ '^S[A-Z0-9]{{1,40}}$'),
    role text not null,
    handle text not null default '',            -- as Slack called the group when it was mapped
    even_power boolean not null default false,  -- the owner means it: the role may hold power over the tenant
    set_by text not null,
    set_at timestamptz not null default now(),
    primary key (tenant_id, team_id, group_id, role),
    foreign key (tenant_id, role) references roles (tenant_id, name) on delete cascade
);
create table slack_group_readings (
    tenant_id uuid not null default {OWN} references tenants (id) on delete cascade,
    team_id text not null,
    read_at timestamptz,                        -- Slack was asked then, and told all of it
    stale_at timestamptz,                       -- something changed then
    next_at timestamptz not null default now(), -- nobody asks before
    refused text not null default '',           -- why Slack tells nothing
    primary key (tenant_id, team_id)
);
create table slack_group_members (
    tenant_id uuid not null default {OWN} references tenants (id) on delete cascade,
    team_id text not null,
    group_id text not null,
    user_id text not null,                      -- Slack's id of the person
    primary key (tenant_id, team_id, user_id, group_id)
);
        """
    )
    for table in TABLES:
        protect(table)


def downgrade() -> None:
    """Drop them."""
    for table in reversed(TABLES):
        op.execute(f"drop table {table}")
