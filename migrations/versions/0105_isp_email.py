"""E-mails sent to subscribers, and the templates, in the local connector."""

from __future__ import annotations

from alembic import op

from migrations.protect import protect

revision = "0105"
down_revision = "0104"

TABLES = ("isp_emails", "isp_email_templates")


def upgrade() -> None:
    """Create the tables, each protected."""
    op.execute(
        """

create table isp_emails (
    tenant_id uuid not null references tenants (id) on delete cascade,
    id uuid not null default gen_random_uuid(),
    customer_id uuid,
    to_address text not null, subject text not null, body text not null,
    template text,
    status text not null default 'queued' check (status in ('queued', 'sent', 'bounced', 'cancelled')),
    at timestamptz not null default now(),
    by text not null,
    primary key (tenant_id, id)
);
create index isp_emails_customer on isp_emails (tenant_id, customer_id, at desc);
create table isp_email_templates (
    tenant_id uuid not null references tenants (id) on delete cascade,
    name text not null,
    subject text not null, body text not null,
    primary key (tenant_id, name)
);
        """
    )
    for table in TABLES:
        protect(table)


def downgrade() -> None:
    """Drop them, last first."""
    for table in reversed(TABLES):
        op.execute(f"drop table {table}")
