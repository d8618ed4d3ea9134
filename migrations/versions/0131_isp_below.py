"""What "who is hit" counts, ready to be read: the road of a customer, and the sessions that are up by service."""

from __future__ import annotations

from alembic import op

revision = "0131"
down_revision = "0133"


def upgrade() -> None:
    """Add the road, which is the street without its number, and the index."""
    op.execute(
        r"""
alter table isp_customers add column road text generated always as (
    btrim(regexp_replace(street, '^[0-9]+[a-zA-Z]? +| +[0-9]+[a-zA-Z]?$', ''))) stored;
create index isp_sessions_live on isp_sessions (tenant_id, service_id) where ended_at is null;
        """
    )


def downgrade() -> None:
    """Drop them."""
    op.execute("drop index isp_sessions_live; alter table isp_customers drop column road")
