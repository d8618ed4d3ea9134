"""What a call was first given, as a hash: the same key with something else is another call."""

from __future__ import annotations

from alembic import op

revision = "0119a"
down_revision = "0122"


def upgrade() -> None:
    """Add the hash; empty for calls whose words may be read a little differently the second time."""
    op.execute("alter table calls add column given text not null default ''")


def downgrade() -> None:
    """Take it away."""
    op.execute("alter table calls drop column given")
