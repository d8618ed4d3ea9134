"""Whom the bot answers without a mention: in which threads, and in which channels at all."""

from __future__ import annotations

from alembic import op

from migrations.protect import OWN, protect

revision = "0360"
down_revision = "0311"


def upgrade() -> None:
    """Create both; what was asked before has to be asked with a mention once more."""
    op.execute(
        f"""
create table slack_follows (                    -- who mentioned the bot in which thread
    tenant_id uuid not null default {OWN} references tenants (id) on delete cascade,
    team_id text not null,
    channel text not null,
    thread text not null,
    account text not null,                      -- Slack's id of the person
    engaged boolean not null,                   -- nobody else spoke since the bot answered them
    alone boolean not null,                     -- nobody else ever spoke in the thread
    quiet boolean not null default false,       -- was told to be quiet there
    seen_at timestamptz not null default now(),
    primary key (tenant_id, team_id, channel, thread, account)
);
create index slack_follows_old on slack_follows (tenant_id, seen_at);
create table slack_follow_rules (               -- who is answered without a mention
    tenant_id uuid not null default {OWN} references tenants (id) on delete cascade,
    channel text not null,                      -- '*': in channels without a rule of their own
    who text not null check (who in ('nobody', 'asker', 'everybody')),
    changed_by text not null,
    changed_at timestamptz not null default now(),
    primary key (tenant_id, channel)
);
        """
    )
    protect("slack_follows")
    protect("slack_follow_rules")


def downgrade() -> None:
    """Drop both."""
    op.execute("drop table slack_follow_rules")
    op.execute("drop table slack_follows")
