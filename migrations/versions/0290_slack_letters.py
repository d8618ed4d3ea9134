"""Letters to Slack of several kinds: posts, changes of a message, words to one person, files, reactions."""

from __future__ import annotations

from alembic import op

revision = "0290"
down_revision = "0281"


def upgrade() -> None:
    """Add what the kinds need; every letter so far is a post."""
    op.execute(
        """
alter table slack_outbox
    add column kind text not null default 'post' constraint slack_outbox_kind_check
        check (kind in ('post', 'update', 'ephemeral', 'respond', 'upload', 'reaction')),
    add column target text,                     -- ts of the message it changes, or the response_url
    add column of_letter uuid,                  -- it changes what that letter became
    add column user_id text,                    -- Slack's id of the only one who shall read it
    add column content bytea,                   -- of an upload
    add column file_id text;                    -- Slack's id of the file, once its bytes are there
alter table slack_outbox alter column content set storage external;
create index slack_outbox_updates on slack_outbox (tenant_id, channel)
    where kind = 'update' and state in ('queued', 'uncertain');
        """
    )


def downgrade() -> None:
    """Only posts stay: the rest would be posted as what it is not."""
    op.execute(
        """
alter table slack_outbox no force row level security;
delete from slack_outbox where kind <> 'post';
alter table slack_outbox force row level security;
drop index slack_outbox_updates;
alter table slack_outbox drop constraint slack_outbox_kind_check, drop column kind, drop column target,
    drop column of_letter, drop column user_id, drop column content, drop column file_id;
        """
    )
