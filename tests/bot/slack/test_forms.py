"""Forms in Slack: opened by a button and by a command, searched, complained of, sent once."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.contract.channel import ChannelRule
from bot.contract.people import Tenant
from bot.db.database import Database
from bot.db.outbox import find_dead
from bot.errors import NotFound
from bot.slack.forms import opening
from bot.slack.sealed import NOT_OUR_FORM
from bot.slack.unsaid import UNSAID
from tests.bot.slack.form_office import FormOffice, opened
from tests.bot.understand import isp
from tests.slackd import Slackd

Message = dict[str, Any]
GRACE = {"value": "100999", "text": {"type": "plain_text", "text": "Grace Adeyemi"}}
TITLE = "Open a ticket for a cus…"
ASKS = "<@UBOT> tickets create customer=100234"


@pytest.fixture
async def office(slack: Slackd, database: Database, tenant: Tenant) -> AsyncIterator[FormOffice]:
    async with opened(slack, database, tenant) as made:
        yield made


async def asked(office: FormOffice, words: str = ASKS, user: str = "UANN") -> tuple[str, Message]:
    """Ask in the channel; return the thread and what the bot says last in it."""
    ts = await office.slack.seat(user).say("CNOC", words)
    await office.queue.idle()
    return ts, in_thread(office, ts)[-1]


def in_thread(office: FormOffice, ts: str) -> list[Message]:
    return [each for each in office.slack.world.replies("CNOC") if each.get("thread_ts") == ts != each["ts"]]


def initial(view: Any) -> dict[str, Any]:
    """What stands in the fields of a modal at first."""
    found = {}
    for block in view.blocks:
        element = block.get("element", {})
        first = next((element[key] for key in element if key.startswith("initial_")), None)
        found[block["block_id"]] = first["value"] if isinstance(first, dict) else first
    return {name: value for name, value in found.items() if value is not None}


async def test_button_under_the_question_back_opens_the_form_with_what_is_known(office: FormOffice) -> None:
    ts, reply = await asked(office)
    assert "What is the subject?" in reply["text"]
    ann = office.slack.seat("UANN")
    seen = await ann.click("CNOC", reply, "form:1")
    assert seen
    assert seen.view is not None
    assert seen.view.title == TITLE
    assert initial(seen.view) == {"f:customer": "100234", "f:priority": "normal"}
    assert await ann.submit({"f:subject": "No <light> & noise", "f:priority": "high"})
    assert ann.view is None
    await office.queue.idle()
    called = {"customer": "100234", "subject": "No <light> & noise", "priority": "high"}
    assert office.gate.done == [("tickets_create", called)]
    assert in_thread(office, ts)[-1]["text"].startswith("did tickets_create")
    assert office.slack.violations == []


async def test_form_is_done_once_however_often_it_is_sent(office: FormOffice) -> None:
    _ts, reply = await asked(office)
    ann = office.slack.seat("UANN")
    view = (await ann.click("CNOC", reply, "form:1")).view
    assert view is not None
    await ann.enter("f:subject", "No light")
    assert all(await asyncio.gather(ann.resubmit(view), ann.resubmit(view)))
    await office.queue.idle()
    assert len(office.gate.done) == 1


async def test_command_opens_the_form_and_the_answer_comes_directly(office: FormOffice) -> None:
    ann = office.slack.seat("UANN")
    seen = await ann.command("CNOC", "/backhaul form tickets create customer=100234")
    assert seen.view is not None
    assert initial(seen.view)["f:customer"] == "100234"
    assert await ann.submit({"f:subject": "No light"})
    await office.queue.idle()
    assert office.gate.done[-1][1]["subject"] == "No light"
    [told] = office.direct("UANN")
    assert told["text"].startswith("did tickets_create")
    assert office.slack.world.replies("CNOC") == []
    assert office.slack.violations == []


@pytest.mark.parametrize(
    "words", ["new ticket", "form open a ticket for Amina Bello", "open the form for new ticket"]
)
async def test_words_that_open_a_form(office: FormOffice, words: str) -> None:
    seen = await office.slack.seat("UANN").command("CNOC", f"/backhaul {words}")
    assert seen
    await office.slack.seat("UANN").wait_for_view(TITLE)
    await office.queue.idle()
    assert office.whispers() == []


@pytest.mark.parametrize("words", ["tickets mine", "new zealand", "who is 100234"])
async def test_other_words_are_answered_as_ever(office: FormOffice, words: str) -> None:
    seen = await office.slack.seat("UANN").command("CNOC", f"/backhaul {words}")
    assert seen.view is None
    await office.queue.idle()
    assert len(office.whispers()) == 1


async def test_menu_searches_live_as_far_as_they_may_see(office: FormOffice) -> None:
    ann = office.slack.seat("UANN")
    await ann.command("CNOC", "/backhaul new ticket")
    found = (await ann.view_options("entity:customer", "john")).options
    assert [(each["text"]["text"], each["value"]) for each in found] == [
        ("John Smith (100777)", "100777"),
        ("John Smith (100778)", "100778"),
    ]
    assert found[0]["description"]["text"] == "100 Links Road, Nyali, active"
    assert (await ann.view_options("entity:customer", "nobody")).options == []
    office.links.known["ann@acme.example"] = isp.person("customers:read", name="Ann")
    assert (await ann.view_options("entity:customer", "john")).options == []
    assert office.slack.violations == []


async def test_what_does_not_fit_is_said_at_its_field_and_nothing_is_kept(office: FormOffice) -> None:
    ann = office.slack.seat("UANN")
    await ann.command("CNOC", "/backhaul form billing record_payment customer=100234")
    seen = await ann.submit({"f:amount": "lots", "f:method": "cash"})
    assert list(seen.errors) == ["f:amount"]
    assert "is not an amount" in seen.errors["f:amount"]
    await office.queue.idle()
    assert (office.gate.done, office.gate.parked) == ([], {})
    assert await ann.submit({"f:amount": "1,250.50"})
    await office.queue.idle()
    [(_, args)] = [*office.gate.done, *office.gate.parked.values()]
    assert args["amount"] == "1,250.50 EUR"
    assert office.slack.violations == []


async def test_action_turned_off_meanwhile_is_said_in_the_form_with_what_was_entered(
    office: FormOffice,
) -> None:
    ann = office.slack.seat("UANN")
    await ann.command("CNOC", "/backhaul new ticket")
    office.turn_off("tickets_create")
    seen = await ann.submit(
        {
            "f:customer": {"value": "100999", "text": {"type": "plain_text", "text": "x"}},
            "f:subject": "No light",
        }
    )
    assert seen.view is not None
    shown = json.dumps(seen.view.blocks)
    assert "its plugin was turned off" in shown
    assert "Subject: No light" in shown
    await office.queue.idle()
    assert (office.gate.done, office.direct("UANN")) == ([], [])
    assert office.slack.violations == []


async def test_action_turned_off_after_it_was_kept_is_told_directly_with_what_was_entered(
    office: FormOffice,
) -> None:
    _ts, reply = await asked(office)
    ann = office.slack.seat("UANN")
    await ann.click("CNOC", reply, "form:1")
    office.queue.lose = True
    assert await ann.submit({"f:subject": "No light"})
    office.turn_off("tickets_create")
    office.queue.lose = False
    await office.room.sweep()
    await office.queue.idle()
    assert office.gate.done == []
    [told] = office.direct("UANN")
    assert "its plugin was turned off" in told["text"]
    assert "Subject: No light" in told["text"]


async def test_what_the_gate_refuses_comes_back_directly_with_a_button_that_opens_it_filled_in(
    office: FormOffice,
) -> None:
    _ts, reply = await asked(office)
    ann = office.slack.seat("UANN")
    await ann.click("CNOC", reply, "form:1")
    office.gate.fails = NotFound("That customer left yesterday.")
    assert await ann.submit({"f:subject": "No light"})
    await office.queue.idle()
    [told] = office.direct("UANN")
    assert "That customer left yesterday." in told["text"]
    office.gate.fails = None
    seen = await ann.click(office.slack.world.home.direct("UANN").id, told, "form:1")
    assert seen.view is not None
    assert initial(seen.view)["f:subject"] == "No light"
    assert office.slack.violations == []


async def test_what_came_to_nothing_and_cannot_be_given_back_is_kept_and_told(office: FormOffice) -> None:
    _ts, reply = await asked(office)
    ann = office.slack.seat("UANN")
    await ann.click("CNOC", reply, "form:1")
    office.gate.fails = NotFound("That customer left yesterday.")
    office.slack.faults.plan("conversations.open", *["error:user_not_visible"] * 2)
    assert await ann.submit({"f:subject": "No light"})
    await office.queue.idle()
    [(name, told)] = [one for one in office.slack.calls if one.method == "chat.postEphemeral"]
    assert (told["user"], told.get("thread_ts"), told["text"]) == ("UANN", None, UNSAID), name
    team = await office.room.teams.find("T1")
    assert team is not None
    async with office.room._database.tenant(team.tenant_id) as session:
        assert len(await find_dead(session)) == 1
    assert office.slack.violations == []


async def test_form_of_a_changed_action_is_drawn_anew_with_what_was_entered(office: FormOffice) -> None:
    ann = office.slack.seat("UANN")
    await ann.command("CNOC", "/backhaul new ticket")
    view = ann.view
    assert view is not None
    team = await office.room.teams.find("T1")
    assert team is not None
    kept = office.room.seals.kept(team, view.content["private_metadata"])
    view.content["private_metadata"] = office.room.seals.keep(team, {**kept, "version": "old"})
    seen = await ann.submit({"f:customer": GRACE, "f:subject": "No light"})
    assert seen.view is not None
    assert "has changed since this form was opened" in json.dumps(seen.view.blocks)
    assert initial(seen.view)["f:subject"] == "No light"
    assert initial(seen.view)["f:customer"] == "100999"
    assert await ann.submit()
    await office.queue.idle()
    assert office.gate.done[-1][1]["customer"] == "100999"
    assert office.slack.violations == []


async def test_who_may_not_is_told_in_the_modal_and_again_when_they_send(office: FormOffice) -> None:
    ben = office.slack.seat("UBEN")
    seen = await ben.command("CNOC", "/backhaul form tickets create")
    assert seen.view is not None
    assert "You may not open a ticket" in json.dumps(seen.view.blocks)
    ann = office.slack.seat("UANN")
    await ann.command("CNOC", "/backhaul new ticket")
    office.links.known["ann@acme.example"] = isp.person("customers:read", name="Ann")
    seen = await ann.submit({"f:customer": GRACE, "f:subject": "No light"})
    assert seen.view is not None
    assert "You may not open a ticket" in json.dumps(seen.view.blocks)
    assert office.gate.done == []
    stranger = await office.slack.seat("UNEW").command("CNOC", "/backhaul form tickets create")
    assert stranger.view is not None
    assert "I do not know who you are here yet" in json.dumps(stranger.view.blocks)
    assert office.slack.violations == []


async def test_form_carries_nothing_in_clear_and_opens_for_nobody_else(office: FormOffice) -> None:
    ann, ben = office.slack.seat("UANN"), office.slack.seat("UBEN")
    await ann.command("CNOC", "/backhaul form tickets create customer=100234")
    view = ann.view
    assert view is not None
    metadata = view.content["private_metadata"]
    assert "tickets" not in metadata
    assert len(metadata) <= 3_000
    await ben.command("CNOC", "/backhaul form customers card")
    stolen = ben.view
    assert stolen is not None
    stolen.content["private_metadata"] = metadata
    seen = await ben.resubmit(stolen)
    assert seen.view is not None
    assert NOT_OUR_FORM in json.dumps(seen.view.blocks)
    assert office.gate.done == []


async def test_trigger_that_is_over_leaves_words_and_a_button(office: FormOffice) -> None:
    ann = office.slack.seat("UANN")
    office.slack.faults.plan("views.open", "error:expired_trigger_id")
    seen = await ann.command("CNOC", "/backhaul form tickets create customer=100234")
    assert (bool(seen), seen.view) == (True, None)
    await office.queue.idle()
    [told] = office.whispers()
    assert "Slack gave me no time to open the form" in told["text"]
    seen = await ann.click("CNOC", told, "form:1")
    assert seen.view is not None
    assert initial(seen.view)["f:customer"] == "100234"


async def test_button_whose_trigger_is_over_tells_them_alone(office: FormOffice) -> None:
    ts, reply = await asked(office)
    office.slack.faults.plan("views.open", "error:expired_trigger_id")
    await office.slack.seat("UANN").click("CNOC", reply, "form:1")
    await office.queue.idle()
    [told] = office.whispers()
    assert (told["_to"], "no time to open the form" in told["text"]) == ("UANN", True)
    assert len(in_thread(office, ts)) == 1


async def test_slow_lookup_opens_a_modal_that_waits_and_then_is_the_form(
    office: FormOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    held, find = asyncio.Event(), office.gate.find
    monkeypatch.setattr(opening, "QUICK", 0.05)

    async def slow(*args: Any, **more: Any) -> Any:
        await held.wait()
        return await find(*args, **more)

    monkeypatch.setattr(office.gate, "find", slow)
    ann = office.slack.seat("UANN")
    seen = await ann.command("CNOC", "/backhaul form tickets create customer=100234")
    assert seen.view is not None
    assert seen.view.title == "One moment"
    held.set()
    view = await ann.wait_for_view(TITLE)
    assert initial(view)["f:customer"] == "100234"
    assert office.slack.violations == []


async def test_rules_of_the_channel_hold_for_its_forms(office: FormOffice) -> None:
    _ts, reply = await asked(office)
    office.gate.rules = [ChannelRule(channel="CNOC", surface="slack", reads_only=True)]
    seen = await office.slack.seat("UANN").click("CNOC", reply, "form:1")
    assert seen.view is not None
    assert "I only look things up" in json.dumps(seen.view.blocks)
