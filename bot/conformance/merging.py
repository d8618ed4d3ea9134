"""The tickets port: duplicates merged into the one that goes on, and many linked to an outage at once."""

from __future__ import annotations

import asyncio

import pytest

from bot.api import EVERYWHERE, BadInput, Conflict, LeaseLost, NotFound
from bot.conformance.lacking import LackingConformance
from bot.conformance.rig import Rig, a_world, effect, lost, opened, there
from bot.conformance.scopes import NORTH
from plugins.tickets.port import TicketChange, TicketQuery, Tickets, TicketStatus


class MergingConformance(LackingConformance):
    """Several tickets about one thing."""

    protocol = Tickets

    async def test_a_merge_and_its_way_back(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Tickets)
        slow, light = world["tkt slow"], world["tkt light"]
        before = there(await port.get(EVERYWHERE, slow))
        await port.comment(effect(world, "a"), slow, "Called.", internal=False)
        for _ in range(2):
            world.clock.move(minutes=1)
            merged = await port.merge(effect(world, "m"), slow, light)
            assert (merged.number, merged.status, merged.merged_into) == (slow, TicketStatus.CLOSED, light)
            assert merged.closed_at is not None
        lines = await port.history(EVERYWHERE, light)
        assert [line.ticket for line in lines if line.body == "Called."] == [slow], "the survivor tells both"
        assert {line.ticket for line in lines if line.kind == "merge"} == {slow, light}
        with pytest.raises(Conflict):
            await port.merge(effect(world, "m2"), slow, light)
        for _ in range(2):
            world.clock.move(minutes=1)
            back = await port.unmerge(effect(world, "u"), slow)
            assert (back.status, back.merged_into, back.closed_at, back.resolution) == (
                before.status,
                None,
                None,
                None,
            )
        assert "Called." not in [line.body for line in await port.history(EVERYWHERE, light)]
        with pytest.raises(Conflict):
            await port.unmerge(effect(world, "u2"), slow)

    async def test_what_is_merged_twice_is_told_by_the_last_within_the_scope(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Tickets)
        await port.comment(effect(world, "a"), world["tkt mill"], "First.")
        await port.merge(effect(world, "b"), world["tkt mill"], world["tkt slow"])
        await port.merge(effect(world, "c"), world["tkt slow"], world["tkt light"])
        assert "First." in [line.body for line in await port.history(EVERYWHERE, world["tkt light"])]
        told = [line.body for line in await port.history(NORTH, world["tkt light"])]
        assert told
        assert "First." not in told, "what lies outside the scope stays there, merged or not"

    async def test_two_that_merge_crosswise_end_with_one_open(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Tickets)
        one, two = world["tkt light"], world["tkt slow"]
        ends = await asyncio.gather(
            port.merge(effect(world, "x"), one, two),
            port.merge(effect(world, "y"), two, one),
            return_exceptions=True,
        )
        assert sum(isinstance(end, Conflict) for end in ends) == 1, ends
        page = await port.find(EVERYWHERE, TicketQuery(customer=world["amina"], open_only=True))
        assert page.total == 1

    async def test_a_merge_that_cannot_be_leaves_nothing(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Tickets)
        light, slow, bill = (world[f"tkt {name}"] for name in ("light", "slow", "bill"))
        for nr, (error, number, into) in enumerate(
            (
                (BadInput, light, light),
                (Conflict, bill, light),
                (Conflict, light, bill),
                (NotFound, light, "no-such-ticket"),
                (NotFound, "no-such-ticket", light),
            )
        ):
            with pytest.raises(error):
                await port.merge(effect(world, f"m{nr}"), number, into)
        with pytest.raises(LeaseLost):
            await port.merge(effect(world, "l", check=lost), slow, light)
        assert (await port.find(EVERYWHERE, TicketQuery(open_only=True))).total == 4
        assert not await port.history(EVERYWHERE, light)

    async def test_links_hold_what_was_free_and_let_go_what_they_hold(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Tickets)
        light, slow, mill = (world[f"tkt {name}"] for name in ("light", "slow", "mill"))
        await port.change(effect(world, "one"), mill, TicketChange(outage=world["old outage"]))
        for _ in range(2):
            linked = await port.link(
                effect(world, "l"), [mill, slow, light, "no-such-ticket"], world["outage"]
            )
            assert set(linked) == {light, slow}
        page = await port.find(EVERYWHERE, TicketQuery(outage=world["outage"].lower()))
        assert {ticket.number for ticket in page.tickets} == {light, slow}
        free = await port.find(EVERYWHERE, TicketQuery(unlinked=True))
        assert {ticket.number for ticket in free.tickets} == {world["tkt card"], world["tkt bill"]}
        assert list(await port.unlink(effect(world, "u"), [light, mill], world["outage"])) == [light]
        assert there(await port.get(EVERYWHERE, mill)).outage == world["old outage"], "another's link is left"
        assert [line.kind for line in await port.history(EVERYWHERE, light)] == ["outage", "outage"]
        assert not await port.link(effect(world, "none"), [], world["outage"])
