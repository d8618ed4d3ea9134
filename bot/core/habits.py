"""What a role asked most in the last week: the examples a greeting and help begin with."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.contract.people import Tenant, User
from bot.core.desk import Rows
from bot.db.habits import find_used
from bot.trouble import warn

WEEK = timedelta(days=7)
KEPT = timedelta(hours=1)
"""How long a count stands."""
MOST = 12
"""Actions that are looked at; most people may not use all of them."""


class Habits:
    """Kept per tenant and roles; examples are worth no second look at the audit within the hour."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, frozenset[str]], tuple[datetime, tuple[str, ...]]] = {}

    async def used(self, database: Rows, tenant: Tenant, user: User, now: datetime) -> tuple[str, ...]:
        """Return the ids of the actions this person's roles use most; none where that cannot be counted."""
        key = (tenant.id, frozenset(user.roles))
        at, ids = self._kept.get(key, (None, ()))
        if at is not None and timedelta() <= now - at < KEPT:
            return ids
        try:
            async with database.tenant(tenant.id) as session:
                ids = tuple(await find_used(session, user.roles, since=now - WEEK, now=now, limit=MOST))
        except Exception as error:  # noqa: BLE001 - a greeting is worth more than what goes along with it
            warn("habits_not_counted", error, tenant=tenant.id)
            return ()
        self._kept[key] = (now, ids)
        return ids
