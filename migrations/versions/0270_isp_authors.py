"""Who wrote a note or a credit note, also where two colleagues have one name."""

from __future__ import annotations

from alembic import op

revision = "0270"
down_revision = "0251"
COLUMNS = {"isp_notes": "author", "isp_credit_notes": "agent"}


def upgrade() -> None:
    """Add the id of a colleague, empty where nobody knows it; the tables are neither rewritten nor read."""
    for table, column in COLUMNS.items():
        op.execute(f"alter table {table} add column {column} text not null default ''")


def downgrade() -> None:
    """Take it away."""
    for table, column in COLUMNS.items():
        op.execute(f"alter table {table} drop column {column}")
