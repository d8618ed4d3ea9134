"""Services behind the local connector: what the first tenant has set up and put off, and a question about it to every function."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.api import EVERYWHERE
from plugins.connectors.local import queries_plan_change, queries_provision, queries_services
from plugins.connectors.local.shapes import shapes_of
from plugins.customers.changes import NewCustomer, PlanQuote, ServiceOrder
from tests.plugins.building import NOW, TODAY, Isp
from tests.probes.asking import Asks
from tests.probes.isp import AMINA, PON

MONTH = (datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC))
FIRST, SECOND, WAITING, ENDING = (f"SVC-{AMINA}-{nr}" for nr in (1, 2, 3, 4))
NEW = NewCustomer(name="Mine")
ORDER = ServiceOrder(customer=AMINA, plan="F100", address="12 Harbour Road")
AFTER = TODAY + timedelta(days=60)


@dataclass(frozen=True)
class Lines:
    """What the first tenant would pay for another plan."""

    quote: PlanQuote


async def fill(isp: Isp) -> Lines:
    """Set up and put off, over what `tests.probes.isp` put there."""
    await isp.plan("F200", price=6_500, name="Fibre 200")
    for nr, status in ((2, "active"), (3, "pending"), (4, "active")):
        await isp.service(AMINA, nr, port=PON, status=status)
    async with isp.sql() as session:
        other = await queries_plan_change.get_quote(
            session, EVERYWHERE, SECOND, "F200", TODAY, next_period=False
        )
        await queries_plan_change.do_change_plan(session, other, "Ada", NOW, TODAY, MONTH)
        await queries_provision.do_terminate(session, ENDING, TODAY + timedelta(days=30), "moves", TODAY)
        return Lines(
            await queries_plan_change.get_quote(session, EVERYWHERE, FIRST, "F200", TODAY, next_period=False)
        )


ASKS: Asks = {
    queries_services.find_services: lambda s, a: queries_services.find_services(s, EVERYWHERE, AMINA, TODAY),
    queries_services.get_service: lambda s, a: queries_services.get_service(s, EVERYWHERE, FIRST, TODAY),
    queries_services.find_services_by_identifier: lambda s, a: queries_services.find_services_by_identifier(
        s, EVERYWHERE, shapes_of(FIRST), TODAY, 9
    ),
    queries_services.do_due: lambda s, a: queries_services.do_due(s, AFTER),
    queries_plan_change.get_quote: lambda s, a: queries_plan_change.get_quote(
        s, EVERYWHERE, FIRST, "F200", TODAY, next_period=False
    ),
    queries_plan_change.do_change_plan: lambda s, a: queries_plan_change.do_change_plan(
        s, a.quote, "Eve", NOW, TODAY, MONTH
    ),
    queries_plan_change.get_last_change: lambda s, a: queries_plan_change.get_last_change(
        s, EVERYWHERE, SECOND, NOW, TODAY
    ),
    queries_plan_change.do_revert_plan: lambda s, a: queries_plan_change.do_revert_plan(
        s, SECOND, "Eve", NOW, TODAY
    ),
    queries_provision.do_create_customer: lambda s, a: queries_provision.do_create_customer(s, NEW, TODAY),
    queries_provision.do_provision: lambda s, a: queries_provision.do_provision(s, ORDER, TODAY),
    queries_provision.do_activate: lambda s, a: queries_provision.do_activate(s, WAITING, TODAY),
    queries_provision.do_terminate: lambda s, a: queries_provision.do_terminate(
        s, FIRST, TODAY, "mine", TODAY
    ),
    queries_provision.do_keep: lambda s, a: queries_provision.do_keep(s, ENDING),
}
