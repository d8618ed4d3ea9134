"""Subscribers, their notes, plans and services in the local connector.

The `*_key` columns hold what people look for in one form (lower case, digits reversed so that a
phone number is found by its end). They are columns and not expression indexes because under
row-level security PostgreSQL uses an index only for conditions it knows to be leakproof:
`lower(email) = …`, `like` and trigram operators are not, plain equality and ranges of text are.
"""

from __future__ import annotations

from alembic import op

from migrations.protect import protect

revision = "0101"
down_revision = "0081"

TABLES = (
    "isp_effects",
    "isp_counters",
    "isp_customers",
    "isp_notes",
    "isp_plans",
    "isp_services",
)


def upgrade() -> None:
    """Create the tables, each protected."""
    op.execute(
        """

create table isp_effects (
    tenant_id uuid not null references tenants (id) on delete cascade,
    key text not null,
    at timestamptz not null default now(),
    result jsonb not null default '{}',
    primary key (tenant_id, key)
);
create table isp_counters (
    tenant_id uuid not null references tenants (id) on delete cascade,
    name text not null,                         -- e.g. ticket
    value bigint not null,
    primary key (tenant_id, name)
);
create table isp_customers (
    tenant_id uuid not null references tenants (id) on delete cascade,
    id uuid not null default gen_random_uuid(),
    number text not null,                       -- account number, what people type
    kind text not null default 'individual' check (kind in ('individual', 'business')),
    name text not null,                         -- display name: person or company
    contact text,                               -- contact person of a business
    email text,
    phone text,                                 -- E.164
    alt_phone text,
    street text, city text, postcode text,
    region text, site text, partner text,       -- row scope
    status text not null default 'active'
        check (status in ('prospect', 'active', 'suspended', 'churned')),
    tier text not null default 'standard' check (tier in ('standard', 'premium', 'critical')),
    language text not null default 'en',
    since date,
    churned_on date,
    tags text[] not null default '{}',
    created_at timestamptz not null default now(),
    email_key text collate "C" generated always as (lower(email)) stored,
    phone_key text collate "C" generated always as (reverse(regexp_replace(phone, '\\D', '', 'g'))) stored,
    alt_phone_key text collate "C" generated always as (reverse(regexp_replace(alt_phone, '\\D', '', 'g'))) stored,
    primary key (tenant_id, id),
    unique (tenant_id, number)
);
create index isp_customers_email on isp_customers (tenant_id, email_key);
create index isp_customers_phone on isp_customers (tenant_id, phone_key);
create index isp_customers_alt_phone on isp_customers (tenant_id, alt_phone_key);
create index isp_customers_site on isp_customers (tenant_id, site);
create table isp_notes (
    tenant_id uuid not null,
    id uuid not null default gen_random_uuid(),
    customer_id uuid not null,
    at timestamptz not null default now(),
    by text not null,
    body text not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, customer_id) references isp_customers (tenant_id, id) on delete cascade
);
create index isp_notes_customer on isp_notes (tenant_id, customer_id, at desc);
create table isp_plans (
    tenant_id uuid not null references tenants (id) on delete cascade,
    code text not null,
    name text not null,
    kind text not null check (kind in ('fiber', 'wireless')),
    down_kbps int not null, up_kbps int not null,
    price_minor bigint not null, currency text not null,
    active boolean not null default true,
    primary key (tenant_id, code)
);
create table isp_services (
    tenant_id uuid not null,
    id uuid not null default gen_random_uuid(),
    number text not null,                       -- e.g. SVC-100234-1
    customer_id uuid not null,
    plan_code text not null,
    kind text not null check (kind in ('fiber', 'wireless')),
    status text not null default 'active'
        check (status in ('pending', 'active', 'suspended', 'terminated')),
    username text,                              -- PPPoE
    ipv4 inet, ipv6_prefix cidr, vlan int,
    cpe_mac macaddr, ont_serial text,
    port_id uuid,                               -- PON or sector it hangs on
    activated_on date, suspended_at timestamptz, suspend_reason text, terminated_on date,
    username_key text collate "C" generated always as (lower(username)) stored,
    ont_key text collate "C" generated always as (regexp_replace(upper(ont_serial), '[^A-Z0-9]', '', 'g')) stored,
    primary key (tenant_id, id),
    unique (tenant_id, number),
    foreign key (tenant_id, customer_id) references isp_customers (tenant_id, id) on delete cascade,
    foreign key (tenant_id, plan_code) references isp_plans (tenant_id, code)
);
create index isp_services_customer on isp_services (tenant_id, customer_id);
create index isp_services_username on isp_services (tenant_id, username_key);
create index isp_services_ipv4 on isp_services (tenant_id, ipv4);
create index isp_services_ipv6 on isp_services (tenant_id, ipv6_prefix);
create index isp_services_mac on isp_services (tenant_id, cpe_mac);
create index isp_services_ont on isp_services (tenant_id, ont_key);
create index isp_services_port on isp_services (tenant_id, port_id);
        """
    )
    for table in TABLES:
        protect(table)


def downgrade() -> None:
    """Drop them, last first."""
    for table in reversed(TABLES):
        op.execute(f"drop table {table}")
