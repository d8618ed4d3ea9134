"""The calls of one person, newest first."""

from __future__ import annotations

from alembic import op

revision = "0112"
down_revision = "0119"


def upgrade() -> None:
    """Create the index."""
    op.execute("create index calls_asker on calls (tenant_id, asked_by, asked_at desc)")


def downgrade() -> None:
    """Drop it."""
    op.execute("drop index calls_asker")
