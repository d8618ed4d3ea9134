"""Which tenant a Slack workspace belongs to, and the bot's account in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import Conflict

NOT_OURS = "42501"
"""insufficient_privilege: row-level security kept us from another tenant's row."""
COLUMNS = "team_id, tenant_id::text as tenant_id, name, bot_token, bot_user_id, bot_id"


@dataclass(frozen=True, kw_only=True)
class TeamRow:
    """One installed workspace (or Enterprise organisation); `bot_token` is sealed."""

    team_id: str
    tenant_id: str
    name: str
    bot_token: str
    bot_user_id: str
    bot_id: str


def token_row(tenant_id: str, team_id: str) -> str:
    """Name the place of a team's token, so that a sealed one opens nowhere else."""
    return f"{tenant_id}|slack_teams|bot_token|{team_id}"


async def get_team(session: AsyncSession, team_id: str) -> TeamRow | None:
    """Return an installed workspace; works unbound too, for that is how a tenant is found."""
    found = await session.execute(
        text(f"select {COLUMNS} from slack_teams where team_id = :team and removed_at is null"),  # noqa: S608 - own constant
        {"team": team_id},
    )
    row = found.mappings().one_or_none()
    return _team(row) if row else None


async def find_teams(session: AsyncSession) -> list[TeamRow]:
    """Return the installed workspaces: the tenant's, or all of them when unbound."""
    found = await session.execute(
        text(f"select {COLUMNS} from slack_teams where removed_at is null order by team_id")  # noqa: S608 - own constant
    )
    return [_team(row) for row in found.mappings()]


async def do_install(session: AsyncSession, row: TeamRow) -> None:
    """Keep a workspace's installation, a newer token over an older; Conflict when another tenant has it."""
    try:
        await session.execute(
            text(
                """
                insert into slack_teams (team_id, tenant_id, name, bot_token, bot_user_id, bot_id)
                values (:team, cast(:tenant as uuid), :name, :token, :user, :bot)
                on conflict (team_id) do update set name = excluded.name, bot_token = excluded.bot_token,
                    bot_user_id = excluded.bot_user_id, bot_id = excluded.bot_id, removed_at = null
                """
            ),
            {
                "team": row.team_id,
                "tenant": row.tenant_id,
                "name": row.name,
                "token": row.bot_token,
                "user": row.bot_user_id,
                "bot": row.bot_id,
            },
        )
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", "") != NOT_OURS:
            raise
        raise Conflict(
            f"The Slack workspace {row.team_id} is connected to another tenant already."
        ) from error


async def do_seal_anew(session: AsyncSession, row: TeamRow, token: str) -> bool:
    """Put the same token under another key; False when it was replaced meanwhile."""
    done = await session.execute(
        text(
            "update slack_teams set bot_token = :token"
            " where team_id = :team and bot_token = :old returning team_id"
        ),
        {"team": row.team_id, "old": row.bot_token, "token": token},
    )
    return done.first() is not None


async def do_remove(session: AsyncSession, team_id: str) -> bool:
    """Forget a workspace's token: it was uninstalled or revoked."""
    done = await session.execute(
        text(
            "update slack_teams set removed_at = now(), bot_token = ''"
            " where team_id = :team and removed_at is null returning team_id"
        ),
        {"team": team_id},
    )
    return done.first() is not None


def _team(row: Mapping[Any, Any]) -> TeamRow:
    return TeamRow(**dict(row))
