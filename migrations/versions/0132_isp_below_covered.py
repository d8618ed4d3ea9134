"""Indexes that hold all that "who is hit" counts, so that it need not visit a row for each subscriber."""

from __future__ import annotations

from alembic import op

revision = "0132"
down_revision = "0137"


def upgrade() -> None:
    """Create them."""
    op.execute(
        """
create index isp_services_below on isp_services (tenant_id, port_id)
    include (id, number, customer_id, plan_code) where status = 'active';
create index isp_customers_hit on isp_customers (tenant_id, id)
    include (tier, kind, name, road, region, site, partner);
create index isp_sessions_live_of_nas on isp_sessions (tenant_id, nas) include (service_id) where ended_at is null;
drop index isp_sessions_live_nas;
        """
    )


def downgrade() -> None:
    """Drop them."""
    op.execute(
        "create index isp_sessions_live_nas on isp_sessions (tenant_id, nas) where ended_at is null; "
        "drop index isp_sessions_live_of_nas; drop index isp_customers_hit; drop index isp_services_below"
    )
