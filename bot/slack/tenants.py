"""Which tenant a workspace belongs to, remembered for a minute."""

from __future__ import annotations

import time

from bot.contract.people import Tenant
from bot.db.database import Database
from bot.db.tenants import get_tenant

FRESH = 60.0


class Tenants:
    """Tenants by id."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._kept: dict[str, tuple[float, Tenant]] = {}

    async def __call__(self, tenant_id: str) -> Tenant:
        """Return a tenant; NotFound when there is none."""
        kept = self._kept.get(tenant_id)
        if kept is None or kept[0] < time.monotonic():
            async with self._database.tenant(tenant_id) as session:
                kept = time.monotonic() + FRESH, await get_tenant(session, tenant_id)
            self._kept[tenant_id] = kept
        return kept[1]
