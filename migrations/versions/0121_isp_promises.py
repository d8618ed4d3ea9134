"""What customers promised to pay by when, in one or several instalments, and how they were reminded."""

from __future__ import annotations

from alembic import op

from migrations.protect import protect

revision = "0121"
down_revision = "0120"

TABLES = ("isp_promises", "isp_instalments", "isp_reminders")
DISPUTE = "alter table isp_invoices add column disputed_at timestamptz, add column dispute text"
PEACE = "alter table isp_invoices drop column disputed_at, drop column dispute"


def upgrade() -> None:
    """Create the tables, each protected; invoices can be disputed."""
    op.execute(
        """

create table isp_promises (
    tenant_id uuid not null,
    id uuid not null default gen_random_uuid(),
    number text not null,                       -- e.g. PTP-1007
    customer_id uuid not null,
    made_at timestamptz not null,
    by text not null,
    note text not null default '',
    currency text not null,
    cancelled_at timestamptz,
    primary key (tenant_id, id),
    unique (tenant_id, number),
    foreign key (tenant_id, customer_id) references isp_customers (tenant_id, id) on delete cascade
);
create index isp_promises_customer on isp_promises (tenant_id, customer_id, made_at desc);
create index isp_promises_made on isp_promises (tenant_id, made_at);
create table isp_instalments (
    tenant_id uuid not null,
    promise_id uuid not null,
    nr int not null,
    due_on date not null,
    amount_minor bigint not null check (amount_minor > 0),
    primary key (tenant_id, promise_id, nr),
    foreign key (tenant_id, promise_id) references isp_promises (tenant_id, id) on delete cascade
);
create table isp_reminders (
    tenant_id uuid not null,
    id uuid not null default gen_random_uuid(),
    customer_id uuid not null,
    at timestamptz not null,
    by text not null,
    channel text not null check (channel in ('email', 'sms', 'phone', 'letter')),
    owed_minor bigint not null, currency text not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, customer_id) references isp_customers (tenant_id, id) on delete cascade
);
create index isp_reminders_customer on isp_reminders (tenant_id, customer_id, at desc);
        """
    )
    for table in TABLES:
        protect(table)
    op.execute(DISPUTE)


def downgrade() -> None:
    """Drop them, last first."""
    op.execute(PEACE)
    for table in reversed(TABLES):
        op.execute(f"drop table {table}")
