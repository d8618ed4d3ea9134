"""What runs by the wall clock, which slots were taken, and the beats every process shares."""

from __future__ import annotations

from alembic import op

from migrations.protect import OWN, protect

revision = "0071"
down_revision = "0007"

TABLES = ("schedules", "schedule_runs")


def upgrade() -> None:
    """Create the tables; beats belong to no tenant and hold nothing but a name and a number."""
    op.execute(
        f"""
create table schedules (
    tenant_id uuid not null default {OWN} references tenants (id) on delete cascade,
    name text not null check (name <> ''),
    kind text not null,                         -- of the job each slot queues
    cron text not null,
    timezone text not null,
    payload jsonb not null default '{{}}',
    missed text not null default 'newest' check (missed in ('newest', 'all', 'skip')),
    enabled boolean not null default true,
    since timestamptz not null default now(),   -- slots before it are nobody's: when it was made or changed
    primary key (tenant_id, name)
);
create table schedule_runs (
    tenant_id uuid not null default {OWN},
    schedule text not null,
    slot text not null,                         -- the wall clock's words: 2026-10-25T02:30 Europe/Berlin
    due timestamptz not null,
    claimed_at timestamptz not null default now(),
    primary key (tenant_id, schedule, slot),
    foreign key (tenant_id, schedule) references schedules (tenant_id, name) on delete cascade
);
create index schedule_runs_due on schedule_runs (tenant_id, schedule, due desc);
create table beats (
    name text primary key,
    slot bigint not null
);
        """
    )
    for table in TABLES:
        protect(table)


def downgrade() -> None:
    """Drop them, last first."""
    for table in ("beats", *reversed(TABLES)):
        op.execute(f"drop table {table}")
