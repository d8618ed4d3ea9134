"""Plan changes with the invoice or credit note each brought, and quick look-ups of what is due to change."""

from __future__ import annotations

from alembic import op

from migrations.protect import protect

revision = "0123"
down_revision = "0119a"

UP = (
    """
    create table isp_plan_changes (
        tenant_id uuid not null,
        id uuid not null default gen_random_uuid(),
        service_id uuid not null,
        at timestamptz not null,
        by text not null,
        before text not null, after text not null,  -- plan codes
        starts_on date not null,
        invoice_id uuid, credit_note_id uuid,       -- what the proration came to
        reverted_at timestamptz,
        primary key (tenant_id, id),
        foreign key (tenant_id, service_id) references isp_services (tenant_id, id) on delete cascade
    )
    """,
    "create index isp_plan_changes_service on isp_plan_changes (tenant_id, service_id, at desc)",
    (
        "create index isp_services_next_plan on isp_services (tenant_id, next_plan_on) "
        "where next_plan_on is not null"
    ),
    (
        "create index isp_services_ending on isp_services (tenant_id, terminated_on) "
        "where terminated_on is not null and status <> 'terminated'"
    ),
)


def upgrade() -> None:
    """Create the table and the indexes."""
    for statement in UP:
        op.execute(statement)
    protect("isp_plan_changes")


def downgrade() -> None:
    """Drop them."""
    op.execute("drop index isp_services_ending")
    op.execute("drop index isp_services_next_plan")
    op.execute("drop table isp_plan_changes")
