"""The billing port: what is owed, lists with their sums; what changes an account is in `booking.py`."""

from __future__ import annotations

from datetime import date, timedelta

from bot.api import EVERYWHERE, NOWHERE, Money
from bot.conformance.people import eur
from bot.conformance.rig import Rig, a_stranger, a_world, opened, there
from bot.conformance.scopes import NORTH, SOUTH
from bot.conformance.whose import WhoseConformance
from bot.conformance.world import World
from plugins.billing.port import Billing, DebtorQuery, InvoiceQuery, InvoiceStatus, Method, PaymentQuery

FIRST = date(2026, 11, 1)


class BillingConformance(WhoseConformance):
    """Whoever stands behind the billing port passes these."""

    async def test_a_balance_says_what_since_when_and_who_paid_last(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Billing)
        balance = there(await port.balance(EVERYWHERE, world["amina"], world.today))
        assert (balance.owed, balance.overdue) == (eur(13_000), eur(8_500))
        assert balance.overdue_since == world.today - timedelta(days=40)
        assert (balance.open_invoices, balance.next_due) == (3, world.today + timedelta(days=9))
        last = there(balance.last_payment)
        assert (last.number, last.invoice, last.method) == (world["pay part"], world["inv begun"], "cash")
        assert there(balance.last_failure).failure == "insufficient_funds"
        assert balance.other == ()
        assert balance.credit in {None, eur(0)}

    async def test_who_has_no_invoice_owes_nothing_and_who_is_not_there_has_no_balance(
        self, rig: Rig
    ) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Billing)
        balance = there(await port.balance(EVERYWHERE, world["sade"], world.today))
        assert (balance.owed, balance.overdue_since, balance.last_payment) == (eur(0), None, None)
        assert await port.balance(EVERYWHERE, "no-such-account", world.today) is None
        assert await port.ledger(EVERYWHERE, "no-such-account") is None
        assert not await port.invoices(EVERYWHERE, "no-such-account")
        assert not await port.payments(EVERYWHERE, "no-such-account")
        several = await port.balances(
            EVERYWHERE, [world["amina"], world["grace"], "no-such-account"], world.today
        )
        assert {number: b.owed.minor for number, b in several.items()} == {
            world["amina"]: 13_000,
            world["grace"]: 9_000,
        }

    async def test_invoices_and_payments_newest_first(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Billing)
        invoices = await port.invoices(EVERYWHERE, world["amina"])
        assert [i.number for i in invoices] == [world[f"inv {n}"] for n in ("open", "late", "begun", "paid")]
        assert [i.owed.minor for i in invoices] == [4_500, 4_500, 4_000, 0]
        assert len(await port.invoices(EVERYWHERE, world["amina"], limit=2)) == 2
        payments = await port.payments(EVERYWHERE, world["amina"])
        assert [p.number for p in payments] == [world[f"pay {n}"] for n in ("failed", "part", "whole")]
        assert [p.status for p in payments] == ["failed", "succeeded", "succeeded"]
        assert [p.number for p in await port.payments(EVERYWHERE, world["amina"], limit=1)] == [
            world["pay failed"]
        ]

    async def test_one_document_by_its_number_in_any_case(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Billing)
        invoice = there(await port.get_invoice(EVERYWHERE, world["inv begun"].lower()))
        assert (invoice.number, invoice.customer, invoice.customer_name) == (
            world["inv begun"],
            world["amina"],
            "Amina Bello",
        )
        assert (invoice.total, invoice.paid, invoice.status) == (eur(4_500), eur(500), InvoiceStatus.OPEN)
        assert [(line.text, line.amount) for line in invoice.lines] == [("A month of Fibre 100", eur(4_500))]
        payment = there(await port.get_payment(EVERYWHERE, world["pay whole"].lower()))
        assert (payment.amount, payment.invoice, payment.reference) == (
            eur(4_500),
            world["inv paid"],
            "QX-12 a",
        )
        for get in (port.get_invoice, port.get_payment, port.get_credit, port.get_promise):
            assert await get(EVERYWHERE, "no-such-number") is None

    async def test_a_list_of_invoices_counts_and_sums_all_that_fit(self, rig: Rig) -> None:
        world = await a_world(rig)
        port, today = opened(rig, world, Billing), world.today
        for query, names, total, owed in (
            (InvoiceQuery(standing="unpaid"), ("grace", "begun", "late", "open"), 22_500, 22_000),
            (InvoiceQuery(standing="overdue"), ("grace", "begun", "late"), 18_000, 17_500),
            (InvoiceQuery(standing="paid"), ("paid",), 4_500, 0),
            (InvoiceQuery(customer=world["amina"]), ("open", "late", "begun", "paid"), 18_000, 13_000),
            (InvoiceQuery(since=today - timedelta(days=20)), ("open", "late"), 9_000, 9_000),
            (InvoiceQuery(until=today - timedelta(days=80)), ("paid", "grace"), 13_500, 9_000),
            (InvoiceQuery(over=eur(4_500)), ("grace",), 9_000, 9_000),
            (InvoiceQuery(over=Money(1, "USD"), biggest=True), (), 0, 0),
            (InvoiceQuery(standing="unpaid", under=eur(9_000)), ("begun", "late", "open"), 13_500, 13_000),
            (InvoiceQuery(over=eur(4_499), under=eur(4_501), standing="paid"), ("paid",), 4_500, 0),
            (InvoiceQuery(is_due=True, since=today), ("open",), 4_500, 4_500),
            (InvoiceQuery(is_due=True, until=today - timedelta(days=90)), ("grace",), 9_000, 9_000),
            (InvoiceQuery(standing="disputed"), (), 0, 0),
            (InvoiceQuery(standing="void"), (), 0, 0),
        ):
            page = await port.find_invoices(EVERYWHERE, query, today)
            assert [i.number for i in page.invoices] == [world[f"inv {name}"] for name in names], query
            assert (page.count, page.total, page.owed) == (len(names), eur(total), eur(owed)), query
            short = await port.find_invoices(EVERYWHERE, query, today, limit=1)
            assert (short.invoices, short.count, short.owed) == (page.invoices[:1], page.count, page.owed), (
                query
            )

    async def test_a_list_of_payments_counts_and_sums_what_came_in(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Billing)
        month = world.now - timedelta(days=45)
        for query, names, failed, total in (
            (PaymentQuery(), ("failed grace", "failed", "part", "whole"), 2, 5_000),
            (PaymentQuery(customer=world["amina"], since=month), ("failed", "part"), 1, 500),
            (PaymentQuery(until=month), ("whole",), 0, 4_500),
            (PaymentQuery(method=Method.CASH), ("part",), 0, 500),
            (PaymentQuery(reference="qx 12-A"), ("whole",), 0, 4_500),
            (PaymentQuery(reference="other"), (), 0, 0),
            (PaymentQuery(status="failed"), ("failed grace", "failed"), 2, 0),
            (PaymentQuery(status="succeeded", method=Method.CASH), ("part",), 0, 500),
            (PaymentQuery(status="succeeded", over=eur(500)), ("whole",), 0, 4_500),
            (PaymentQuery(status="succeeded", amount=eur(500)), ("part",), 0, 500),
            (PaymentQuery(amount=Money(500, "USD")), (), 0, 0),
            (PaymentQuery(under=eur(4_500)), ("part",), 0, 500),
            (PaymentQuery(over=eur(499), under=eur(4_501)), ("failed", "part", "whole"), 1, 5_000),
        ):
            page = await port.find_payments(EVERYWHERE, query)
            assert [p.number for p in page.payments] == [world[f"pay {name}"] for name in names], query
            assert (page.count, page.failed, page.total) == (len(names), failed, eur(total)), query
            assert (await port.find_payments(EVERYWHERE, query, limit=1)).count == page.count

    async def test_the_end_of_a_period_is_left_out(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Billing)
        at = next(p.at for p in world.payments if p.number == world["pay part"])
        after = await port.find_payments(EVERYWHERE, PaymentQuery(since=at, until=at + timedelta(seconds=1)))
        assert [p.number for p in after.payments] == [world["pay part"]]
        assert (
            await port.find_payments(EVERYWHERE, PaymentQuery(since=at - timedelta(days=1), until=at))
        ).count == 0

    async def test_the_account_adds_up_to_the_balance(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Billing)
        whole = there(await port.ledger(EVERYWHERE, world["amina"], limit=100))
        assert (whole.before, whole.after) == (eur(0), eur(13_000))
        assert whole.before + sum_of([e.amount for e in whole.entries]) == whole.after
        assert [e.at for e in whole.entries] == sorted(e.at for e in whole.entries), "oldest first"
        assert sum(e.amount.minor < 0 for e in whole.entries) == 2, "what lowers the debt is negative"
        short = there(await port.ledger(EVERYWHERE, world["amina"], limit=2))
        assert short.entries == whole.entries[-2:]
        assert short.before + sum_of([e.amount for e in short.entries]) == short.after == whole.after

    async def test_debt_by_age(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Billing)
        overdue = await port.overdue(EVERYWHERE, world.today)
        assert [(b.since, b.until, b.customers, b.amount.minor) for b in overdue.buckets] == [
            (0, 0, 1, 4_500),
            (1, 30, 1, 4_500),
            (31, 60, 1, 4_000),
            (61, 90, 0, 0),
            (91, None, 1, 9_000),
        ]
        assert (overdue.customers, overdue.total) == (2, eur(17_500))
        assert [(d.customer, d.owed.minor, d.days, d.invoices) for d in overdue.debtors] == [
            (world["grace"], 9_000, 95, 1),
            (world["amina"], 8_500, 40, 2),
        ]
        first = await port.overdue(EVERYWHERE, world.today, limit=1)
        assert ([d.customer for d in first.debtors], first.customers) == ([world["grace"]], 2)
        old = await port.overdue(EVERYWHERE, world.today, min_days=60)
        assert ([d.customer for d in old.debtors], old.total) == ([world["grace"]], eur(9_000))

    async def test_debt_of_some_customers_and_above_an_amount(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Billing)
        for among, wanted in (
            (DebtorQuery(over=eur(8_500)), ["grace"]),
            (DebtorQuery(over=eur(8_499)), ["grace", "amina"]),
            (DebtorQuery(over=eur(9_000)), []),
            (DebtorQuery(area="north"), ["amina"]),
            (DebtorQuery(name="GRACE"), ["grace"]),
            (DebtorQuery(name="nobody of that name"), []),
            (DebtorQuery(area="north", kind="business"), []),
            (DebtorQuery(tier="critical"), ["amina"]),
            (DebtorQuery(plan="F100"), ["amina"]),
            (DebtorQuery(over=eur(8_500), area="north"), []),
            (DebtorQuery(under=eur(9_000)), ["amina"]),
            (DebtorQuery(over=eur(8_499), under=eur(9_000)), ["amina"]),
        ):
            found = await port.overdue(EVERYWHERE, world.today, among=among)
            assert [d.customer for d in found.debtors] == [world[name] for name in wanted], among
            late = sum_of([b.amount for b in found.buckets if b.since])
            assert (found.customers, found.total) == (len(wanted), late), "by age it comes to the same"

    async def test_debtors_longest_first_with_what_dunning_asks(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Billing)
        debtors = await port.debtors(EVERYWHERE, world.today)
        assert [(d.customer, d.oldest_due, d.days) for d in debtors] == [
            (world["grace"], world.today - timedelta(days=95), 95),
            (world["amina"], world.today - timedelta(days=40), 40),
        ]
        hers = debtors[1]
        assert (hers.name, hers.tier, hers.services, hers.region) == ("Amina Bello", "critical", 1, "north")
        assert (hers.disputed or eur(0)) == eur(0)
        assert [d.customer for d in await port.debtors(EVERYWHERE, world.today, world["amina"])] == [
            world["amina"]
        ]
        assert [d.customer for d in await port.debtors(EVERYWHERE, world.today, limit=1)] == [world["grace"]]
        assert not await port.debtors(EVERYWHERE, world.today, world["sade"])

    async def test_failed_payments_of_a_period_add_up(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Billing)
        failed = await port.failed(EVERYWHERE, world.now - timedelta(days=7), world.now)
        assert (failed.count, failed.tried, failed.recovered, failed.amount) == (2, 2, 0, eur(13_500))
        assert {(g.reason, g.provider, g.count, g.amount.minor) for g in failed.groups} == {
            ("insufficient_funds", "Mollie", 1, 4_500),
            ("provider_timeout", "Mollie", 1, 9_000),
        }
        assert [p.number for p in failed.newest] == [world["pay failed grace"], world["pay failed"]]
        assert (
            len((await port.failed(EVERYWHERE, world.now - timedelta(days=7), world.now, limit=1)).newest)
            == 1
        )
        before = await port.failed(EVERYWHERE, world.now - timedelta(days=36), world.now - timedelta(days=7))
        assert (before.count, before.tried) == (0, 1)

    async def test_revenue_of_a_month(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Billing)
        revenue = await port.revenue(EVERYWHERE, FIRST, world.today)
        active = [s for s in world.services if s.status == "active"]
        assert (revenue.month, revenue.services, revenue.customers) == (FIRST, len(active), 5)
        assert revenue.mrr == sum_of([s.plan.price for s in active])
        assert (revenue.receivable, revenue.overdue) == (eur(22_000), eur(17_500))
        assert (revenue.invoiced, revenue.collected, revenue.credited) == (eur(9_000), eur(0), eur(0))
        for split in (revenue.by_plan, revenue.by_region):
            assert sum_of([amount for _, _, amount in split]) == revenue.mrr
        assert sum(count for _, count, _ in revenue.by_plan) == revenue.services
        october = await port.revenue(EVERYWHERE, date(2026, 10, 1), world.today)
        assert (october.collected, october.invoiced) == (eur(500), eur(0))

    async def test_what_lies_outside_the_scope_is_neither_shown_nor_counted(self, rig: Rig) -> None:
        world = await a_world(rig)
        port, today = opened(rig, world, Billing), world.today
        week = world.now - timedelta(days=7)
        assert await port.balance(NORTH, world["grace"], today) is None
        assert there(await port.balance(SOUTH, world["grace"], today)).owed == eur(9_000)
        assert set(await port.balances(NORTH, [world["amina"], world["grace"]], today)) == {world["amina"]}
        assert not await port.invoices(NORTH, world["grace"])
        assert not await port.payments(NORTH, world["grace"])
        assert await port.get_invoice(NORTH, world["inv grace"]) is None
        assert await port.get_payment(NORTH, world["pay failed grace"]) is None
        assert await port.ledger(NORTH, world["grace"]) is None
        assert not await port.debtors(NORTH, today, world["grace"])
        invoices = await port.find_invoices(NORTH, InvoiceQuery(standing="unpaid"), today)
        assert (invoices.count, invoices.owed) == (3, eur(13_000))
        payments = await port.find_payments(NORTH, PaymentQuery())
        assert (payments.count, payments.failed) == (3, 1)
        overdue = await port.overdue(NORTH, today)
        assert (overdue.customers, overdue.total, overdue.buckets[-1].customers) == (1, eur(8_500), 0)
        assert [d.customer for d in await port.debtors(SOUTH, today)] == [world["grace"]]
        assert (await port.failed(SOUTH, week, world.now)).amount == eur(9_000)
        south = await port.revenue(SOUTH, FIRST, today)
        assert (south.receivable, south.mrr, south.services) == (eur(9_000), eur(2_000), 1)
        await self._nothing(port, world)

    async def _nothing(self, port: Billing, world: World) -> None:
        nowhere = await port.revenue(NOWHERE, FIRST, world.today)
        assert (nowhere.receivable.minor, nowhere.mrr.minor, nowhere.services) == (0, 0, 0)
        assert (await port.overdue(NOWHERE, world.today)).customers == 0
        assert (await port.find_invoices(NOWHERE, InvoiceQuery(), world.today)).count == 0

    async def test_nothing_crosses_into_another_tenant(self, rig: Rig) -> None:
        world = await a_world(rig)
        stranger = await a_stranger(rig, Billing)
        assert await stranger.balance(EVERYWHERE, world["amina"], world.today) is None
        assert not await stranger.invoices(EVERYWHERE, world["amina"])
        assert await stranger.get_invoice(EVERYWHERE, world["inv late"]) is None
        assert await stranger.get_payment(EVERYWHERE, world["pay part"]) is None
        assert (await stranger.find_payments(EVERYWHERE, PaymentQuery())).count == 0
        assert (await stranger.overdue(EVERYWHERE, world.today)).customers == 0
        assert (await stranger.revenue(EVERYWHERE, FIRST, world.today)).mrr.minor == 0
        assert (await stranger.failed(EVERYWHERE, world.now - timedelta(days=99), world.now)).tried == 0
        assert not await stranger.debtors(EVERYWHERE, world.today)


def sum_of(amounts: list[Money]) -> Money:
    """Add up cents."""
    return eur(sum(amount.minor for amount in amounts))
