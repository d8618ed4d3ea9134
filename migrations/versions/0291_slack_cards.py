"""Which call a message in Slack is the card of, so that it can be brought up to date."""

from __future__ import annotations

from alembic import op

revision = "0291"
down_revision = "0300"


def upgrade() -> None:
    """Add the call; most letters are no cards."""
    op.execute("alter table slack_outbox add column card uuid")
    op.execute("create index slack_outbox_card on slack_outbox (tenant_id, card) where card is not null")


def downgrade() -> None:
    """Drop it; the index goes with it."""
    op.execute("alter table slack_outbox drop column card")
