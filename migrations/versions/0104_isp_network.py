"""Sites, devices, ports, ONTs, sessions, measurements, outages in the local connector."""

from __future__ import annotations

from alembic import op

from migrations.protect import protect

revision = "0104"
down_revision = "0103"

TABLES = (
    "isp_sites",
    "isp_devices",
    "isp_ports",
    "isp_onts",
    "isp_sessions",
    "isp_measurements",
    "isp_outages",
    "isp_maintenance",
)


def upgrade() -> None:
    """Create the tables, each protected."""
    op.execute(
        """

create table isp_sites (
    tenant_id uuid not null references tenants (id) on delete cascade,
    code text not null,                         -- e.g. NTH-03
    name text not null,
    region text not null, partner text,
    kind text not null check (kind in ('pop', 'tower')),
    lat double precision, lon double precision,
    primary key (tenant_id, code)
);
create table isp_devices (
    tenant_id uuid not null,
    name text not null,                         -- e.g. olt-nth-03-1
    kind text not null check (kind in ('bng', 'router', 'switch', 'olt', 'ap')),
    vendor text, model text, ip inet,
    site text not null,
    parent text,                                -- device it hangs on
    status text not null default 'up' check (status in ('up', 'down', 'degraded')),
    status_since timestamptz not null default now(),
    seen_at timestamptz not null default now(),
    primary key (tenant_id, name),
    foreign key (tenant_id, site) references isp_sites (tenant_id, code)
);
create index isp_devices_site on isp_devices (tenant_id, site);
create table isp_ports (
    tenant_id uuid not null,
    id uuid not null default gen_random_uuid(),
    device text not null,
    name text not null,                         -- e.g. PON 1/3, sector A
    kind text not null check (kind in ('pon', 'sector', 'ethernet')),
    status text not null default 'up' check (status in ('up', 'down', 'degraded')),
    status_since timestamptz not null default now(),
    capacity int,
    primary key (tenant_id, id),
    unique (tenant_id, device, name),
    foreign key (tenant_id, device) references isp_devices (tenant_id, name) on delete cascade
);
create table isp_onts (
    tenant_id uuid not null references tenants (id) on delete cascade,
    serial text not null,                       -- ONT serial, or CPE serial of a radio
    port_id uuid not null,
    service_id uuid,
    model text,
    status text not null default 'online'
        check (status in ('online', 'offline', 'los', 'dying_gasp')),
    status_since timestamptz not null default now(),
    rx_dbm numeric(5, 2), tx_dbm numeric(5, 2), distance_m int,
    last_down_cause text,
    seen_at timestamptz not null default now(),
    primary key (tenant_id, serial),
    foreign key (tenant_id, port_id) references isp_ports (tenant_id, id) on delete cascade
);
create index isp_onts_port on isp_onts (tenant_id, port_id);
create index isp_onts_service on isp_onts (tenant_id, service_id);
create table isp_sessions (
    tenant_id uuid not null references tenants (id) on delete cascade,
    id uuid not null default gen_random_uuid(),
    service_id uuid not null,
    username text not null,
    ipv4 inet, mac macaddr,
    nas text, nas_port text,
    started_at timestamptz not null,
    updated_at timestamptz not null,
    ended_at timestamptz, terminate_cause text,
    bytes_in bigint not null default 0, bytes_out bigint not null default 0,
    primary key (tenant_id, id)
);
create index isp_sessions_service on isp_sessions (tenant_id, service_id, started_at desc);
create index isp_sessions_live_ip on isp_sessions (tenant_id, ipv4) where ended_at is null;
create index isp_sessions_ended on isp_sessions (tenant_id, nas, ended_at) where ended_at is not null;
create index isp_sessions_live_nas on isp_sessions (tenant_id, nas) where ended_at is null;
create table isp_measurements (
    tenant_id uuid not null references tenants (id) on delete cascade,
    subject text not null,                      -- e.g. ont:SERIAL, port:olt-nth-03-1 PON 1/3, site:NTH-03
    metric text not null,                       -- e.g. rx_dbm, sessions, mbps_in
    at timestamptz not null,
    value real not null,
    primary key (tenant_id, subject, metric, at)
);
create table isp_outages (
    tenant_id uuid not null references tenants (id) on delete cascade,
    number text not null,                       -- e.g. OUT-0042
    title text not null,
    cause text, note text,
    status text not null default 'active' check (status in ('active', 'resolved')),
    site text, device text, port_id uuid,
    started_at timestamptz not null, eta timestamptz, ended_at timestamptz,
    primary key (tenant_id, number)
);
create table isp_maintenance (
    tenant_id uuid not null references tenants (id) on delete cascade,
    number text not null,                       -- e.g. MNT-0007
    title text not null,
    site text, device text, port_id uuid,
    starts_at timestamptz not null, ends_at timestamptz not null,
    status text not null default 'planned' check (status in ('planned', 'active', 'done', 'cancelled')),
    primary key (tenant_id, number)
);
        """
    )
    for table in TABLES:
        protect(table)


def downgrade() -> None:
    """Drop them, last first."""
    for table in reversed(TABLES):
        op.execute(f"drop table {table}")
