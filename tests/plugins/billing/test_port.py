"""What every connector behind the billing port has to do; `local` for now."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.api import EVERYWHERE, Money
from plugins.billing.port import Billing
from plugins.connectors.local.billing import LocalBilling
from tests.plugins.building import NORTH, NOW, SOUTH, TODAY, Isp, ago

CONNECTORS = {"local": LocalBilling}


@pytest.fixture(params=CONNECTORS)
def connect(request: pytest.FixtureRequest):
    return lambda isp: CONNECTORS[request.param](isp.context())


def days(n: int) -> date:
    return TODAY - timedelta(days=n)


def eur(minor: int) -> Money:
    return Money(minor, "EUR")


@pytest.fixture
async def port(isp: Isp, connect) -> Billing:
    await isp.plan()
    await isp.customer("100234", "Amina Bello", tier="premium", phone="+254712345678")
    await isp.service("100234")
    await isp.customer("200100", "Grace Otieno", region="south", status="suspended")
    await isp.service("200100", status="suspended")
    lines = [{"text": "Fibre 100, October", "minor": 4_500}]
    await isp.invoice("INV-1", "100234", 4_500, due=days(70), paid_minor=4_500, status="paid", lines=lines)
    await isp.invoice("INV-2", "100234", 4_500, due=days(40), paid_minor=500, lines=lines)
    await isp.invoice("INV-3", "100234", 4_500, due=days(5))
    await isp.invoice("INV-4", "100234", 4_500, due=days(-9))
    await isp.invoice("INV-5", "200100", 9_000, due=days(95))
    await isp.payment("PAY-1", "100234", 4_500, invoice="INV-1", at=ago(days=60))
    await isp.payment("PAY-2", "100234", 500, invoice="INV-2", at=ago(days=30), method="cash")
    await isp.payment(
        "PAY-3", "100234", 4_500, invoice="INV-3", at=ago(days=2), status="failed", failure="insufficient_funds",
        provider="Mollie",
    )  # fmt: skip
    await isp.payment(
        "PAY-4", "200100", 9_000, invoice="INV-5", at=ago(days=1), status="failed", failure="provider_timeout",
        provider="Mollie",
    )  # fmt: skip
    return connect(isp)


async def test_a_balance_says_what_since_when_and_who_paid_last(port: Billing) -> None:
    balance = await port.balance(EVERYWHERE, "100234", TODAY)
    assert (balance.owed, balance.overdue) == (eur(13_000), eur(8_500))
    assert (balance.overdue_since, balance.open_invoices, balance.next_due) == (days(40), 3, days(-9))
    assert (balance.last_payment.number, balance.last_payment.invoice) == ("PAY-2", "INV-2")
    assert balance.last_failure.failure == "insufficient_funds" and balance.other == ()


async def test_money_without_an_invoice_lowers_the_balance(isp: Isp, port: Billing) -> None:
    await isp.payment("PAY-9", "100234", 10_000)
    await isp.insert(
        "isp_credit_notes", number="CN-1", customer_id=isp.ids["100234"], amount_minor=4_000, currency="EUR",
        reason="outage", by="Ada",
    )  # fmt: skip
    assert (await port.balance(EVERYWHERE, "100234", TODAY)).owed == eur(-1_000)


async def test_a_foreign_currency_is_not_added_up(isp: Isp, port: Billing) -> None:
    await isp.invoice("INV-6", "100234", 700, due=days(3), currency="USD")
    balance = await port.balance(EVERYWHERE, "100234", TODAY)
    assert balance.owed == eur(13_000) and balance.other == (Money(700, "USD"),)


async def test_a_customer_without_invoices_owes_nothing(isp: Isp, port: Billing) -> None:
    await isp.customer("100500", "New Person")
    balance = await port.balance(EVERYWHERE, "100500", TODAY)
    assert (balance.owed, balance.overdue_since, balance.last_payment) == (eur(0), None, None)
    assert await port.balance(EVERYWHERE, "999999", TODAY) is None


async def test_invoices_and_payments_newest_first(port: Billing) -> None:
    assert [i.number for i in await port.invoices(EVERYWHERE, "100234")] == [
        "INV-4",
        "INV-3",
        "INV-2",
        "INV-1",
    ]
    invoice = await port.get_invoice(EVERYWHERE, "inv-2")
    assert invoice.owed == eur(4_000) and invoice.lines[0].amount == eur(4_500)
    assert (await port.get_invoice(EVERYWHERE, "INV-1")).owed == eur(0)
    assert [p.number for p in await port.payments(EVERYWHERE, "100234", limit=2)] == ["PAY-3", "PAY-2"]


async def test_debt_by_age(port: Billing) -> None:
    overdue = await port.overdue(EVERYWHERE, TODAY)
    assert [(b.label, b.customers, b.amount.minor) for b in overdue.buckets] == [
        ("not due yet", 1, 4_500), ("1-30 days", 1, 4_500), ("31-60 days", 1, 4_000), ("61-90 days", 0, 0),
        ("over 90 days", 1, 9_000),
    ]  # fmt: skip
    assert (overdue.customers, overdue.total) == (2, eur(17_500))
    assert [(d.customer, d.days, d.invoices) for d in overdue.debtors] == [
        ("200100", 95, 1),
        ("100234", 40, 2),
    ]
    old = await port.overdue(EVERYWHERE, TODAY, min_days=60)
    assert [d.customer for d in old.debtors] == ["200100"] and len(old.buckets) == 3


async def test_failed_payments_of_a_period(isp: Isp, port: Billing) -> None:
    failed = await port.failed(EVERYWHERE, ago(days=7), NOW)
    assert (failed.count, failed.tried, failed.amount, failed.recovered) == (2, 2, eur(13_500), 0)
    assert {(g.reason, g.provider, g.count) for g in failed.groups} == {
        ("insufficient_funds", "Mollie", 1), ("provider_timeout", "Mollie", 1),
    }  # fmt: skip
    assert [p.number for p in failed.newest] == ["PAY-4", "PAY-3"]
    assert (await port.failed(EVERYWHERE, ago(days=36), ago(days=7))).tried == 1


async def test_revenue_of_a_month_by_the_tenants_clock(isp: Isp, port: Billing) -> None:
    # 23:30 UTC on 31 October is already November in Madrid.
    await isp.payment("PAY-8", "100234", 111, at=datetime(2026, 10, 31, 23, 30, tzinfo=UTC))
    revenue = await port.revenue(EVERYWHERE, date(2026, 11, 1), TODAY)
    assert (revenue.mrr, revenue.services, revenue.collected) == (eur(4_500), 1, eur(111))
    assert (revenue.receivable, revenue.overdue) == (eur(22_000), eur(17_500))
    assert revenue.invoiced == eur(9_000) and revenue.by_plan == (("Fibre 100", 1, eur(4_500)),)


async def test_reads_end_at_the_scope(port: Billing) -> None:
    assert await port.balance(NORTH, "200100", TODAY) is None and await port.balance(SOUTH, "200100", TODAY)
    assert not await port.invoices(NORTH, "200100") and not await port.payments(NORTH, "200100")
    assert await port.get_invoice(NORTH, "INV-5") is None
    assert (await port.overdue(NORTH, TODAY)).customers == 1
    assert (await port.failed(NORTH, ago(days=7), NOW)).count == 1
    assert (await port.revenue(SOUTH, date(2026, 11, 1), TODAY)).receivable == eur(9_000)


async def test_reads_end_at_the_tenant(port: Billing, other_isp: Isp, connect) -> None:
    stranger: Billing = connect(other_isp)
    assert await stranger.balance(EVERYWHERE, "100234", TODAY) is None
    assert not await stranger.invoices(EVERYWHERE, "100234") and not await stranger.payments(
        EVERYWHERE, "100234"
    )
    assert await stranger.get_invoice(EVERYWHERE, "INV-1") is None
    assert (await stranger.overdue(EVERYWHERE, TODAY)).customers == 0
    assert (await stranger.failed(EVERYWHERE, ago(days=7), NOW)).tried == 0
    assert (await stranger.revenue(EVERYWHERE, date(2026, 11, 1), TODAY)).mrr.minor == 0
    assert await stranger.applied("k") is False
