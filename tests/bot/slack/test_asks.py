"""Whoever may decide a call is asked directly, with a card that stays true, wherever it was asked and decided."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from bot.contract.channel import DIRECT, ChannelRule
from bot.contract.people import Right
from bot.contract.scope import Area, Scope
from bot.core.on_call_telling import KEY as ON_CALL
from bot.db import channels, links, nudges, outbox
from bot.slack.addresses import FRESH, Addresses
from bot.slack.asks import HUSHED, Asks
from bot.slack.cards import NOBODY, NOT_YOURS
from bot.slack.looks import Looks
from bot.slack.redraw import Redraw
from tests.bot.core.gate_world import ALL, MONEY, person
from tests.bot.slack.gated import CREDIT, Staff, buttons, person_like, words
from tests.bot.slack.test_pressing import whispers

DECIDING = ["call:approve", "call:deny"]


class Killed(BaseException):
    """Ends a step as kill -9 would: nothing after it happens."""


def last(staff: Staff, name: str) -> Any:
    return staff.cards(name)[-1]


async def test_each_who_may_decide_gets_the_whole_card(staff: Staff) -> None:
    await staff.lose("dan", "desk:read")
    call_id = await staff.ask()
    assert [len(staff.cards(name)) for name in ("ann", "ben", "cem", "dan")] == [0, 1, 1, 0]
    said = words(last(staff, "ben"))
    for part in (
        "*Ann asks:* Credit a customer: Ann Lee (1001)",
        "*Amount:* 20.00 EUR",
        " until ",
        call_id[:8],
    ):
        assert part in said
    assert buttons(last(staff, "ben")) == DECIDING, "who is asked has nothing to cancel"
    assert last(staff, "ben")["text"].startswith("Ann asks: Credit a customer: Ann Lee (1001)")
    assert staff.office.slack.violations == []


@pytest.mark.parametrize("thread", ["", "terminal-1", "web:7", "T1:/UANN"])
async def test_asked_anywhere_it_reaches_them_and_its_end_the_asker(staff: Staff, thread: str) -> None:
    call_id = await staff.ask(thread=thread)
    assert staff.cards("ann") == []
    await staff.press("ben", last(staff, "ben"), "call:approve")
    [told] = staff.cards("ann")
    assert "Approved by Ben, done at" in words(told) and "Credited 20.00 EUR." in words(told)
    assert buttons(told) == ["call:undo"]
    assert (await staff.desk.row(call_id)).state == "done"
    assert staff.office.slack.violations == []


async def test_decided_by_one_the_cards_of_all_say_so(staff: Staff) -> None:
    await staff.ask()
    before = len(staff.cards("cem"))
    await staff.press("ben", last(staff, "ben"), "call:approve")
    for name in ("ben", "cem", "dan"):
        card = staff.cards(name)[0]
        assert "Approved by Ben, done at" in words(card) and "*Amount:* 20.00 EUR" in words(card)
        assert buttons(card) == ["call:undo"]
    assert len(staff.cards("cem")) == before, "no new message beside it"
    assert staff.office.slack.violations == []


async def test_no_with_a_reason_is_told_to_the_asker_and_shown_to_all(staff: Staff) -> None:
    await staff.ask(thread="terminal-1")
    ben = staff.office.slack.seat("UBEN")
    await ben.click(staff.direct("ben"), last(staff, "ben")["ts"], "call:deny")
    await ben.wait_for_view("Say no")
    await ben.submit({"why": "She paid yesterday."})
    await staff.office.queue.idle()
    for card in (last(staff, "ann"), staff.cards("cem")[0], staff.cards("ben")[0]):
        assert "Denied by Ben at" in words(card) and ": She paid yesterday. Nothing was done." in words(card)
        assert buttons(card) == []


@pytest.mark.parametrize("pressed", ["thread", "direct"])
async def test_the_reason_of_a_no_in_a_channel_is_for_who_asked_alone(staff: Staff, pressed: str) -> None:
    await said_in_channel(staff)
    thread, ben = staff.world.replies("COPS")[-1], staff.office.slack.seat("UBEN")
    where = ("COPS", thread) if pressed == "thread" else (staff.direct("ben"), staff.cards("ben")[0])
    await ben.click(where[0], where[1]["ts"], "call:deny")
    await ben.wait_for_view("Say no")
    await ben.submit({"why": "He is my cousin."})
    await staff.office.queue.idle()
    [told] = staff.cards("ann")
    assert "Denied by Ben at" in words(told) and ": He is my cousin. Nothing was done." in words(told)
    in_channel = str(staff.world.replies("COPS"))
    assert "Ann has the reason." in in_channel and "cousin" not in in_channel
    assert staff.office.slack.violations == []


async def test_two_of_two_shows_who_said_yes_so_far(staff: Staff) -> None:
    call_id = await staff.ask("desk_wipe", region="north")
    await staff.press("ben", last(staff, "ben"), "call:approve")
    assert (await staff.desk.row(call_id)).state == "asked"
    noted = last(staff, "ben")
    assert noted["text"].startswith("Noted. This still needs a yes from") and buttons(noted) == []
    for name in ("ben", "cem"):
        assert "Ben said yes." in words(staff.cards(name)[0])
        assert "(1 of 2 so far)" in words(staff.cards(name)[0])
    await staff.press("ben", staff.cards("ben")[0], "call:approve")
    assert "You have agreed to this already" in last(staff, "ben")["text"]
    await staff.press("cem", staff.cards("cem")[0], "call:approve")
    assert "Approved by Ben and Cem, done at" in words(staff.cards("dan")[0])
    assert staff.office.slack.violations == []


async def test_only_who_may_move_as_much_is_asked(staff: Staff) -> None:
    right = Right(scope=Scope(frozenset({Area()})), max_amount=1_000)
    poor = person_like(staff.ben, ALL)
    limited = type(poor)(id=poor.id, name=poor.name, rights={**poor.rights, MONEY: right}, email=poor.email)
    staff.desk.world.add(limited)
    await staff.ask()
    assert [len(staff.cards(name)) for name in ("ben", "cem", "dan")] == [0, 1, 1]


async def test_who_never_spoke_to_the_bot_is_found_by_their_address(staff: Staff) -> None:
    async with staff.office.database.tenant(staff.office.tenant.id) as session:
        for name in ("UCEM", "UDAN"):
            await links.do_unlink(session, "slack", f"T1:{name}")
    staff.world.home.people["UDAN"].email = "somebody.else@acme.example"
    await staff.ask()
    assert [len(staff.cards(name)) for name in ("ben", "cem", "dan")] == [1, 1, 0]
    assert buttons(staff.cards("cem")[0]) == DECIDING
    await staff.press("cem", staff.cards("cem")[0], "call:approve")
    assert "Approved by Cem" in words(staff.cards("ben")[0])
    assert staff.office.slack.violations == []


def lookups(staff: Staff) -> list[str]:
    """Return the addresses that Slack was asked for."""
    return [told["email"] for name, told in staff.office.slack.calls if name == "users.lookupByEmail"]


async def test_an_address_that_nobody_has_is_not_asked_for_at_each_notice(staff: Staff) -> None:
    async with staff.office.database.tenant(staff.office.tenant.id) as session:
        await links.do_unlink(session, "slack", "T1:UDAN")
    staff.world.home.people["UDAN"].email = "somebody.else@acme.example"
    for amount in ("20", "30"):
        await staff.ask(customer="1001", amount=amount)
    assert lookups(staff) == ["dan@acme.example"]
    assert staff.office.slack.violations == []


async def test_who_gets_the_address_later_is_found_after_a_while(staff: Staff) -> None:
    room, at, ids = staff.office.room, [0.0], staff.office.tenant.id
    addresses = Addresses(room.teams, room.calls, lambda: at[0])
    dan = staff.world.home.people["UDAN"]
    dan.email = "somebody.else@acme.example"
    assert await addresses.find_account(ids, "Dan@acme.example") == ""
    dan.email = "dan@acme.example"
    at[0] = FRESH - 1
    assert await addresses.find_account(ids, "dan@acme.example") == ""
    at[0] = FRESH
    assert await addresses.find_account(ids, "dan@acme.example") == "T1:UDAN"
    dan.email = "somebody.else@acme.example"
    assert await addresses.find_account(ids, "dan@acme.example") == "", "who was found is asked for each time"
    assert len(lookups(staff)) == 3


async def test_who_is_cut_off_is_not_asked_and_that_nobody_can_is_said(staff: Staff) -> None:
    async with staff.office.database.tenant(staff.office.tenant.id) as session:
        for name in ("UBEN", "UCEM", "UDAN"):
            await links.do_cut(session, "slack", f"T1:{name}", cut=True, at=staff.desk.world.at)
    await said_in_channel(staff)
    assert [len(staff.cards(name)) for name in ("ben", "cem", "dan")] == [0, 0, 0]
    assert NOBODY in words(staff.world.replies("COPS")[-1])


async def test_who_became_a_guest_is_not_asked(staff: Staff) -> None:
    staff.world.home.people["UBEN"].is_restricted = True
    await staff.ask()
    assert [len(staff.cards(name)) for name in ("ben", "cem", "dan")] == [0, 1, 1]


async def said_in_channel(staff: Staff, action: str = "desk_credit", args: dict[str, str] = CREDIT) -> str:
    """Let Ann ask in a thread of the channel, where the answer is a card; return the call's id."""
    seat = staff.office.slack.seat("UANN")
    ts = seat.write("COPS", "<@UBOT> credit")
    lane = f"T1:COPS:{ts['ts']}"
    reply = await staff.desk.ask(action, args, user=staff.ann, thread=lane)
    staff.answers.replies["credit"] = reply
    team = await staff.team()
    await staff.office.room.ingest.receive(team, seat.events("COPS", ts)[1])
    await staff.office.queue.idle()
    return reply.call_id or ""


async def test_the_card_in_the_thread_names_them_and_theirs_lead_there(staff: Staff) -> None:
    call_id = await said_in_channel(staff)
    thread = staff.world.replies("COPS")[-1]
    assert "Can say yes: Ben, Cem or Dan." in words(thread)
    assert buttons(thread) == ["call:approve", "call:deny", "call:cancel"]
    assert "|this thread>" in words(last(staff, "ben"))
    await staff.press("cem", last(staff, "cem"), "call:approve")
    card, told = staff.world.replies("COPS")[-2:]
    assert "Approved by Cem, done at" in words(card) and "Ann: Cem said yes" in told["text"]
    [alone] = staff.cards("ann")
    assert "Credited" in words(alone) and "Credited" not in words(card) + told["text"]
    assert buttons(alone) == ["call:undo"], "what came of it, for her alone"
    assert (await staff.desk.row(call_id)).state == "done"
    assert staff.office.slack.violations == []


async def test_a_click_without_the_right_changes_nothing_and_tells_only_them(staff: Staff) -> None:
    call_id = await said_in_channel(staff)
    await staff.lose("dan", "desk:read")
    thread = staff.world.replies("COPS")[-1]
    await staff.press("dan", thread, "call:approve", "COPS")
    [told] = whispers(staff.office, "COPS")
    assert told["_to"] == "UDAN"
    assert told["text"].endswith("You cannot decide this, so nothing was changed. Can say yes: Ben or Cem.")
    assert (await staff.desk.row(call_id)).state == "asked"
    assert buttons(staff.world.replies("COPS")[-1]) == buttons(thread)
    assert "Can say yes: Ben or Cem." in words(staff.world.replies("COPS")[-1])


async def test_who_presses_what_another_has_to_confirm_is_told_whose_it_is(staff: Staff) -> None:
    call_id = await said_in_channel(staff, "desk_suspend", {"customer": "1001"})
    assert f"or `cancel {call_id[:8]}`" in words(staff.world.replies("COPS")[-1]), "their own is not denied"
    await staff.press("ben", staff.world.replies("COPS")[-1], "call:approve", "COPS")
    [told] = whispers(staff.office, "COPS")
    assert told["_to"] == "UBEN" and "Only Ann, who asked for it, can say yes." in told["text"]
    assert (await staff.desk.row(call_id)).state == "asked"


async def test_the_form_of_a_no_says_to_what_and_to_whom(staff: Staff) -> None:
    call_id = await staff.ask()
    await staff.press("ben", staff.cards("ben")[0], "call:deny")
    ben = staff.office.slack.seat("UBEN")
    view = await ben.wait_for_view("Say no")
    assert "*Ann asks:* Credit a customer: Ann Lee (1001)" in view.content["blocks"][0]["text"]["text"]
    assert await ben.submit({"why": "Not hers."})
    await staff.office.queue.idle()
    assert (await staff.desk.row(call_id)).state == "denied"


async def test_who_lost_the_right_is_told_so_by_their_card_when_they_press_it(staff: Staff) -> None:
    call_id = await staff.ask()
    await staff.lose("ben", "desk:read")
    await staff.press("ben", staff.cards("ben")[0], "call:approve")
    assert (await staff.desk.row(call_id)).state == "asked"
    card, told = staff.cards("ben")
    assert NOT_YOURS in words(card) and "Ann Lee" not in words(card) and buttons(card) == []
    assert "none that you could decide" in told["text"]
    staff.desk.world.add(person_like(staff.ben, ALL))
    await staff.office.room.handlers["call_notice"](
        staff.office.tenant.id, {"call": call_id, "event": "heal"}
    )
    await staff.office.queue.idle()
    assert buttons(staff.cards("ben")[0]) == DECIDING, "given back"


async def test_a_changed_preview_is_not_agreed_to_and_shown_on_every_card(staff: Staff) -> None:
    call_id = await staff.ask()
    old = staff.cards("cem")[0]
    staff.desk.device.state["1001"] = "90"
    await staff.press("ben", staff.cards("ben")[0], "call:approve")
    assert (await staff.desk.row(call_id)).state == "asked"
    for name in ("ben", "cem"):
        assert "Balance: 90" in words(staff.cards(name)[0]) and "Balance: 0" not in words(
            staff.cards(name)[0]
        )
    await staff.press("cem", old, "call:approve")
    assert (await staff.desk.row(call_id)).state == "done", "the button on the card is that of the new one"
    staff.desk.device.state["1001"] = "0"
    assert staff.office.slack.violations == []


async def test_a_preview_that_changed_back_is_shown_as_it_was(staff: Staff) -> None:
    call_id = await staff.ask()
    for state in ("90", "0", "90"):
        staff.desk.device.state["1001"] = state
        reply = await staff.desk.gate.decide(staff.ben, call_id, yes=True)
        assert reply.waiting
        await staff.office.queue.idle()
        assert f"Balance: {state}" in words(staff.cards("cem")[0])


async def test_at_half_time_who_has_not_acted_is_reminded_once(staff: Staff) -> None:
    call_id = await staff.ask("desk_wipe", region="north")
    await staff.press("ben", staff.cards("ben")[0], "call:approve")
    counts = {name: len(staff.cards(name)) for name in ("ben", "cem", "dan")}
    for _ in range(3):
        await staff.desk.gate.remind(call_id)
        await staff.office.queue.idle()
    assert len(staff.cards("ben")) == counts["ben"]
    for name in ("cem", "dan"):
        assert len(staff.cards(name)) == counts[name] + 1
        assert "still waits" in last(staff, name)["text"] and buttons(last(staff, name)) == DECIDING
    await staff.press("cem", last(staff, "cem"), "call:approve")
    assert all("Approved by Ben and Cem" in words(card) for card in staff.cards("dan"))
    assert staff.office.slack.violations == []


async def test_many_calls_remind_somebody_once_in_a_while(staff: Staff) -> None:
    made = [await staff.ask() for _ in range(4)]
    await asyncio.gather(*(staff.desk.gate.remind(one) for one in made))
    await staff.office.queue.idle()
    assert len(staff.cards("ben")) == 5
    await staff.desk.sql("update slack_outbox set created_at = created_at - interval '31 minutes'")
    await asyncio.gather(*(staff.desk.gate.remind(one) for one in made))
    await staff.office.queue.idle()
    assert len(staff.cards("ben")) == 6


async def test_who_may_decide_only_by_half_time_gets_the_card_then(staff: Staff) -> None:
    await staff.lose("dan", "desk:read")
    call_id = await staff.ask()
    staff.desk.world.add(person_like(staff.people["dan"], ALL))
    await staff.desk.gate.remind(call_id)
    await staff.office.queue.idle()
    [card] = staff.cards("dan")
    assert card["text"].startswith("Ann asks:") and buttons(card) == DECIDING


async def test_expired_is_told_to_the_asker_and_closed_everywhere(staff: Staff) -> None:
    call_id = await staff.ask(thread="T1:/UANN")
    staff.desk.world.at += timedelta(hours=25)
    assert await staff.desk.gate.expire(call_id)
    await staff.office.queue.idle()
    for name in ("ann", "ben", "cem", "dan"):
        assert "Nobody said yes in time, so it expired at" in words(last(staff, name))
        assert buttons(last(staff, name)) == []


async def test_undo_goes_with_its_time_and_is_refused_after_it(staff: Staff) -> None:
    call_id = await staff.ask()
    await staff.press("ben", staff.cards("ben")[0], "call:approve")
    await staff.desk.sql("update calls set undo_until = now() - interval '1 second'")
    later = [payload for _, _, payload in staff.office.queue.later]
    assert {"call": call_id, "event": "card"} in later
    pressed = dict(last(staff, "ben"))
    undoable = staff.cards("cem")[0]
    staff.desk.world.at += timedelta(minutes=11)
    await staff.press("cem", undoable, "call:undo")
    assert "The time to take this back ended at" in last(staff, "cem")["text"]
    assert pressed
    await staff.office.room.handlers["call_notice"](staff.office.tenant.id, later[-1])
    await staff.office.queue.idle()
    assert all(buttons(staff.cards(name)[0]) == [] for name in ("ben", "cem", "dan"))
    assert (await staff.desk.row(call_id)).state == "done"


async def test_taken_back_every_card_says_so(staff: Staff) -> None:
    await staff.ask(thread="terminal-1")
    await staff.press("ben", staff.cards("ben")[0], "call:approve")
    await staff.press("cem", staff.cards("cem")[0], "call:undo")
    for card in (staff.cards("ann")[0], staff.cards("ben")[0], staff.cards("dan")[0]):
        assert "Approved by Ben, done, and taken back by Cem at" in words(card) and buttons(card) == []


async def test_an_answer_keeps_its_words_and_only_its_foot_tells_the_end(staff: Staff) -> None:
    await staff.ask()
    await staff.press("ben", staff.cards("ben")[0], "call:approve")
    answer = last(staff, "ben")
    assert buttons(answer) == ["call:undo"] and "Credited 20.00 EUR." in words(answer)
    [foot] = [each for block in answer["blocks"] for each in block.get("elements", ()) if "confirm" in each]
    assert "Credited 20.00 EUR." in foot["confirm"]["text"]["text"], "it says what is put back"
    assert "Ann asked:" not in words(answer), "the card above says that"
    await staff.press("cem", staff.cards("cem")[0], "call:undo")
    [answer] = [one for one in staff.cards("ben") if one["ts"] == answer["ts"]]
    assert "Credited 20.00 EUR." in words(answer) and "taken back by Cem at" in words(answer)
    assert "Ann asked:" not in words(answer) and buttons(answer) == []


async def test_many_who_decide_at_once_leave_one_state_on_every_card(staff: Staff) -> None:
    """Two processes: each has its own notices, and works every job of the other's once more."""
    call_id = await staff.ask()
    seats = [staff.office.slack.seat(one) for one in ("UBEN", "UCEM", "UDAN")]
    cards = {name: staff.cards(name)[0]["ts"] for name in ("ben", "cem", "dan")}
    second = another(staff)
    await asyncio.gather(
        *(
            seat.click(staff.direct(name), cards[name], "call:approve")
            for seat, name in zip(seats, cards, strict=True)
        ),
        *(second(staff.office.tenant.id, {"call": call_id, "event": "card"}) for _ in range(6)),
    )
    await staff.office.queue.idle()
    await asyncio.gather(
        *(second(staff.office.tenant.id, {"call": call_id, "event": "heal"}) for _ in range(6))
    )
    await staff.office.queue.idle()
    assert len(staff.desk.device.log) == 1
    shown = {str(staff.cards(name)[0]["blocks"][1]["text"]["text"]) for name in cards}
    assert len(shown) == 1
    for name in cards:
        assert ", done at" in words(staff.cards(name)[0]) and buttons(staff.cards(name)[0]) == ["call:undo"]
    assert staff.office.slack.violations == []


def another(staff: Staff) -> Any:
    """Return the notices of a second process."""
    office, room = staff.office, staff.office.room
    looks = Looks(room.teams, room.places, room.members, staff.answers)
    redraw = Redraw(
        database=office.database, looks=looks, counter=staff.answers, enqueue=office.queue.enqueue
    )
    made = type(room.telling.notices)(
        database=office.database,
        teams=room.teams,
        directs=room.telling.asks._directs,
        redraw=redraw,
        asks=room.telling.asks,
        looks=looks,
        find_tenant=room._tenant,
        enqueue=office.queue.enqueue,
    )
    return made.handle


async def test_a_slow_look_does_not_overwrite_a_later_one(staff: Staff) -> None:
    """Who read `running` and was held up must not write it over `done`."""
    call_id = await staff.ask()
    held, go = asyncio.Event(), asyncio.Event()
    slow = another(staff)
    real, waits = staff.answers.asking, [True]

    async def asking(*args: Any) -> Any:
        found = await real(*args)
        if waits.pop() if waits else False:
            held.set()
            await go.wait()
        return found

    staff.answers.asking = asking  # type: ignore[method-assign]
    looking = asyncio.create_task(slow(staff.office.tenant.id, {"call": call_id, "event": "heal"}))
    await held.wait()
    await staff.press("ben", staff.cards("ben")[0], "call:approve")
    go.set()
    await looking
    await staff.office.queue.idle()
    assert all("done at" in words(staff.cards(name)[0]) for name in ("ben", "cem", "dan"))


@pytest.mark.parametrize("change", ["preview", "yes"])
async def test_who_may_decide_is_asked_again_when_the_call_changed_meanwhile(
    staff: Staff, change: str
) -> None:
    """The notice of the change is lost: what looks now has to see it by itself."""
    call_id = await staff.ask("desk_wipe", region="north") if change == "yes" else await staff.ask()
    queue, real, looks = staff.office.queue, staff.answers.asking, list[str]()

    async def asking(*args: Any) -> Any:
        found = await real(*args)
        assert found is not None
        looks.append(found.waiting.version)
        if len(looks) == 1:
            queue.lose = True
            if change == "preview":
                staff.desk.device.state["1001"] = "90"
            assert (await staff.desk.gate.decide(staff.ben, call_id, yes=True)).waiting
            queue.lose = False
        return found

    staff.answers.asking = asking  # type: ignore[method-assign]
    await staff.office.room.telling.notices.handle(staff.office.tenant.id, {"call": call_id, "event": "heal"})
    await queue.idle()
    assert len(looks) == 2
    said = words(staff.cards("cem")[0])
    assert "Ben said yes." in said if change == "yes" else "Balance: 90" in said
    assert f"{call_id} {looks[1]}" in said, "its button agrees to what it shows"


STEPS = ["open", "do_put_once", "plan", "do_put"]


@pytest.mark.parametrize("step", STEPS)
async def test_killed_in_between_nobody_is_asked_twice_or_never(
    staff: Staff, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue = staff.office.queue
    queue.lose = True
    reply = await staff.desk.ask("desk_credit", CREDIT, user=staff.ann, thread="T1:/UANN")
    await queue.idle()
    queue.lose = False
    job = {"call": reply.call_id or "", "event": "asked"}
    target: Any = {"open": staff.office.room.telling.asks._directs, "plan": Asks}.get(step, outbox)
    real = getattr(target, step)

    async def die(*args: Any, **more: Any) -> Any:
        await real(*args, **more)
        raise Killed

    asks = [{**job, "user": staff.people[name].id} for name in ("ben", "cem", "dan")]
    with monkeypatch.context() as patch:
        patch.setattr(target, step, die)
        queue.lose = True
        if step == "plan":
            with pytest.raises(Killed):
                await staff.office.room.handlers["call_notice"](staff.office.tenant.id, job)
        elif step != "do_put":
            with pytest.raises(Killed):
                await staff.office.room.handlers["slack_ask"](staff.office.tenant.id, asks[0])
        queue.lose = False
    await staff.office.room.handlers["call_notice"](staff.office.tenant.id, job)
    await queue.idle()
    for one in asks:
        await staff.office.room.handlers["slack_ask"](staff.office.tenant.id, one)
    await queue.idle()
    assert [len(staff.cards(name)) for name in ("ben", "cem", "dan")] == [1, 1, 1]
    if step == "do_put":
        await die_while_redrawing(staff, reply.call_id or "", monkeypatch)
    assert staff.office.slack.violations == []


async def die_while_redrawing(staff: Staff, call_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed between two cards of one call, none is changed; the job's next try changes all of them."""
    queue, real = staff.office.queue, outbox.do_put
    queue.lose = True
    await staff.desk.gate.decide(staff.ben, call_id, yes=False)
    await queue.idle()

    async def die(*args: Any, **more: Any) -> Any:
        await real(*args, **more)
        raise Killed

    job = {"call": call_id, "event": "denied"}
    with monkeypatch.context() as patch:
        patch.setattr(outbox, "do_put", die)
        with pytest.raises(Killed):
            await staff.office.room.handlers["call_notice"](staff.office.tenant.id, job)
    queue.lose = False
    for _ in range(2):
        await staff.office.room.handlers["call_notice"](staff.office.tenant.id, job)
        await queue.idle()
    assert all("Denied by Ben" in words(staff.cards(name)[0]) for name in ("ben", "cem", "dan"))
    assert staff.office.slack.count("chat.update") == 3


async def test_more_than_twenty_are_not_all_asked(staff: Staff) -> None:
    names = [f"p{at}" for at in range(20)]
    for name in names:
        staff.world.add_person(f"U{name.upper()}", name, f"{name}@acme.example")
    from bot.db import grants, users
    from bot.db.grants import NewGrant

    async with staff.office.database.tenant(staff.office.tenant.id) as session:
        for name in names:
            row = await users.do_add_person(session, name=name.upper(), email=f"{name}@acme.example")
            await grants.do_grant(session, NewGrant(user_id=row.id, role="desk", by="test"))
            await links.do_link(
                session,
                surface="slack",
                external_id=f"T1:U{name.upper()}",
                user_id=row.id,
                how="email",
                by="x",
            )
            made = person(name.upper(), *ALL)
            user = type(made)(id=row.id, name=made.name, rights=made.rights)
            staff.desk.world.add(user)
            staff.office.links.known[f"{name}@acme.example"] = user
    await said_in_channel(staff)
    asked = [name for name in ("ben", "cem", "dan", *names) if staff.cards(name)]
    assert len(asked) == 20
    assert "Can say yes: Ben, Cem, Dan or one of 20 others." in words(staff.world.replies("COPS")[-1])


async def test_word_for_whoever_is_on_call_is_the_card_and_nothing_beside_it(staff: Staff) -> None:
    """The core tells those on call by a nudge; in Slack the card of the call says it, once."""
    call_id = await staff.ask()
    async with staff.office.database.tenant(staff.office.tenant.id) as session:
        told = {"text": "You are on call, so a call waits for your yes."}
        await nudges.do_put(session, [staff.ben.id, staff.ann.id], f"{ON_CALL}{call_id}", told)
    await staff.office.room.sweep()
    await staff.office.queue.idle()
    assert [len(staff.cards(name)) for name in ("ann", "ben")] == [0, 1]
    async with staff.office.database.tenant(staff.office.tenant.id) as session:
        assert await nudges.find_waiting(session, "slack") == []


async def test_where_direct_messages_show_nothing_only_that_something_waits_is_said(staff: Staff) -> None:
    async with staff.office.database.tenant(staff.office.tenant.id) as session:
        await channels.do_set_rule(session, ChannelRule(channel=DIRECT, surface="", reads_only=True), by="x")
    await staff.ask(thread="T1:/UANN")
    [card] = staff.cards("ben")
    assert card["text"] == HUSHED and "Ann Lee" not in str(card)
