"""Indexes in whose order long lists stand and from which they are counted: invoices, customers, ONTs, lines.

Each is built under a lock of its table: writers wait, some four seconds for every million invoices and less than
one for the others.
"""

from __future__ import annotations

from alembic import op

revision = "0271"
down_revision = "0270"


def upgrade() -> None:
    """Create them; the older two go at the end, for whoever reads invoices waits from there on."""
    op.execute(
        """
create index isp_invoices_listed on isp_invoices (tenant_id, issued_on, number)
    include (customer_id, total_minor, currency, status) where status <> 'draft';
create index isp_invoices_owed on isp_invoices (tenant_id, due_on)
    include (customer_id, total_minor, paid_minor, currency, issued_on) where status = 'open';
create index isp_customers_standing on isp_customers (tenant_id, status, left(name, 200));
create index isp_onts_not_up on isp_onts (tenant_id, port_id) include (service_id, status)
    where status <> 'online';
create index isp_services_of_port on isp_services (tenant_id, port_id) where status = 'active';
drop index isp_invoices_issued;
drop index isp_invoices_unpaid;
alter index isp_invoices_owed rename to isp_invoices_unpaid;
        """
    )


def downgrade() -> None:
    """Put the older ones back."""
    op.execute(
        """
drop index isp_services_of_port;
drop index isp_onts_not_up;
drop index isp_customers_standing;
drop index isp_invoices_unpaid;
create index isp_invoices_unpaid on isp_invoices (tenant_id, due_on)
    include (customer_id, total_minor, paid_minor, currency) where status = 'open';
create index isp_invoices_issued on isp_invoices (tenant_id, issued_on)
    include (customer_id, total_minor, currency) where status <> 'void' and status <> 'draft';
drop index isp_invoices_listed;
        """
    )
