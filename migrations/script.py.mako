"""${message}."""

from __future__ import annotations

from alembic import op

from migrations.protect import protect

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade() -> None:
    """Create."""
    ${upgrades if upgrades else "op.execute('')"}


def downgrade() -> None:
    """Drop."""
    ${downgrades if downgrades else "op.execute('')"}
