"""Technicians' visits to customers."""

from __future__ import annotations

from alembic import op

from migrations.protect import OWN, protect

revision = "0162"
down_revision = "0171"


def upgrade() -> None:
    """Create the table, protected."""
    op.execute(
        f"""
create table isp_visits (
    tenant_id uuid not null default {OWN} references tenants (id) on delete cascade,
    id uuid not null default gen_random_uuid(),
    number text not null,
    customer text not null, customer_name text not null, ticket text,
    address text not null default '', phone text not null default '',
    technician text not null, technician_name text not null,
    starts_at timestamptz not null, ends_at timestamptz not null,
    status text not null default 'planned' check (status in
        ('planned', 'on_the_way', 'on_site', 'done', 'missed', 'cancelled')),
    note text not null default '',
    made_at timestamptz not null, made_by text not null,
    turn int not null default 0,
    told_turn int,                                  -- the turn its technician was told of
    region text, site text, partner text,
    primary key (tenant_id, id),
    unique (tenant_id, number),
    check (ends_at > starts_at)
);
create index isp_visits_starts on isp_visits (tenant_id, starts_at);
create index isp_visits_technician on isp_visits (tenant_id, technician, starts_at);
create index isp_visits_customer on isp_visits (tenant_id, customer, starts_at);
        """
    )
    protect("isp_visits")


def downgrade() -> None:
    """Drop it."""
    op.execute("drop table isp_visits")
