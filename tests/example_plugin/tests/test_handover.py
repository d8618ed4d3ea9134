"""The plugin's own tests: they need nothing but `pip install backhaul pytest` and this distribution."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.api import BadInput, Conflict, Detector, NotAllowed, NotFound


async def test_a_note_goes_from_shift_to_shift(bench):
    kit = await bench("handover")
    left = await kit.act("leave", text="OLT-3 runs hot")
    read = await kit.press(left.buttons[0], user=kit.bob)
    assert "OLT-3 runs hot" in read.data


async def test_a_note_can_be_taken_back(bench):
    kit = await bench("handover")
    left = await kit.act("leave", text="oops")
    await kit.undo(left)
    assert "oops" not in (await kit.act("read")).data


async def test_clearing_needs_somebody_else(bench):
    kit = await bench("handover")
    await kit.act("leave", text="one")
    asked = await kit.act("clear")
    assert "Note 1" in asked.waiting.preview
    with pytest.raises(NotAllowed):
        await kit.approve(asked, user=kit.ann)
    done = await kit.approve(asked, user=kit.bob)
    assert done.text == "Cleared 2 notes."
    events = await kit.events("clear")
    assert [event for event in events if event != "refused"] == ["asked", "approved", "ran"]


async def test_settings_count(bench):
    kit = await bench("handover", settings={"max_notes": 1})
    with pytest.raises(Conflict, match="1 notes already"):
        await kit.act("leave", text="too much")


async def test_nobody_without_the_permission(bench):
    kit = await bench("handover")
    with pytest.raises(NotAllowed, match="handover"):
        await kit.act("read", user=kit.eve)


async def test_an_empty_note_is_refused(bench):
    kit = await bench("handover")
    with pytest.raises(BadInput):
        await kit.act("leave", text="")


async def test_off_means_not_there(bench):
    kit = await bench("handover")
    await kit.disable()
    with pytest.raises(NotFound):
        await kit.act("read")


async def test_stale_notes_are_found(bench):
    kit = await bench("handover")
    kit.now += timedelta(hours=30)
    detector = await kit.find(Detector, "stale")
    found = await detector.run(await kit.context())
    assert [one.key for one in found] == ["handover-0"]
