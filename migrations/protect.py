"""Row-level security for one tenant table, the same for every table."""

from __future__ import annotations

from alembic import op

OWN = "nullif(current_setting('app.tenant_id', true), '')::uuid"
"""The tenant this transaction is bound to, as a column's default: inserts need not name it."""

BOUND = f"(select {OWN})"
"""The same for policies; the sub-select makes PostgreSQL evaluate it once."""


def protect(table: str) -> None:
    """Let a transaction see and write only its own tenant's rows, even as the table's owner."""
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"alter table {table} force row level security")
    op.execute(
        f"create policy tenant on {table} using (tenant_id = {BOUND}) with check (tenant_id = {BOUND})"
    )


def protect_directory(table: str) -> None:
    """As `protect`, but a transaction bound to no tenant may read (never write) all rows.

    For the few tables that answer "which tenant is this?" and hold no customer data.
    """
    protect(table)
    op.execute(f"create policy directory on {table} for select using ({BOUND} is null)")
