"""A button that changes something does it once, however often and by whomever it is pressed."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.contract.reply import Button
from bot.db import presses
from bot.slack.again import AGAIN
from tests.bot.slack.gated import Staff, buttons
from tests.bot.slack.test_pressing import posted, whispers

NOTE = {"customer": "1001", "text": "called"}


async def note_button(staff: Staff, action_id: str = "desk_note", **args: Any) -> str:
    """Let the bot post a button that makes a call; return the message's ts."""
    made = Button("Note it", action_id, args or NOTE)
    value = staff.office.room.seals.value(await staff.team(), made)
    return await posted(staff.office, ("do:1", value or ""))


async def press(staff: Staff, name: str, ts: str, button: str = "do:1") -> None:
    await staff.press(name, {"ts": ts}, button, "CNOC")


def told(staff: Staff) -> list[str]:
    return [each["text"] for each in whispers(staff.office)]


async def test_a_double_click_does_it_once_and_asks_before_doing_it_again(staff: Staff) -> None:
    ts, seat = await note_button(staff), staff.office.slack.seat("UANN")
    await asyncio.gather(*(seat.click("CNOC", ts, "do:1") for _ in range(4)))
    await staff.office.queue.idle()
    assert len(staff.desk.device.log) == 1
    assert [text.startswith("You did this already at ") for text in told(staff)] == [True] * 3
    assert staff.office.slack.violations == []


async def test_whoever_means_it_does_it_again(staff: Staff) -> None:
    ts = await note_button(staff)
    await press(staff, "ann", ts)
    await press(staff, "ben", ts)
    [asked] = whispers(staff.office)
    assert asked["_to"] == "UBEN"
    assert asked["text"].startswith("Ann did this already at ")
    [again] = buttons(asked)
    assert AGAIN in str(asked["blocks"])
    for _ in range(2):
        await press(staff, "ben", asked["ts"], again)
    assert len(staff.desk.device.log) == 2, "the second press on that one asks once more"
    assert staff.office.slack.violations == []


async def test_what_came_to_nothing_may_be_pressed_anew(staff: Staff) -> None:
    ts = await note_button(staff, customer="9999", text="nobody")
    await press(staff, "ann", ts)
    await press(staff, "ann", ts)
    assert [action for action, _ in staff.answers.did] == ["desk_note"] * 2
    assert not any("already" in text for text in told(staff))


async def test_what_waits_or_was_refused_says_so(staff: Staff) -> None:
    ts = await note_button(staff, "desk_credit", customer="1001", amount="20")
    await press(staff, "ann", ts)
    await press(staff, "ben", ts)
    assert "Ann pressed this already" in told(staff)[-1] and "it waits for a yes" in told(staff)[-1]
    [row] = await staff.desk.rows()
    await staff.desk.gate.decide(staff.ben, row.id, yes=False)
    await press(staff, "ben", ts)
    assert sorted(row.state for row in await staff.desk.rows()) == ["asked", "denied"]


async def test_a_look_may_be_pressed_as_often_as_one_likes(staff: Staff) -> None:
    ts = await note_button(staff, "desk_card", customer="1001")
    for _ in range(3):
        await press(staff, "ann", ts)
    assert len(staff.answers.did) == 3 and told(staff) == []


class Killed(BaseException):
    """Ends a step as kill -9 would: nothing after it happens."""


@pytest.mark.parametrize("step", ["claimed", "done"])
async def test_worked_anew_after_a_crash_it_goes_on(
    staff: Staff, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ts, room = await note_button(staff), staff.office.room
    real = staff.answers.press

    async def die(*args: Any, **more: Any) -> Any:
        if step == "done":
            await real(*args, **more)
        raise Killed

    staff.office.queue.lose = True
    await staff.office.slack.seat("UANN").click("CNOC", ts, "do:1")
    with monkeypatch.context() as patch:
        patch.setattr(staff.answers, "press", die)
        patch.setattr(type(room.reader), "_give_back", nothing)
        with pytest.raises(Killed):
            await room.reader.drain(staff.office.tenant.id, f"T1:CNOC:{ts}")
    staff.office.queue.lose = False
    await staff.desk.sql("update slack_inbox set lease_until = now() where state <> 'done'")
    await room.reader.drain(staff.office.tenant.id, f"T1:CNOC:{ts}")
    await staff.office.queue.idle()
    assert len(staff.desk.device.log) == 1
    assert told(staff) == [], "its own press is no earlier one"


async def nothing(*_: Any, **__: Any) -> None:
    """Do nothing, as the dead."""


async def test_two_processes_let_one_press_count(staff: Staff) -> None:
    pressed = presses.Pressed(team_id="T1", channel="CNOC", message="1.1", button="b")

    async def claim(key: str) -> str:
        async with staff.office.database.tenant(staff.office.tenant.id) as session:
            return await presses.do_claim(session, pressed, key)

    assert len(set(await asyncio.gather(*(claim(f"k{at}") for at in range(5))))) == 1
