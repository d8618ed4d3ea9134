"""What will happen to a service on a later day: its next plan, and where it is installed."""

from __future__ import annotations

from alembic import op

revision = "0122"
down_revision = "0121"


def upgrade() -> None:
    """Add the columns; `terminated_on` of a service still in use is the day it will end."""
    op.execute(
        "alter table isp_services add column next_plan_code text, add column next_plan_on date, "
        "add column install_address text"
    )


def downgrade() -> None:
    """Drop the columns."""
    op.execute(
        "alter table isp_services drop column next_plan_code, drop column next_plan_on, "
        "drop column install_address"
    )
