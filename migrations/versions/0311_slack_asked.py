"""What a person asked in Slack lately is found without reading what everybody did."""

from __future__ import annotations

from alembic import op

revision = "0311"
down_revision = "0341"


def upgrade() -> None:
    """Index arrivals by who did it."""
    op.execute(
        "create index slack_inbox_user on slack_inbox (tenant_id, team_id, (payload->>'user'), received_at)"
    )


def downgrade() -> None:
    """Drop it."""
    op.execute("drop index slack_inbox_user")
