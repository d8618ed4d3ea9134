"""The customers port: who fits a description, and how they are called and reached."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.api import EVERYWHERE, NOWHERE, Conflict, LeaseLost, NotFound
from bot.conformance.rig import Rig, a_stranger, a_world, effect, lost, opened, there
from bot.conformance.scopes import SOUTH
from plugins.customers.port import ContactChange, CustomerQuery, Customers, CustomerStatus

NORTHERN = ("amina", "bola", "kano", "zoe", "dayo", "sade", "sade too")
"""Active ones first, then who is suspended, then the prospects, each by name."""
CHOICES: tuple[tuple[CustomerQuery, tuple[str, ...]], ...] = (
    (CustomerQuery(area="North"), NORTHERN),
    (CustomerQuery(area="north", kind="business"), ("kano",)),
    (CustomerQuery(area="NTH-03"), NORTHERN),
    (CustomerQuery(area="northport"), ("amina",)),
    (CustomerQuery(status=CustomerStatus.SUSPENDED), ("dayo",)),
    (CustomerQuery(status=CustomerStatus.SUSPENDED, area="south"), ()),
    (CustomerQuery(tier="critical"), ("amina",)),
    (CustomerQuery(since=date(2024, 3, 1), until=date(2024, 3, 1), tier="critical"), ("amina",)),
    (CustomerQuery(since=date(2024, 3, 2)), ()),
    (CustomerQuery(status=CustomerStatus.CHURNED), ()),
    (CustomerQuery(area="nowhere at all"), ()),
    (CustomerQuery(area="north core"), ()),
    (CustomerQuery(area="HARBOUR"), NORTHERN),
    (CustomerQuery(area="harb"), ()),
    (CustomerQuery(suspended_for="Unpaid"), ("dayo",)),
    (CustomerQuery(suspended_for="unpaid", area="south"), ()),
    (CustomerQuery(suspended_for="paid"), ()),
    (CustomerQuery(status=CustomerStatus.CHURNED, owing=True), ()),
)


class ContactsConformance:
    """Lists of customers, and what changes how they are reached."""

    async def test_all_who_fit_are_found_and_counted_by_status(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Customers)
        for query, wanted in CHOICES:
            found = await port.find_by(EVERYWHERE, query)
            assert [c.number for c in found.customers] == [world[name] for name in wanted], query
            assert found.count == len(wanted), query
        everybody = await port.find_by(EVERYWHERE, CustomerQuery(), limit=1)
        assert len(everybody.customers) == 1
        assert dict(everybody.by_status) == {
            status: count
            for status in CustomerStatus
            if (count := sum(c.status is status for c in world.customers))
        }

    async def test_customers_are_found_by_the_plan_a_line_in_use_is_on(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Customers)
        for plan in world.plans:
            used = {s.customer for s in world.services if s.plan.code == plan.code}
            found = await port.find_by(EVERYWHERE, CustomerQuery(plan=plan.code))
            assert {c.number for c in found.customers} == used, plan.code
        await port.terminate(effect(world, "t"), world["amina/1"], world.today, "moves away")
        left = await port.find_by(EVERYWHERE, CustomerQuery(plan="F100"))
        assert world["amina"] not in {c.number for c in left.customers}
        gone = CustomerQuery(status=CustomerStatus.CHURNED, since=world.today, until=world.today)
        assert [c.number for c in (await port.find_by(EVERYWHERE, gone)).customers] == [world["amina"]]
        for owing, who in ((True, [world["amina"]]), (False, [])):
            asked = replace(gone, owing=owing)
            assert [c.number for c in (await port.find_by(EVERYWHERE, asked)).customers] == who

    async def test_a_list_ends_where_the_askers_reach_does(self, rig: Rig) -> None:
        world = await a_world(rig)
        port, stranger = opened(rig, world, Customers), await a_stranger(rig, Customers)
        south = await port.find_by(SOUTH, CustomerQuery())
        assert ([c.number for c in south.customers], south.count) == ([world["grace"]], 1)
        assert (await port.find_by(NOWHERE, CustomerQuery())).count == 0
        assert (await stranger.find_by(EVERYWHERE, CustomerQuery())).count == 0

    async def test_one_note_is_removed_and_the_others_stay(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Customers)
        before = list(await port.notes(EVERYWHERE, world["amina"]))
        first = await port.add_note(effect(world, "n1"), world["amina"], "Call after six.")
        await port.add_note(effect(world, "n2"), world["amina"], "Call after six.")
        with pytest.raises(Conflict):
            await port.remove_note(effect(world, "o"), world["bola"], first)
        with pytest.raises(Conflict):
            await port.remove_note(effect(world, "p"), world["amina"], replace(first, by="Somebody else"))
        for _ in range(2):  # the second time is the same write
            assert await port.remove_note(effect(world, "r"), world["amina"], first) == first
        assert list(await port.notes(EVERYWHERE, world["amina"])) == [first, *before]
        with pytest.raises(NotFound):
            await port.remove_note(effect(world, "x"), "no-such-account", first)
        with pytest.raises(NotFound):
            await (await a_stranger(rig, Customers)).remove_note(effect(world, "y"), world["amina"], first)

    async def test_what_is_given_changes_and_the_rest_stays(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Customers)
        before = there(await port.get(EVERYWHERE, world["amina"]))
        new = ContactChange(phone="+254700111222", street="7 Mill Lane", alt_phone="")
        done = await port.change_contact(effect(world, "c"), world["amina"], new)
        assert done == replace(before, phone="+254700111222", street="7 Mill Lane", alt_phone=None)
        assert there(await port.get(EVERYWHERE, world["amina"])) == done
        found = await port.find(EVERYWHERE, "0700 111 222")
        assert [(f.customer.number, f.exact) for f in found] == [(world["amina"], True)]
        assert not await port.find(EVERYWHERE, "0733 000 111"), "nobody is found by the number of old"
        back = ContactChange(phone=before.phone, street=before.street, alt_phone=before.alt_phone)
        with pytest.raises(Conflict):
            await port.change_contact(effect(world, "no"), world["amina"], back, ContactChange(phone="+1"))
        assert await port.change_contact(effect(world, "back"), world["amina"], back, new) == before

    async def test_a_change_of_contact_happens_once_or_not_at_all(self, rig: Rig) -> None:
        world = await a_world(rig)
        port, stranger = opened(rig, world, Customers), await a_stranger(rig, Customers)
        new = ContactChange(email="new@mail.example")
        await port.change_contact(effect(world, "same"), world["amina"], new)
        await port.change_contact(
            effect(world, "same"), world["amina"], ContactChange(email="x@mail.example")
        )
        assert there(await port.get(EVERYWHERE, world["amina"])).email == "new@mail.example"
        with pytest.raises(LeaseLost):
            await port.change_contact(effect(world, "l", check=lost), world["amina"], ContactChange(name="X"))
        with pytest.raises(NotFound):
            await port.change_contact(effect(world, "n"), "no-such-account", new)
        with pytest.raises(NotFound):
            await stranger.change_contact(effect(world, "s"), world["amina"], new)
        assert there(await port.get(EVERYWHERE, world["amina"])).name == "Amina Bello"
