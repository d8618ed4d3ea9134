"""Find what a card in Slack was last changed to."""

from __future__ import annotations

from alembic import op

revision = "0341"
down_revision = "0310"


def upgrade() -> None:
    """Index the changes by what they change; most letters change nothing."""
    op.execute(
        "create index slack_outbox_changes on slack_outbox (tenant_id, of_letter, seq)"
        " where of_letter is not null"
    )


def downgrade() -> None:
    """Drop it."""
    op.execute("drop index slack_outbox_changes")
