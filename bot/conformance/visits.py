"""The visits port: who is where and when, nobody at two places, and technicians told once."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from bot.api import EVERYWHERE, Conflict, LeaseLost, NotFound
from bot.conformance.lacking import LackingConformance
from bot.conformance.rig import Rig, a_stranger, a_world, effect, lost, opened, there
from bot.conformance.scopes import NORTH, SOUTH
from bot.conformance.world import World
from plugins.visits.port import NewVisit, Visit, VisitChange, VisitQuery, Visits, VisitStatus

FAY, OBI = "fay@acme.example", "obi@acme.example"
HOUR = timedelta(hours=1)
ALL = VisitQuery()


def visit(world: World, after: float = 1, hours: float = 1, **more: Any) -> NewVisit:
    """Return an appointment of Fay's with Amina, so many hours from now."""
    usual: dict[str, Any] = {
        "customer": world["amina"],
        "customer_name": "Amina Bello",
        "technician": FAY,
        "technician_name": "Fay Mwende",
        "starts_at": world.now + after * HOUR,
        "ends_at": world.now + (after + hours) * HOUR,
        "area": {"region": "north"},
    }
    return NewVisit(**(usual | more))


def numbers(found: Any) -> list[str]:
    """Return the numbers of visits."""
    return [one.number for one in found]


class VisitsConformance(LackingConformance):
    """Whoever stands behind the visits port passes these."""

    protocol = Visits

    async def test_what_is_arranged_is_found_by_its_beginning(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Visits)
        more: dict[str, Any] = {
            "ticket": "T-1",
            "address": "1 Pier",
            "phone": "+254712345234",
            "note": "bring a ladder",
        }
        later = await port.add(effect(world, "later"), visit(world, 5, **more))
        sooner = await port.add(
            effect(world, "sooner"), visit(world, 2, technician=OBI, technician_name="Obi Eze")
        )
        assert (later.status, later.made_at, later.made_by) == (VisitStatus.PLANNED, world.now, "Chipo Dube")
        assert {name: getattr(later, name) for name in more} == more
        assert numbers(await port.find(EVERYWHERE, ALL)) == numbers([sooner, later])
        assert len(await port.find(EVERYWHERE, ALL, limit=1)) == 1
        for query, wanted in (
            (VisitQuery(technician=OBI), [sooner]),
            (VisitQuery(ticket="T-1"), [later]),
            (VisitQuery(customer=world["grace"]), []),
            (VisitQuery(area="North"), [sooner, later]),
            (VisitQuery(area="south"), []),
            (VisitQuery(since=later.starts_at), [later]),
            (VisitQuery(until=later.starts_at), [sooner]),
            (VisitQuery(since=sooner.starts_at + HOUR / 2, until=later.starts_at), [sooner]),
            (VisitQuery(customer=world["amina"], ahead_only=True), [sooner, later]),
        ):
            assert numbers(await port.find(EVERYWHERE, query)) == numbers(wanted), query
        assert await port.get(EVERYWHERE, later.number.lower()) == later

    async def test_who_is_out_of_reach_is_not_seen_but_takes_time(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Visits)
        made = await port.add(effect(world, "a"), visit(world))
        assert numbers(await port.find(NORTH, ALL)) == [made.number]
        assert not await port.find(SOUTH, ALL)
        assert await port.get(SOUTH, made.number) is None
        assert numbers(await port.busy(world.now, world.now + 9 * HOUR)) == [made.number]
        assert not await port.busy(made.ends_at, made.ends_at + HOUR), "it is over by then"
        assert not await port.busy(world.now, made.starts_at)
        assert dict(await port.technicians(world.now, "north")) == {FAY: "Fay Mwende"}
        assert not await port.technicians(world.now, "south")
        assert not await port.technicians(made.starts_at + HOUR)
        stranger = await a_stranger(rig, Visits)
        assert not await stranger.find(EVERYWHERE, ALL)
        assert not await stranger.busy(world.now, world.now + 9 * HOUR)
        assert not await stranger.technicians(world.now)

    async def test_it_is_arranged_once(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Visits)
        made = await port.add(effect(world, "a"), visit(world))
        assert (await port.add(effect(world, "a"), visit(world))).number == made.number
        with pytest.raises(LeaseLost):
            await port.add(effect(world, "b", check=lost), visit(world, 4))
        assert len(await port.find(EVERYWHERE, ALL)) == 1
        assert await port.applied(effect(world, "a").key) is not False
        with pytest.raises(NotFound):
            await port.change(effect(world, "c"), "no-such-visit", VisitChange(note="x"))

    async def test_nobody_is_at_two_places(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Visits)
        await port.add(effect(world, "a"), visit(world, 1))
        for key, new in (
            ("same", visit(world, 1)),
            ("into", visit(world, 1.5)),
            ("around", visit(world, 0, 3)),
        ):
            with pytest.raises(Conflict):
                await port.add(effect(world, key), new)
        behind = await port.add(effect(world, "after"), visit(world, 2))
        other = await port.add(
            effect(world, "other"), visit(world, 1, technician=OBI, technician_name="Obi Eze")
        )
        for number, change in (
            (behind.number, VisitChange(starts_at=world.now + 1.5 * HOUR)),
            (other.number, VisitChange(technician=FAY, technician_name="Fay Mwende")),
        ):
            with pytest.raises(Conflict):
                await port.change(effect(world, f"move {number}"), number, change)
        assert len(await port.find(EVERYWHERE, ALL)) == 3

    async def test_of_two_at_once_one_is_arranged(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Visits)
        adding = (port.add(effect(world, f"a{nr}"), visit(world, 1 + nr / 4)) for nr in range(3))
        done = await asyncio.gather(*adding, return_exceptions=True)
        assert sum(isinstance(one, Visit) for one in done) == 1
        assert sum(isinstance(one, Conflict) for one in done) == 2
        assert len(await port.find(EVERYWHERE, ALL)) == 1

    async def test_what_is_cancelled_makes_room_and_may_not_come_back_into_it(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Visits)
        made = await port.add(effect(world, "a"), visit(world))
        off = VisitChange(status=VisitStatus.CANCELLED, note="she is away")
        gone = await port.change(effect(world, "c"), made.number, off)
        assert (gone.ahead, gone.note, gone.turn) == (False, "she is away", made.turn)
        assert not await port.find(EVERYWHERE, VisitQuery(ahead_only=True))
        assert not await port.busy(world.now, world.now + 9 * HOUR)
        await port.add(effect(world, "b"), visit(world))
        with pytest.raises(Conflict):
            await port.change(effect(world, "back"), made.number, VisitChange(status=VisitStatus.PLANNED))

    async def test_what_changes_counts_and_notes_add_up(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Visits)
        made = await port.add(effect(world, "a"), visit(world, note="gate code 12"))
        on_site = await port.change(
            effect(world, "s"), made.number, VisitChange(status=VisitStatus.ON_SITE, note="no light")
        )
        assert (on_site.status, on_site.turn, on_site.ahead) == (VisitStatus.ON_SITE, made.turn, True)
        assert on_site.note.splitlines() == ["gate code 12", "no light"]
        starts, ends = made.starts_at + 3 * HOUR, made.ends_at + 3 * HOUR
        moved = await port.change(
            effect(world, "m"), made.number, VisitChange(starts_at=starts, ends_at=ends)
        )
        assert (moved.starts_at, moved.ends_at, moved.turn) == (starts, ends, made.turn + 1)
        assert await port.get(EVERYWHERE, made.number) == moved

    async def test_a_technician_is_told_once_of_it_as_it_is(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Visits)
        made = await port.add(effect(world, "a"), visit(world, 3))
        assert not await port.find_untold(world.now, world.now + HOUR)
        (untold,) = await port.find_untold(world.now, world.now + 4 * HOUR)
        assert await port.note_told(untold)
        assert not await port.note_told(untold), "somebody else was faster"
        assert not await port.find_untold(world.now, world.now + 4 * HOUR)
        change = VisitChange(starts_at=made.starts_at + HOUR, ends_at=made.ends_at + HOUR)
        moved = await port.change(effect(world, "m"), made.number, change)
        assert numbers(await port.find_untold(world.now, world.now + 9 * HOUR)) == [made.number]
        assert not await port.note_told(untold), "it changed meanwhile"
        assert await port.note_told(there(await port.get(EVERYWHERE, moved.number)))
        assert not await port.find_untold(world.now, world.now + 9 * HOUR)
