"""Whose yes counts because they are on call: asked for by a policy, kept with the call and with each yes."""

from __future__ import annotations

from alembic import op

revision = "0140"
down_revision = "0160"


def upgrade() -> None:
    """Add the team to policies, the teams to calls, and for which of them a yes was one of theirs."""
    op.execute(
        """
alter table approval_policies add column on_call text check (on_call <> '');
alter table calls add column on_call text[] not null default '{}';
alter table decisions add column on_call text[] not null default '{}';
        """
    )


def downgrade() -> None:
    """Take the columns back."""
    op.execute(
        """
alter table decisions drop column on_call;
alter table calls drop column on_call;
alter table approval_policies drop column on_call;
        """
    )
