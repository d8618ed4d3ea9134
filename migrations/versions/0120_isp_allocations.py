"""Which payment or credit note settled which invoice, and what was taken back.

A payment or credit note that names an invoice settled that one. One that names none is spread over
open invoices by `isp_allocations`; what is not spread is credit on the account. Nothing is deleted:
a reversed payment gets a negative twin, a voided credit note its date, an allocation a negative row.
"""

from __future__ import annotations

from alembic import op

from migrations.protect import protect

revision = "0120"
down_revision = "0117"

UP = (
    (
        "alter table isp_payments add column by text, add column note text, add column reverses uuid, "
        'add column reversed_at timestamptz, add column reference_key text collate "C" generated always as '
        "(upper(replace(replace(reference, ' ', ''), '-', ''))) stored"
    ),
    (
        "create unique index isp_payments_reverses on isp_payments (tenant_id, reverses) "
        "where reverses is not null"
    ),
    "create index isp_payments_reference on isp_payments (tenant_id, reference_key)",
    (
        "alter table isp_credit_notes add column concerns uuid, add column voided_at timestamptz, "
        "add column voided_by text, add column void_reason text"
    ),
    "create index isp_credit_notes_at on isp_credit_notes (tenant_id, at)",
    """
    create table isp_allocations (
        tenant_id uuid not null,
        id uuid not null default gen_random_uuid(),
        customer_id uuid not null,
        invoice_id uuid not null,
        payment_id uuid, credit_note_id uuid,       -- where the money came from: one of the two
        at timestamptz not null,
        amount_minor bigint not null, currency text not null,   -- negative: taken back
        primary key (tenant_id, id),
        check ((payment_id is null) <> (credit_note_id is null)),
        foreign key (tenant_id, customer_id) references isp_customers (tenant_id, id) on delete cascade
    )
    """,
    "create index isp_allocations_customer on isp_allocations (tenant_id, customer_id)",
    (
        "create index isp_allocations_payment on isp_allocations (tenant_id, payment_id) "
        "where payment_id is not null"
    ),
)
DOWN = (
    "drop table isp_allocations",
    "drop index isp_credit_notes_at",
    (
        "alter table isp_credit_notes drop column concerns, drop column voided_at, drop column voided_by, "
        "drop column void_reason"
    ),
    "drop index isp_payments_reference",
    "drop index isp_payments_reverses",
    (
        "alter table isp_payments drop column by, drop column note, drop column reverses, "
        "drop column reversed_at, drop column reference_key"
    ),
)


def upgrade() -> None:
    """Add the columns and the table."""
    for statement in UP:
        op.execute(statement)
    protect("isp_allocations")


def downgrade() -> None:
    """Drop them again."""
    for statement in DOWN:
        op.execute(statement)
