"""Who may read what became of a call is looked at when its card is drawn, not when the card was sent."""

from __future__ import annotations

from typing import Any

import pytest

from bot.slack.cards import NOT_SHOWN, NOT_YOURS
from tests.bot.slack.gated import Staff, buttons, words
from tests.bot.slack.test_asks import said_in_channel


async def deny(staff: Staff, name: str) -> None:
    seat = staff.office.slack.seat(f"U{name.upper()}")
    await seat.click(staff.direct(name), staff.cards(name)[0]["ts"], "call:deny")
    await seat.wait_for_view("Say no")
    await seat.submit({"why": "He is my cousin."})
    await staff.office.queue.idle()


@pytest.mark.parametrize("pressed", [True, False])
async def test_who_lost_the_right_does_not_read_how_it_ended(staff: Staff, pressed: bool) -> None:
    await staff.ask()
    await staff.lose("ben", "desk:read")
    if pressed:
        await staff.press("ben", staff.cards("ben")[0], "call:approve")
        assert NOT_YOURS in words(staff.cards("ben")[0])
    await deny(staff, "cem")
    card = staff.cards("ben")[0]
    assert NOT_SHOWN in words(card) and card["text"] == NOT_SHOWN and buttons(card) == []
    for secret in ("Ann Lee", "cousin", "20.00", "Cem"):
        assert secret not in str(card)
    assert "cousin" in words(staff.cards("dan")[0])
    assert staff.office.slack.violations == []


@pytest.mark.parametrize("flag", ["is_restricted", "deleted"])
async def test_who_is_no_member_any_more_reads_no_ends(staff: Staff, flag: str) -> None:
    """Slack's own news of it may be lost: each is looked at anew."""
    await staff.ask(thread="terminal-1")
    for user in ("UANN", "UDAN"):
        setattr(staff.world.home.people[user], flag, True)
        staff.office.room.people.forget("T1", user)
    await deny(staff, "cem")
    assert staff.cards("ann") == []
    assert NOT_SHOWN in words(staff.cards("dan")[0]) and "cousin" not in str(staff.cards("dan"))
    assert "cousin" in words(staff.cards("ben")[0])
    assert staff.office.slack.violations == []


async def test_the_asker_who_became_a_guest_reads_no_more_on_what_they_were_told(staff: Staff) -> None:
    await staff.ask(thread="terminal-1")
    await staff.press("ben", staff.cards("ben")[0], "call:approve")
    assert "Credited 20.00 EUR." in words(staff.cards("ann")[0])
    staff.world.home.people["UANN"].is_restricted = True
    staff.office.room.people.forget("T1", "UANN")
    await staff.press("cem", staff.cards("cem")[0], "call:undo")
    assert NOT_SHOWN in words(staff.cards("ann")[0]) and buttons(staff.cards("ann")[0]) == []


async def test_a_card_in_a_channel_that_was_shared_meanwhile_says_no_more(staff: Staff) -> None:
    """The news of it was lost, and what was known of the channel is old by now."""
    await said_in_channel(staff)
    staff.world.home.channels["COPS"].shared = True
    await staff.desk.sql("update channels set checked_at = now() - interval '3 days'")
    await staff.press("ben", staff.cards("ben")[0], "call:approve")
    card: dict[str, Any] = staff.world.replies("COPS")[-1]
    assert "Approved by Ben" in words(card)
    for secret in ("Ann Lee", "1001", "20.00"):
        assert secret not in str(card)
    assert staff.office.slack.violations == []
