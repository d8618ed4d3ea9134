"""The reminders port: what is found by whom, reminding that begins anew, and nothing told twice."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.api import EVERYWHERE, LeaseLost, NotFound
from bot.conformance.lacking import LackingConformance
from bot.conformance.rig import Rig, a_stranger, a_world, effect, lost, opened, there
from bot.conformance.scopes import NORTH, SOUTH
from bot.conformance.world import World
from plugins.reminders.port import (
    NewReminder,
    ReminderChange,
    ReminderQuery,
    Reminders,
    ReminderStatus,
)

CHIPO, BEA = "chipo@acme.example", "bea@acme.example"
HOUR = timedelta(hours=1)
ALL = ReminderQuery(open_only=False)


def call_back(world: World, **more: Any) -> NewReminder:
    """Return what Chipo said she would do for Amina in an hour."""
    usual: dict[str, Any] = {
        "text": "call back",
        "at": world.now + HOUR,
        "owner": CHIPO,
        "owner_name": "Chipo Dube",
        "customer": world["amina"],
        "customer_name": "Amina Bello",
        "area": {"region": "north"},
    }
    return NewReminder(**(usual | more))


class RemindersConformance(LackingConformance):
    """Whoever stands behind the reminders port passes these."""

    protocol = Reminders

    async def test_what_is_kept_is_found_by_its_time(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Reminders)
        later = await port.add(
            effect(world, "later"), call_back(world, at=world.now + 3 * HOUR, ticket="T-1")
        )
        sooner = await port.add(effect(world, "sooner"), call_back(world, owner=BEA, owner_name="Bea Cole"))
        assert (sooner.made_at, sooner.made_by, sooner.open) == (world.now, "Chipo Dube", True)
        assert (later.customer, later.ticket, later.turn, later.nags) == (world["amina"], "T-1", 0, 0)
        page = await port.find(EVERYWHERE, ReminderQuery())
        assert [one.number for one in page.reminders] == [sooner.number, later.number]
        first = await port.find(EVERYWHERE, ReminderQuery(), limit=1)
        assert ([one.number for one in first.reminders], first.total) == ([sooner.number], 2)
        for query, wanted in (
            (ReminderQuery(owner=BEA), sooner),
            (ReminderQuery(ticket="T-1"), later),
            (ReminderQuery(due_before=world.now + 2 * HOUR), sooner),
            (ReminderQuery(customer=world["amina"], owner=CHIPO), later),
        ):
            assert [one.number for one in (await port.find(EVERYWHERE, query)).reminders] == [wanted.number]
        assert not (await port.find(EVERYWHERE, ReminderQuery(customer=world["grace"]))).reminders
        assert await port.get(EVERYWHERE, sooner.number.lower()) == sooner

    async def test_who_is_out_of_reach_is_not_seen_and_what_is_about_nobody_is(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Reminders)
        hers = await port.add(effect(world, "hers"), call_back(world))
        usual: dict[str, Any] = {
            "customer": None,
            "customer_name": None,
            "area": {},
            "at": world.now + 2 * HOUR,
        }
        ours = await port.add(effect(world, "ours"), call_back(world, text="order ONTs", **usual))
        for scope, seen in ((NORTH, [hers, ours]), (SOUTH, [ours])):
            page = await port.find(scope, ALL)
            assert ([one.number for one in page.reminders], page.total) == (
                [one.number for one in seen],
                len(seen),
            )
            assert (await port.get(scope, hers.number) is not None) is (hers in seen)
        stranger = await a_stranger(rig, Reminders)
        assert (await stranger.find(EVERYWHERE, ALL)).total == 0
        assert await stranger.get(EVERYWHERE, hers.number) is None
        assert not await stranger.find_due(world.now + 9 * HOUR)

    async def test_it_is_kept_once(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Reminders)
        made = await port.add(effect(world, "a"), call_back(world))
        assert (await port.add(effect(world, "a"), call_back(world))).number == made.number
        with pytest.raises(LeaseLost):
            await port.add(effect(world, "b", check=lost), call_back(world))
        assert (await port.find(EVERYWHERE, ALL)).total == 1
        assert await port.applied(effect(world, "a").key) is not False
        with pytest.raises(NotFound):
            await port.change(effect(world, "c"), "no-such-reminder", ReminderChange(owner=BEA))

    async def test_a_new_time_or_owner_begins_anew(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Reminders)
        made = await port.add(effect(world, "a"), call_back(world))
        world.clock.move(hours=2)
        (due,) = await port.find_due(world.now)
        assert await port.note_told(due, world.now + HOUR)
        assert await port.note_escalated(there(await port.get(EVERYWHERE, made.number)), world.now)
        told = there(await port.get(EVERYWHERE, made.number))
        assert (told.nags, told.escalated_at) == (1, world.now)
        change = ReminderChange(at=world.now + HOUR, owner=BEA, owner_name="Bea Cole")
        moved = await port.change(effect(world, "m"), made.number, change)
        assert (moved.owner, moved.owner_name, moved.at) == (BEA, "Bea Cole", world.now + HOUR)
        assert (moved.turn, moved.nags, moved.escalated_at) == (told.turn + 1, 0, None)
        assert not await port.note_told(told, None), "what was said of the turn before is over"
        assert not await port.find_due(world.now)
        assert [one.number for one in await port.find_due(moved.at)] == [made.number]

    async def test_what_is_done_is_over_until_it_is_opened_again(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Reminders)
        made = await port.add(effect(world, "a"), call_back(world))
        late = world.now + 9 * HOUR
        done = await port.change(effect(world, "d"), made.number, ReminderChange(status=ReminderStatus.DONE))
        assert (done.open, done.ended_at, done.ended_by) == (False, world.now, "Chipo Dube")
        assert not (await port.find(EVERYWHERE, ReminderQuery())).reminders
        assert (await port.find(EVERYWHERE, ALL)).total == 1
        assert not await port.find_due(late)
        assert not await port.find_late(late)
        assert not await port.note_escalated(done, world.now)
        again = await port.change(effect(world, "o"), made.number, ReminderChange(status=ReminderStatus.OPEN))
        assert (again.open, again.ended_at, again.ended_by, again.at) == (True, None, "", made.at)
        assert [one.number for one in await port.find_due(late)] == [made.number]

    async def test_of_one_thing_people_are_reminded_once(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Reminders)
        made = await port.add(effect(world, "a"), call_back(world))
        assert not await port.find_due(world.now)
        (due,) = await port.find_due(made.at)
        again = made.at + HOUR
        assert await port.note_told(due, again)
        assert not await port.note_told(due, again), "somebody else was faster"
        assert not await port.find_due(made.at)
        (second,) = await port.find_due(again)
        assert second.nags == 1
        assert await port.note_told(second, None)
        assert not await port.find_due(again + 99 * HOUR), "not again"

    async def test_of_what_is_late_leads_are_told_once(self, rig: Rig) -> None:
        world = await a_world(rig)
        port = opened(rig, world, Reminders)
        made = await port.add(effect(world, "a"), call_back(world))
        await port.add(effect(world, "b"), call_back(world, at=made.at + 2 * HOUR))
        assert not await port.find_late(made.at - HOUR)
        (late,) = await port.find_late(made.at + HOUR)
        assert late.number == made.number
        assert len(await port.find_late(made.at + 9 * HOUR, limit=1)) == 1
        assert await port.note_escalated(late, world.now)
        assert not await port.note_escalated(late, world.now)
        assert not await port.find_late(made.at + HOUR)
