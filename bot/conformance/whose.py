"""The billing port: lists and sums of some customers only, and an account in a period."""

from __future__ import annotations

from datetime import date, timedelta

from bot.api import EVERYWHERE
from bot.conformance.booking import BookingConformance
from bot.conformance.people import eur
from bot.conformance.promising import cash
from bot.conformance.rig import Rig, a_world, effect, opened, there
from plugins.billing.port import Billing, DebtorQuery, InvoiceQuery, Method, PaymentQuery
from plugins.customers.port import CustomerQuery, CustomerStatus

FIRST = date(2026, 11, 1)
KINDS = tuple(CustomerQuery(kind=kind) for kind in ("business", "individual"))


class WhoseConformance(BookingConformance):
    """What is asked of some is told of these and nobody else."""

    async def test_sums_of_kinds_and_places_add_up_to_all(self, rig: Rig) -> None:
        world = await a_world(rig)
        port, today = opened(rig, world, Billing), world.today
        whole = await port.revenue(EVERYWHERE, FIRST, today)
        everybody = await port.find_invoices(EVERYWHERE, InvoiceQuery(standing="unpaid"), today)
        places = (CustomerQuery(area="North"), CustomerQuery(area="south"))
        for parts in (KINDS, places):
            told = [await port.revenue(EVERYWHERE, FIRST, today, whose) for whose in parts]
            assert sum(one.mrr.minor for one in told) == whole.mrr.minor
            assert sum(one.receivable.minor for one in told) == whole.receivable.minor
            assert sum(one.customers for one in told) == whole.customers
            queries = [InvoiceQuery(standing="unpaid", whose=whose) for whose in parts]
            pages = [await port.find_invoices(EVERYWHERE, query, today) for query in queries]
            assert sum(page.owed.minor for page in pages) == everybody.owed.minor
            assert sum(page.count for page in pages) == everybody.count
        assert (await port.revenue(EVERYWHERE, FIRST, today, CustomerQuery(area="nowhere"))).services == 0

    async def test_debtors_and_failures_of_some(self, rig: Rig) -> None:
        world = await a_world(rig)
        port, today = opened(rig, world, Billing), world.today
        south = CustomerQuery(area="south")
        assert [d.customer for d in await port.debtors(EVERYWHERE, today, whose=south)] == [world["grace"]]
        left = await port.overdue(EVERYWHERE, today, among=DebtorQuery(without=(world["grace"],)))
        assert world["grace"] not in {d.customer for d in left.debtors} and left.customers == 1
        gone = DebtorQuery(status=CustomerStatus.CHURNED)
        assert (await port.overdue(EVERYWHERE, today, among=gone)).customers == 0
        week = world.now - timedelta(days=7), world.now
        whole = await port.failed(EVERYWHERE, *week)
        ways = [await port.failed(EVERYWHERE, *week, method=method) for method in Method]
        assert sum(way.count for way in ways) == whole.count > 0
        assert sum(way.tried for way in ways) == whole.tried
        of_south = await port.failed(EVERYWHERE, *week, whose=south)
        assert {p.customer for p in of_south.newest} == {world["grace"]}

    async def test_who_paid_more_than_once(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Billing)
        since = world.now - timedelta(minutes=1)
        for nr, who in enumerate(("amina", "amina", "bola")):
            await port.pay(effect(world, f"twice {nr}"), cash(world, 100 + nr, who))
        page = await port.find_payments(EVERYWHERE, PaymentQuery(since=since, twice=True))
        assert {p.customer for p in page.payments} == {world["amina"]}
        assert (page.count, page.total) == (2, eur(201))

    async def test_the_ledger_of_a_period_ends_in_the_balance_of_its_end(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Billing)
        whole = there(await port.ledger(EVERYWHERE, world["amina"], 50))
        cut = whole.entries[-1].at
        before = there(await port.ledger(EVERYWHERE, world["amina"], 50, until=cut))
        after = there(await port.ledger(EVERYWHERE, world["amina"], 50, since=cut))
        assert [*before.entries, *after.entries] == [*whole.entries]
        assert (before.before, before.after) == (whole.before, after.before)
        assert after.after == whole.after

    async def test_debt_of_a_range_of_days(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Billing)
        for least, most, owed, ages in (
            (1, 39, {"amina": 4_500}, [1, 31]),
            (31, 60, {"amina": 4_000}, [31]),
            (30, 95, {"grace": 9_000, "amina": 4_000}, [1, 31, 61, 91]),
            (60, 94, {}, [31, 61, 91]),
        ):
            found = await port.overdue(EVERYWHERE, world.today, min_days=least, max_days=most)
            assert {d.customer: d.owed.minor for d in found.debtors} == {
                world[name]: minor for name, minor in owed.items()
            }, (least, most)
            assert [b.since for b in found.buckets] == ages, (least, most)
            assert found.total.minor == sum(b.amount.minor for b in found.buckets)
