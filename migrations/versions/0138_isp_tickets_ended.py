"""When a ticket ended, as a column: an index over an expression is not used under row-level security."""

from __future__ import annotations

from alembic import op

revision = "0138"
down_revision = "0132"


def upgrade() -> None:
    """Put the column and its index in the place of the index over the expression."""
    op.execute(
        """
drop index isp_tickets_ended;
alter table isp_tickets add column ended_at timestamptz
    generated always as (coalesce(resolved_at, closed_at)) stored;
create index isp_tickets_ended on isp_tickets (tenant_id, ended_at);
        """
    )


def downgrade() -> None:
    """Take the column back."""
    op.execute(
        """
drop index isp_tickets_ended;
alter table isp_tickets drop column ended_at;
create index isp_tickets_ended on isp_tickets (tenant_id, coalesce(resolved_at, closed_at));
        """
    )
