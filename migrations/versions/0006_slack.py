"""Slack workspaces, what arrived from them, what goes out to them, and how fast."""

from __future__ import annotations

from alembic import op

from migrations.protect import OWN, protect, protect_directory

revision = "0006"
down_revision = "0005"

TABLES = ("slack_inbox", "slack_outbox", "slack_paces")


def upgrade() -> None:
    """Create the tables; which tenant a workspace belongs to may be read before a tenant is known."""
    op.execute(
        f"""
create table slack_teams (
    tenant_id uuid not null default {OWN} references tenants (id) on delete cascade,
    team_id text not null primary key check (team_id ~ '^[TE][A-Z0-9]{{1,40}}$'),
    name text not null default '',
    bot_token text not null,                    -- sealed: "tenant|slack_teams|bot_token|team"
    bot_user_id text not null,
    bot_id text not null default '',
    installed_at timestamptz not null default now(),
    removed_at timestamptz                      -- uninstalled or its token revoked
);
create index slack_teams_tenant on slack_teams (tenant_id);
create table slack_inbox (
    tenant_id uuid not null default {OWN} references tenants (id) on delete cascade,
    id uuid not null default gen_random_uuid(),
    event_key text not null,                    -- Slack's event_id
    message_key text,                           -- team:channel:ts; app_mention and message are one mention
    lane text not null,                         -- team:channel:thread; worked by one at a time, in order
    team_id text not null,
    payload jsonb not null,
    said_at text not null,                      -- Slack's ts: fixed width, sorts as text
    state text not null default 'new' check (state in ('new', 'working', 'done', 'dead')),
    attempts int not null default 0,            -- also the fence: whoever took it last may finish it
    lease_until timestamptz,
    received_at timestamptz not null default now(),
    done_at timestamptz,
    error text not null default '',
    primary key (tenant_id, id),
    unique (tenant_id, event_key),
    unique (tenant_id, message_key)
);
create index slack_inbox_lane on slack_inbox (tenant_id, lane, said_at) where state in ('new', 'working');
create index slack_inbox_done on slack_inbox (tenant_id, done_at) where state in ('done', 'dead');
create table slack_outbox (
    tenant_id uuid not null default {OWN} references tenants (id) on delete cascade,
    id uuid not null default gen_random_uuid(),
    seq bigint generated always as identity,
    inbox_id uuid,                              -- what it answers
    lane text not null,
    team_id text not null,
    channel text not null,
    thread_ts text,
    payload jsonb not null,                     -- text and blocks
    state text not null default 'queued'
        check (state in ('queued', 'sending', 'uncertain', 'sent', 'dead')),
    attempts int not null default 0,
    fence int not null default 0,               -- whoever took it last may say what became of it
    not_before timestamptz not null default now(),
    has_turn boolean not null default false,    -- not_before is its turn in the channel's pace
    lease_until timestamptz,
    created_at timestamptz not null default now(),
    sent_at timestamptz,
    ts text,                                    -- Slack's name of the posted message
    error text not null default '',
    primary key (tenant_id, id)
);
create index slack_outbox_lane on slack_outbox (tenant_id, lane, seq)
    where state in ('queued', 'sending', 'uncertain');
create index slack_outbox_sent on slack_outbox (tenant_id, sent_at) where state = 'sent';
create index slack_outbox_dead on slack_outbox (tenant_id, created_at) where state = 'dead';
create table slack_paces (
    tenant_id uuid not null default {OWN} references tenants (id) on delete cascade,
    team_id text not null,
    what text not null,                         -- a method, or post:<channel>
    free_at timestamptz not null,
    primary key (tenant_id, team_id, what)
);
        """
    )
    protect_directory("slack_teams")
    for table in TABLES:
        protect(table)


def downgrade() -> None:
    """Drop them."""
    for table in (*TABLES, "slack_teams"):
        op.execute(f"drop table {table}")
