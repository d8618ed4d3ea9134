"""Clicks, menus, commands, shortcuts and response addresses (I2-I5, I7)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from slack_sdk.webhook.async_client import AsyncWebhookClient

from tests.slackd import Slackd
from tests.slackd.clock import VirtualClock
from tests.slackd_conformance.actor import Actor
from tests.slackd_conformance.desk_app import manifest

Part = dict[str, Any]


def plain(text: str) -> Part:
    return {"type": "plain_text", "text": text}


def option(name: str) -> Part:
    return {"text": plain(name.title()), "value": name}


BLOCKS: list[Part] = [
    {
        "type": "actions",
        "block_id": "deal",
        "elements": [
            {"type": "button", "action_id": "yes", "text": plain("Yes"), "value": "7", "style": "primary"},
            {"type": "overflow", "action_id": "more", "options": [option("undo"), option("why")]},
            {"type": "static_select", "action_id": "size", "options": [option("small"), option("big")]},
            {"type": "external_select", "action_id": "who", "min_query_length": 2},
            {"type": "button", "action_id": "mine", "text": plain("Mine"), "visible_to_user_ids": ["UBEN"]},
        ],
    },
    {
        "type": "context_actions",
        "elements": [
            {
                "type": "feedback_buttons",
                "action_id": "good",
                "positive_button": {"text": plain("Good"), "value": "up"},
                "negative_button": {"text": plain("Bad"), "value": "down"},
            }
        ],
    },
]


@pytest.fixture
async def slack() -> AsyncIterator[Slackd]:
    async with Slackd(clock=VirtualClock(), manifest=manifest(), strict=False) as slackd:
        world = slackd.world
        world.add_person("UANN", "ann")
        world.add_person("UBEN", "ben")
        world.add_person("UOUT", "out")
        world.add_channel("CNOC", "noc", "UANN", "UBEN")
        world.add_channel("CSEC", "secret", "UANN", private=True)
        yield slackd
        assert slackd.violations == []


@pytest.fixture
async def app(slack: Slackd) -> AsyncIterator[Actor]:
    async with Actor(slack) as actor:
        yield actor


@pytest.fixture
async def card(app: Actor) -> str:
    """The ts of a message with something to press."""
    posted = await app.web.chat_postMessage(channel="CNOC", text="?", blocks=BLOCKS)
    return str(posted["ts"])


async def test_a_click_tells_the_message_as_it_is(slack: Slackd, app: Actor, card: str) -> None:
    assert await slack.seat("UBEN").click("CNOC", card, "yes")
    told = app.last
    assert told["type"] == "block_actions"
    assert told["user"] == {"id": "UBEN", "username": "ben", "name": "ben", "team_id": "T1"}
    assert told["container"] == {
        "type": "message", "message_ts": card, "channel_id": "CNOC", "is_ephemeral": False,
    }  # fmt: skip
    assert (told["channel"], told["message"]["text"]) == ({"id": "CNOC", "name": "noc"}, "?")
    [action] = told["actions"]
    assert action.pop("action_ts")
    assert action == {
        "type": "button",
        "action_id": "yes",
        "block_id": "deal",
        "text": plain("Yes"),
        "value": "7",
        "style": "primary",
    }


async def test_what_was_chosen_is_told_and_kept_in_the_state(slack: Slackd, app: Actor, card: str) -> None:
    ann = slack.seat("UANN")
    await ann.select("CNOC", card, "more", "why")
    assert app.last["actions"][0]["selected_option"]["value"] == "why"
    await ann.select("CNOC", card, "size", "Big")
    assert app.last["actions"][0]["selected_option"] == option("big")
    await ann.click("CNOC", card, "good", "negative")
    assert app.last["actions"][0]["value"] == "down"
    assert app.last["state"]["values"]["deal"]["size"]["selected_option"] == option("big")
    await slack.seat("UBEN").click("CNOC", card, "yes")
    assert app.last["state"]["values"]["deal"]["size"]["selected_option"] is None, "what ann chose is hers"


async def test_who_may_not_or_comes_too_late_tells_the_app_nothing(
    slack: Slackd, app: Actor, card: str
) -> None:
    heard = len(app.heard)
    assert (await slack.seat("UANN").click("CNOC", card, "mine")).error == "not_visible"
    secret = await app.web.chat_postMessage(channel="CSEC", text="?", blocks=BLOCKS)
    assert (await slack.seat("UOUT").click("CSEC", secret["ts"], "yes")).error == "channel_not_found"
    await app.web.chat_update(channel="CNOC", ts=card, text="Done.", blocks=[])
    assert (await slack.seat("UANN").click("CNOC", card, "yes")).error == "stale"
    await app.web.chat_delete(channel="CNOC", ts=card)
    assert (await slack.seat("UANN").click("CNOC", card, "yes")).error == "message_not_found"
    with pytest.raises(AssertionError, match="channel_not_found"):
        await slack.seat("UOUT").say("CSEC", "may I?")
    slack.world.people["UBEN"].deleted = True
    assert (await slack.seat("UBEN").click("CSEC", secret["ts"], "yes")).error == "account_inactive"
    assert [each for each in app.heard[heard:] if each["type"] == "block_actions"] == []


async def test_what_presentation_hides_can_still_be_sent(slack: Slackd, app: Actor, card: str) -> None:
    assert await slack.seat("UANN").click("CNOC", card, "mine", force=True)
    assert app.last["actions"][0]["action_id"] == "mine"


async def test_a_menu_asks_the_app_what_to_offer(slack: Slackd, app: Actor, card: str) -> None:
    ann = slack.seat("UANN")
    app.answers["block_suggestion"] = lambda told: {"options": [option(told["value"])]}
    seen = await ann.options("CNOC", card, "who", "ada")
    assert seen.options == [option("ada")]
    assert (app.last["action_id"], app.last["block_id"], app.last["value"]) == ("who", "deal", "ada")
    assert await ann.select("CNOC", card, "who", "ben")
    assert app.last["actions"][0]["selected_option"] == option("ben")
    assert (await ann.options("CNOC", card, "who", "a")).error == "query_too_short"


@pytest.mark.parametrize(
    "offered",
    [
        {"options": [option(str(n)) for n in range(101)]},
        {"options": [{"text": plain("x" * 76), "value": "v"}]},
        {"options": [{"text": "x", "value": "v"}]},
        {},
    ],
)
async def test_wrong_options_are_not_shown(slack: Slackd, app: Actor, card: str, offered: Part) -> None:
    app.answers["block_suggestion"] = offered
    with slack.expect("options: "):
        seen = await slack.seat("UANN").options("CNOC", card, "who", "ada")
    assert seen.options == []


async def test_a_click_nobody_acknowledges_is_an_error_and_never_repeated(
    slack: Slackd, app: Actor, card: str
) -> None:
    app.answers["block_actions"] = Actor.SILENT
    slack.delivery.patience = 0
    heard = len(app.heard)
    with slack.expect("never acknowledged: interactive block_actions"):
        seen = await slack.seat("UANN").click("CNOC", card, "yes")
    assert seen.error == "operation_timeout"
    slack.delivery.patience = 3
    await slack.clock.advance(1000)
    assert len(app.heard) <= heard + 1


async def test_a_command_comes_as_a_form_and_is_answered_to_its_person(slack: Slackd, app: Actor) -> None:
    ann = slack.seat("UANN")
    app.answers["/backhaul"] = {"text": "Here."}
    seen = await ann.command("CNOC", "/backhaul of @ben in #noc")
    assert seen.message is not None
    assert (seen.message["text"], ann.sees("CNOC")[-1]["text"]) == ("Here.", "Here.")
    assert slack.seat("UBEN").ephemerals("CNOC") == []
    told = app.last
    assert told["text"] == "of <@UBEN|ben> in <#CNOC|noc>"
    assert (told["channel_id"], told["user_id"], told["is_enterprise_install"]) == ("CNOC", "UANN", "false")
    assert "thread_ts" not in told
    await ann.command("CNOC", "/raw of @ben in #noc")
    assert app.last["text"] == "of @ben in #noc"
    app.answers["/backhaul"] = {"text": "For all.", "response_type": "in_channel"}
    await ann.command("CNOC", "/backhaul")
    assert slack.seat("UBEN").sees("CNOC")[-1]["text"] == "For all."


async def test_what_is_not_declared_is_not_there(slack: Slackd, app: Actor) -> None:
    ann = slack.seat("UANN")
    ts = await ann.say("CNOC", "a pole is down")
    assert (await ann.command("CNOC", "/other x")).error == "unknown_command"
    assert (await ann.shortcut("nothing")).error == "unknown_shortcut"
    assert (await ann.shortcut("ticket")).error == "unknown_shortcut", "that one is of messages"
    assert (await ann.message_shortcut("CNOC", ts, "ask")).error == "unknown_shortcut"
    slack.world.install.scopes.discard("commands")
    assert (await ann.command("CNOC", "/backhaul x")).error == "unknown_command"


async def test_a_message_shortcut_carries_the_message(slack: Slackd, app: Actor) -> None:
    ts = await slack.seat("UBEN").say("CNOC", "a pole is down")
    assert await slack.seat("UANN").message_shortcut("CNOC", ts, "ticket")
    told = app.last
    assert (told["type"], told["callback_id"], told["message_ts"]) == ("message_action", "ticket", ts)
    assert (told["message"]["text"], told["user"]["id"]) == ("a pole is down", "UANN")


async def test_a_response_address_works_five_times_and_half_an_hour(
    slack: Slackd, app: Actor, card: str
) -> None:
    ann = slack.seat("UANN")
    await ann.click("CNOC", card, "yes")
    hook = AsyncWebhookClient(app.last["response_url"])
    for n in range(5):
        answer = await hook.send(text=f"note {n}")
        assert (answer.status_code, answer.body) == (200, "ok")
    assert [m["text"] for m in ann.ephemerals("CNOC")] == [f"note {n}" for n in range(5)]
    with slack.expect("used_url"):
        assert (await hook.send(text="once more")).status_code == 404
    await ann.click("CNOC", card, "yes")
    late = AsyncWebhookClient(app.last["response_url"])
    await slack.clock.advance(30 * 60 + 1)
    with slack.expect("expired_url"):
        assert (await late.send(text="late")).status_code == 404


async def test_a_response_may_replace_delete_or_be_for_all(slack: Slackd, app: Actor, card: str) -> None:
    ann = slack.seat("UANN")
    await ann.click("CNOC", card, "yes")
    hook = AsyncWebhookClient(app.last["response_url"])
    await hook.send(text="Approved.", replace_original=True)
    assert slack.world.channels["CNOC"].find(card)["text"] == "Approved."  # type: ignore[index]
    await hook.send(text="All see it.", response_type="in_channel")
    assert slack.seat("UBEN").sees("CNOC")[-1]["text"] == "All see it."
    await hook.send(delete_original=True)
    assert slack.world.channels["CNOC"].find(card) is None


async def test_an_ephemeral_message_is_clicked_and_replaced(slack: Slackd, app: Actor) -> None:
    ann = slack.seat("UANN")
    await app.web.chat_postEphemeral(channel="CNOC", user="UANN", text="?", blocks=BLOCKS)
    [shown] = ann.ephemerals("CNOC")
    assert (await slack.seat("UBEN").click("CNOC", shown["ts"], "yes")).error == "message_not_found"
    assert await ann.click("CNOC", shown["ts"], "yes")
    assert app.last["container"]["is_ephemeral"] is True
    assert "message" not in app.last
    await AsyncWebhookClient(app.last["response_url"]).send(text="Done.", replace_original=True)
    assert [m["text"] for m in ann.ephemerals("CNOC")] == ["Done."]


async def test_a_wrong_response_is_refused(slack: Slackd, app: Actor, card: str) -> None:
    await slack.seat("UANN").click("CNOC", card, "yes")
    hook = AsyncWebhookClient(app.last["response_url"])
    with slack.expect("invalid_blocks", "no_text", "no_such_url"):
        assert (await hook.send(blocks=[{"type": "section"}])).status_code == 400
        assert (await hook.send()).status_code == 400
        forged = hook.url.rsplit("/", 1)[0] + "/other"
        assert (await AsyncWebhookClient(forged).send(text="x")).status_code == 404


async def test_without_interactivity_no_click_is_sent() -> None:
    shape = manifest()
    del shape["features"]["shortcuts"]
    shape["settings"]["interactivity"] = {"is_enabled": False}
    async with Slackd(manifest=shape, strict=False) as slack, Actor(slack) as app:
        slack.world.add_person("UANN", "ann")
        slack.world.add_channel("CNOC", "noc", "UANN")
        posted = await app.web.chat_postMessage(channel="CNOC", text="?", blocks=BLOCKS)
        assert (await slack.seat("UANN").click("CNOC", posted["ts"], "yes")).error == "not_configured"


async def test_people_talk_change_react_come_and_go(slack: Slackd, app: Actor) -> None:
    ann = slack.seat("UANN")
    ts = await ann.say("CNOC", "<@UBOT> hello")
    await ann.react("CNOC", ts, "eyes")
    await ann.edit("CNOC", ts, "<@UBOT> hello all")
    await ann.unreact("CNOC", ts, "eyes")
    await slack.seat("UBEN").leave("CNOC")
    await ann.delete("CNOC", ts)
    told = [(e["event"]["type"], e["event"].get("subtype", "")) for e in app.heard]
    assert told == [
        *(("message", ""), ("app_mention", ""), ("reaction_added", "")),
        *(("message", "message_changed"), ("message", "message_deleted")),
    ], "reaction_removed and member_left_channel were not subscribed to"


async def test_the_bot_hears_itself_and_knows_it_by_its_bot_id(slack: Slackd, app: Actor) -> None:
    """Rule E2: the loop a bot falls into that answers every message."""
    await app.web.chat_postMessage(channel="CNOC", text="I said <@UBOT>.")
    told = await slack.until(lambda: [e["event"] for e in app.heard if e["type"] == "event_callback"])
    assert [(each["type"], each["bot_id"], each["user"]) for each in told] == [("message", "BBOT", "UBOT")]


async def test_an_organisation_is_named_in_what_people_do(slack: Slackd, app: Actor) -> None:
    slack.world.add_enterprise("E1", "Acme Group", "T1")
    slack.world.install.team_id = None
    ann = slack.seat("UANN")
    await ann.shortcut("ask")
    assert (app.last["enterprise"], app.last["is_enterprise_install"]) == (
        *({"id": "E1", "name": "Acme Group"}, True),
    )
    await ann.command("CNOC", "/backhaul")
    assert (app.last["enterprise_id"], app.last["is_enterprise_install"]) == ("E1", "true")
    await ann.say("CNOC", "hello")
    assert app.last["authorizations"][0]["is_enterprise_install"] is True
