"""Any order of payments, credits, reversals and voids: invoices, balance and ageing are what a small model says.

And money is never made: what came in is on invoices or on the account, two at once or killed half-way included.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.api import EVERYWHERE, Conflict, Money, NotAllowed, UserError
from bot.db.tenants import do_create_tenant
from plugins.billing.port import CreditNote, InvoiceStatus, NewCredit, NewPayment, NewPromise
from plugins.connectors.local.billing import LocalBilling
from tests.plugins.building import NOW, TODAY, Isp, effect

WHO = "100234"
DUES = (-70, -40, -9, 5, 30)
"""Days from today on which invoices fall due."""
TOTALS = (4_500, 1, 10_000, 4_500, 333)
ROOT = Path(__file__).parents[3]


def eur(minor: int) -> Money:
    return Money(minor, "EUR")


@dataclass
class Source:
    """Money that came in or was credited, and which invoices have it."""

    number: str
    amount: int
    parts: dict[int, int] = field(default_factory=dict)
    gone: bool = False

    @property
    def loose(self) -> int:
        return 0 if self.gone else self.amount - sum(self.parts.values())


@dataclass
class Model:
    """The rules in a few lines: the invoice named, then the oldest; what is left waits on the account."""

    sources: list[Source] = field(default_factory=list)

    def paid(self, nr: int) -> int:
        return sum(s.parts.get(nr, 0) for s in self.sources if not s.gone)

    def put(self, source: Source, first: int | None = None) -> None:
        for nr in sorted(range(len(DUES)), key=lambda k: (k != first, DUES[k])):
            part = min(source.loose, TOTALS[nr] - self.paid(nr))
            if part > 0:
                source.parts[nr] = source.parts.get(nr, 0) + part

    def add(self, source: Source, first: int | None) -> None:
        self.sources.append(source)
        self.put(source, first)

    def drop(self, source: Source) -> None:
        source.gone, source.parts = True, {}
        for other in self.sources:
            self.put(other)

    @property
    def owed(self) -> int:
        return sum(TOTALS) - sum(s.amount for s in self.sources if not s.gone)


amounts = st.integers(1, 12_000)
which = st.none() | st.integers(0, len(DUES) - 1)
steps = st.one_of(
    st.tuples(st.just("pay"), amounts, which),
    st.tuples(st.just("credit"), amounts, st.none()),
    st.tuples(st.just("back"), st.integers(0, 20), st.none()),
)


async def account(isp: Isp) -> LocalBilling:
    await isp.customer(WHO, "Amina Bello")
    for nr, (due, total) in enumerate(zip(DUES, TOTALS, strict=True)):
        await isp.invoice(f"INV-{nr}", WHO, total, due=TODAY + timedelta(days=due))
    return LocalBilling(isp.context())


async def fresh(database, slug: str) -> Isp:
    async with database.system() as session:
        tenant = await do_create_tenant(
            session,
            slug=f"{slug}-{os.urandom(5).hex()}",
            name="Books",
            timezone="Europe/Madrid",
            currency="EUR",
        )
    return Isp(database, tenant)


async def walk(isp: Isp, taken: list[tuple[str, int, int | None]]) -> None:
    port, model = await account(isp), Model()
    for nr, (what, value, first) in enumerate(taken):
        key, isp.now = effect(f"step-{nr}"), NOW + timedelta(minutes=nr)
        if what == "pay":
            name = None if first is None else f"INV-{first}"
            new = NewPayment(customer=WHO, amount=eur(value), method="cash", at=isp.now, invoice=name)
            one = await port.pay(key, new)
            assert await port.pay(key, new) == one
            model.add(Source(one.number, value), first)
        elif what == "credit":
            note = await port.credit(key, NewCredit(customer=WHO, amount=eur(value), reason="x"))
            model.add(Source(note.number, value), None)
        elif model.sources:
            await _take_back(port, model, model.sources[value % len(model.sources)], key)
        await agrees(port, model)


async def _take_back(port: LocalBilling, model: Model, source: Source, key) -> None:
    undo = port.reverse if source.number.startswith("PAY") else port.void_credit
    if source.gone:
        with pytest.raises(Conflict, match="already"):
            await undo(key, source.number, "wrong")
        return
    await undo(key, source.number, "wrong")
    model.drop(source)


async def agrees(port: LocalBilling, model: Model) -> None:
    balance = await port.balance(EVERYWHERE, WHO, TODAY)
    assert balance.owed.minor == model.owed
    invoices = {i.number: i for i in await port.invoices(EVERYWHERE, WHO)}
    for nr, total in enumerate(TOTALS):
        invoice = invoices[f"INV-{nr}"]
        assert invoice.paid.minor == model.paid(nr) <= total
        assert (invoice.status is InvoiceStatus.PAID) == (invoice.paid.minor == total)
    loose = sum(s.loose for s in model.sources)
    assert balance.credit.minor == loose
    assert not loose or all(i.status is InvoiceStatus.PAID for i in invoices.values())
    overdue = await port.overdue(EVERYWHERE, TODAY)
    due = {nr: TOTALS[nr] - model.paid(nr) for nr in range(len(DUES))}
    assert overdue.total.minor == sum(due[nr] for nr, days in enumerate(DUES) if days < 0)
    assert [b.amount.minor for b in overdue.buckets] == [due[3] + due[4], due[2], due[1], due[0], 0]
    ledger = await port.ledger(EVERYWHERE, WHO, 500)
    assert ledger.before.minor == 0 and ledger.after == balance.owed == eur(
        sum(e.amount.minor for e in ledger.entries)
    )


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(taken=st.lists(steps, max_size=8))
async def test_any_order_of_bookings_agrees_with_the_model(database, taken) -> None:
    await walk(await fresh(database, "books"), taken)


@pytest.mark.deep
@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(taken=st.lists(steps, max_size=25))
async def test_any_long_order_of_bookings_agrees_with_the_model(database, taken) -> None:
    await walk(await fresh(database, "books"), taken)


async def tried(awaited) -> object:
    try:
        return await awaited
    except UserError as error:
        return error


async def test_two_at_once_cannot_exceed_the_months_limit(isp: Isp) -> None:
    port = await account(isp)
    new = NewCredit(customer=WHO, amount=eur(600), reason="x", month_limit=eur(1_000))
    ends = await asyncio.gather(*(tried(port.credit(effect(f"c-{nr}"), new)) for nr in range(6)))
    assert sum(isinstance(end, NotAllowed) for end in ends) == 5
    assert (await port.balance(EVERYWHERE, WHO, TODAY)).owed.minor == sum(TOTALS) - 600


async def test_one_agent_at_several_accounts_at_once_cannot_exceed_the_days_limit(isp: Isp) -> None:
    port = await account(isp)
    whose = [f"10040{nr}" for nr in range(6)]
    for number in whose:
        await isp.customer(number, f"Bola {number}")
    new = NewCredit(customer=WHO, amount=eur(400), reason="x", agent="ann", day_limit=eur(1_000))
    ends = await asyncio.gather(
        *(tried(port.credit(effect(f"d-{who}"), replace(new, customer=who))) for who in whose)
    )
    assert sum(isinstance(end, NotAllowed) for end in ends) == 4
    assert isinstance(await port.credit(effect("other"), replace(new, agent="bob")), CreditNote)


async def test_two_who_book_the_same_slip_at_once_book_it_once(isp: Isp) -> None:
    port = await account(isp)
    await isp.customer("100300", "Bola Ade")
    slips = [
        NewPayment(customer=who, amount=eur(600), method="cash", at=NOW, reference=reference)
        for who, reference in ((WHO, "QX-1 2"), ("100300", "qx12"), (WHO, "Q X12"))
    ]
    ends = await asyncio.gather(*(tried(port.pay(effect(f"p-{nr}"), new)) for nr, new in enumerate(slips)))
    assert sum(isinstance(end, Conflict) for end in ends) == 2
    assert await isp.count("isp_payments") == 1


async def test_many_payments_at_once_lose_and_double_nothing(isp: Isp) -> None:
    port = await account(isp)
    new = NewPayment(customer=WHO, amount=eur(700), method="cash", at=NOW)
    booked = await asyncio.gather(*(port.pay(effect(f"p-{nr % 10}"), new) for nr in range(20)))
    assert len({one.number for one in booked}) == 10
    balance = await port.balance(EVERYWHERE, WHO, TODAY)
    assert balance.owed.minor == sum(TOTALS) - 7_000
    assert sum(i.paid.minor for i in await port.invoices(EVERYWHERE, WHO)) == 7_000


async def test_a_payment_is_taken_back_once_only(isp: Isp) -> None:
    port = await account(isp)
    one = await port.pay(effect("p"), NewPayment(customer=WHO, amount=eur(700), method="cash", at=NOW))
    ends = await asyncio.gather(*(tried(port.reverse(effect(f"r-{nr}"), one.number, "x")) for nr in range(4)))
    assert sum(isinstance(end, Conflict) for end in ends) == 3
    assert (await port.balance(EVERYWHERE, WHO, TODAY)).owed.minor == sum(TOTALS)


async def test_what_was_paid_before_this_table_of_shares_can_be_taken_back_too(isp: Isp) -> None:
    port = await account(isp)
    await isp.invoice("INV-9", WHO, 800, due=TODAY, paid_minor=800, status="paid")
    await isp.payment("PAY-9", WHO, 700, invoice="INV-9")
    await isp.insert(
        "isp_credit_notes", number="CN-9", customer_id=isp.ids[WHO], invoice_id=isp.ids["INV-9"], amount_minor=100,
        currency="EUR", reason="outage", by="Ada",
    )  # fmt: skip
    assert (await port.reverse(effect("a"), "PAY-9", "bounced")).amount == eur(-700)
    await port.void_credit(effect("b"), "CN-9", "wrong")
    assert (await port.get_invoice(EVERYWHERE, "INV-9")).owed == eur(800)
    assert (await port.balance(EVERYWHERE, WHO, TODAY)).owed.minor == sum(TOTALS) + 800


@pytest.mark.parametrize(("currency", "minor"), [("XOF", 15_000), ("KWD", 1_250), ("EUR", 1_250)])
async def test_money_keeps_its_own_number_of_decimals(database, currency: str, minor: int) -> None:
    async with database.system() as session:
        slug = f"money-{os.urandom(5).hex()}"
        tenant = await do_create_tenant(session, slug=slug, name="M", timezone="UTC", currency=currency)
    isp = Isp(database, tenant)
    await isp.customer(WHO, "Amina Bello")
    await isp.invoice("INV-1", WHO, minor, due=TODAY)
    port = LocalBilling(isp.context())
    amount = Money.parse(
        {"XOF": "15 000 F", "KWD": "1.250", "EUR": "12,50"}[currency].removesuffix(" F"), currency
    )
    one = await port.pay(effect(), NewPayment(customer=WHO, amount=amount, method="cash", at=NOW))
    assert one.amount == Money(minor, currency) and one.invoice == "INV-1"
    assert (await port.balance(EVERYWHERE, WHO, TODAY)).owed == Money(0, currency)


async def test_the_day_of_a_promise_ends_on_the_tenants_clock(isp: Isp) -> None:
    port = await account(isp)
    await port.promise(effect("p"), NewPromise(customer=WHO, instalments=((TODAY, eur(500)),)))
    # 22:59 UTC is still the promised day in Madrid; 23:01 is the next.
    late = datetime.fromisoformat(f"{TODAY}T23:01:00+00:00")
    await port.pay(effect("a"), NewPayment(customer=WHO, amount=eur(500), method="cash", at=late))
    (one,) = await port.promises(EVERYWHERE, NOW - timedelta(days=1))
    assert one.standing(TODAY + timedelta(days=1)) == "kept late"
    isp.now += timedelta(minutes=1)
    await port.reverse(effect("b"), "PAY-0000001", "x")
    (one,) = await port.promises(EVERYWHERE, NOW - timedelta(days=1))
    assert one.standing(TODAY + timedelta(days=1)) == "broken" and one.standing(TODAY) == "open"
    on_time = late - timedelta(minutes=2)
    await port.pay(effect("c"), NewPayment(customer=WHO, amount=eur(500), method="cash", at=on_time))
    (one,) = await port.promises(EVERYWHERE, NOW - timedelta(days=1))
    assert one.standing(TODAY + timedelta(days=1)) == "kept" and (one.next is None)
    assert one.instalments[0].paid_on == date(2026, 11, 20)


@pytest.mark.parametrize("place", ["before", "after"])
async def test_killed_around_the_commit_it_is_booked_once(isp: Isp, urls, place: str) -> None:
    await account(isp)
    words = [urls.runtime, isp.tenant.id, isp.tenant.slug, place]
    done = subprocess.run(
        [sys.executable, "-m", "tests.plugins.billing.killed", *words],
        cwd=ROOT, check=False, capture_output=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == -9, done.stderr[-2000:]
    assert await isp.count("isp_payments") == (1 if place == "after" else 0)
    port = LocalBilling(isp.context())
    assert await port.applied("killed") is (place == "after")
    one = await port.pay(effect("killed"), NewPayment(customer=WHO, amount=eur(700), method="cash", at=NOW))
    assert one.amount == eur(700) and await isp.count("isp_payments") == 1
    assert (await port.balance(EVERYWHERE, WHO, TODAY)).owed.minor == sum(TOTALS) - 700
