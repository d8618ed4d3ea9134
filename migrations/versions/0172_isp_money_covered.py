"""Indexes that hold what questions about everybody's money add up, so that no row is visited for it."""

from __future__ import annotations

from alembic import op

revision = "0172"
down_revision = "0162"


def upgrade() -> None:
    """Let the two indexes carry the amounts; the third finds services about to change or end."""
    op.execute(
        """
drop index isp_invoices_unpaid;
create index isp_invoices_unpaid on isp_invoices (tenant_id, due_on)
    include (customer_id, total_minor, paid_minor, currency) where status = 'open';
drop index isp_payments_at;
create index isp_payments_at on isp_payments (tenant_id, at)
    include (customer_id, amount_minor, currency, status);
create index isp_services_changing on isp_services (tenant_id, customer_id)
    where status = 'active' and (next_plan_on is not null or terminated_on is not null);
        """
    )


def downgrade() -> None:
    """Take the amounts out again."""
    op.execute(
        """
drop index isp_services_changing;
drop index isp_payments_at;
create index isp_payments_at on isp_payments (tenant_id, at);
drop index isp_invoices_unpaid;
create index isp_invoices_unpaid on isp_invoices (tenant_id, due_on) where status = 'open';
        """
    )
