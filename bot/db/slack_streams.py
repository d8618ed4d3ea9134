"""Messages in Slack that grow while an answer is worked out: kept, so that whoever takes over ends them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db.inbox import Taken


class State(StrEnum):
    """How far it is; each is written before Slack is asked for what comes next.

    WORKING: the thread shows that the bot works. OPENING: Slack was asked for a message, and perhaps there
    is one. LIVE: there is, named `ts`. ENDED: nothing is left to do.
    """

    WORKING = "working"
    OPENING = "opening"
    LIVE = "live"
    ENDED = "ended"


@dataclass(frozen=True, kw_only=True)
class Stream:
    """One that has not ended; `age` since it was begun."""

    id: str
    channel: str
    thread_ts: str
    state: State
    ts: str | None
    age: timedelta


async def do_begin(session: AsyncSession, taken: Taken, *, channel: str, thread_ts: str) -> str | None:
    """Note that the thread is going to show something; None when somebody else has the work by now."""
    done = await session.execute(
        text(
            """
            insert into slack_streams (inbox_id, channel, thread_ts)
            select id, :channel, :thread from slack_inbox
            where id = cast(:inbox as uuid) and attempts = :fence and state = 'working'
            returning id::text
            """
        ),
        {"inbox": taken.id, "fence": taken.fence, "channel": channel, "thread": thread_ts},
    )
    return done.scalar_one_or_none()


async def do_move(session: AsyncSession, stream_id: str, state: State, ts: str | None = None) -> bool:
    """Note how far it is, and under which name; False when it has ended already."""
    done = await session.execute(
        text(
            "update slack_streams set state = :state, ts = coalesce(:ts, ts),"
            " opened_at = case when :state = 'opening' then now() else opened_at end"
            " where id = cast(:id as uuid) and state <> 'ended' returning id"
        ),
        {"id": stream_id, "state": state, "ts": ts},
    )
    return done.first() is not None


async def find_open(session: AsyncSession, inbox_id: str) -> list[Stream]:
    """Return what has not ended of the answer to this arrival, oldest first."""
    found = await session.execute(
        text(
            "select id::text as id, channel, thread_ts, state, ts, now() - opened_at as age"
            " from slack_streams where inbox_id = cast(:inbox as uuid) and state <> 'ended' order by seq"
        ),
        {"inbox": inbox_id},
    )
    return [Stream(**{**row, "state": State(row["state"])}) for row in found.mappings()]


async def do_end_all(session: AsyncSession, inbox_id: str) -> int:
    """Note that letters end all of this answer; return how many there were."""
    done = await session.execute(
        text(
            "update slack_streams set state = 'ended'"
            " where inbox_id = cast(:inbox as uuid) and state <> 'ended' returning id"
        ),
        {"inbox": inbox_id},
    )
    return len(done.all())


async def is_behind(session: AsyncSession, lane: str) -> bool:
    """Say whether an earlier answer of a thread is still under way: what began now would stand above it."""
    found = await session.execute(
        text(
            "select exists (select from slack_outbox where lane = :lane and kind in ('post', 'stream')"
            " and state in ('queued', 'sending', 'uncertain'))"
        ),
        {"lane": lane},
    )
    return bool(found.scalar_one())
