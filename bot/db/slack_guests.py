"""The guests of each workspace, and in which channels one of them reads along."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession


@dataclass(frozen=True, kw_only=True)
class Listed:
    """The guests of a workspace as they were read last; `news` counts what was told of guests since."""

    users: frozenset[str] = frozenset()
    read_at: datetime | None = None
    news: int = 0


async def get_guests(session: AsyncSession, team_id: str) -> Listed:
    """Return the guests of a workspace as they are known."""
    rows = await session.execute(
        text("select users, read_at, news from slack_guests where team_id = :team"), {"team": team_id}
    )
    row = rows.one_or_none()
    return Listed(users=frozenset(row.users), read_at=row.read_at, news=row.news) if row else Listed()


async def do_list(session: AsyncSession, team_id: str, users: Collection[str], *, news: int) -> bool:
    """Keep a reading; False where something was told since it began."""
    done = await session.execute(
        text("""
            insert into slack_guests as g (team_id, users, read_at) values (:team, :users, now())
            on conflict (tenant_id, team_id) do update set users = excluded.users, read_at = now()
                where g.news = :news
            returning team_id
        """),
        {"team": team_id, "users": sorted(users), "news": news},
    )  # fmt: skip - as it reads in SQL
    return done.first() is not None


async def do_tell(session: AsyncSession, team_id: str, user: str, *, guest: bool) -> bool:
    """Take in what somebody is now; True where that is news."""
    done = await session.execute(
        text("""
            insert into slack_guests as g (team_id, users, news)
            values (:team, case when :guest then array[cast(:user as text)] else '{}' end, 1)
            on conflict (tenant_id, team_id) do update
                set users = case when :guest then g.users || cast(:user as text)
                        else array_remove(g.users, cast(:user as text)) end,
                    news = g.news + 1
                where (cast(:user as text) = any (g.users)) <> :guest
            returning team_id
        """),
        {"team": team_id, "user": user, "guest": guest},
    )  # fmt: skip - as it reads in SQL
    return done.first() is not None


async def do_relist(session: AsyncSession, team_id: str) -> None:
    """Have the guests of a workspace read anew before they are relied on."""
    await session.execute(
        text("update slack_guests set read_at = null, news = news + 1 where team_id = :team"),
        {"team": team_id},
    )


async def do_see(session: AsyncSession, channel: str, *, guests: bool, news: int) -> bool:
    """Keep whether a guest is in a channel; False where somebody came or went since that was asked."""
    done = await session.execute(
        text("""
            insert into channels as c (surface, channel, guests, guests_at)
            values ('slack', :channel, :guests, now())
            on conflict (tenant_id, surface, channel) do update set guests = :guests, guests_at = now()
                where c.guest_news = :news
            returning channel
        """),
        {"channel": channel, "guests": guests, "news": news},
    )  # fmt: skip - as it reads in SQL
    return done.first() is not None


async def do_doubt(session: AsyncSession, channel: str = "") -> None:
    """Have it looked anew whether a guest is in a channel, or in any, before that is relied on."""
    await session.execute(
        text("""
            update channels set guests_at = null, guest_news = guest_news + 1
            where surface = 'slack' and :channel in ('', channel)
        """),
        {"channel": channel},
    )  # fmt: skip - as it reads in SQL
