"""ONTs and radios that hang on no line: in a store, with a technician, back from a customer, or faulty."""

from __future__ import annotations

from alembic import op

from migrations.protect import OWN, protect

revision = "0250"
down_revision = "0240"


def upgrade() -> None:
    """Create the table, protected."""
    op.execute(
        f"""
create table isp_cpes (
    tenant_id uuid not null default {OWN} references tenants (id) on delete cascade,
    serial text collate "C" not null check (serial ~ '^[A-Z0-9]+$'),  -- as isp_services.ont_key has it
    model text,
    state text not null check (state in ('in stock', 'with technician', 'returned', 'faulty')),
    site text,                                      -- where it lies, or was issued from
    holder text,                                    -- e-mail address of the technician who has or had it
    holder_name text not null default '',
    note text not null default '',
    since timestamptz not null default now(),
    primary key (tenant_id, serial),
    foreign key (tenant_id, site) references isp_sites (tenant_id, code),
    check (state <> 'with technician' or holder is not null)
);
create index isp_cpes_state on isp_cpes (tenant_id, state, site);
        """
    )
    protect("isp_cpes")


def downgrade() -> None:
    """Drop it."""
    op.execute("drop table isp_cpes")
