"""A process that books a payment and dies right before or right after its commit: `URL TENANT SLUG before|after`."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from contextlib import asynccontextmanager
from typing import Any

from bot.api import ConnectorContext, Money, NoSettings, Tenant
from bot.db.database import Database
from plugins.billing.port import NewPayment
from plugins.connectors.local.billing import LocalBilling
from tests.plugins.building import NOW, effect


async def book(url: str, tenant_id: str, slug: str, place: str) -> None:
    database = Database(runtime_url=url, pool_size=1)

    @asynccontextmanager
    async def sql() -> Any:
        async with database.tenant(tenant_id) as session:
            yield session
            if place == "before":
                os.kill(os.getpid(), signal.SIGKILL)
        os.kill(os.getpid(), signal.SIGKILL)

    tenant = Tenant(id=tenant_id, slug=slug, name="Books", timezone="Europe/Madrid", currency="EUR")
    port = LocalBilling(ConnectorContext(tenant=tenant, settings=NoSettings(), now=lambda: NOW, sql=sql))
    new = NewPayment(customer="100234", amount=Money(700, "EUR"), method="cash", at=NOW)
    await port.pay(effect("killed"), new)


if __name__ == "__main__":
    asyncio.run(book(*sys.argv[1:]))
