"""What is told unasked, at most once: which call and event a letter tells of."""

from __future__ import annotations

from alembic import op

revision = "0061"
down_revision = "0006"


def upgrade() -> None:
    """Add the key; answers have none."""
    op.execute("alter table slack_outbox add column notice_key text")
    op.execute(
        "create unique index slack_outbox_notice on slack_outbox (tenant_id, notice_key)"
        " where notice_key is not null"
    )


def downgrade() -> None:
    """Drop it; the index goes with it."""
    op.execute("alter table slack_outbox drop column notice_key")
