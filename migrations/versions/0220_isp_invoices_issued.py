"""An index that holds what a month's invoices add up to: they lie scattered over the table, by customer."""

from __future__ import annotations

from alembic import op

revision = "0220"
down_revision = "0211"


def upgrade() -> None:
    """Create it."""
    op.execute(
        "create index isp_invoices_issued on isp_invoices (tenant_id, issued_on) "
        "include (customer_id, total_minor, currency) where status <> 'void' and status <> 'draft'"
    )


def downgrade() -> None:
    """Drop it."""
    op.execute("drop index isp_invoices_issued")
