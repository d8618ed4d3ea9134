"""Who said yes or no to a call; nobody counts twice."""

from __future__ import annotations

from alembic import op

from migrations.protect import OWN, protect

revision = "0041"
down_revision = "0004"


def upgrade() -> None:
    """Create the table, protected."""
    op.execute(
        f"""
create table decisions (
    tenant_id uuid not null default {OWN},
    call_id uuid not null,
    user_id text not null,
    name text not null,
    yes boolean not null,
    reason text not null default '',
    at timestamptz not null,
    primary key (tenant_id, call_id, user_id),
    foreign key (tenant_id, call_id) references calls (tenant_id, id) on delete cascade
);
        """
    )
    protect("decisions")


def downgrade() -> None:
    """Drop it."""
    op.execute("drop table decisions")
