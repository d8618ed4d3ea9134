"""The guests of a workspace, and whether one of them reads along in a channel."""

from __future__ import annotations

from alembic import op

from migrations.protect import OWN, protect

revision = "0390"
down_revision = "0380"


def upgrade() -> None:
    """Create the table; until Slack is asked, a guest may be in every channel."""
    op.execute(
        f"""
create table slack_guests (
    tenant_id uuid not null default {OWN} references tenants (id) on delete cascade,
    team_id text not null,
    users text[] not null default '{{}}',
    read_at timestamptz,                        -- null: Slack is to be asked before this is relied on
    news int not null default 0,                -- counts what was told since; a reading of before is not kept
    primary key (tenant_id, team_id)
);
alter table channels
    add column guests boolean,                  -- null: nobody looked yet
    add column guests_at timestamptz,           -- null: to be asked before it is relied on
    add column guest_news int not null default 0;
        """
    )
    protect("slack_guests")


def downgrade() -> None:
    """Drop it; guests are not looked for any more."""
    op.execute("alter table channels drop column guests, drop column guests_at, drop column guest_news")
    op.execute("drop table slack_guests")
