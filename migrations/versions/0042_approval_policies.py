"""Where a tenant asks for more approval than the action's author did."""

from __future__ import annotations

from alembic import op

from migrations.protect import OWN, protect

revision = "0042"
down_revision = "0041"


def upgrade() -> None:
    """Create the table, protected."""
    op.execute(
        f"""
create table approval_policies (
    tenant_id uuid not null default {OWN} references tenants (id) on delete cascade,
    id uuid not null default gen_random_uuid(),
    action text not null,                       -- "billing_credit", "billing_*" or "*"
    min_amount bigint check (min_amount >= 0),  -- applies from this amount (minor units) ...
    min_hits int check (min_hits >= 0),         -- ... or from this many customers; neither: always
    needs smallint not null check (needs between 1 and 3),
    approver_role text,
    expires_after interval check (expires_after > interval '0'),
    remind_after interval check (remind_after > interval '0'),
    note text not null default '',
    made_by text not null default '',
    made_at timestamptz not null default now(),
    primary key (tenant_id, id)
);
create index approval_policies_action on approval_policies (tenant_id, action);
        """
    )
    protect("approval_policies")


def downgrade() -> None:
    """Drop it."""
    op.execute("drop table approval_policies")
