"""Two pools may swap their prefixes within one transaction, as a file of them does."""

from __future__ import annotations

from alembic import op

revision = "0211"
down_revision = "0210"


def upgrade() -> None:
    """Look at the prefixes at the end of a transaction."""
    op.execute(
        "alter table isp_pools drop constraint isp_pools_tenant_id_prefix_key, "
        "add constraint isp_pools_tenant_id_prefix_key unique (tenant_id, prefix) deferrable initially deferred"
    )


def downgrade() -> None:
    """Look at them with each statement."""
    op.execute(
        "alter table isp_pools drop constraint isp_pools_tenant_id_prefix_key, "
        "add constraint isp_pools_tenant_id_prefix_key unique (tenant_id, prefix)"
    )
