"""Which actions a role uses most, counted from the audit: ids only, nobody's words."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

FEWEST = 3
"""Times an action was used before it is called a habit."""


async def find_used(
    session: AsyncSession, roles: Collection[str], *, since: datetime, now: datetime, limit: int
) -> list[str]:
    """Return the ids of the actions that most holders of these roles ran since then, most used first."""
    rows = await session.execute(
        text(
            """select action_id from audit
               where at >= :since and at <= :now and event = 'ran'
               and user_id in (
                   select user_id::text from grants
                   where role = any(:roles) and revoked_at is null and not break_glass
                   and (expires_at is null or expires_at > :now))
               group by action_id having count(*) >= :fewest
               order by count(distinct user_id) desc, count(*) desc, action_id limit :limit"""
        ),
        {"roles": sorted(roles), "since": since, "now": now, "fewest": FEWEST, "limit": limit},
    )
    return [str(row[0]) for row in rows]
