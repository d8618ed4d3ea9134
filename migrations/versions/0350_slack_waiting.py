"""What waited through no fault of its own, what broke, and when a channel's kind was last made sure of."""

from __future__ import annotations

from alembic import op

revision = "0350"
down_revision = "0330"


def upgrade() -> None:
    """Count own faults apart from tries that only met an outage."""
    op.execute(
        """
alter table slack_inbox
    add column waited int not null default 0;   -- tries that ended through no fault of its own
alter table slack_outbox
    add column faults int not null default 0,   -- by what broke while it was sent; see bot/slack/patience.py
    add column tried_since timestamptz not null default now();
alter table channels
    add column checked_at timestamptz;          -- Slack said then what kind it is
        """
    )


def downgrade() -> None:
    """Drop the counts."""
    op.execute("alter table slack_inbox drop column waited")
    op.execute("alter table slack_outbox drop column faults, drop column tried_since")
    op.execute("alter table channels drop column checked_at")
