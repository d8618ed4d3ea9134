"""All that gives a person rights, in one statement: every message of a chat asks."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db.grants import HELD, HeldRight, held_of
from bot.db.slack_groups import BY_GROUP, HARMLESS
from bot.db.web_sessions import VOUCHED

ALL = text(
    f"{HELD} union all select p.role, p.permission, p.max_amount, p.max_count,"  # noqa: S608 - constants
    " null, null, null, null, null, false"
    f" from (({VOUCHED}) union ({BY_GROUP})) elsewhere join role_permissions p on p.role = elsewhere.role"
)
"""What somebody else vouches for is not narrowed to an area."""


async def find_all_rights(
    session: AsyncSession, user_id: str, *, now: datetime, idle: datetime, since: datetime
) -> list[HeldRight]:
    """Return every permission of every grant in force now, and of the roles others vouch for.

    `idle`: a web session not used since then vouches no more; `since`: nor does an older reading of Slack's
    groups. A role that may do nothing counts only where it was granted.
    """
    rows = await session.execute(
        ALL, {"user": user_id, "now": now, "idle": idle, "since": since, "harmless": list(HARMLESS)}
    )
    return [held_of(row) for row in rows]
