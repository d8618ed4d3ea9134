"""Outages and planned work that people declare themselves, and sessions by address and by end."""

from __future__ import annotations

from alembic import op

revision = "0130"
down_revision = "0119b"


def upgrade() -> None:
    """Add who declared it, the way back from a mistake, and the indexes."""
    op.execute(
        """
alter table isp_outages add column declared_by text;
alter table isp_outages add column withdrawn boolean not null default false;
alter table isp_maintenance add column planned_by text;
create index isp_sessions_ip on isp_sessions (tenant_id, ipv4, started_at);
create index isp_sessions_went on isp_sessions (tenant_id, ended_at) where ended_at is not null;
        """
    )


def downgrade() -> None:
    """Take it all back."""
    op.execute(
        """
drop index isp_sessions_went;
drop index isp_sessions_ip;
alter table isp_maintenance drop column planned_by;
alter table isp_outages drop column withdrawn;
alter table isp_outages drop column declared_by;
        """
    )
