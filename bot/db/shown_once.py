"""What was answered to one person alone, to be shown to others when that person wishes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession


async def find_shown(
    session: AsyncSession, inbox_id: str, *, team_id: str, channel: str, user: str
) -> list[Mapping[str, Any]]:
    """Return the messages that answered an arrival to this person in this channel, in order."""
    found = await session.execute(
        text(
            "select payload from slack_outbox where inbox_id = cast(:inbox as uuid) and team_id = :team"
            " and channel = :channel and user_id = :user and kind = 'respond' and payload <> '{}'"
            " order by seq"
        ),
        {"inbox": inbox_id, "team": team_id, "channel": channel, "user": user},
    )
    return list(found.scalars())
