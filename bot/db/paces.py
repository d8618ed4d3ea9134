"""How fast we may call Slack, agreed between all our processes."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

NOW = timedelta()


async def do_take_turn(
    session: AsyncSession, team_id: str, what: str, *, every: timedelta, burst: int = 1
) -> timedelta:
    """Take a turn and return zero; or take none and return how long until there is one.

    Turns come back one per `every`; up to `burst` unused ones may be taken at once.
    """
    done = await session.execute(
        text(
            """
            insert into slack_paces as p (team_id, what, free_at) values (:team, :what, now() + :every)
            on conflict (tenant_id, team_id, what) do update
            set free_at = greatest(p.free_at, now()) + :every
            where p.free_at <= now() + :slack
            returning true
            """
        ),
        {"team": team_id, "what": what, "every": every, "slack": every * (burst - 1)},
    )
    if done.first() is not None:
        return NOW
    found = await session.execute(
        text(
            "select free_at - :slack - clock_timestamp() from slack_paces"
            " where team_id = :team and what = :what"
        ),
        {"team": team_id, "what": what, "slack": every * (burst - 1)},
    )
    return max(found.scalar_one_or_none() or NOW, timedelta(milliseconds=1))


async def do_freeze(session: AsyncSession, team_id: str, what: str, length: timedelta) -> None:
    """Let nobody call this for a while: Slack said so."""
    await session.execute(
        text(
            """
            insert into slack_paces as p (team_id, what, free_at) values (:team, :what, now() + :length)
            on conflict (tenant_id, team_id, what) do update
            set free_at = greatest(p.free_at, excluded.free_at)
            """
        ),
        {"team": team_id, "what": what, "length": length},
    )


async def get_frozen(session: AsyncSession, team_id: str, what: str) -> timedelta:
    """Return for how long this may not be called yet; zero when it may."""
    found = await session.execute(
        text(
            "select free_at - now() from slack_paces"
            " where team_id = :team and what = :what and free_at > now()"
        ),
        {"team": team_id, "what": what},
    )
    return found.scalar_one_or_none() or NOW
