"""Where the ISP's own systems show a customer, a ticket or an outage, and the letters that show a link."""

from __future__ import annotations

from alembic import op

from migrations.protect import OWN, protect

revision = "0380"
down_revision = "0360"

KINDS = "'post', 'update', 'ephemeral', 'respond', 'upload', 'reaction', 'stream', 'status'"


def upgrade() -> None:
    """Create the table; no link is shown before an admin says where pages are."""
    op.execute(
        f"""
create table slack_link_pages (
    tenant_id uuid not null default {OWN} references tenants (id) on delete cascade,
    kind text not null,                         -- of thing, such as ticket
    template text not null,                     -- an https address with one {{key}}
    changed_by text not null,
    changed_at timestamptz not null default now(),
    primary key (tenant_id, kind)
);
alter table slack_outbox drop constraint slack_outbox_kind_check,
    add constraint slack_outbox_kind_check check (kind in ({KINDS}, 'unfurl'));
        """
    )
    protect("slack_link_pages")


def downgrade() -> None:
    """Drop it; a link that was not shown yet is not shown."""
    op.execute(
        f"""
alter table slack_outbox no force row level security;
delete from slack_outbox where kind = 'unfurl';
alter table slack_outbox force row level security;
alter table slack_outbox drop constraint slack_outbox_kind_check,
    add constraint slack_outbox_kind_check check (kind in ({KINDS}));
drop table slack_link_pages;
        """
    )
