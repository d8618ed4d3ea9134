"""The customers port: new customers, new lines, other plans, and ends."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.api import EVERYWHERE, Conflict, NotFound
from bot.conformance.lacking import LackingConformance
from bot.conformance.rig import Rig, a_world, effect, opened, there
from bot.conformance.scopes import SOUTH
from plugins.customers.port import (
    TAKE_BACK,
    Customers,
    CustomerStatus,
    NewCustomer,
    Service,
    ServiceOrder,
    ServiceStatus,
)


async def the_line(port: Customers, customer: str, number: str) -> Service:
    """Return one service of a customer as it is."""
    return there(next((s for s in await port.services(EVERYWHERE, customer) if s.number == number), None))


class LinesConformance(LackingConformance):
    """What changes what a subscriber has."""

    protocol = Customers

    async def test_a_quote_says_what_a_plan_costs_now_and_from_the_next_period(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Customers)
        quote = await port.quote(EVERYWHERE, world["amina/1"], "F50")
        assert (quote.service.plan.code, quote.plan.code, quote.on) == ("F100", "F50", world.today)
        assert quote.start <= quote.on < quote.end
        assert quote.net.minor <= 0, "a cheaper plan never costs"
        later = await port.quote(EVERYWHERE, world["amina/1"], "F50", next_period=True)
        assert later.on == quote.end
        assert later.net.minor == 0, "from the next period there is nothing to settle"

    async def test_a_quote_that_cannot_be(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Customers)
        for service, plan, error in (
            ("no-such-line", "F50", NotFound),
            (world["amina/1"], "F999", NotFound),
            (world["amina/1"], "F20", NotFound),
            (world["amina/1"], "F100", Conflict),
            (world["amina/1"], "W10", Conflict),
        ):
            with pytest.raises(error):
                await port.quote(EVERYWHERE, service, plan)
        with pytest.raises(NotFound):
            await port.quote(SOUTH, world["amina/1"], "F50")

    async def test_a_plan_change_and_its_way_back(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Customers)
        quote = await port.quote(EVERYWHERE, world["amina/1"], "F50")
        done = await port.change_plan(effect(world, "c"), quote)
        assert done.service.plan.code == "F50"
        assert (done.document is not None) == (quote.net.minor != 0)
        again = await port.change_plan(effect(world, "c"), quote)
        assert (again.service.plan.code, again.document) == ("F50", done.document), "once"
        change = await port.last_change(EVERYWHERE, world["amina/1"])
        assert (change.before.code, change.after.code, change.by) == ("F100", "F50", "Chipo Dube")
        assert (change.on, change.document) == (world.today, done.document)
        assert change.net == (quote.net if done.document else None)
        back = await port.revert_plan(effect(world, "r"), world["amina/1"])
        assert back.service.plan.code == "F100"
        for _ in range(2):
            with pytest.raises(Conflict):
                await port.revert_plan(effect(world, "r2"), world["amina/1"])
            with pytest.raises(Conflict):
                await port.last_change(EVERYWHERE, world["amina/1"])

    async def test_a_quote_that_no_longer_holds_changes_nothing(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Customers)
        quote = await port.quote(EVERYWHERE, world["amina/1"], "F50")
        await port.change_plan(effect(world, "a"), quote)
        with pytest.raises(Conflict):
            await port.change_plan(effect(world, "b"), quote)
        assert (await the_line(port, world["amina"], world["amina/1"])).plan.code == "F50"

    async def test_a_change_from_the_next_period_waits_and_can_be_taken_back_until_then(
        self, rig: Rig
    ) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Customers)
        quote = await port.quote(EVERYWHERE, world["bola/1"], "F100", next_period=True)
        await port.change_plan(effect(world, "later"), quote)
        line = await the_line(port, world["bola"], world["bola/1"])
        assert (line.plan.code, there(line.next_plan).code, line.next_plan_on) == ("F50", "F100", quote.on)
        await port.revert_plan(effect(world, "no"), world["bola/1"])
        line = await the_line(port, world["bola"], world["bola/1"])
        assert (line.plan.code, line.next_plan, line.next_plan_on) == ("F50", None, None)
        quote = await port.quote(EVERYWHERE, world["bola/1"], "F100", next_period=True)
        await port.change_plan(effect(world, "later2"), quote)
        world.clock.now += quote.on - world.today + timedelta(days=1)
        line = await the_line(port, world["bola"], world["bola/1"])
        assert (line.plan.code, line.next_plan) == ("F100", None), "the day brings it"

    async def test_a_change_is_not_taken_back_when_it_is_old(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Customers)
        await port.change_plan(effect(world, "c"), await port.quote(EVERYWHERE, world["amina/1"], "F50"))
        world.clock.now += TAKE_BACK + timedelta(minutes=1)
        with pytest.raises(Conflict):
            await port.last_change(EVERYWHERE, world["amina/1"])
        with pytest.raises(Conflict):
            await port.revert_plan(effect(world, "r"), world["amina/1"])

    async def test_a_new_customer_gets_a_number_of_their_own_once(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Customers)
        new = NewCustomer(name="Ngozi Eze", phone="+254700123456", email="ngozi@mail.example", region="north")
        made = await asyncio.gather(*(port.create(effect(world, f"new{nr % 2}"), new) for nr in range(4)))
        assert len({one.number for one in made}) == 2
        assert not {one.number for one in made} & {one.number for one in world.customers}
        first = made[0]
        assert (first.name, first.status, first.region) == ("Ngozi Eze", CustomerStatus.PROSPECT, "north")
        assert await port.get(EVERYWHERE, first.number) == first
        assert await port.get(SOUTH, first.number) is None
        found = await port.find(EVERYWHERE, "0700 123456")
        assert {f.customer.number for f in found} == {one.number for one in made}

    async def test_a_line_from_order_to_use(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Customers)
        order = ServiceOrder(
            customer=world["sade"],
            plan="F50",
            address="9 Mill Lane",
            port="olt-nth-03-1 PON 1/1",
            ont_serial="ZTEG12AB34CD",
        )
        line = await port.provision(effect(world, "p"), order)
        assert (line.status, line.plan.code, line.ont_serial) == (
            ServiceStatus.PENDING,
            "F50",
            "ZTEG12AB34CD",
        )
        assert (line.customer, line.address) == (world["sade"], "9 Mill Lane")
        assert line.username, "one is made"
        assert (await port.provision(effect(world, "p"), order)).number == line.number
        assert [s.number for s in await port.services(EVERYWHERE, world["sade"])] == [line.number]
        assert there(await port.get(EVERYWHERE, world["sade"])).status is CustomerStatus.PROSPECT
        used = await port.activate(effect(world, "a"), line.number)
        assert (used.status, used.activated_on) == (ServiceStatus.ACTIVE, world.today)
        assert there(await port.get(EVERYWHERE, world["sade"])).status is CustomerStatus.ACTIVE
        with pytest.raises(Conflict):
            await port.activate(effect(world, "a2"), line.number)
        with pytest.raises(NotFound):
            await port.activate(effect(world, "a3"), "no-such-line")

    async def test_a_line_that_cannot_be_set_up(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Customers)
        who, where = world["sade"], "9 Mill Lane"
        for nr, (order, error) in enumerate(
            (
                (ServiceOrder(customer="no-such-account", plan="F50", address=where), NotFound),
                (ServiceOrder(customer=who, plan="F999", address=where), NotFound),
                (ServiceOrder(customer=who, plan="F20", address=where), NotFound),
                (
                    ServiceOrder(customer=who, plan="F50", address=where, port="olt-nth-03-1 PON 9/9"),
                    NotFound,
                ),
                (
                    ServiceOrder(customer=who, plan="W10", address=where, port="ap-sth-01-a sector A"),
                    Conflict,
                ),
                (ServiceOrder(customer=who, plan="F50", address=where, ont_serial="HWTC1A2B3C4D"), Conflict),
                (ServiceOrder(customer=who, plan="F50", address=where, username="Amina1@ISP"), Conflict),
            )
        ):
            with pytest.raises(error):
                await port.provision(effect(world, f"p{nr}"), order)
        assert not await port.services(EVERYWHERE, who)

    async def test_two_cannot_have_one_ont(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Customers)
        ends = await asyncio.gather(
            *(
                port.provision(
                    effect(world, who),
                    ServiceOrder(customer=world[who], plan="F50", address="x", ont_serial="ZTEG12AB34CD"),
                )
                for who in ("sade", "sade too")
            ),
            return_exceptions=True,
        )
        assert sum(isinstance(end, Conflict) for end in ends) == 1, ends

    async def test_a_line_that_ends_today_and_goes_on_after_all(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Customers)
        ended = await port.terminate(effect(world, "t"), world["amina/1"], world.today, "moves away")
        assert (ended.status, ended.terminated_on) == (ServiceStatus.TERMINATED, world.today)
        gone = there(await port.get(EVERYWHERE, world["amina"]))
        assert (gone.status, gone.churned_on) == (CustomerStatus.CHURNED, world.today), "it was the last line"
        with pytest.raises(Conflict):
            await port.terminate(effect(world, "t2"), world["amina/1"], world.today, "again")
        kept = await port.keep(effect(world, "k"), world["amina/1"])
        assert (kept.status, kept.terminated_on) == (ServiceStatus.ACTIVE, None)
        assert there(await port.get(EVERYWHERE, world["amina"])).status is CustomerStatus.ACTIVE
        with pytest.raises(Conflict):
            await port.keep(effect(world, "k2"), world["amina/1"])

    async def test_a_line_that_ends_on_a_later_day(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Customers)
        on = world.today + timedelta(days=10)
        planned = await port.terminate(effect(world, "t"), world["zoe/1"], on, "moves away")
        assert (planned.status, planned.terminated_on) == (ServiceStatus.ACTIVE, on)
        with pytest.raises(Conflict):
            await port.terminate(effect(world, "t2"), world["zoe/1"], on, "again")
        world.clock.move(days=10)
        assert (await the_line(port, world["zoe"], world["zoe/1"])).status is ServiceStatus.TERMINATED
        assert (await the_line(port, world["zoe"], world["zoe/2"])).status is ServiceStatus.ACTIVE
        with pytest.raises(NotFound):
            await port.terminate(effect(world, "t3"), "no-such-line", on, "x")
