"""Who holds which role where, until when and why; and the chat accounts and codes that lead to a person."""

from __future__ import annotations

from alembic import op

from migrations.protect import OWN, protect

revision = "0021"
down_revision = "0002"

TABLES = ("grants", "links", "link_codes", "link_attempts")


def upgrade() -> None:
    """Create the tables, each protected."""
    op.execute(
        f"""
create table grants (
    tenant_id uuid not null default {OWN},
    id uuid not null default gen_random_uuid(),
    user_id uuid not null,
    role text not null,
    regions text[], sites text[], partners text[],  -- the row scope; null: any
    reason text not null default '',
    break_glass boolean not null default false,
    granted_by text not null,                       -- a user's id, or what granted it ("demo", "import")
    granted_at timestamptz not null default now(),
    expires_at timestamptz,
    revoked_at timestamptz, revoked_by text,
    effect_key text,                                -- so that one call grants once
    primary key (tenant_id, id),
    unique (tenant_id, effect_key),
    foreign key (tenant_id, user_id) references users (tenant_id, id) on delete cascade,
    foreign key (tenant_id, role) references roles (tenant_id, name) on delete cascade,
    check (not break_glass or (expires_at is not null and reason <> ''))
);
create index grants_user on grants (tenant_id, user_id) where revoked_at is null;
create table links (
    tenant_id uuid not null default {OWN},
    surface text not null,                          -- slack, web, terminal
    external_id text not null,                      -- e.g. T123:U456
    user_id uuid not null,
    how text not null check (how in ('email', 'code', 'grant')),
    linked_by text not null,
    linked_at timestamptz not null default now(),
    primary key (tenant_id, surface, external_id),
    foreign key (tenant_id, user_id) references users (tenant_id, id) on delete cascade
);
create index links_user on links (tenant_id, user_id);
create table link_codes (
    tenant_id uuid not null default {OWN},
    hash bytea not null,                            -- scrypt: a stolen table opens nothing
    user_id uuid not null,
    issued_by text not null,
    issued_at timestamptz not null,
    expires_at timestamptz not null,
    used_at timestamptz,
    primary key (tenant_id, hash),
    foreign key (tenant_id, user_id) references users (tenant_id, id) on delete cascade
);
create table link_attempts (
    tenant_id uuid not null default {OWN} references tenants (id) on delete cascade,
    surface text not null,
    external_id text not null,
    at timestamptz not null
);
create index link_attempts_at on link_attempts (tenant_id, at);
        """
    )
    for table in TABLES:
        protect(table)


def downgrade() -> None:
    """Drop them, last first."""
    for table in reversed(TABLES):
        op.execute(f"drop table {table}")
