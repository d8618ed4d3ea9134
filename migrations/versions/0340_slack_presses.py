"""Which press of a button on a message counts, so that a second one does not do it again."""

from __future__ import annotations

from alembic import op

from migrations.protect import OWN, protect

revision = "0340"
down_revision = "0350"


def upgrade() -> None:
    """Create it; what was pressed before counts as not pressed."""
    op.execute(
        f"""
create table slack_presses (
    tenant_id uuid not null default {OWN} references tenants (id) on delete cascade,
    team_id text not null,
    channel text not null,
    message text not null,                      -- Slack's name of the message
    button text not null,                       -- stands for what it would do
    key text not null,                          -- the idempotency key of the press that counts
    pressed_at timestamptz not null default now(),
    primary key (tenant_id, team_id, channel, message, button)
);
create index slack_presses_old on slack_presses (tenant_id, pressed_at);
        """
    )
    protect("slack_presses")


def downgrade() -> None:
    """Drop it."""
    op.execute("drop table slack_presses")
