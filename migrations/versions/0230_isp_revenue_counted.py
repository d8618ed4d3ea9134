"""Indexes from which a month's revenue is counted: lines by plan and area, and who lives in which area.

Each is built under a lock of its table: writers wait, a second or so for every 400,000 customers.
"""

from __future__ import annotations

from alembic import op

revision = "0230"
down_revision = "0250"


def upgrade() -> None:
    """Create them. Of equal keys one entry stands for many rows, so the one of lines is a hundredth of them."""
    op.execute(
        """
create index isp_customers_area on isp_customers (tenant_id, region, site, partner) include (id);
create index isp_below_sold on isp_below (tenant_id, region, site, partner, plan_code) where active and alone;
create index isp_below_shared on isp_below (tenant_id, customer_id) include (region, site, partner, plan_code)
    where active and not alone;
        """
    )


def downgrade() -> None:
    """Drop them."""
    op.execute("drop index isp_below_shared; drop index isp_below_sold; drop index isp_customers_area")
