"""Who may read what became of a call is looked at when its card is drawn, not when the card was sent."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from bot.slack.calls import RefusedError
from bot.slack.cards import NOT_SHOWN, NOT_YOURS
from bot.slack.notices import HUSHED
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
    for secret in ("Ann Lee", "cousin", "20.00 EUR", "Cem"):
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
    card, told = staff.world.replies("COPS")[-2:]
    assert HUSHED.split(",", maxsplit=1)[0] in told["text"]
    assert "Approved by Ben" in words(card)
    for secret in ("Ann Lee", r"(?<!\d)1001", r"(?<!\d)20\.00"):  # and no part of a message's ts
        assert not re.search(secret, str((card, told)))
    assert staff.office.slack.violations == []


AWAY = ["error:token_revoked", "error:token_expired", "error:internal_error", "500"]


async def catch_up(staff: Staff) -> None:
    """Work the jobs that wait for later."""
    queue = staff.office.queue
    waiting, queue.later = queue.later, []
    for kind, tenant, payload in waiting:
        await queue.handlers[kind](tenant, payload)
    await queue.idle()


@pytest.mark.parametrize("trouble", AWAY)
async def test_a_card_waits_until_slack_opens_the_conversation(staff: Staff, trouble: str) -> None:
    staff.office.slack.faults.plan("conversations.open", trouble, times=6)
    await staff.ask()
    assert [len(staff.cards(name)) for name in ("ben", "cem", "dan")] == [0, 0, 0]
    for _ in range(2):
        await catch_up(staff)
    assert [len(staff.cards(name)) for name in ("ben", "cem", "dan")] == [1, 1, 1]
    assert staff.office.slack.violations == []


@pytest.mark.parametrize("trouble", AWAY)
async def test_the_end_waits_until_slack_opens_the_conversation_with_who_asked(
    staff: Staff, trouble: str
) -> None:
    await staff.ask(thread="terminal-1")
    staff.office.slack.faults.plan("conversations.open", trouble, times=1)
    await staff.press("ben", staff.cards("ben")[0], "call:approve")
    assert staff.cards("ann") == []
    await catch_up(staff)
    [told] = staff.cards("ann")
    assert "Approved by Ben, done at" in words(told)
    assert staff.office.slack.violations == []


async def test_what_slack_refuses_for_good_is_not_asked_again(staff: Staff) -> None:
    staff.office.slack.faults.plan("conversations.open", "error:user_disabled", times=3)
    await staff.ask()
    assert [kind for kind, _, _ in staff.office.queue.later if kind == "slack_ask"] == []


async def test_after_two_days_it_is_given_up_visibly(staff: Staff) -> None:
    staff.office.slack.faults.plan("conversations.open", "error:token_revoked", times=3)
    await staff.ask()
    kind, tenant, payload = next(each for each in staff.office.queue.later if each[0] == "slack_ask")
    staff.office.slack.faults.plan("conversations.open", "error:token_revoked", times=1)
    with pytest.raises(RefusedError):
        await staff.office.queue.handlers[kind](
            tenant, {**payload, "since": payload["since"] - 48 * 3600 - 1}
        )


@pytest.mark.parametrize("how", ["approve", "deny", "expire"])
async def test_who_asked_in_a_thread_is_told_there_when_it_ended_elsewhere(staff: Staff, how: str) -> None:
    """Slack tells nobody that a card changed."""
    call_id = await said_in_channel(staff)
    before = len(staff.world.replies("COPS"))
    if how == "approve":
        await staff.press("ben", staff.cards("ben")[0], "call:approve")
    elif how == "deny":
        await deny(staff, "ben")
    else:
        staff.desk.world.at += timedelta(hours=25)
        assert await staff.desk.gate.expire(call_id)
        await staff.office.queue.idle()
    [told] = staff.world.replies("COPS")[before:]
    ends = {"approve": "Ben said yes, and this is done.", "deny": "Ben said no,", "expire": "Nobody said yes"}
    assert f"Ann: {ends[how]}" in told["text"] and f"Ann: {ends[how]}" in words(told)
    assert "cousin" not in str(told) and "Ann Lee" not in str(told)
    await staff.office.room.handlers["call_notice"](
        staff.office.tenant.id,
        {"call": call_id, "event": {"approve": "done", "deny": "denied", "expire": "expired"}[how]},
    )
    await staff.office.queue.idle()
    assert len(staff.world.replies("COPS")) == before + 1
    assert staff.office.slack.violations == []


async def test_to_take_back_is_asked_once_more(staff: Staff) -> None:
    await staff.ask()
    await staff.press("ben", staff.cards("ben")[0], "call:approve")
    [undo] = staff.cards("cem")[0]["blocks"][-1]["elements"]
    assert undo["action_id"] == "call:undo" and undo["confirm"]["title"]["text"] == "Take it back?"
    assert staff.office.slack.violations == []
