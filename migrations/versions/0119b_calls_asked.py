"""The calls of the last days by when they were asked for: to try an approval policy on them."""

from __future__ import annotations

from alembic import op

revision = "0119b"
down_revision = "0124"


def upgrade() -> None:
    """Add the index."""
    op.execute("create index calls_asked on calls (tenant_id, asked_at)")


def downgrade() -> None:
    """Drop it."""
    op.execute("drop index calls_asked")
