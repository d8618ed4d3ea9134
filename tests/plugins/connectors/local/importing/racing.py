"""Another process at work on the same tenant: `URL TENANT SLUG import KIND FILE`, or `… pay CUSTOMER REFERENCE`."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from bot.api import Money, Tenant
from bot.db.database import Database
from bot.errors import BotError
from plugins.billing.port import NewPayment
from plugins.connectors.local.billing import LocalBilling
from tests.plugins.building import NOW, Isp, effect
from tests.plugins.connectors.local.importing.conftest import Loader


async def main(url: str, tenant_id: str, slug: str, what: str, *told: str) -> str:
    tenant = Tenant(id=tenant_id, slug=slug, name="Acme", timezone="Europe/Madrid", currency="EUR")
    isp = Isp(Database(runtime_url=url, pool_size=2), tenant)
    try:
        if what == "import":
            outcome = await Loader(isp, Path("/"))(told[0], Path(told[1]))
            return "; ".join(fault.text for fault in outcome.faults) or f"written {outcome.written}"
        new = NewPayment(customer=told[0], amount=Money(500, "EUR"), method="cash", at=NOW, reference=told[1])
        return await LocalBilling(isp.context()).pay(effect(f"pay {told[0]} {told[1]}"), new) and "booked"
    except BotError as error:
        return str(error)


if __name__ == "__main__":
    print(asyncio.run(main(*sys.argv[1:])))
