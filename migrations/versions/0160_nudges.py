"""What the bot says to people by itself: each word once, wherever they are met first."""

from __future__ import annotations

from alembic import op

from migrations.protect import OWN, protect

revision = "0160"
down_revision = "0138"


def upgrade() -> None:
    """Create the table, protected."""
    op.execute(
        f"""
create table nudges (
    tenant_id uuid not null default {OWN} references tenants (id) on delete cascade,
    id uuid not null default gen_random_uuid(),
    user_id uuid not null,
    key text not null,                              -- the same thing is said to a person once
    reply jsonb not null,
    made_at timestamptz not null default now(),
    told_at timestamptz,
    told_on text not null default '',               -- the surface
    primary key (tenant_id, id),
    unique (tenant_id, user_id, key),
    foreign key (tenant_id, user_id) references users (tenant_id, id) on delete cascade
);
create index nudges_waiting on nudges (tenant_id, user_id, made_at) where told_at is null;
        """
    )
    protect("nudges")


def downgrade() -> None:
    """Drop it."""
    op.execute("drop table nudges")
