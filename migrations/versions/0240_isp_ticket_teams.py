"""Whose queue a ticket is in, before somebody takes it and after."""

from __future__ import annotations

from alembic import op

revision = "0240"
down_revision = "0220"


def upgrade() -> None:
    """Tickets get a team; the index holds the open ones of each queue."""
    op.execute("alter table isp_tickets add column team text")
    op.execute(
        "create index isp_tickets_team on isp_tickets (tenant_id, team, resolve_due) "
        "where team is not null and status not in ('resolved', 'closed')"
    )


def downgrade() -> None:
    """Take it back."""
    op.execute("drop index isp_tickets_team")
    op.execute("alter table isp_tickets drop column team")
