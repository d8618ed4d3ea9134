"""Files loaded by another tenant: whatever they hold, they meet only that tenant's own rows."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from plugins.connectors.local.importing.kinds import KINDS
from plugins.connectors.local.importing.nouns import Where, Wish
from plugins.connectors.local.importing.run import plan_of
from plugins.connectors.local.load_rows import Load
from tests.plugins.building import NOW
from tests.probes.asking import Asks
from tests.probes.isp import AMINA, CURRENCY, OLT, PON
from tests.savepoints import savepoint

WHERE = Where(now=NOW, zone=ZoneInfo("Europe/Madrid"), currency=CURRENCY, by="cli:eve")
ROWS = {
    "customers": (("number", "name"), (2, AMINA, "Mine")),
    "tickets": (("number", "subject", "customer"), (2, "TCK-10100", "Mine", AMINA)),
    "devices": (("name", "site", "parent"), (2, OLT, "NTH-03", "bng1")),
    "topology": (("parent_kind", "parent", "child_kind", "child"), (2, "port", PON, "service", f"SVC-{AMINA}-1")),
    "services": (("number", "customer", "plan", "port"), (2, f"SVC-{AMINA}-1", AMINA, "F100", PON)),
    "invoices": (("number", "customer", "total"), (2, "INV-1", AMINA, 5)),
    "payments": (("number", "customer", "amount", "invoice"), (2, "PAY-1", AMINA, 5, "INV-1")),
}  # fmt: skip


async def load(session: AsyncSession) -> list[object]:
    """Load a row of each kind that names what the first tenant has; what has no fault is written."""
    said: list[object] = []
    for name, (names, row) in ROWS.items():
        try:
            async with savepoint(session, keep=False):
                opened = Load(session, plan_of(KINDS[name], WHERE, "number", Wish()))
                await opened.begin()
                await opened.copy(names, [row])
                said += [repr(await opened.find_doubles())]
                await opened.prepare()
                faults = await opened.find_faults()
                said += [name, repr(faults), await opened.find_notes()]
                for target in opened.plan.targets:
                    said += [repr(await opened.compare(target, 9)), await opened.find_new(target, 9)]
                    if not faults:
                        await opened.write(target, lambda _done: None)
                if not faults:
                    await opened.finish()
                said += [repr(await opened.find_notes())]
        except Exception as error:
            said += [name, type(error).__name__]
    return said


ASKS: Asks = {Load: lambda s, a: load(s)}
