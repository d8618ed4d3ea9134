"""What an installation by OAuth was granted, and the tokens that replace each other."""

from __future__ import annotations

from alembic import op

revision = "0370"
down_revision = "0340"

COLUMNS = ("scopes", "installed_by", "refresh_token", "expires_at", "renew_after", "refused")


def upgrade() -> None:
    """Add what is known since an installation comes by OAuth; a token without an end is never renewed."""
    op.execute(
        """
alter table slack_teams
    add column scopes text not null default '',        -- granted to the bot, separated by commas
    add column installed_by text not null default '',  -- Slack's id of who agreed
    add column refresh_token text not null default '', -- sealed: "tenant|slack_teams|refresh_token|team"
    add column expires_at timestamptz,                 -- of the bot token, when it is rotated
    add column renew_after timestamptz not null default '-infinity', -- nobody renews it before
    add column refused text not null default ''        -- why Slack does not renew it
"""
    )


def downgrade() -> None:
    """Drop it; rotated tokens then end within half a day."""
    for column in COLUMNS:
        op.execute(f"alter table slack_teams drop column {column}")
