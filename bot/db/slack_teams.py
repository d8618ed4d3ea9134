"""Which tenant a Slack workspace belongs to, and the bot's account in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import Conflict

NOT_OURS = "42501"
"""insufficient_privilege: row-level security kept us from another tenant's row."""
COLUMNS = (
    "team_id, tenant_id::text as tenant_id, name, bot_token, bot_user_id, bot_id, scopes, installed_by,"
    " installed_at, refresh_token, expires_at, refused"
)


@dataclass(frozen=True, kw_only=True)
class TeamRow:
    """One installed workspace (or Enterprise organisation); `bot_token` and `refresh_token` are sealed.

    `scopes` are what was granted, separated by commas; empty when nobody told. `expires_at` and
    `refresh_token` are there for tokens that Slack rotates; `refused` is why it does so no more.
    """

    team_id: str
    tenant_id: str
    name: str
    bot_token: str
    bot_user_id: str
    bot_id: str
    scopes: str = ""
    installed_by: str = ""
    installed_at: datetime | None = None
    refresh_token: str = ""
    expires_at: datetime | None = None
    refused: str = ""


def token_row(tenant_id: str, team_id: str) -> str:
    """Name the place of a team's token, so that a sealed one opens nowhere else."""
    return f"{tenant_id}|slack_teams|bot_token|{team_id}"


def refresh_row(tenant_id: str, team_id: str) -> str:
    """Name the place of a team's refresh token."""
    return f"{tenant_id}|slack_teams|refresh_token|{team_id}"


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
                insert into slack_teams (team_id, tenant_id, name, bot_token, bot_user_id, bot_id, scopes,
                    installed_by, refresh_token, expires_at)
                values (:team, cast(:tenant as uuid), :name, :token, :user, :bot, :scopes, :by, :refresh,
                    :expires)
                on conflict (team_id) do update set name = excluded.name, bot_token = excluded.bot_token,
                    bot_user_id = excluded.bot_user_id, bot_id = excluded.bot_id, scopes = excluded.scopes,
                    installed_by = excluded.installed_by, refresh_token = excluded.refresh_token,
                    expires_at = excluded.expires_at, renew_after = '-infinity', refused = '',
                    installed_at = now(), removed_at = null
                """
            ),
            {
                "team": row.team_id,
                "tenant": row.tenant_id,
                "name": row.name,
                "token": row.bot_token,
                "user": row.bot_user_id,
                "bot": row.bot_id,
                "scopes": row.scopes,
                "by": row.installed_by,
                "refresh": row.refresh_token,
                "expires": row.expires_at,
            },
        )
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", "") != NOT_OURS:
            raise
        raise Conflict(
            f"The Slack workspace {row.team_id} is connected to another tenant already. There, "
            "`backhaul slack workspaces remove` lets go of it."
        ) from error


async def do_seal_anew(session: AsyncSession, row: TeamRow, token: str, refresh: str) -> bool:
    """Put the same tokens under another key; False when they were replaced meanwhile."""
    done = await session.execute(
        text(
            "update slack_teams set bot_token = :token, refresh_token = :refresh"
            " where team_id = :team and bot_token = :old and refresh_token = :old_refresh returning team_id"
        ),
        {
            "team": row.team_id,
            "old": row.bot_token,
            "old_refresh": row.refresh_token,
            "token": token,
            "refresh": refresh,
        },
    )
    return done.first() is not None


async def do_claim_renewal(session: AsyncSession, *, ahead: timedelta, pause: timedelta) -> list[TeamRow]:
    """Return the workspaces whose token ends within `ahead`, for this process alone to renew.

    Nobody else gets them before `pause` is over: a refresh token is good once.
    """
    done = await session.execute(
        text(
            "update slack_teams set renew_after = now() + cast(:pause as interval)"  # noqa: S608 - own constant
            " where removed_at is null and refresh_token <> '' and renew_after <= now()"
            f" and expires_at <= now() + cast(:ahead as interval) returning {COLUMNS}"
        ),
        {"ahead": ahead, "pause": pause},
    )
    return [_team(row) for row in done.mappings()]


async def do_renew(
    session: AsyncSession, row: TeamRow, *, token: str, refresh: str, expires_at: datetime
) -> bool:
    """Keep the tokens that replace those of `row`; False when these were replaced meanwhile."""
    done = await session.execute(
        text(
            "update slack_teams set bot_token = :token, refresh_token = :refresh, expires_at = :expires,"
            " renew_after = '-infinity', refused = ''"
            " where team_id = :team and refresh_token = :old and removed_at is null returning team_id"
        ),
        {
            "team": row.team_id,
            "old": row.refresh_token,
            "token": token,
            "refresh": refresh,
            "expires": expires_at,
        },
    )
    return done.first() is not None


async def do_refuse_renewal(session: AsyncSession, row: TeamRow, why: str, pause: timedelta) -> bool:
    """Note why Slack does not renew a token, and when to ask again; True when that is news."""
    done = await session.execute(
        text(
            "update slack_teams t set refused = :why, renew_after = now() + cast(:pause as interval)"
            " from slack_teams old where t.team_id = :team and old.team_id = t.team_id"
            " and t.refresh_token = :old returning old.refused"
        ),
        {"team": row.team_id, "old": row.refresh_token, "why": why, "pause": pause},
    )
    before = done.scalar_one_or_none()
    return before is not None and before != why


async def do_delete(session: AsyncSession, team_id: str) -> bool:
    """Forget a workspace altogether, so that any tenant may connect it; False when it is not there."""
    done = await session.execute(
        text("delete from slack_teams where team_id = :team returning team_id"), {"team": team_id}
    )
    return done.first() is not None


async def do_remove(session: AsyncSession, team_id: str, token: str | None = None) -> bool:
    """Forget a workspace's token: it was uninstalled or revoked; only this one, if it is given (sealed)."""
    done = await session.execute(
        text(
            "update slack_teams set removed_at = now(), bot_token = '', refresh_token = ''"
            " where team_id = :team and removed_at is null"
            " and bot_token = coalesce(cast(:token as text), bot_token) returning team_id"
        ),
        {"team": team_id, "token": token},
    )
    return done.first() is not None


def _team(row: Mapping[Any, Any]) -> TeamRow:
    return TeamRow(**dict(row))
