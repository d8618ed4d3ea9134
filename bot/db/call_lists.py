"""Calls by who asked for them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db.calls import COLUMNS, Call


async def find_asked_by(
    session: AsyncSession, user_id: str, *, since: datetime, limit: int = 50
) -> list[Call]:
    """Return what one person asked for since then, newest first; steps of other calls left out."""
    rows = await session.execute(
        text(
            f"select {COLUMNS} from calls where asked_by = :user and asked_at >= :since"  # noqa: S608 - constants
            " and key !~ '^[0-9a-f-]{36}/' order by asked_at desc, id limit :n"
        ),
        {"user": user_id, "since": since, "n": limit},
    )
    return [Call.of(row) for row in rows]
