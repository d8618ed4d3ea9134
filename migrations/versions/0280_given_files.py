"""Files that people hand in with their words, kept until it is settled what becomes of them."""

from __future__ import annotations

from alembic import op

from migrations.protect import OWN, protect

revision = "0280"
down_revision = "0272"


def upgrade() -> None:
    """Create the table, protected; pictures are compressed already, so their bytes are stored as they are."""
    op.execute(
        f"""
create table given_files (
    tenant_id uuid not null default {OWN} references tenants (id) on delete cascade,
    id uuid not null,
    user_id uuid not null,
    name text not null,
    media_type text not null,
    size int not null check (size between 1 and 10000000),
    sha256 text not null check (sha256 ~ '^[0-9a-f]{{64}}$'),
    cleaned boolean not null,                   -- it came with hidden data, which was not kept
    content bytea not null check (length(content) = size),
    at timestamptz not null,
    until timestamptz not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, user_id) references users (tenant_id, id) on delete cascade
);
alter table given_files alter column content set storage external;
create index given_files_user on given_files (tenant_id, user_id);
create index given_files_until on given_files (tenant_id, until);
        """
    )
    protect("given_files")


def downgrade() -> None:
    """Drop it."""
    op.execute("drop table given_files")
