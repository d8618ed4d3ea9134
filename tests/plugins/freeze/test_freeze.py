"""A change freeze: what it holds back waits for another person, who learns why; once over, everything goes on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from bot.api import BadInput, Guard, NotAllowed, NotFound, Reply, User
from bot.core.settings import change_settings
from bot.db.database import Database
from bot.testing import Bench
from tests.plugins.building import NOW, Isp

WHY = "core router upgrade"


@pytest.fixture
async def kit(database: Database) -> AsyncIterator[Bench]:
    opened = await Bench.open(database, "freeze", "customers", "tickets", "local")
    opened.now = NOW
    isp = Isp(database, opened.tenant)
    await isp.plan()
    await isp.customer("100234", "Amina Bello")
    await isp.service("100234")
    yield opened
    await opened.close()


async def frozen(kit: Bench, hours: int = 20, **more: Any) -> str:
    asked = await kit.act("start", until=kit.now + timedelta(hours=hours), because=WHY, **more)
    assert "While it lasts: as usual → " in asked.waiting.preview
    done = await kit.approve(asked, user=kit.ann)
    assert "Changes are frozen until" in done.text
    return str(done.facts["No."])


async def suspend(kit: Bench, user: User | None = None) -> Reply:
    return await kit.call("customers_suspend", {"customer": "100234", "reason": "asked for"}, user=user)


async def test_what_is_held_back_waits_for_another_person_who_learns_why(kit: Bench) -> None:
    before = await suspend(kit)
    assert before.waiting.needs == "a yes from Ann Apple"
    await kit.deny(before, user=kit.ann)
    await frozen(kit)
    asked = await suspend(kit)
    assert asked.waiting.needs.startswith("a yes from one other person")
    assert WHY in asked.waiting.preview and "Ann Apple" in asked.waiting.preview
    with pytest.raises(NotAllowed, match="someone else"):
        await kit.approve(asked, user=kit.ann)
    assert "Suspended" in (await kit.approve(asked, user=kit.bob)).text


async def test_the_rest_goes_on(kit: Bench) -> None:
    await frozen(kit)
    done = await kit.call("tickets_create", {"customer": "100234", "subject": "no light at all"})
    assert done.waiting is None
    assert (await kit.call("customers_show", {"customer": "100234"})).waiting is None


async def test_a_call_that_waited_already_is_asked_again_with_the_reason(kit: Bench) -> None:
    asked = await suspend(kit)
    await frozen(kit)
    again = await kit.approve(asked, user=kit.ann)
    assert WHY in again.waiting.preview
    with pytest.raises(NotAllowed, match="someone else"):
        await kit.approve(again, user=kit.ann)
    assert (await kit.approve(again, user=kit.bob)).waiting is None


async def test_a_yes_ends_the_freeze_that_was_shown_and_no_other(kit: Bench) -> None:
    await frozen(kit, hours=1)
    asked = await kit.act("end")
    kit.now += timedelta(hours=2)
    other = await frozen(kit)
    again = await kit.approve(asked, user=kit.ann)
    assert again.waiting is not None and other in again.waiting.preview
    assert "Changes are frozen" in (await kit.act("show")).text


async def test_it_ends_by_itself_and_by_hand_and_both_can_be_taken_back(kit: Bench) -> None:
    number = await frozen(kit)
    over = await kit.approve(await kit.act("end"), user=kit.ann)
    assert WHY in over.text
    assert (await suspend(kit)).waiting.needs == "a yes from Ann Apple"
    await kit.undo(over)
    assert "Changes are frozen" in (await kit.act("show")).text
    kit.now += timedelta(hours=21)
    assert "No change freeze" in (await kit.act("show")).text
    with pytest.raises(NotFound):
        await kit.act("end", number=number)


async def test_declaring_one_can_be_taken_back(kit: Bench) -> None:
    asked = await kit.act("start", until=kit.now + timedelta(hours=2), because=WHY)
    done = await kit.approve(asked, user=kit.ann)
    await kit.undo(done)
    assert "No change freeze" in (await kit.act("show")).text


async def test_one_with_a_date_holds_nothing_back_before_it(kit: Bench) -> None:
    local = kit.now.astimezone(kit.tenant.zone)
    begin, end = local + timedelta(hours=4), local + timedelta(hours=9)
    await kit.set(windows=f"{begin:%Y-%m-%d %H:%M} - {end:%Y-%m-%d %H:%M}")
    shown = await kit.act("show")
    assert "No change freeze" in shown.text and f"{begin:%Y-%m-%d %H:%M}" in shown.text
    assert (await suspend(kit)).waiting.needs == "a yes from Ann Apple"
    kit.now += timedelta(hours=5)
    assert "other person" in (await suspend(kit)).waiting.needs


async def test_of_several_one_is_named(kit: Bench) -> None:
    first = await frozen(kit)
    await frozen(kit, hours=30)
    with pytest.raises(BadInput, match=first):
        await kit.act("end")
    await kit.approve(await kit.act("end", number=first), user=kit.ann)
    assert len((await kit.act("show")).data) == 1


@pytest.mark.parametrize("hours", [-1, 24 * 61])
async def test_a_freeze_that_makes_no_sense_is_refused(kit: Bench, hours: int) -> None:
    with pytest.raises(BadInput):
        await kit.act("start", until=kit.now + timedelta(hours=hours), because=WHY)


async def test_a_regular_freeze_holds_by_the_calendar_and_refuses_where_the_settings_say_so(
    kit: Bench,
) -> None:
    local = kit.now.astimezone(kit.tenant.zone)
    await kit.set(windows=f"{local:%H}:00 - {(local + timedelta(hours=2)):%H}:00", during="refuse")
    with pytest.raises(NotAllowed, match="Changes are frozen until"):
        await suspend(kit)
    with pytest.raises(NotFound, match="calendar"):
        await kit.act("end")
    kit.now += timedelta(hours=3)
    assert (await suspend(kit)).waiting is not None


async def test_a_freeze_of_everything_can_still_be_ended(kit: Bench) -> None:
    await kit.set(covers="*", during="refuse")
    await frozen(kit)
    with pytest.raises(NotAllowed):
        await kit.call("tickets_create", {"customer": "100234", "subject": "no light at all"})
    await kit.approve(await kit.act("end"), user=kit.ann)
    assert (
        await kit.call("tickets_create", {"customer": "100234", "subject": "no light at all"})
    ).waiting is None


async def test_windows_that_cannot_be_read_are_not_taken(kit: Bench) -> None:
    with pytest.raises(BadInput, match="is no window"):
        await change_settings(
            kit.database, kit.registry, kit.cipher, kit.tenant, "freeze", {"windows": "weekend"}, by="t"
        )


async def test_off_is_not_there(kit: Bench) -> None:
    await frozen(kit)
    await kit.disable("freeze")
    assert (await suspend(kit)).waiting.needs == "a yes from Ann Apple"


async def test_who_may_only_look_cannot_freeze(kit: Bench) -> None:
    reader = await kit.person("Rita Reed", ["freeze:read"])
    assert (await kit.act("show", user=reader)).text
    with pytest.raises(NotAllowed):
        await kit.act("start", user=reader, until=kit.now + timedelta(hours=1), because=WHY)


async def test_the_guard_is_declared_for_changes_only(kit: Bench) -> None:
    guard = await kit.find(Guard, "window")
    assert guard.reach.writes
    assert not guard.reach.reads


async def test_a_freeze_that_is_to_begin_later_holds_nothing_back_before(kit: Bench) -> None:
    starts = kit.now + timedelta(hours=5)
    asked = await kit.act("start", until=kit.now + timedelta(hours=9), because=WHY, starts_at=starts)
    assert "Freeze changes from " in asked.waiting.preview
    done = await kit.approve(asked, user=kit.ann)
    assert "Changes are frozen from " in done.text
    assert (await suspend(kit)).waiting.needs == "a yes from Ann Apple"
    shown = await kit.act("show")
    assert shown.text == "No change freeze is in force. Some are planned:"
    with pytest.raises(BadInput, match="ends after it begins"):
        await kit.act("start", until=starts, because=WHY, starts_at=starts + timedelta(hours=1))
