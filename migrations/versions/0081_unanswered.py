"""What was not understood, so that admins see which words are missing."""

from __future__ import annotations

from alembic import op

from migrations.protect import OWN, protect

revision = "0081"
down_revision = "0008"


def upgrade() -> None:
    """Create the table, protected."""
    op.execute(
        f"""
create table unanswered (
    tenant_id uuid not null default {OWN} references tenants (id) on delete cascade,
    words text not null,                        -- without the names and numbers in it
    asked bigint not null default 1,
    first_at timestamptz not null default now(),
    last_at timestamptz not null default now(),
    primary key (tenant_id, words)
);
        """
    )
    protect("unanswered")


def downgrade() -> None:
    """Drop it."""
    op.execute("drop table unanswered")
