"""What conversations are about, so that "her tickets" and "yes" survive a restart."""

from __future__ import annotations

from alembic import op

from migrations.protect import OWN, protect

revision = "0008"
down_revision = "0072"


def upgrade() -> None:
    """Create the table, protected, with the index of old ones."""
    op.execute(
        f"""
create table threads (
    tenant_id uuid not null default {OWN} references tenants (id) on delete cascade,
    surface text not null,
    thread text not null,
    user_id text not null,                      -- empty: what all people in the thread share
    state jsonb not null,
    updated_at timestamptz not null default now(),
    primary key (tenant_id, surface, thread, user_id)
);
create index threads_updated on threads (tenant_id, updated_at);
        """
    )
    protect("threads")


def downgrade() -> None:
    """Drop it."""
    op.execute("drop table threads")
