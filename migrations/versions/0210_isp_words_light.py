"""Rows of words are as many as the words of all names and streets, and need no look at the tenant of each.

Triggers alone write them, for rows of customers and tickets that refer to their tenant, and drop them with
those. The check cost a third of the time in which many customers are loaded.
"""

from __future__ import annotations

from alembic import op

revision = "0210"
down_revision = "0200"


def upgrade() -> None:
    """Drop the reference."""
    op.execute("alter table isp_word_rows drop constraint isp_word_rows_tenant_id_fkey")


def downgrade() -> None:
    """Refer to the tenant again."""
    op.execute(
        "alter table isp_word_rows add constraint isp_word_rows_tenant_id_fkey "
        "foreign key (tenant_id) references tenants (id) on delete cascade"
    )
