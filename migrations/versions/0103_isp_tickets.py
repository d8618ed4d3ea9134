"""Tickets and their history in the local connector."""

from __future__ import annotations

from alembic import op

from migrations.protect import protect

revision = "0103"
down_revision = "0102"

TABLES = ("isp_tickets", "isp_ticket_events")


def upgrade() -> None:
    """Create the tables, each protected."""
    op.execute(
        """

create table isp_tickets (
    tenant_id uuid not null references tenants (id) on delete cascade,
    id uuid not null default gen_random_uuid(),
    number text not null,                       -- e.g. TCK-10234
    customer_id uuid,
    subject text not null,
    body text not null default '',
    category text not null default 'other'
        check (category in ('no_service', 'slow', 'wifi', 'billing', 'installation', 'equipment', 'other')),
    priority text not null default 'normal' check (priority in ('low', 'normal', 'high', 'urgent')),
    status text not null default 'open'
        check (status in ('open', 'in_progress', 'pending', 'resolved', 'closed')),
    level text not null default 'L1' check (level in ('L1', 'L2', 'L3')),
    assignee text,                              -- e-mail of a staff member
    opened_by text not null,
    opened_at timestamptz not null default now(),
    first_response_due timestamptz, resolve_due timestamptz,
    first_response_at timestamptz, resolved_at timestamptz, closed_at timestamptz,
    resolution text,
    outage_number text,
    region text, site text, partner text,       -- row scope, from the customer
    primary key (tenant_id, id),
    unique (tenant_id, number),
    foreign key (tenant_id, customer_id) references isp_customers (tenant_id, id) on delete set null (customer_id)
);
create index isp_tickets_customer on isp_tickets (tenant_id, customer_id, opened_at desc);
create index isp_tickets_open on isp_tickets (tenant_id, assignee, resolve_due) where status not in ('resolved', 'closed');
create index isp_tickets_opened on isp_tickets (tenant_id, opened_at desc);
create table isp_ticket_events (
    tenant_id uuid not null,
    id uuid not null default gen_random_uuid(),
    ticket_id uuid not null,
    at timestamptz not null default now(),
    by text not null,
    kind text not null check (kind in ('comment', 'status', 'assign', 'priority', 'escalate', 'close')),
    body text not null default '',
    internal boolean not null default true,
    primary key (tenant_id, id),
    foreign key (tenant_id, ticket_id) references isp_tickets (tenant_id, id) on delete cascade
);
create index isp_ticket_events_ticket on isp_ticket_events (tenant_id, ticket_id, at);
        """
    )
    for table in TABLES:
        protect(table)


def downgrade() -> None:
    """Drop them, last first."""
    for table in reversed(TABLES):
        op.execute(f"drop table {table}")
