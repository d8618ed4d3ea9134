"""Platform users of each tenant, their roles and what the roles may do."""

from __future__ import annotations

from alembic import op

from migrations.protect import OWN, protect

revision = "0002"
down_revision = "0001"

TABLES = ("users", "roles", "role_permissions")


def upgrade() -> None:
    """Create the tables, each protected; a row belongs to the tenant of its transaction."""
    op.execute(
        f"""
create table users (
    tenant_id uuid not null default {OWN} references tenants (id) on delete cascade,
    id uuid not null default gen_random_uuid(),
    name text not null check (name <> ''),
    email text check (email like '%_@_%'),
    active boolean not null default true,
    created_at timestamptz not null default now(),
    primary key (tenant_id, id)
);
create unique index users_email on users (tenant_id, lower(email));
create table roles (
    tenant_id uuid not null default {OWN} references tenants (id) on delete cascade,
    name text not null check (name ~ '^[a-z][a-z0-9_-]{{0,40}}$'),
    about text not null default '',
    built_in boolean not null default false,
    primary key (tenant_id, name)
);
create table role_permissions (
    tenant_id uuid not null default {OWN},
    role text not null,
    permission text not null,
    max_amount bigint check (max_amount >= 0),     -- minor units per call; null: no limit
    max_count int check (max_count >= 0),          -- customers per call
    primary key (tenant_id, role, permission),
    foreign key (tenant_id, role) references roles (tenant_id, name) on delete cascade
);
        """
    )
    for table in TABLES:
        protect(table)


def downgrade() -> None:
    """Drop them, last first."""
    for table in reversed(TABLES):
        op.execute(f"drop table {table}")
