"""The billing port: promises, reminders and disputes."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.api import EVERYWHERE, Conflict, NotFound
from bot.conformance.lacking import LackingConformance
from bot.conformance.people import eur
from bot.conformance.rig import Rig, a_world, effect, opened, there
from bot.conformance.scopes import NORTH, SOUTH
from bot.conformance.world import World
from plugins.billing.port import Billing, Channel, InvoiceQuery, NewPayment, NewPromise, Standing


async def owed(port: Billing, world: World, name: str = "amina") -> int:
    """Return what somebody owes in cents."""
    return there(await port.balance(EVERYWHERE, world[name], world.today)).owed.minor


async def shown(port: Billing, world: World, name: str = "amina") -> dict[str, int]:
    """Return what is still owed on each invoice."""
    return {i.number: i.owed.minor for i in await port.invoices(EVERYWHERE, world[name], limit=100)}


def cash(world: World, minor: int, name: str = "amina", **more: str) -> NewPayment:
    """Return money that came in just now."""
    return NewPayment(customer=world[name], amount=eur(minor), method="cash", at=world.now, **more)


class PromisingConformance(LackingConformance):
    """What holds dunning off, and what reminds."""

    protocol = Billing

    async def test_a_promise_is_kept_by_the_payments_since(self, rig: Rig) -> None:
        world = await a_world(rig)
        port, today = opened(rig, world, Billing), world.today
        soon, later = today + timedelta(days=3), today + timedelta(days=10)
        new = NewPromise(
            customer=world["amina"], instalments=((soon, eur(5_000)), (later, eur(8_000))), note="said so"
        )
        made = await port.promise(effect(world, "p"), new)
        assert (await port.promise(effect(world, "p"), new)).number == made.number
        assert [(i.nr, i.due_on, i.amount, i.paid_on) for i in made.instalments] == [
            (1, soon, eur(5_000), None),
            (2, later, eur(8_000), None),
        ]
        assert (made.by, made.note, made.standing(today)) == ("Chipo Dube", "said so", Standing.OPEN)
        with pytest.raises(Conflict):
            await port.promise(effect(world, "another"), new)
        world.clock.move(hours=1)
        await port.pay(effect(world, "part"), cash(world, 5_000))
        half = there(await port.get_promise(EVERYWHERE, made.number.lower()))
        assert [i.paid_on for i in half.instalments] == [today, None]
        await port.pay(effect(world, "rest"), cash(world, 8_000))
        assert there(await port.get_promise(EVERYWHERE, made.number)).standing(today) is Standing.KEPT
        since = world.now - timedelta(days=1)
        assert [p.number for p in await port.promises(EVERYWHERE, since, world["amina"])] == [made.number]
        assert not await port.promises(SOUTH, since)
        assert await port.get_promise(SOUTH, made.number) is None
        assert not await port.promises(NORTH, world.now + timedelta(days=1))

    async def test_a_promise_that_is_cancelled_makes_room(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Billing)
        new = NewPromise(
            customer=world["amina"], instalments=((world.today + timedelta(days=3), eur(5_000)),)
        )
        made = await port.promise(effect(world, "p"), new)
        gone = await port.cancel_promise(effect(world, "c"), made.number)
        assert gone.cancelled
        assert not gone.holds(world.today)
        with pytest.raises(Conflict):
            await port.cancel_promise(effect(world, "c2"), made.number)
        with pytest.raises(NotFound):
            await port.cancel_promise(effect(world, "c3"), "no-such-promise")
        await port.promise(effect(world, "p2"), new)

    async def test_a_reminder_is_remembered(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Billing)
        told = await port.remind(effect(world, "r"), world["amina"], Channel.PHONE, eur(8_500))
        assert (told.at, told.by, told.channel, told.owed) == (world.now, "Chipo Dube", "phone", eur(8_500))
        (debtor,) = await port.debtors(EVERYWHERE, world.today, world["amina"])
        assert debtor.reminded_at == world.now
        with pytest.raises(NotFound):
            await port.remind(effect(world, "x"), "no-such-account", Channel.SMS, eur(1))

    async def test_a_dispute_and_its_end(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Billing)
        disputed = await port.dispute(effect(world, "d"), world["inv late"], "never installed")
        assert (disputed.dispute, disputed.disputed_at) == ("never installed", world.now)
        page = await port.find_invoices(EVERYWHERE, InvoiceQuery(standing="disputed"), world.today)
        assert [i.number for i in page.invoices] == [world["inv late"]]
        (debtor,) = await port.debtors(EVERYWHERE, world.today, world["amina"])
        assert (debtor.disputed, debtor.owed) == (eur(4_500), eur(8_500))
        with pytest.raises(Conflict):
            await port.dispute(effect(world, "d2"), world["inv late"], "again")
        settled = await port.dispute(effect(world, "s"), world["inv late"], None)
        assert (settled.dispute, settled.disputed_at) == (None, None)
        for number, text, error in (
            (world["inv late"], None, Conflict),
            (world["inv paid"], "x", Conflict),
            ("no-such-invoice", "x", NotFound),
        ):
            with pytest.raises(error):
                await port.dispute(effect(world, f"e{number}"), number, text)
