"""The channels the bot was spoken to in: what they are called, and who else reads along."""

from __future__ import annotations

from alembic import op

from migrations.protect import OWN, protect

revision = "0116"
down_revision = "0115"


def upgrade() -> None:
    """Create the table, protected."""
    op.execute(
        f"""
create table channels (
    tenant_id uuid not null default {OWN} references tenants (id) on delete cascade,
    surface text not null,
    channel text not null,
    name text not null default '',              -- empty until somebody names it
    kind text not null default '',              -- direct, private, public, shared; empty until it is heard in
    seen_at timestamptz not null default now(), -- when name or kind last changed
    primary key (tenant_id, surface, channel)
);
create index channels_name on channels (tenant_id, name);
        """
    )
    protect("channels")


def downgrade() -> None:
    """Drop it."""
    op.execute("drop table channels")
