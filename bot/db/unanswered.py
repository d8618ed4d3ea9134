"""Forms of words no action fitted, without the names in them, and how often they were said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

MOST_UNANSWERED = 2_000


@dataclass(frozen=True, kw_only=True)
class Unanswered:
    """A form of words nobody's actions fitted, and how often it was said."""

    words: str
    asked: int
    first_at: datetime
    last_at: datetime


async def do_count_unanswered(session: AsyncSession, words: str) -> None:
    """Count one form of words; new ones are left out when there are very many already."""
    await session.execute(
        text(
            """insert into unanswered (words)
               select :words where (select count(*) from unanswered) < :most
               or exists (select 1 from unanswered where words = :words)
               on conflict (tenant_id, words)
               do update set asked = unanswered.asked + 1, last_at = now()"""
        ),
        {"words": words[:200], "most": MOST_UNANSWERED},
    )


async def find_unanswered(session: AsyncSession, limit: int = 20) -> list[Unanswered]:
    """Return what was asked most without an answer."""
    rows = await session.execute(
        text(
            """select words, asked, first_at, last_at from unanswered
               order by asked desc, last_at desc limit :limit"""
        ),
        {"limit": limit},
    )
    return [Unanswered(**row._asdict()) for row in rows]
