"""Who is signed in to the web pages, by the hash of what their browser keeps."""

from __future__ import annotations

from alembic import op

from migrations.protect import OWN, protect

revision = "0111"
down_revision = "0110"


def upgrade() -> None:
    """Create the table, protected."""
    op.execute(
        f"""
create table web_sessions (
    tenant_id uuid not null default {OWN} references tenants (id) on delete cascade,
    id uuid not null default gen_random_uuid(),
    token_hash bytea not null,
    user_id uuid not null,
    account text not null,                      -- issuer|subject, as in links
    roles text[] not null default '{{}}',         -- what the provider's groups gave, while this lives
    agent text not null default '',             -- the browser, for the person to recognise it
    created_at timestamptz not null,
    seen_at timestamptz not null,
    expires_at timestamptz not null,
    primary key (tenant_id, id),
    unique (tenant_id, token_hash),
    foreign key (tenant_id, user_id) references users (tenant_id, id) on delete cascade
);
create index web_sessions_user on web_sessions (tenant_id, user_id);
        """
    )
    protect("web_sessions")


def downgrade() -> None:
    """Drop it."""
    op.execute("drop table web_sessions")
