"""Services in use by plan and region: plans about to change, lines that end, customers with several."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.api import EVERYWHERE
from plugins.billing.port import Revenue
from plugins.connectors.local.queries_money import get_revenue
from tests.plugins.building import SOUTH, TODAY, Isp

SPANS = [datetime(2026, month, 1, tzinfo=UTC) for month in (11, 12, 10, 11)]
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)


async def _revenue(isp: Isp, scope: object = EVERYWHERE) -> Revenue:
    async with isp.sql() as session:
        days = (TODAY.replace(day=1), TODAY.replace(month=12, day=1))
        return await get_revenue(session, scope, days, SPANS, TODAY, isp.tenant.currency)  # type: ignore[arg-type]  # a Scope


async def test_each_service_counts_once_by_the_plan_it_has_today(isp: Isp) -> None:
    await isp.plan("F100", price=100)
    await isp.plan("F200", price=1_000, name="Fibre 200")
    await isp.plan("OLD", price=5, name="Old Fibre")
    await isp.plan("USD", price=7, currency="USD", name="Dollars")
    lines: tuple[tuple[str, int, dict[str, object]], ...] = (
        ("1", 1, {}),
        ("1", 2, {"plan": "F200"}),  # two services, one customer
        ("2", 1, {"next_plan_code": "F200", "next_plan_on": YESTERDAY}),  # due, not applied yet
        ("3", 1, {"next_plan_code": "F200", "next_plan_on": TOMORROW}),
        ("3", 2, {"terminated_on": TODAY}),  # ended, not applied yet
        ("4", 1, {"terminated_on": TOMORROW}),
        ("5", 1, {"plan": "USD"}),
        ("5", 2, {"status": "suspended"}),
        ("6", 1, {"terminated_on": YESTERDAY}),
        ("7", 1, {"plan": "OLD", "terminated_on": YESTERDAY}),  # the last one on its plan
        ("7", 2, {"plan": "OLD", "status": "suspended"}),
    )
    for number in "1234567":
        await isp.customer(number, "Somebody", region="south" if number in "23" else "north")
    for customer, nr, more in lines:
        await isp.service(customer, nr, **more)  # type: ignore[arg-type]  # its keywords
    found = await _revenue(isp)
    assert [(name, n, money.minor) for name, n, money in found.by_plan] == [
        ("Fibre 200", 2, 2_000),
        ("Fibre 100", 3, 300),
    ]
    assert {(region, n, money.minor) for region, n, money in found.by_region} == {
        ("north", 2, 1_200),
        ("south", 2, 1_100),
    }
    assert (found.services, found.customers, found.mrr.minor) == (5, 4, 2_300)
    south = await _revenue(isp, SOUTH)
    assert (south.services, south.customers, south.mrr.minor) == (2, 2, 1_100)
