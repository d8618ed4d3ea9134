"""The menu of a message that makes a ticket of it, and the shortcut that asks."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.contract.channel import ChannelRule
from bot.contract.people import Tenant
from bot.contract.reply import Column, Reply, Table, Waiting
from bot.db.channels import do_set_rule
from bot.db.database import Database
from bot.slack.forms import late
from bot.slack.forms.sending import NOT_THERE, NOT_TOLD, OUTSIDERS, WAITS
from bot.slack.forms.typed import shortcut_of
from bot.slack.manifest import make_manifest
from tests.bot.slack.form_office import FormOffice, opened
from tests.bot.slack.test_forms import initial
from tests.slackd import Slackd

MADE = Reply("Opened TCK-7.", focus={"ticket": "TCK-7", "customer": "100234"}, call_id="c0ffee01")
SAID = "suspend 100777 <!channel>\namina@acme.example has *no light* &amp; <https://x.example|a link>"


@pytest.fixture
async def office(slack: Slackd, database: Database, tenant: Tenant) -> AsyncIterator[FormOffice]:
    async with opened(slack, database, tenant) as made:
        made.gate.reply = MADE
        yield made


async def known(office: FormOffice) -> None:
    """Let the bot learn of the channel: somebody asks it there."""
    await office.slack.seat("UANN").say("CNOC", "<@UBOT> tickets mine")
    await office.queue.idle()


async def used(office: FormOffice, text: str = SAID, channel: str = "CNOC", thread: str | None = None) -> str:
    """Say something, and use the menu of that message; return its ts."""
    ts = await office.slack.seat("UBEN").say(channel, text, thread=thread)
    assert await office.slack.seat("UANN").message_shortcut(channel, ts, "ticket")
    return ts


def in_thread(office: FormOffice, ts: str) -> list[str]:
    said = office.slack.world.replies("CNOC")
    return [each["text"] for each in said if each.get("thread_ts") == ts != each["ts"]]


async def test_message_stands_in_the_form_as_data(office: FormOffice) -> None:
    await used(office)
    view = office.slack.seat("UANN").view
    assert view is not None
    first = initial(view)
    assert first["f:subject"] == "suspend 100777 @channel"
    await office.queue.idle()
    assert (office.gate.done, office.gate.parked) == ([], {})
    assert office.slack.violations == []


async def test_number_goes_to_who_asked_and_by_choice_to_the_thread(office: FormOffice) -> None:
    await known(office)
    before = len(office.gate.done)
    ts = await used(office, "Grace Adeyemi has no light")
    ann = office.slack.seat("UANN")
    assert ann.view is not None
    assert initial(ann.view)["f:customer"] == "100999"
    assert await ann.submit({"x:tell": ["yes"]})
    await office.queue.idle()
    [(name, args)] = office.gate.done[before:]
    assert (name, args["customer"]) == ("tickets_create", "100999")
    assert "Opened TCK-7." in office.direct("UANN")[-1]["text"]
    assert in_thread(office, ts) == ["Ann made TCK-7 of this message."]
    assert office.slack.violations == []


async def test_thread_hears_nothing_unless_it_is_chosen(office: FormOffice) -> None:
    await known(office)
    ts = await used(office, "Grace Adeyemi has no light")
    assert await office.slack.seat("UANN").submit({})
    await office.queue.idle()
    assert "Opened TCK-7." in office.direct("UANN")[-1]["text"]
    assert in_thread(office, ts) == []


async def test_private_channel_the_bot_is_not_in_hears_nothing(office: FormOffice) -> None:
    office.slack.world.add_channel("CFAR", "far", "UANN", "UBEN", private=True)
    office.slack.admin().kick("CFAR", "UBOT")
    await used(office, "Grace Adeyemi has no light", "CFAR")
    with office.slack.expect("channel_not_found"):
        assert await office.slack.seat("UANN").submit({"x:tell": ["yes"]})
        await office.queue.idle()
    assert OUTSIDERS in office.direct("UANN")[-1]["text"]
    assert len(office.gate.done) == 1
    assert office.slack.violations == []


async def test_channel_the_bot_was_never_asked_in_hears_of_it(office: FormOffice) -> None:
    ts = await used(office, "Grace Adeyemi has no light")
    assert await office.slack.seat("UANN").submit({"x:tell": ["yes"]})
    await office.queue.idle()
    assert in_thread(office, ts) == ["Ann made TCK-7 of this message."]
    assert office.slack.violations == []


async def test_channel_whose_rules_forbid_it_hears_nothing(office: FormOffice) -> None:
    await known(office)
    rule = ChannelRule(channel="CNOC", surface="slack", reads_only=True)
    chat = office.isp.chat
    async with chat.desk.database.tenant(chat.tenant.id) as session:
        await do_set_rule(session, rule, by="1")
    ts = await used(office, "Grace Adeyemi has no light")
    assert await office.slack.seat("UANN").submit({"x:tell": ["yes"]})
    await office.queue.idle()
    assert NOT_TOLD in office.direct("UANN")[-1]["text"]
    assert in_thread(office, ts) == []


async def test_channel_the_bot_was_taken_out_of_is_said_to_who_asked(office: FormOffice) -> None:
    await known(office)
    office.slack.admin().kick("CNOC", "UBOT")
    await used(office, "Grace Adeyemi has no light")
    with office.slack.expect("not_in_channel"):
        assert await office.slack.seat("UANN").submit({"x:tell": ["yes"]})
        await office.queue.idle()
    told = [each["text"] for each in office.direct("UANN")]
    assert any(each.startswith(NOT_THERE) and "Ann made TCK-7" in each for each in told)
    assert any("Opened TCK-7." in each for each in told)


async def test_ticket_that_waits_is_not_told_of_in_the_thread(office: FormOffice) -> None:
    await known(office)
    waiting = Waiting(
        call_id="0d1c7f2e-3b6a-4f5e-9c11-2a6f4a1b7e55",
        action_id="tickets_create",
        summary="Open",
        needs="a yes",
        asked_by="Ann",
    )
    office.gate.reply = Reply("Shall I?", waiting=waiting)
    ts = await used(office, "Grace Adeyemi has no light")
    assert await office.slack.seat("UANN").submit({"x:tell": ["yes"]})
    await office.queue.idle()
    assert WAITS in office.direct("UANN")[-1]["text"]
    assert in_thread(office, ts) == []


async def test_menu_whose_trigger_is_over_is_answered_directly_with_the_form(office: FormOffice) -> None:
    office.slack.faults.plan("views.open", "error:expired_trigger_id")
    await used(office, "Grace Adeyemi has no light")
    await office.queue.idle()
    [told] = office.direct("UANN")
    assert "no time to open the form" in told["text"]
    ann = office.slack.seat("UANN")
    seen = await ann.click(office.slack.world.home.direct("UANN").id, told, "form:1")
    assert seen.view is not None
    assert initial(seen.view)["f:subject"] == "Grace Adeyemi has no light"


@pytest.mark.parametrize(
    ("body", "text", "link"),
    [
        (
            {"message": {"ts": "17.5", "text": "a &lt;b&gt;"}},
            "a <b>",
            "https://acme.slack.com/archives/C1/p175",
        ),
        (
            {"message": {"ts": "17.5", "thread_ts": "16.1", "text": "x"}},
            "x",
            "https://acme.slack.com/archives/C1/p175?thread_ts=16.1&cid=C1",
        ),
        (
            {
                "message": {
                    "ts": "17.5",
                    "attachments": [{"fallback": "Alert: down"}],
                    "files": [{"title": "ont.png"}],
                }
            },
            "Alert: down\nont.png",
            "https://acme.slack.com/archives/C1/p175",
        ),
        (
            {"message": {"ts": "17.5", "text": "x"}, "team": {"domain": "evil.example/"}},
            "x",
            "message 17.5 in C1",
        ),
        ({"message": {"ts": "17.5"}, "team": None}, "", "message 17.5 in C1"),
    ],
)
def test_what_a_message_says_and_the_way_back(body: dict[str, object], text: str, link: str) -> None:
    base = {"user": {"id": "U1"}, "channel": {"id": "C1"}, "team": {"domain": "acme"}}
    found = shortcut_of(base | body, "UBOT")
    assert found is not None
    assert (found.text, found.link) == (text, link)


@pytest.mark.parametrize("broken", [{"user": None}, {"channel": {"id": "x"}}, {"message": {"ts": "now"}}])
def test_broken_menus_are_nobodys(broken: dict[str, object]) -> None:
    base = {"user": {"id": "U1"}, "channel": {"id": "C1"}, "message": {"ts": "1.1", "text": "x"}}
    assert shortcut_of(base | broken, "UBOT") is None


async def test_question_is_answered_directly_once_and_shown_in_the_modal(office: FormOffice) -> None:
    rows = Table(columns=(Column("What"), Column("It is")), rows=(("Plan", "Home 20"),))
    office.gate.reply = replace(MADE, table=rows)
    ann = office.slack.seat("UANN")
    seen = await ann.shortcut("ask")
    assert seen.view is not None
    view = seen.view
    await ann.enter("ask", "customers card 100234")
    assert all(await asyncio.gather(ann.resubmit(view), ann.resubmit(view)))
    await office.queue.idle()
    [told] = office.direct("UANN")
    assert "Opened TCK-7." in told["text"]
    assert "You asked: customers card 100234" in json.dumps(told["blocks"])
    assert [name for name, _ in office.gate.done] == ["customers_card"]
    assert ann.view is not None
    shown = json.dumps(ann.view.blocks)
    assert "Opened TCK-7." in shown
    assert "Plan | Home 20" in shown
    assert office.slack.violations == []


async def test_question_is_answered_when_the_modal_is_closed(office: FormOffice) -> None:
    ann = office.slack.seat("UANN")
    await ann.shortcut("ask")
    office.queue.lose = True
    assert await ann.submit({"ask": "customers card 100234"})
    await ann.close_view()
    office.queue.lose = False
    with office.slack.expect("not_found"):
        await office.room.sweep()
        await office.queue.idle()
    assert "Opened TCK-7." in office.direct("UANN")[0]["text"]


async def test_shortcut_whose_trigger_is_over_says_where_to_ask(office: FormOffice) -> None:
    office.slack.faults.plan("views.open", "error:expired_trigger_id")
    await office.slack.seat("UANN").shortcut("ask")
    await office.queue.idle()
    assert "Just ask me here." in office.direct("UANN")[0]["text"]


async def test_manifest_declares_what_is_handled(database: Database, tenant: Tenant) -> None:
    async with Slackd(manifest=make_manifest()) as slack:
        slack.world.add_person("UANN", "ann", "ann@acme.example")
        slack.world.add_channel("CNOC", "noc", "UANN")
        async with opened(slack, database, tenant) as office:
            ann = slack.seat("UANN")
            assert (await ann.shortcut("ask")).view is not None
            assert (await ann.command("CNOC", "/backhaul new ticket")).view is not None
            assert (await ann.view_options("entity:customer", "grace")).options
            await office.queue.idle()
        assert slack.violations == []


def test_a_trigger_is_not_kept_but_what_stands_for_it() -> None:
    person = {"user": {"id": "UANN"}, "channel": {"id": "C1"}, "trigger_id": "13.7.secret"}
    menu = {"message": {"ts": "17.5", "text": "a"}, "team": {"domain": "acme"}, "type": "message_action"}
    keys = [late.hear_ask(person, "UBOT")[1], late.hear_message(person | menu, "UBOT")[1]]
    assert all(key.startswith("form:") and "secret" not in key for key in keys)
    assert late.hear_ask(person | {"trigger_id": "13.7.other"}, "UBOT")[1] not in keys
