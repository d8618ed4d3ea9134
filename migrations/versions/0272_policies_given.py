"""Approval policies that depend on the values of a call's arguments."""

from __future__ import annotations

from alembic import op

revision = "0272"
down_revision = "0271"


def upgrade() -> None:
    """Add the conditions, none where there were none."""
    op.execute("alter table approval_policies add column given text not null default ''")


def downgrade() -> None:
    """Drop them; a policy that had some then holds of every call: rather too strict than gone."""
    op.execute("alter table approval_policies drop column given")
