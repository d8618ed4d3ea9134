"""Token buckets: how often a person or a key may do something."""

from __future__ import annotations

from alembic import op

from migrations.protect import OWN, protect

revision = "0072"
down_revision = "0071"


def upgrade() -> None:
    """Create the table, unlogged: after a crash of the server every bucket is full again."""
    op.execute(
        f"""
create unlogged table rates (
    tenant_id uuid not null default {OWN} references tenants (id) on delete cascade,
    key text not null,
    tokens double precision not null,
    full_at timestamptz not null,               -- a bucket past it can be forgotten
    at timestamptz not null default clock_timestamp(),
    primary key (tenant_id, key)
)
        """
    )
    protect("rates")


def downgrade() -> None:
    """Drop it."""
    op.execute("drop table rates")
