"""Buttons, forms and slash commands, pressed and typed by people of the emulated Slack."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
import structlog
from sqlalchemy import text
from structlog.testing import capture_logs

from bot.contract.channel import ChannelRule
from bot.contract.people import User
from bot.contract.place import PlaceKind
from bot.contract.reply import Button, Choice, Reply, Tone
from bot.db import channels
from bot.slack import ingest
from bot.slack.routes import Route
from bot.slack.sealed import NOT_OURS
from bot.slack.teams import Team
from tests.bot.slack.conftest import HOW_TO_LINK, Office

CALL = "0d1c7f2e-3b6a-4f5e-9c11-2a6f4a1b7e55"
Message = dict[str, Any]


def card(*buttons: tuple[str, str]) -> list[Message]:
    """What the bot posts: buttons by action_id and value."""
    elements = [
        {"type": "button", "action_id": name, "text": {"type": "plain_text", "text": name}, "value": value}
        for name, value in buttons
    ]
    return [{"type": "actions", "elements": elements}]


QUIET: dict[str, Any] = {"unfurl_links": False, "unfurl_media": False}
DECIDING = (("call:approve", f"{CALL} v1"), ("call:deny", f"{CALL} v1"), ("call:undo", f"{CALL} "))


async def posted(office: Office, *buttons: tuple[str, str], channel: str = "CNOC", thread: str = "") -> str:
    """Let the bot post buttons; return the ts."""
    client = office.room.calls.client(office.slack.world.bot_token)
    more = {"thread_ts": thread} if thread else {}
    found = await client.chat_postMessage(
        channel=channel, text="card", blocks=card(*buttons), **QUIET, **more
    )
    return str(found["ts"])


async def home(office: Office) -> Team:
    team = await office.room.teams.find("T1")
    assert team is not None
    return team


def whispers(office: Office, channel: str = "CNOC") -> list[Message]:
    place = office.slack.world.home.find_channel(channel)
    assert place is not None
    return place.ephemeral


def in_thread(office: Office, ts: str, channel: str = "CNOC") -> list[str]:
    said = office.slack.world.replies(channel)
    return [each["text"] for each in said if each.get("thread_ts") == ts != each["ts"]]


async def test_yes_is_decided_by_whoever_presses_and_said_in_the_thread(socket_office: Office) -> None:
    office = socket_office
    ts = await posted(office, *DECIDING)
    assert await office.slack.seat("UBEN").click("CNOC", ts, "call:approve")
    await office.queue.idle()
    assert office.answers.did == [("yes", CALL, "", "v1")]
    [question] = office.answers.asked
    assert (question.user.name, question.thread) == ("Ben", f"T1:CNOC:{ts}")
    assert in_thread(office, ts) == ["Done: yes"]
    assert office.slack.violations == []


async def test_no_asks_why_and_counts_with_the_form(socket_office: Office) -> None:
    office = socket_office
    ts = await posted(office, *DECIDING)
    ben = office.slack.seat("UBEN")
    assert await ben.click("CNOC", ts, "call:deny")
    view = await ben.wait_for_view("Say no")
    assert "CNOC" not in view.content["private_metadata"], "where to answer is sealed"
    await office.queue.idle()
    assert office.answers.did == []
    assert await ben.submit({"why": "She paid yesterday."})
    await ben.resubmit(view)
    await office.queue.idle()
    assert office.answers.did == [("no", CALL, "She paid yesterday.", "v1")]
    assert in_thread(office, ts) == ["Done: no"]
    assert office.slack.violations == []


async def test_form_that_came_too_late_says_what_to_do_to_them_alone(socket_office: Office) -> None:
    office = socket_office
    ts = await posted(office, *DECIDING)
    office.slack.faults.plan("views.open", "error:expired_trigger_id")
    await office.slack.seat("UBEN").click("CNOC", ts, "call:deny")
    await office.slack.until(lambda: whispers(office))
    [told] = whispers(office)
    assert (told["_to"], "deny 0d1c7f2e because" in told["text"]) == ("UBEN", True)
    assert (office.answers.did, in_thread(office, ts)) == ([], [])


@pytest.mark.parametrize(
    ("error", "words"),
    [("NotAllowed", "Approving that takes the role billing."), ("Conflict", "Ada approved this at 14:02.")],
)
async def test_press_that_comes_to_nothing_is_told_to_them_alone(
    socket_office: Office, error: str, words: str
) -> None:
    office = socket_office
    office.answers.replies["yes"] = Reply(words, tone=Tone.WARN, error=error)
    healed: list[dict[str, Any]] = []

    async def notice(_tenant: str, payload: dict[str, Any]) -> None:
        healed.append(payload)

    office.queue.handlers = {**office.queue.handlers, "call_notice": notice}
    ts = await posted(office, *DECIDING)
    await office.slack.seat("UBEN").click("CNOC", ts, "call:approve")
    await office.queue.idle()
    [told] = whispers(office)
    assert (told["_to"], words in told["text"]) == ("UBEN", True)
    assert in_thread(office, ts) == []
    assert healed == [{"call": CALL, "event": "heal"}]
    assert office.slack.violations == []


async def test_somebody_unknown_presses_and_learns_how_to_link(socket_office: Office) -> None:
    office = socket_office
    ts = await posted(office, *DECIDING)
    await office.slack.seat("UNEW").click("CNOC", ts, "call:undo")
    await office.queue.idle()
    [told] = whispers(office)
    assert (told["_to"], HOW_TO_LINK in told["text"], office.answers.did) == ("UNEW", True, [])


async def test_button_makes_the_call_that_was_sealed_in_it(socket_office: Office) -> None:
    office = socket_office
    made = Button("Make a ticket", "tickets_create", {"customer": "100234", "hours": 3})
    value = office.room.seals.value(await home(office), made)
    assert value is not None
    assert "100234" not in value
    ts = await posted(office, ("do:1", value))
    await office.slack.seat("UANN").click("CNOC", ts, "do:1")
    await office.queue.idle()
    assert office.answers.did == [("tickets_create", {"customer": "100234", "hours": 3})]
    assert in_thread(office, ts) == ["Done: tickets_create"]


async def test_button_made_elsewhere_calls_nothing(socket_office: Office) -> None:
    office = socket_office
    team = await home(office)
    button = Button("Suspend", "billing_suspend", {"customer": "100234"})
    other = Team(team_id="T2", tenant_id=team.tenant_id, bot_user_id="U", bot_id="B", token="x")
    foreign = Team(team_id="T1", tenant_id="f00", bot_user_id="U", bot_id="B", token="x")
    values = [office.room.seals.value(each, button) or "" for each in (other, foreign)]
    values.append('["billing_suspend",{"customer":"100234"}]')
    values.append((office.room.seals.value(team, button) or "")[:-6] + "AAAAA=")
    for at, value in enumerate(values):
        ts = await posted(office, (f"do:{at}", value))
        await office.slack.seat("UANN").click("CNOC", ts, f"do:{at}")
    await office.queue.idle()
    assert office.answers.did == []
    assert [NOT_OURS in each["text"] for each in whispers(office)] == [True] * 4


async def test_button_with_too_much_in_it_is_not_offered(office: Office) -> None:
    team = await home(office)
    assert office.room.seals.value(team, Button("x", "a_b", {"note": "x" * 1_300})) is not None
    assert office.room.seals.value(team, Button("x", "a_b", {"note": "x" * 1_600})) is None


async def test_command_is_answered_to_them_alone_and_once(socket_office: Office) -> None:
    office = socket_office
    ann = office.slack.seat("UANN")
    seen = await ann.command("CNOC", "/backhaul invoice 100234")
    assert (bool(seen), seen.message) == (True, None)
    await office.queue.idle()
    [told] = whispers(office)
    assert (told["_to"], "You said: invoice 100234" in told["text"]) == ("UANN", True)
    [question] = office.answers.asked
    assert (question.words, question.thread) == ("invoice 100234", "T1:/UANN")
    assert question.place.kind is PlaceKind.PUBLIC
    assert office.slack.world.replies("CNOC") == []
    assert office.slack.violations == []


async def test_command_alone_asks_for_help_and_another_is_part_of_the_question(socket_office: Office) -> None:
    office = socket_office
    for line in ("/backhaul", "/outages-today in Westlands"):
        await office.slack.seat("UANN").command("CNOC", line)
        await office.queue.idle()
    assert [each.words for each in office.answers.asked] == ["help", "outages today in Westlands"]


async def test_commands_of_one_person_keep_their_order(socket_office: Office) -> None:
    office = socket_office
    for number in range(5):
        await office.slack.seat("UANN").command("CNOC", f"/backhaul {number}")
    await office.queue.idle()
    assert [each.words for each in office.answers.asked] == list("01234")
    assert len(whispers(office)) == 5


async def test_command_follows_the_rules_of_its_channel_and_is_private_beyond_them(
    socket_office: Office,
) -> None:
    office = socket_office
    await office.slack.seat("UANN").say("CNOC", "<@UBOT> hello")
    await office.queue.idle()
    office.answers.asked.clear()
    office.answers.replies["balance"] = Reply("Not here.", error="NotAllowed")
    await office.slack.seat("UANN").command("CNOC", "/backhaul balance")
    await office.slack.seat("UANN").command("CNOC", "/backhaul outages")
    await office.queue.idle()
    assert [(each.words, each.place.channel) for each in office.answers.asked] == [
        ("balance", "CNOC"),
        ("balance", ""),
        ("outages", "CNOC"),
    ]


async def test_choice_under_a_command_is_answered_in_its_place(socket_office: Office) -> None:
    office = socket_office
    ann = office.slack.seat("UANN")
    client = office.room.calls.client(office.slack.world.bot_token)
    await client.chat_postEphemeral(
        channel="CNOC", user="UANN", text="Which?", blocks=card(("say:1", "Mary Wanjiku"))
    )
    [asked] = whispers(office)
    assert await ann.click("CNOC", asked, "say:1")
    await office.queue.idle()
    [told] = whispers(office)
    assert "You said: Mary Wanjiku" in told["text"]
    assert [each.thread for each in office.answers.asked] == ["T1:/UANN"]
    assert office.slack.violations == []


async def test_opinion_is_noted_and_a_bad_one_asked_for_its_reason(socket_office: Office) -> None:
    office = socket_office
    ts = await posted(office, ("feedback:1", "feedback:good"), ("feedback:2", "feedback:bad"))
    ben = office.slack.seat("UBEN")
    await ben.click("CNOC", ts, "feedback:1")
    await ben.click("CNOC", ts, "feedback:2")
    await ben.wait_for_view("Not good?")
    assert await ben.submit({"why": "Wrong month."})
    await office.queue.idle()
    async with office.database.tenant(office.tenant.id) as session:
        found = await session.execute(
            text("select cast(told as jsonb) ->> 'text' from audit_texts order by seq")
        )
    assert list(found.scalars()) == [
        "called an answer good",
        "called an answer bad",
        "called an answer bad: Wrong month.",
    ]
    assert (whispers(office), in_thread(office, ts), office.slack.violations) == ([], [], [])


@pytest.mark.parametrize("by", ["mention", "command"])
async def test_opinion_names_what_was_asked_and_copies_none_of_it(socket_office: Office, by: str) -> None:
    """Asked twice: the second answer is the one that is judged."""
    office, ann = socket_office, socket_office.slack.seat("UANN")
    office.answers.replies["bill of Grace"] = Reply("She owes 40.", facts={"Owes": 40})
    for _ in range(2):
        if by == "command":
            await ann.command("CNOC", "/backhaul bill of Grace")
        else:
            await ann.say("CNOC", "<@UBOT> bill of Grace")
        await office.queue.idle()
    shown = whispers(office) if by == "command" else office.slack.world.replies("CNOC")
    assert await ann.click("CNOC", shown[-1]["ts"], "feedback", "positive")
    await office.queue.idle()
    async with office.database.tenant(office.tenant.id) as session:
        rows = await session.execute(
            text("select a.body, t.told from audit a join audit_texts t using (seq)")
        )
        [(body, told)] = rows.all()
        asked = await session.execute(
            text(
                "select i.id::text, o.id::text, replace(i.payload->>'text', '<@UBOT> ', '') from slack_inbox i"
                " join slack_outbox o on o.inbox_id = i.id order by i.received_at desc, o.seq limit 1"
            )
        )
    inbox, letter, words = asked.one()
    noted = json.loads(body)
    assert (noted["inbox"], noted["letter"], words) == (inbox, letter, "bill of Grace"), told
    assert "Grace" not in f"{body}{told}" and "owes" not in f"{body}{told}"
    assert office.slack.violations == []


async def test_unknown_kinds_are_acknowledged_and_left(
    socket_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = socket_office
    ann = office.slack.seat("UANN")
    ts = await posted(office, ("strange:1", "secret words"))
    # A logger of its own: the module's keeps what another test may have set up.
    monkeypatch.setattr(ingest, "log", structlog.get_logger().new())
    with capture_logs() as logged:
        assert await ann.click("CNOC", ts, "strange:1")
        assert await ann.shortcut("nobody_knows")
        await office.queue.idle()
    assert "click:strange" in str(logged)
    assert "secret words" not in str(logged)
    assert office.slack.delivery.unacked == []


@pytest.mark.refused("unfurls")
async def test_handlers_of_others_answer_at_once_or_beside_or_later(socket_office: Office) -> None:
    office, beside = socket_office, list[str]()

    async def suggest(_team: Team, body: Any) -> dict[str, Any]:
        option = {"text": {"type": "plain_text", "text": body["value"]}, "value": "1"}
        return {"options": [option]}

    async def open_it(_team: Team, body: Any) -> None:
        beside.append(body["callback_id"])

    async def broken(_team: Team, _body: Any) -> None:
        raise RuntimeError("no")

    routes = office.room.routes
    routes.add("options:customer", Route(now=suggest))
    routes.add("shortcut:ask", Route(beside=open_it))
    routes.add("shortcut:bad", Route(now=broken, beside=broken))
    with pytest.raises(ValueError, match="has a handler"):
        routes.add("command", Route())
    client = office.room.calls.client(office.slack.world.bot_token)
    menu = {"type": "external_select", "action_id": "customer:1", "min_query_length": 1}
    found = await client.chat_postMessage(
        channel="CNOC", text="menu", blocks=[{"type": "actions", "elements": [menu]}]
    )
    ann = office.slack.seat("UANN")
    seen = await ann.options("CNOC", str(found["ts"]), "customer:1", "wan")
    assert [each["text"]["text"] for each in seen.options] == ["wan"]
    assert await ann.shortcut("ask")
    assert await ann.shortcut("bad")
    await office.slack.until(lambda: beside == ["ask"])


async def in_known_channel(office: Office) -> None:
    """Let the bot learn what kind of channel it is."""
    await office.slack.seat("UANN").say("CNOC", "<@UBOT> hello")
    await office.queue.idle()
    office.slack.world.home.find_channel("CNOC").messages.clear()  # type: ignore[union-attr] # it is there


async def test_answer_to_a_command_is_shared_once_as_it_was_shown(socket_office: Office) -> None:
    office = socket_office
    await in_known_channel(office)
    ann = office.slack.seat("UANN")
    await ann.command("CNOC", "/backhaul outages")
    await office.queue.idle()
    [told] = whispers(office)
    assert await ann.click("CNOC", dict(told), "share:1")
    await office.queue.idle()
    [shared] = office.slack.world.replies("CNOC")
    assert "You said: outages" in shared["text"]
    assert "Ann asked me this" in str(shared["blocks"])
    assert "share:1" not in str(shared["blocks"])
    assert ["Shared" in each["text"] for each in whispers(office)] == [True]
    assert office.slack.violations == []


async def test_nothing_is_shared_where_the_rules_changed_or_it_is_somebody_elses(
    socket_office: Office,
) -> None:
    office = socket_office
    await in_known_channel(office)
    ann = office.slack.seat("UANN")
    await ann.command("CNOC", "/backhaul outages")
    await office.queue.idle()
    [told] = whispers(office)
    value = told["blocks"][-1]["elements"][0]["value"]
    ts = await posted(office, ("share:1", value))
    await office.slack.seat("UBEN").click("CNOC", ts, "share:1")
    await office.queue.idle()
    assert "do not have that answer" in whispers(office)[-1]["text"]
    async with office.database.tenant(office.tenant.id) as session:
        await channels.do_set_rule(session, ChannelRule(channel="CNOC", only=("billing",)), by="1")
    await ann.click("CNOC", dict(told), "share:1")
    await office.queue.idle()
    assert "has changed since" in whispers(office)[-1]["text"]
    assert [each["text"] for each in office.slack.world.replies("CNOC")] == ["card"]


@pytest.mark.parametrize("change", ["fewer rights", "a guest", "shared"])
async def test_who_may_see_less_by_now_shares_nothing_they_saw(socket_office: Office, change: str) -> None:
    office = socket_office
    await in_known_channel(office)
    email, ann = "ann@acme.example", office.slack.seat("UANN")
    office.links.known[email] = User.with_permissions("1", "Ann", frozenset({"network:read", "billing:read"}))
    await ann.command("CNOC", "/backhaul outages")
    await office.queue.idle()
    [told] = whispers(office)
    if change == "fewer rights":
        office.links.known[email] = User.with_permissions("1", "Ann", frozenset({"network:read"}))
    elif change == "a guest":
        office.slack.world.people["UANN"].is_restricted = True
        office.room.people.forget("T1", "UANN")
    else:
        await asyncio.gather(*office.slack.admin().share("CNOC"))
    await ann.click("CNOC", dict(told), "share:1")
    await office.queue.idle()
    assert office.slack.world.replies("CNOC") == []
    assert any(each in whispers(office)[-1]["text"] for each in ("has changed since", "only for members"))


@pytest.mark.parametrize(
    "reply",
    [
        Reply("Which?", tone=Tone.ASK),
        Reply("No.", error="NotFound"),
        Reply("Hers alone.", private=True),
        Reply("Changed.", call_id=CALL),
    ],
)
async def test_what_is_theirs_alone_offers_no_sharing(socket_office: Office, reply: Reply) -> None:
    office = socket_office
    await in_known_channel(office)
    office.answers.replies["x"] = reply
    await office.slack.seat("UANN").command("CNOC", "/backhaul x")
    await office.queue.idle()
    [told] = whispers(office)
    assert "share:1" not in str(told["blocks"])


async def test_after_a_command_a_number_is_typed_behind_it(socket_office: Office) -> None:
    office = socket_office
    offered = Reply("Which one?", choices=(Choice("Grace", "show grace"), Choice("Ann", "show ann")))
    office.answers.replies["outages"] = office.answers.replies["<@UBOT> outages"] = offered
    ann = office.slack.seat("UANN")
    await ann.command("CNOC", "/backhaul outages")
    await office.queue.idle()
    shown = str(ann.ephemerals("CNOC")[-1]["blocks"])
    assert "type /backhaul and its number" in shown
    assert "answer with" not in shown
    assert office.slack.violations == []
