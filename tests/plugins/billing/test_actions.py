"""The billing plugin through the gate: what staff ask about money, in their words."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

import pytest

from bot.api import BadInput, NotAllowed, NotFound, Tone
from bot.testing import Bench
from tests.plugins.building import TODAY, Isp, ago


@pytest.fixture
async def world(open_bench) -> tuple[Bench, Isp]:
    bench, isp = await open_bench("billing")
    await isp.plan()
    await isp.customer("100234", "Amina Bello", phone="+254712345678")
    await isp.service("100234")
    await isp.customer("100300", "Bola Ade")
    lines = [{"text": "Fibre 100, October", "minor": 4_500}]
    await isp.invoice("INV-1", "100234", 4_500, due=TODAY - timedelta(days=40), paid_minor=500, lines=lines)
    await isp.invoice("INV-2", "100234", 4_500, due=TODAY + timedelta(days=9))
    await isp.payment("PAY-1", "100234", 500, invoice="INV-1", at=ago(days=30), method="cash")
    await isp.payment(
        "PAY-2",
        "100234",
        4_000,
        invoice="INV-1",
        at=ago(days=2),
        status="failed",
        failure="card_expired",
        provider="Mollie",
    )
    return bench, isp


async def test_balance_in_one_breath(world) -> None:
    bench, _ = world
    reply = await bench.act("balance", customer="amina bello")
    assert reply.text == (
        "**Amina Bello** (100234): owes 85.00 EUR, 40.00 EUR of it overdue since 11 Oct (40 days).\n\n"
        "Last payment: 5.00 EUR on 21 Oct 18:55 by cash.\n\n"
        "A later try failed: 40.00 EUR, 18 Nov 17:55, card expired."
    )
    assert reply.tone is Tone.WARN and "Suspend" in [b.label for b in reply.buttons]
    quiet = await bench.act("balance", customer="100300")
    assert "nothing owed" in quiet.text and "not paid anything yet" in quiet.text


async def test_what_one_customer_is_not_is_said_and_makes_nothing_of_theirs_vanish(world) -> None:
    bench, _ = world
    said = "Amina Bello is none of the business customers, so that is left out. "
    for name in ("invoices", "payments", "suspensions"):
        reply = await bench.act(name, customer="100234", kind="business")
        assert reply.text.startswith(said), name
        assert said not in (await bench.act(name, customer="100234", kind="individual")).text
    shown = await bench.act("payments", customer="100234", kind="business")
    assert len(shown.data) == 2
    nothing = await bench.act("payments", customer="100300", kind="business")
    assert nothing.text == "No payments from Bola Ade yet."


async def test_invoices_and_one_of_them(world) -> None:
    bench, _ = world
    reply = await bench.act("invoices", customer="100234")
    assert [(row[0], row[-1]) for row in reply.table.rows] == [
        ("INV-2", "due 29 Nov"), ("INV-1", "partly paid, overdue 40 days"),
    ]  # fmt: skip
    assert (
        await bench.act("invoices", customer="100300", unpaid=True)
    ).text == "No unpaid invoices for Bola Ade."
    one = await bench.act("invoice", invoice="inv-1")
    assert one.text == "**INV-1** of Amina Bello (100234): 45.00 EUR, partly paid, overdue 40 days."
    assert one.focus == {"invoice": "INV-1", "customer": "100234"}
    with pytest.raises(NotFound):
        await bench.act("invoice", invoice="INV-99")


async def test_payments(world) -> None:
    bench, _ = world
    reply = await bench.act("payments", customer="100234")
    assert reply.text == "2 payments of Amina Bello, 1 of them failed, 5.00 EUR came in:"
    assert [row[4] for row in reply.table.rows] == ["failed: card expired", "succeeded"]
    assert (await bench.act("payments", customer="100300")).text == "No payments from Bola Ade yet."


async def test_overdue_by_age(world) -> None:
    bench, _ = world
    reply = await bench.act("overdue")
    assert reply.text == "1 customer overdue, 40.00 EUR in all."
    ages, debtors = reply.tables
    assert [(row[0], row[1]) for row in ages.rows][2] == ("31-60 days", 1) and len(debtors.rows) == 1
    assert (await bench.act("overdue", days=60)).text == "Nobody is overdue for 60 days or more."
    with pytest.raises(BadInput):
        await bench.act("overdue", days=0)
    with pytest.raises(BadInput, match="Say fewer"):
        await bench.act("overdue", days=999_999_999_999_999)


@pytest.mark.parametrize("action", ["failed", "invoices", "payments", "credits"])
@pytest.mark.parametrize("span", [{"since": "0001-01-01"}, {"since": "9999-12-31"}, {"until": "9999-12-31"}])
async def test_periods_no_calendar_can_count_with(world, action: str, span: dict[str, str]) -> None:
    bench, _ = world
    with pytest.raises(BadInput, match="is in the year"):
        await bench.act(action, **span)


@pytest.mark.parametrize("span", [{"since": "1900-01-01"}, {"since": "2199-12-31"}, {"until": "2199-12-31"}])
@pytest.mark.parametrize("action", ["failed", "invoices", "payments", "credits"])
async def test_periods_far_away_are_empty_or_refused_in_words(world, action, span) -> None:
    bench, _ = world
    with suppress(BadInput):  # anything but an error nobody foresaw
        assert (await bench.act(action, **span)).text


async def test_failed_payments(world) -> None:
    bench, _ = world
    reply = await bench.act("failed")
    assert reply.text == "1 payment failed, 13 Nov to 20 Nov (100.0% of 1), 40.00 EUR in all."
    assert reply.tables[0].rows[0][:3] == ("card expired", "Mollie", 1)
    assert (
        await bench.act("failed", since="2026-11-19", until="2026-11-19")
    ).text == "No payment failed, 19 Nov."
    with pytest.raises(BadInput, match="before it begins"):
        await bench.act("failed", since="2026-11-10", until="2026-11-01")


async def test_revenue_is_not_for_everybody(world) -> None:
    bench, _ = world
    reply = await bench.act("revenue")
    assert reply.text.startswith(
        "**MRR 45.00 EUR** from 1 active service. Outstanding: 85.00 EUR, 40.00 EUR of it overdue"
    )
    clerk = await bench.person("Clara Clerk", ["billing:read", "customers:read"])
    with pytest.raises(NotAllowed):
        await bench.act("revenue", user=clerk)
    with pytest.raises(BadInput, match="has not begun"):
        await bench.act("revenue", month="2027-01-01")
