"""The billing port: payments and credit notes, and the way back of each; promises are in `promising.py`."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.api import EVERYWHERE, BadInput, Conflict, LeaseLost, Money, NotAllowed, NotFound
from bot.conformance.people import eur
from bot.conformance.promising import PromisingConformance, cash, owed, shown
from bot.conformance.rig import Rig, a_world, effect, lost, opened, there
from bot.conformance.scopes import SOUTH
from plugins.billing.port import (
    Billing,
    CreditNote,
    CreditQuery,
    InvoiceStatus,
    NewCredit,
    NewPayment,
    PaymentQuery,
)


class BookingConformance(PromisingConformance):
    """Every change of an account, once, and back."""

    async def test_money_settles_the_oldest_invoice_first_and_the_rest_is_credit(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Billing)
        before = await shown(port, world)
        paid = await port.pay(effect(world, "p"), cash(world, 14_000))
        assert (paid.amount, paid.status, paid.method, paid.by) == (
            eur(14_000),
            "succeeded",
            "cash",
            "Chipo Dube",
        )
        assert (paid.at, paid.customer, paid.reversed, paid.reverses) == (
            world.now,
            world["amina"],
            False,
            None,
        )
        assert set((await shown(port, world)).values()) == {0}
        balance = there(await port.balance(EVERYWHERE, world["amina"], world.today))
        assert (balance.owed, balance.credit, balance.overdue) == (eur(-1_000), eur(1_000), eur(0))
        assert there(balance.last_payment).number == paid.number
        back = await port.reverse(effect(world, "r"), paid.number, "bounced cheque")
        assert (back.amount, back.reverses) == (eur(-14_000), paid.number)
        assert there(await port.get_payment(EVERYWHERE, paid.number)).reversed
        assert await shown(port, world) == before
        assert await owed(port, world) == 13_000
        for _ in range(2):
            with pytest.raises(Conflict):
                await port.reverse(effect(world, "r2"), paid.number, "again")
        with pytest.raises(Conflict):
            await port.reverse(effect(world, "r3"), back.number, "an entry is not taken back")
        with pytest.raises(Conflict):
            await port.reverse(effect(world, "r4"), world["pay failed"], "it never went through")
        ledger = there(await port.ledger(EVERYWHERE, world["amina"], limit=100))
        assert (
            ledger.before.minor + sum(e.amount.minor for e in ledger.entries) == ledger.after.minor == 13_000
        )

    async def test_a_named_invoice_is_settled_first(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Billing)
        paid = await port.pay(effect(world, "p"), cash(world, 4_600, invoice=world["inv late"]))
        assert set((paid.invoice or "").split(", ")) == {world["inv late"], world["inv begun"]}
        left = await shown(port, world)
        assert (left[world["inv late"]], left[world["inv begun"]], left[world["inv open"]]) == (
            0,
            3_900,
            4_500,
        )
        late = there(await port.get_invoice(EVERYWHERE, world["inv late"]))
        assert (late.status, late.paid) == (InvoiceStatus.PAID, late.total)
        with pytest.raises(NotFound):
            await port.pay(effect(world, "q"), cash(world, 100, invoice=world["inv grace"]))
        with pytest.raises(NotFound):
            await port.pay(
                effect(world, "n"),
                NewPayment(customer="no-such-account", amount=eur(1), method="cash", at=world.now),
            )

    async def test_a_payment_that_was_there_before_can_be_taken_back(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Billing)
        await port.reverse(effect(world, "r"), world["pay whole"], "wrong account")
        assert await owed(port, world) == 17_500
        invoice = there(await port.get_invoice(EVERYWHERE, world["inv paid"]))
        assert (invoice.status, invoice.owed) == (InvoiceStatus.OPEN, eur(4_500))
        with pytest.raises(NotFound):
            await port.reverse(effect(world, "x"), "no-such-payment", "x")

    async def test_the_same_reference_is_booked_once(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Billing)
        for nr, (name, reference) in enumerate((("amina", "qx12A"), ("grace", "QX 12-a"))):
            with pytest.raises(Conflict):
                await port.pay(effect(world, f"p{nr}"), cash(world, 100, name, reference=reference))
        ends = await asyncio.gather(
            *(
                port.pay(effect(world, f"two{n}"), cash(world, 100, n, reference="R-77"))
                for n in ("amina", "grace")
            ),
            return_exceptions=True,
        )
        assert sum(isinstance(end, Conflict) for end in ends) == 1, ends
        await port.reverse(effect(world, "r"), world["pay whole"], "wrong account")
        await port.pay(effect(world, "again"), cash(world, 4_500, reference="QX12a"))

    async def test_the_same_key_books_once(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Billing)
        made = await asyncio.gather(*(port.pay(effect(world, "one"), cash(world, 1_000)) for _ in range(4)))
        assert len({payment.number for payment in made}) == 1
        assert await owed(port, world) == 12_000
        new = NewCredit(customer=world["amina"], amount=eur(500), reason="outage")
        notes = [await port.credit(effect(world, "cn"), new) for _ in range(2)]
        assert notes[0].number == notes[1].number
        assert await owed(port, world) == 11_500
        await asyncio.gather(*(port.reverse(effect(world, "rev"), made[0].number, "x") for _ in range(3)))
        assert await owed(port, world) == 12_500
        assert (await port.find_payments(EVERYWHERE, PaymentQuery(customer=world["amina"]))).count == 5
        assert await port.applied(effect(world, "one").key) is not False
        assert await port.applied(effect(world, "never").key) is not True

    async def test_two_who_pay_at_once_never_settle_more_than_is_owed(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Billing)
        await asyncio.gather(*(port.pay(effect(world, f"p{nr}"), cash(world, 4_000)) for nr in range(4)))
        for invoice in await port.invoices(EVERYWHERE, world["amina"]):
            assert 0 <= invoice.paid.minor <= invoice.total.minor, invoice.number
        assert await owed(port, world) == 13_000 - 16_000

    async def test_a_lost_lease_or_another_currency_books_nothing(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Billing)
        with pytest.raises(LeaseLost):
            await port.pay(effect(world, "l", check=lost), cash(world, 1_000))
        foreign = Money(1_000, "USD")
        with pytest.raises(BadInput):
            await port.pay(
                effect(world, "f"),
                NewPayment(customer=world["amina"], amount=foreign, method="cash", at=world.now),
            )
        with pytest.raises(BadInput):
            await port.credit(
                effect(world, "g"), NewCredit(customer=world["amina"], amount=foreign, reason="x")
            )
        assert await owed(port, world) == 13_000
        assert await port.applied(effect(world, "l").key) is not True

    async def test_a_credit_note_and_its_voiding(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Billing)
        before = await shown(port, world)
        new = NewCredit(
            customer=world["amina"], amount=eur(4_000), reason="outage", invoice=world["inv late"]
        )
        note = await port.credit(effect(world, "c"), new)
        assert (note.amount, note.invoice, note.by, note.voided_at) == (
            eur(4_000),
            world["inv late"],
            "Chipo Dube",
            None,
        )
        assert await owed(port, world) == 9_000
        with pytest.raises(Conflict):
            await port.credit(
                effect(world, "over"),
                NewCredit(customer=world["amina"], amount=eur(600), reason="x", invoice=world["inv late"]),
            )
        span = (world.now - timedelta(days=1), world.now + timedelta(days=1))
        of_amina = CreditQuery(customer=world["amina"])
        page = await port.find_credits(EVERYWHERE, of_amina, *span)
        assert ([n.number for n in page.notes], page.count, page.total) == ([note.number], 1, eur(4_000))
        assert (await port.find_credits(SOUTH, CreditQuery(), *span)).count == 0
        assert (await port.find_credits(EVERYWHERE, CreditQuery(), span[0], note.at)).count == 0, (
            "the end is left out"
        )
        assert await port.get_credit(SOUTH, note.number) is None
        gone = await port.void_credit(effect(world, "v"), note.number, "wrong customer")
        assert (gone.voided_at, gone.voided_by) == (world.now, "Chipo Dube")
        assert await shown(port, world) == before
        assert (await port.find_credits(EVERYWHERE, of_amina, *span)).total == eur(0), "void counts nothing"
        with pytest.raises(Conflict):
            await port.void_credit(effect(world, "v2"), note.number, "again")
        with pytest.raises(NotFound):
            await port.void_credit(effect(world, "v3"), "no-such-note", "x")

    async def test_the_months_limit_holds_also_when_two_credit_at_once(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Billing)
        new = NewCredit(customer=world["amina"], amount=eur(600), reason="x", month_limit=eur(1_000))
        ends = await asyncio.gather(
            *(port.credit(effect(world, f"c{nr}"), new) for nr in range(3)), return_exceptions=True
        )
        assert sum(isinstance(end, NotAllowed) for end in ends) == 2, ends
        assert await owed(port, world) == 12_400
        world.clock.move(days=20)
        await port.credit(effect(world, "next month"), new)

    async def test_one_colleague_credits_no_more_in_a_day_than_the_limit(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Billing)
        new = NewCredit(
            customer=world["amina"], amount=eur(600), reason="x", agent="ada-1", day_limit=eur(1_000)
        )
        whom = (new, replace(new, customer=world["bola"]), replace(new, customer=world["grace"]))
        ends = await asyncio.gather(
            *(port.credit(effect(world, f"d{nr}"), one) for nr, one in enumerate(whom)),
            return_exceptions=True,
        )
        assert sum(isinstance(end, NotAllowed) for end in ends) == 2, "the day counts over all customers"
        await port.credit(effect(world, "another colleague"), replace(new, agent="ben-2"))
        (gone,) = [end for end in ends if isinstance(end, CreditNote)]
        span = world.now - timedelta(days=1), world.now + timedelta(days=2)
        days = await port.credit_days(EVERYWHERE, *span)
        assert {(d.agent, d.count, d.total, d.voided) for d in days} == {
            ("ada-1", 1, eur(600), 0),
            ("ben-2", 1, eur(600), 0),
        }
        both = {"ben-2", "ada-1"} if gone.customer == world["amina"] else {"ben-2"}
        for narrowed, who in (
            (CreditQuery(agent="ben-2"), {"ben-2"}),
            (CreditQuery(by_one_of=("ben-2", "ben@acme.example", "Ben")), {"ben-2"}),
            (CreditQuery(by_one_of=("cyd-3", "Chipo Dube")), set()),
            (CreditQuery(over=eur(600)), set()),
            (CreditQuery(customer=world["amina"]), both),
        ):
            assert {d.agent for d in await port.credit_days(EVERYWHERE, *span, narrowed)} == who
        assert (await port.find_credits(EVERYWHERE, CreditQuery(agent="ada-1"), *span)).count == 1
        assert (await port.find_credits(EVERYWHERE, CreditQuery(over=eur(600)), *span)).count == 0
        await port.void_credit(effect(world, "void"), gone.number, "wrong")
        await port.credit(effect(world, "what is void counts nothing"), new)
        world.clock.move(days=1)
        await port.credit(effect(world, "next day"), new)
        assert (await port.credit_days(EVERYWHERE, *span))[0].agent == "ada-1", "the newest day first"
