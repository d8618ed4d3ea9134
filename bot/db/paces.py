"""How fast we may call Slack, agreed between all our processes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

NOW = timedelta()
TURN_NOW = text(
    """
    insert into slack_paces as p (team_id, what, free_at)
    select :team, :what, now() + :every
    where not exists (
        select from slack_paces f
        where f.team_id = :team and f.what = any(cast(:methods as text[])) and f.free_at > now())
    on conflict (tenant_id, team_id, what) do update set free_at = greatest(p.free_at, now()) + :every
    where greatest(p.free_at, now()) + :every - cast(:saved as interval) <= now()
    returning 1
    """
)


async def do_take_turn(
    session: AsyncSession, team_id: str, what: str, *, every: timedelta, burst: int = 1
) -> timedelta:
    """Take the next turn and return how long until it comes; the turn is kept for the caller.

    Turns come one per `every`; up to `burst` that nobody took may be taken at once.
    """
    done = await session.execute(
        text(
            """
            insert into slack_paces as p (team_id, what, free_at) values (:team, :what, now() + :every)
            on conflict (tenant_id, team_id, what) do update set free_at = greatest(p.free_at, now()) + :every
            returning greatest(free_at - cast(:saved as interval) - now(), interval '0')
            """
        ),
        {"team": team_id, "what": what, "every": every, "saved": every * burst},
    )
    wait: timedelta = done.scalar_one()
    return wait


async def do_try_turn(
    session: AsyncSession, team_id: str, what: str, *, every: timedelta, burst: int = 1
) -> bool:
    """Take the next turn if it is there now; False, and nothing is taken, when one would have to wait."""
    done = await session.execute(
        text(
            """
            insert into slack_paces as p (team_id, what, free_at) values (:team, :what, now() + :every)
            on conflict (tenant_id, team_id, what) do update set free_at = greatest(p.free_at, now()) + :every
            where greatest(p.free_at, now()) + :every - cast(:saved as interval) <= now()
            returning 1
            """
        ),
        {"team": team_id, "what": what, "every": every, "saved": every * burst},
    )
    return done.first() is not None


async def do_turn_now(
    session: AsyncSession, team_id: str, what: str, *, methods: Sequence[str], every: timedelta, burst: int
) -> bool:
    """Take the next turn if it is there now and none of these methods is paused; else take nothing."""
    done = await session.execute(
        TURN_NOW,
        {"team": team_id, "what": what, "methods": methods, "every": every, "saved": every * burst},
    )
    return done.first() is not None


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


async def do_forget(session: AsyncSession, older: timedelta) -> int:
    """Delete what has been free for longer, which is as good as nothing; return how many there were."""
    done = await session.execute(
        text("delete from slack_paces where free_at < now() - cast(:older as interval) returning 1"),
        {"older": older},
    )
    return len(done.all())
