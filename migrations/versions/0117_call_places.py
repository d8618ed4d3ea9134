"""Where a call was asked for: checked again when it runs, and told with it."""

from __future__ import annotations

from alembic import op

revision = "0117"
down_revision = "0116"


def upgrade() -> None:
    """Add the column; calls asked for before know no place."""
    op.execute("alter table calls add column place jsonb not null default '{}'::jsonb")


def downgrade() -> None:
    """Drop it."""
    op.execute("alter table calls drop column place")
