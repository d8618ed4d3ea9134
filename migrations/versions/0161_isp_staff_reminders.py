"""What our own people said they would do by a time, and how often they were reminded of it."""

from __future__ import annotations

from alembic import op

from migrations.protect import OWN, protect

revision = "0161"
down_revision = "0140"


def upgrade() -> None:
    """Create the table, protected."""
    op.execute(
        f"""
create table isp_staff_reminders (
    tenant_id uuid not null default {OWN} references tenants (id) on delete cascade,
    id uuid not null default gen_random_uuid(),
    number text not null,
    text text not null,
    at timestamptz not null,
    owner text not null,                            -- e-mail address, or id where there is none
    owner_name text not null,
    made_at timestamptz not null, made_by text not null,
    status text not null default 'open' check (status in ('open', 'done', 'cancelled')),
    customer text, customer_name text, ticket text, -- in whichever systems keep customers and tickets
    region text, site text, partner text,
    turn int not null default 0,
    nags int not null default 0,
    next_at timestamptz,                            -- when to remind of it next; null: not again
    escalated_at timestamptz,
    ended_at timestamptz, ended_by text not null default '',
    primary key (tenant_id, id),
    unique (tenant_id, number)
);
create index isp_staff_reminders_next on isp_staff_reminders (tenant_id, next_at) where status = 'open';
create index isp_staff_reminders_owner on isp_staff_reminders (tenant_id, owner, status, at);
create index isp_staff_reminders_at on isp_staff_reminders (tenant_id, status, at);
create index isp_staff_reminders_customer on isp_staff_reminders (tenant_id, customer) where customer is not null;
create index isp_staff_reminders_ticket on isp_staff_reminders (tenant_id, ticket) where ticket is not null;
        """
    )
    protect("isp_staff_reminders")


def downgrade() -> None:
    """Drop it."""
    op.execute("drop table isp_staff_reminders")
