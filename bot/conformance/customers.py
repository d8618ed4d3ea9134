"""The customers port: finding, reading, suspending; what changes lines is in `lines.py`."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.api import EVERYWHERE, NOWHERE, Conflict, LeaseLost, NotFound
from bot.conformance.contacts import ContactsConformance
from bot.conformance.lines import LinesConformance
from bot.conformance.rig import Rig, a_stranger, a_world, effect, lost, opened, there
from bot.conformance.scopes import HARBOUR, NORTH, PARTNER, SOUTH
from plugins.customers.port import Customers, CustomerStatus, Note, ServiceStatus

IDENTIFIERS = (
    "+254 712 345 678",
    "0712-345-678",
    "0712.345.678",
    "00254712345678",
    "254712345678",
    "0733 000 111",
    "amina.bello@MAIL.example",
    "Amina1@ISP",
    "10.20.30.40",
    "100.64.0.9",
    "2001:db8:12:34ff::1",
    "AA-BB-CC-DD-EE-0F",
    "aabb.ccdd.ee0f",
    "aabbccddee0f",
    "hwtc-1a2b3c4d",
    "HWTC 1A2B 3C4D",
    "485754431A2B3C4D",
)
"""Amina's, in the forms in which people read them out."""
WORDS = (
    ("Amina Bello", "amina"),
    ("Bello Amina", "amina"),
    ("Amina Belo", "amina"),
    ("Amnia Bello", "amina"),
    ("amina bel", "amina"),
    ("Zoe OBrien Muller", "zoe"),
    ("kano textile", "kano"),
    ("ibrahim musa", "kano"),
    ("12 harbour road", "amina"),
)
NOBODY = ("", "  ", "Xyzzy Qwerty", "Amina Xyzzy", "999999999", "10.0.0.250", "%", "*", "x" * 5_000, "a\x00b")


class CustomersConformance(ContactsConformance, LinesConformance):
    """Whoever stands behind the customers port passes these."""

    async def test_an_identifier_in_any_form_finds_its_one_customer(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Customers)
        own = (
            world["amina"],
            world["amina"].lower(),
            world["amina/1"],
            world["inv late"],
            world["tkt light"],
        )
        for text in (*IDENTIFIERS, *own):
            found = await port.find(EVERYWHERE, text)
            assert [(f.customer.number, f.exact) for f in found] == [(world["amina"], True)], text
            assert found[0].by, "it says through what they were found"

    async def test_words_of_name_or_address_find_in_any_order_misspelt_and_without_accents(
        self, rig: Rig
    ) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Customers)
        for text, name in WORDS:
            found = await port.find(EVERYWHERE, text)
            assert found, text
            assert found[0].customer.number == world[name], text

    async def test_a_full_name_is_exact_only_when_one_customer_bears_it(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Customers)
        assert [f.exact for f in await port.find(EVERYWHERE, "amina bello")] == [True]
        assert not any(f.exact for f in await port.find(EVERYWHERE, "amina"))
        both = await port.find(EVERYWHERE, "Sade Kamau")
        assert {f.customer.number for f in both} == {world["sade"], world["sade too"]}
        assert not any(f.exact for f in both)

    async def test_the_end_of_a_phone_number_finds_without_being_exact(self, rig: Rig) -> None:
        world = await a_world(rig)
        found = await opened(rig, world, Customers).find(EVERYWHERE, "345678")
        assert [(f.customer.number, f.exact) for f in found] == [(world["amina"], False)]

    async def test_what_nobody_has_finds_nobody(self, rig: Rig) -> None:
        port = opened(rig, await a_world(rig), Customers)
        for text in NOBODY:
            assert not await port.find(EVERYWHERE, text), text[:40]
            assert not await port.find_services(EVERYWHERE, text), text[:40]

    async def test_a_search_returns_the_best_first_and_no_more_than_asked(self, rig: Rig) -> None:
        port = opened(rig, await a_world(rig), Customers)
        found = await port.find(EVERYWHERE, "harbour road", limit=3)
        assert len(found) == 3
        assert [f.score for f in found] == sorted((f.score for f in found), reverse=True)
        assert len(await port.find(EVERYWHERE, "harbour road", limit=1)) == 1
        best = (await port.find(EVERYWHERE, "ade"))[0]
        assert best.customer.name == "Bola Ade", "who is called so stands before who is called nearly so"

    async def test_a_customer_comes_back_whole(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Customers)
        for wanted in world.customers:
            assert there(await port.get(EVERYWHERE, wanted.number)) == wanted
        assert await port.get(EVERYWHERE, "no-such-account") is None

    async def test_services_come_back_whole_those_in_use_first(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Customers)
        (line,) = await port.services(EVERYWHERE, world["amina"])
        assert line == next(s for s in world.services if s.number == world["amina/1"])
        await port.suspend(effect(world, "s"), world["zoe"], "fault", [world["zoe/1"]])
        ordered = await port.services(EVERYWHERE, world["zoe"])
        assert [s.status for s in ordered] == [ServiceStatus.ACTIVE, ServiceStatus.SUSPENDED]
        assert not await port.services(EVERYWHERE, world["sade"])
        assert not await port.services(EVERYWHERE, "no-such-account")

    async def test_services_are_found_by_their_identifiers(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Customers)
        for text in (world["amina/1"], "amina1@ISP", "10.20.30.40", "AABB.CCDD.EE0F", "hwtc-1a2b3c4d"):
            found = await port.find_services(EVERYWHERE, text)
            assert [s.number for s in found] == [world["amina/1"]], text

    async def test_plans_on_sale_cheapest_first(self, rig: Rig) -> None:
        port = opened(rig, await a_world(rig), Customers)
        plans = await port.plans()
        assert [(p.code, p.price.minor, p.down_kbps) for p in plans] == [
            ("W10", 2_000, 10_000),
            ("F50", 3_000, 50_000),
            ("F100", 4_500, 100_000),
        ]
        assert all(p.active for p in plans)

    async def test_notes_newest_first_and_no_more_than_asked(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Customers)
        notes = await port.notes(EVERYWHERE, world["amina"])
        assert [n.body for n in notes] == [f"Called, {days} days ago." for days in (1, 2, 3)]
        assert [n.body for n in await port.notes(EVERYWHERE, world["amina"], limit=1)] == [
            "Called, 1 days ago."
        ]
        added = await port.add_note(
            effect(world, "n"), world["amina"], "Ärger mit dem Router 🙁\nzweite Zeile"
        )
        assert added == Note(at=world.now, by="Chipo Dube", body="Ärger mit dem Router 🙁\nzweite Zeile")
        assert (await port.notes(EVERYWHERE, world["amina"], limit=1))[0] == added

    async def test_what_lies_outside_the_scope_is_as_if_it_were_not_there(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Customers)
        for scope, sees in (
            (SOUTH, True),
            (PARTNER, True),
            (NORTH, False),
            (HARBOUR, False),
            (NOWHERE, False),
        ):
            for text in (
                world["grace"],
                "Grace Otieno",
                "grace",
                "0712 999 888",
                "grace1@isp",
                "Grce Otieno",
            ):
                found = [f.customer.number for f in await port.find(scope, text)]
                assert found == ([world["grace"]] if sees else []), (scope, text)
            assert bool(await port.get(scope, world["grace"])) is sees
            assert bool(await port.services(scope, world["grace"])) is sees
            assert bool(await port.find_services(scope, world["grace/1"])) is sees
            assert bool(await port.notes(scope, world["grace"])) is sees
        some = await port.find(SOUTH, "harbour road", limit=50)
        assert not some, "who is out of scope takes no place either"

    async def test_nothing_crosses_into_another_tenant(self, rig: Rig) -> None:
        world = await a_world(rig)
        port, stranger = opened(rig, world, Customers), await a_stranger(rig, Customers)
        for text in (world["amina"], *IDENTIFIERS, "Amina Bello", "Amina Belo", "12 Harbour Road"):
            assert not await stranger.find(EVERYWHERE, text), text
            assert not await stranger.find_services(EVERYWHERE, text), text
        assert await stranger.get(EVERYWHERE, world["amina"]) is None
        assert not await stranger.services(EVERYWHERE, world["amina"])
        assert not await stranger.notes(EVERYWHERE, world["amina"])
        assert not await stranger.plans()
        with pytest.raises(NotFound):
            await stranger.add_note(effect(world, "x"), world["amina"], "x")
        await port.add_note(effect(world, "same"), world["amina"], "x")
        assert await stranger.applied(effect(world, "same").key) is not True, "keys are each tenant's own"

    async def test_writes_name_what_is_there(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Customers)
        with pytest.raises(NotFound):
            await port.add_note(effect(world, "a"), "no-such-account", "x")
        with pytest.raises(NotFound):
            await port.suspend(effect(world, "b"), "no-such-account", "x")
        with pytest.raises(NotFound):
            await port.resume(effect(world, "c"), "no-such-account")

    async def test_suspending_and_resuming_undo_each_other(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Customers)
        before = await port.services(EVERYWHERE, world["amina"])
        done = await port.suspend(effect(world, "s"), world["amina"], "unpaid")
        assert done.services == (world["amina/1"],)
        assert done.customer.status is CustomerStatus.SUSPENDED
        (line,) = await port.services(EVERYWHERE, world["amina"])
        assert (line.status, line.suspend_reason) == (ServiceStatus.SUSPENDED, "unpaid")
        assert line.suspended_at == world.now
        with pytest.raises(Conflict):
            await port.suspend(effect(world, "again"), world["amina"], "unpaid")
        back = await port.resume(effect(world, "r"), world["amina"])
        assert back.services == done.services
        assert back.customer.status is CustomerStatus.ACTIVE
        assert list(await port.services(EVERYWHERE, world["amina"])) == list(before)
        with pytest.raises(Conflict):
            await port.resume(effect(world, "again-r"), world["amina"])

    async def test_one_of_two_lines_is_suspended_by_its_number(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Customers)
        done = await port.suspend(effect(world, "s"), world["zoe"], "fault", [world["zoe/2"]])
        assert done.services == (world["zoe/2"],)
        assert done.customer.status is CustomerStatus.ACTIVE
        with pytest.raises(Conflict):
            await port.suspend(effect(world, "o"), world["zoe"], "fault", [world["amina/1"]])
        (hers,) = await port.services(EVERYWHERE, world["amina"])
        assert hers.status is ServiceStatus.ACTIVE, "a line of somebody else is not touched"

    async def test_the_same_key_takes_effect_once(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Customers)
        first = await port.suspend(effect(world, "same"), world["amina"], "unpaid")
        await port.resume(effect(world, "between"), world["amina"])
        assert (
            await port.suspend(effect(world, "same"), world["amina"], "unpaid")
        ).services == first.services
        assert there(await port.get(EVERYWHERE, world["amina"])).status is CustomerStatus.ACTIVE
        kept = len(await port.notes(EVERYWHERE, world["amina"], limit=100))
        await asyncio.gather(
            *(port.add_note(effect(world, "note"), world["amina"], f"{nr}") for nr in (1, 1, 2, 1, 2))
        )
        assert len(await port.notes(EVERYWHERE, world["amina"], limit=100)) == kept + 1, (
            "whatever else it says"
        )

    async def test_of_two_who_suspend_at_once_one_is_refused(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Customers)
        ends = await asyncio.gather(
            *(port.suspend(effect(world, f"s{nr}"), world["amina"], "x") for nr in range(3)),
            return_exceptions=True,
        )
        assert sum(isinstance(end, Conflict) for end in ends) == 2, ends

    async def test_a_lost_lease_changes_nothing(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Customers)
        with pytest.raises(LeaseLost):
            await port.suspend(effect(world, "l", check=lost), world["amina"], "unpaid")
        with pytest.raises(LeaseLost):
            await port.add_note(effect(world, "m", check=lost), world["amina"], "x")
        assert there(await port.get(EVERYWHERE, world["amina"])).status is CustomerStatus.ACTIVE
        assert len(await port.notes(EVERYWHERE, world["amina"])) == 3
        assert await port.applied(effect(world, "l").key) is not True

    async def test_applied_says_what_happened(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Customers)
        one = effect(world, "one")
        assert await port.applied(one.key) is not True
        await port.add_note(one, world["amina"], "Called back.")
        assert await port.applied(one.key) is not False
        refused = replace(one, key=f"{one.key}-refused")
        with pytest.raises(Conflict):
            await port.resume(refused, world["amina"])
        assert await port.applied(refused.key) is not True, "what was refused did not happen"

    async def test_a_note_is_dated_when_it_was_asked_for(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Customers)
        asked = replace(effect(world, "late"), at=world.now - timedelta(minutes=5))
        assert (await port.add_note(asked, world["amina"], "x")).at == asked.at
