"""Each tenant's identity provider (OpenID Connect), and which answers of it were used up."""

from __future__ import annotations

from alembic import op

from migrations.protect import OWN, protect

revision = "0110"
down_revision = "0106"

TABLES = ("sso_providers", "sso_states")


def upgrade() -> None:
    """Create the tables, each protected."""
    op.execute(
        f"""
create table sso_providers (
    tenant_id uuid not null primary key default {OWN} references tenants (id) on delete cascade,
    issuer text not null check (issuer ~ '^https?://'),
    client_id text not null check (client_id <> ''),
    client_secret text,                         -- sealed: "tenant|sso_providers|client_secret"
    domains text[] not null default '{{}}',       -- e-mail domains let in by address; empty: any
    groups_claim text not null default '',
    role_groups jsonb not null default '{{}}',    -- role: the groups that give it
    changed_by text not null,
    changed_at timestamptz not null default now()
);
create table sso_states (
    tenant_id uuid not null default {OWN} references tenants (id) on delete cascade,
    hash bytea not null,                        -- of the state of a sign-in that came back
    at timestamptz not null,
    primary key (tenant_id, hash)
);
        """
    )
    for table in TABLES:
        protect(table)


def downgrade() -> None:
    """Drop them."""
    for table in reversed(TABLES):
        op.execute(f"drop table {table}")
