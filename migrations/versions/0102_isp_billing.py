"""Invoices, payments and credit notes in the local connector; money is minor units."""

from __future__ import annotations

from alembic import op

from migrations.protect import protect

revision = "0102"
down_revision = "0101"

TABLES = ("isp_invoices", "isp_payments", "isp_credit_notes")


def upgrade() -> None:
    """Create the tables, each protected."""
    op.execute(
        """

create table isp_invoices (
    tenant_id uuid not null,
    id uuid not null default gen_random_uuid(),
    number text not null,                       -- e.g. INV-2026-004711
    customer_id uuid not null,
    issued_on date not null, due_on date not null,
    total_minor bigint not null, paid_minor bigint not null default 0, currency text not null,
    status text not null default 'open' check (status in ('draft', 'open', 'paid', 'void')),
    lines jsonb not null default '[]',          -- [{"text", "minor"}]
    primary key (tenant_id, id),
    unique (tenant_id, number),
    foreign key (tenant_id, customer_id) references isp_customers (tenant_id, id) on delete cascade
);
create index isp_invoices_customer on isp_invoices (tenant_id, customer_id, issued_on desc);
create index isp_invoices_unpaid on isp_invoices (tenant_id, due_on) where status = 'open';
create table isp_payments (
    tenant_id uuid not null,
    id uuid not null default gen_random_uuid(),
    number text not null,                       -- e.g. PAY-000123
    customer_id uuid not null,
    invoice_id uuid,
    at timestamptz not null,
    amount_minor bigint not null, currency text not null,
    method text not null
        check (method in ('card', 'bank_transfer', 'mobile_money', 'cash', 'direct_debit')),
    provider text,                              -- who carried it, e.g. the card processor
    status text not null check (status in ('succeeded', 'failed', 'pending', 'refunded')),
    failure text,                               -- e.g. insufficient_funds, provider_timeout
    reference text,
    primary key (tenant_id, id),
    unique (tenant_id, number),
    foreign key (tenant_id, customer_id) references isp_customers (tenant_id, id) on delete cascade
);
create index isp_payments_customer on isp_payments (tenant_id, customer_id, at desc);
create index isp_payments_at on isp_payments (tenant_id, at);
create table isp_credit_notes (
    tenant_id uuid not null,
    id uuid not null default gen_random_uuid(),
    number text not null,                       -- e.g. CN-000012
    customer_id uuid not null,
    invoice_id uuid,
    at timestamptz not null default now(),
    amount_minor bigint not null, currency text not null,
    reason text not null, by text not null,
    primary key (tenant_id, id),
    unique (tenant_id, number),
    foreign key (tenant_id, customer_id) references isp_customers (tenant_id, id) on delete cascade
);
create index isp_credit_notes_customer on isp_credit_notes (tenant_id, customer_id, at desc);
        """
    )
    for table in TABLES:
        protect(table)


def downgrade() -> None:
    """Drop them, last first."""
    for table in reversed(TABLES):
        op.execute(f"drop table {table}")
