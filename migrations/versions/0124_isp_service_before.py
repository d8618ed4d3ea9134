"""How a service was before it ended, so that taking the end back brings exactly that again."""

from __future__ import annotations

from alembic import op

revision = "0124"
down_revision = "0123"


def upgrade() -> None:
    """Add the column."""
    op.execute("alter table isp_services add column status_before text")


def downgrade() -> None:
    """Drop the column."""
    op.execute("alter table isp_services drop column status_before")
