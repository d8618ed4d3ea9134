"""Messages in Slack that grow while an answer is worked out, and who asked to stop it."""

from __future__ import annotations

from alembic import op

from migrations.protect import OWN, protect

revision = "0330"
down_revision = "0291"

KINDS = "'post', 'update', 'ephemeral', 'respond', 'upload', 'reaction'"


def upgrade() -> None:
    """Create the table and the two kinds of letters that end what it tells of."""
    op.execute(
        f"""
create table slack_streams (
    tenant_id uuid not null default {OWN} references tenants (id) on delete cascade,
    id uuid not null default gen_random_uuid(),
    inbox_id uuid not null,                     -- what it answers
    channel text not null,
    thread_ts text not null,
    state text not null default 'working' check (state in ('working', 'opening', 'live', 'ended')),
    ts text,                                    -- Slack's name of the message, while live
    seq bigint generated always as identity,
    opened_at timestamptz not null default now(),
    primary key (tenant_id, id),
    foreign key (tenant_id, inbox_id) references slack_inbox (tenant_id, id) on delete cascade
);
create index slack_streams_inbox on slack_streams (tenant_id, inbox_id);
alter table slack_inbox add column stopped boolean not null default false;  -- the person wants no answer
alter table slack_outbox drop constraint slack_outbox_kind_check,
    add constraint slack_outbox_kind_check check (kind in ({KINDS}, 'stream', 'status'));
        """
    )
    protect("slack_streams")


def downgrade() -> None:
    """Drop it; an answer that was to end a stream is posted instead."""
    op.execute(
        f"""
alter table slack_outbox no force row level security;
update slack_outbox set kind = 'post', target = null where kind = 'stream';
delete from slack_outbox where kind = 'status';
alter table slack_outbox force row level security;
alter table slack_outbox drop constraint slack_outbox_kind_check,
    add constraint slack_outbox_kind_check check (kind in ({KINDS}));
alter table slack_inbox drop column stopped;
drop table slack_streams;
        """
    )
