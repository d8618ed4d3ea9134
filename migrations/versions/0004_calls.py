"""Every write anyone asked for: what, by whom, whether it may run, how it ended."""

from __future__ import annotations

from alembic import op

from migrations.protect import OWN, protect

revision = "0004"
down_revision = "0031"


def upgrade() -> None:
    """Create the table, protected, with the indexes of waiting, lost and undoing calls."""
    op.execute(
        f"""
create table calls (
    tenant_id uuid not null default {OWN} references tenants (id) on delete cascade,
    id uuid not null default gen_random_uuid(),
    key text not null,                          -- the same key never runs twice
    action_id text not null,
    args jsonb not null,                        -- canonical: entities by their key, secrets masked
    sealed text,                                -- the secret arguments, encrypted
    things text[] not null default '{{}}',        -- "customer:100234": what it is about
    rows jsonb not null default '[]',           -- region, site and partner of those things
    asked_by text not null,
    asked_name text not null,
    asked_at timestamptz not null,
    via text not null,
    thread text not null default '',
    needs smallint not null check (needs between 0 and 3),
    approver_roles text[] not null default '{{}}',
    state text not null check (state in ('asked', 'approved', 'running', 'done', 'failed', 'unknown',
                                         'denied', 'cancelled', 'expired', 'undone')),
    preview jsonb not null default '{{}}',
    version text not null default '',           -- stands for what the preview says it would do
    expires_at timestamptz,
    remind_at timestamptz,
    lease_until timestamptz,                    -- who runs it owns it until then (database clock)
    fence int not null default 0,               -- each owner has a higher one
    runs int not null default 0,
    ports text[] not null default '{{}}',         -- what it had opened when an effect began
    effects text[] not null default '{{}}',       -- keys of the effects that were about to happen
    reply jsonb,
    ended_at timestamptz,
    ended_by text,
    reason text not null default '',
    undo jsonb,
    undo_until timestamptz,
    undo_of uuid,
    primary key (tenant_id, id),
    unique (tenant_id, key),
    foreign key (tenant_id, undo_of) references calls (tenant_id, id)
);
create index calls_waiting on calls (tenant_id, asked_at) where state = 'asked';
create index calls_owned on calls (tenant_id, lease_until) where state in ('running', 'approved');
create index calls_thread on calls (tenant_id, thread, asked_at desc) where thread <> '';
create unique index calls_undo on calls (tenant_id, undo_of)
    where undo_of is not null and state in ('asked', 'approved', 'running', 'unknown', 'done');
        """
    )
    protect("calls")


def downgrade() -> None:
    """Drop it."""
    op.execute("drop table calls")
