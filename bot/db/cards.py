"""The cards of calls among the letters: which there are, what they show, and who may change them now."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db.letters import Card


async def do_hold(session: AsyncSession, what: str) -> None:
    """Let nobody else change these cards until this transaction ends: who comes later sees what it wrote."""
    await session.execute(text("select pg_advisory_xact_lock(hashtextextended(:what, 63))"), {"what": what})


async def find_cards(session: AsyncSession, call_id: str) -> list[Card]:
    """Return the messages that are cards of a call, posted or still under way, oldest first."""
    found = await session.execute(
        text(
            """
            select o.id::text as id, o.lane, o.team_id, o.channel, o.thread_ts, o.payload, o.user_id as user,
                coalesce((
                    select u.payload from slack_outbox u where u.of_letter = o.id and u.kind = 'update'
                    and u.state <> 'dead' and u.payload <> '{}'
                    order by u.seq desc limit 1), o.payload) as shown
            from slack_outbox o
            where o.card = cast(:call as uuid) and o.kind in ('post', 'stream')
              and o.state <> 'dead' and o.payload <> '{}' order by o.seq
            """
        ),
        {"call": call_id},
    )
    return [Card(**dict(row)) for row in found.mappings()]


async def was_sent(session: AsyncSession, begins: str, user: str, within: timedelta) -> bool:
    """Say whether a card was kept for this person lately under a key that begins so."""
    done = await session.execute(
        text(
            "select 1 from slack_outbox where card is not null and user_id = :user"
            " and starts_with(notice_key, :begins) and created_at > now() - cast(:within as interval) limit 1"
        ),
        {"begins": begins, "user": user, "within": within},
    )
    return done.first() is not None
