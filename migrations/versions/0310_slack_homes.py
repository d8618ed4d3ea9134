"""Who looked at the Home tab in Slack lately, and whether what it shows has to be drawn anew."""

from __future__ import annotations

from alembic import op

from migrations.protect import OWN, protect

revision = "0310"
down_revision = "0370"


def upgrade() -> None:
    """Create it; who never opened the tab has no row."""
    op.execute(
        f"""
create table slack_homes (
    tenant_id uuid not null default {OWN} references tenants (id) on delete cascade,
    team_id text not null check (team_id ~ '^[TE][A-Z0-9]{{1,40}}$'),
    user_id text not null check (user_id ~ '^[UW][A-Z0-9]{{1,40}}$'),
    opened_at timestamptz not null default now(),
    wanted bigint not null default 1,       -- how often something changed
    looked bigint not null default 0,       -- up to which change its person looked, and not only something changed
    due_at timestamptz default now(),       -- null: what is shown is what there is
    shown_at timestamptz,
    failures integer not null default 0,
    fence bigint not null default 0,
    lease_until timestamptz,
    hash text not null default '',          -- of the view as Slack has it
    digest text not null default '',        -- of what it says
    calls text[] not null default '{{}}',   -- the waiting calls it shows
    primary key (tenant_id, team_id, user_id)
);
create index slack_homes_due on slack_homes (tenant_id, due_at) where due_at is not null;
        """
    )
    protect("slack_homes")


def downgrade() -> None:
    """Drop it."""
    op.execute("drop table slack_homes")
