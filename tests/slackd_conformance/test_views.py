"""Modals and the Home tab: opening within three seconds, the stack, hashes, submissions (I1, I6, W5)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook.async_client import AsyncWebhookClient

from tests.slackd import Slackd
from tests.slackd.clock import VirtualClock
from tests.slackd_conformance.actor import Actor
from tests.slackd_conformance.desk_app import manifest

Part = dict[str, Any]


def plain(text: str) -> Part:
    return {"type": "plain_text", "text": text}


def text_input(name: str, **element: Any) -> Part:
    block = {"optional": True} if element.pop("optional", False) else {}
    inner = {"type": "plain_text_input", "action_id": name, **element}
    return {"type": "input", "block_id": f"b_{name}", "label": plain(name), "element": inner, **block}


def modal(title: str, *blocks: Part, **more: Any) -> Part:
    return {"type": "modal", "title": plain(title), "submit": plain("Send"), "blocks": list(blocks), **more}


@pytest.fixture
async def slack() -> AsyncIterator[Slackd]:
    async with Slackd(clock=VirtualClock(), manifest=manifest(), strict=False) as slackd:
        slackd.world.add_person("UANN", "ann")
        slackd.world.add_channel("CNOC", "noc", "UANN")
        yield slackd
        assert slackd.violations == []


@pytest.fixture
async def app(slack: Slackd) -> AsyncIterator[Actor]:
    async with Actor(slack) as actor:
        yield actor


async def opened(slack: Slackd, app: Actor, view: Part) -> None:
    """The global shortcut opens this modal."""

    async def shortcut(payload: Part) -> None:
        await app.web.views_open(trigger_id=payload["trigger_id"], view=view)

    app.answers["shortcut"] = shortcut
    assert await slack.seat("UANN").shortcut("ask")


async def refused(slack: Slackd, code: str, call: Any) -> Any:
    with slack.expect(code), pytest.raises(SlackApiError) as caught:
        await call
    assert caught.value.response["error"] == code
    return caught.value.response


async def test_a_modal_is_opened_filled_and_sent(slack: Slackd, app: Actor) -> None:
    ann = slack.seat("UANN")
    menu = {
        "type": "static_select",
        "action_id": "speed",
        "options": [{"text": plain("Fast"), "value": "f"}, {"text": plain("Slow"), "value": "s"}],
        "initial_option": {"text": plain("Slow"), "value": "s"},
    }
    speed = {"type": "input", "block_id": "b_speed", "label": plain("Speed"), "element": menu}
    await opened(slack, app, modal("Order", text_input("who"), speed, private_metadata="m", callback_id="cb"))
    seen = await ann.submit({"who": "Ada", "b_speed": "Fast"})
    assert seen
    assert ann.view is None
    told = app.last
    assert (told["type"], told["view"]["private_metadata"]) == ("view_submission", "m")
    values = told["view"]["state"]["values"]
    assert values["b_who"]["who"] == {"type": "plain_text_input", "value": "Ada"}
    assert values["b_speed"]["speed"]["selected_option"]["value"] == "f"


async def test_slack_itself_asks_for_what_is_missing_or_wrong(slack: Slackd, app: Actor) -> None:
    number = {"type": "number_input", "is_decimal_allowed": False, "min_value": "1"}
    await opened(
        slack,
        app,
        modal("Order", text_input("who"), text_input("n", **number), text_input("note", optional=True)),
    )
    ann, heard = slack.seat("UANN"), len(app.heard)
    seen = await ann.submit({"n": "0"})
    assert set(seen.errors) == {"b_who", "b_n"}
    assert ann.view is not None
    assert len(app.heard) == heard, "the app is told nothing of it"
    assert await ann.submit({"who": "Ada", "n": "1"})


async def test_a_trigger_works_once_and_for_three_seconds(slack: Slackd, app: Actor) -> None:
    ann = slack.seat("UANN")
    await ann.shortcut("ask")
    used, view = app.last["trigger_id"], modal("x")
    await app.web.views_open(trigger_id=used, view=view)
    await refused(slack, "exchanged_trigger_id", app.web.views_open(trigger_id=used, view=view))
    await ann.shortcut("ask")
    late = app.last["trigger_id"]
    await slack.clock.advance(3.1)
    await refused(slack, "expired_trigger_id", app.web.views_open(trigger_id=late, view=view))
    await refused(slack, "invalid_trigger_id", app.web.views_open(trigger_id="12-34", view=view))


async def test_three_modals_lie_on_each_other_and_no_fourth(slack: Slackd, app: Actor) -> None:
    ann = slack.seat("UANN")

    async def push(payload: Part) -> None:
        await app.web.views_push(trigger_id=payload["trigger_id"], view=page("next"))

    def page(title: str) -> Part:
        button = {"type": "button", "action_id": "on", "text": plain("On")}
        return modal(title, {"type": "actions", "elements": [button]})

    await opened(slack, app, page("first"))
    app.answers["block_actions"] = push
    await ann.press("on")
    await ann.press("on")
    assert ann.view is not None
    assert ann.view.previous_id is not None
    app.answers["block_actions"] = None
    await ann.press("on")
    fourth = app.web.views_push(trigger_id=app.last["trigger_id"], view=page("fourth"))
    await refused(slack, "push_limit_reached", fourth)
    await ann.close_view()
    assert ann.view.title == "next"
    await ann.close_view(all_of_them=True)
    assert ann.view is None
    late = app.web.views_push(trigger_id=app.last["trigger_id"], view=page("late"))
    await refused(slack, "exchanged_trigger_id", late)


async def test_an_update_minds_the_hash_and_keeps_what_was_entered(slack: Slackd, app: Actor) -> None:
    ann = slack.seat("UANN")
    await opened(slack, app, modal("One", text_input("who"), external_id="order-1"))
    assert ann.view is not None
    first = ann.view.hash
    await ann.enter("who", "Ada")
    view = modal("Two", text_input("who"), external_id="order-1")
    told = await app.web.views_update(external_id="order-1", hash=first, view=view)
    assert (ann.view.title, told["view"]["state"]["values"]["b_who"]["who"]["value"]) == ("Two", "Ada")
    await refused(slack, "hash_conflict", app.web.views_update(view_id=ann.view.id, hash=first, view=view))
    del app.answers["shortcut"]
    await ann.shortcut("ask")
    again = app.web.views_open(trigger_id=app.last["trigger_id"], view=view)
    await refused(slack, "duplicate_external_id", again)
    gone = ann.view.id
    await ann.close_view()
    await refused(slack, "not_found", app.web.views_update(view_id=gone, view=modal("Three")))


async def test_the_app_may_complain_update_push_and_clear(slack: Slackd, app: Actor) -> None:
    ann = slack.seat("UANN")
    await opened(slack, app, modal("One", text_input("who")))
    app.answers["view_submission"] = {
        "response_action": "errors",
        "errors": {"b_who": "Nobody of that name."},
    }
    assert (await ann.submit({"who": "Zed"})).errors == {"b_who": "Nobody of that name."}
    app.answers["view_submission"] = {"response_action": "push", "view": modal("Sure?")}
    assert (await ann.submit()).view.title == "Sure?"  # type: ignore[union-attr]
    app.answers["view_submission"] = {"response_action": "update", "view": modal("Done")}
    assert (await ann.submit()).view.title == "Done"  # type: ignore[union-attr]
    app.answers["view_submission"] = {"response_action": "clear"}
    assert (await ann.submit()).view is None


@pytest.mark.parametrize(
    "body",
    [
        {"response_action": "errors", "errors": {"b_nobody": "x"}},
        {"response_action": "errors", "errors": {}},
        {"response_action": "close"},
        {"response_action": "update", "view": {"type": "modal"}},
    ],
)
async def test_a_wrong_answer_leaves_the_modal_open(slack: Slackd, app: Actor, body: Part) -> None:
    await opened(slack, app, modal("One", text_input("who")))
    app.answers["view_submission"] = body
    with slack.expect("response_action"):
        seen = await slack.seat("UANN").submit({"who": "x"})
    assert seen.errors == {"": "We had some trouble connecting. Try again?"}
    assert seen.view is not None


async def test_closing_is_told_where_it_was_asked_for(slack: Slackd, app: Actor) -> None:
    ann = slack.seat("UANN")
    await opened(slack, app, modal("One"))
    await ann.close_view()
    assert app.last["type"] == "shortcut"
    await opened(slack, app, modal("Two", notify_on_close=True))
    await ann.close_view()
    assert (app.last["type"], app.last["is_cleared"], app.last["view"]["title"]["text"]) == (
        *("view_closed", False, "Two"),
    )


async def test_the_home_tab_is_published_and_pressed(slack: Slackd, app: Actor) -> None:
    ann = slack.seat("UANN")
    button = {"type": "button", "action_id": "go", "text": plain("Go"), "value": "7"}
    home = {"type": "home", "blocks": [{"type": "actions", "elements": [button]}]}
    await ann.open_home()
    assert (app.last["event"]["tab"], "view" in app.last["event"]) == ("home", False)
    first = await app.web.views_publish(user_id="UANN", view=home)
    again = await app.web.views_publish(user_id="UANN", view=home, hash=first["view"]["hash"])
    assert again["view"]["id"] == first["view"]["id"]
    stale = app.web.views_publish(user_id="UANN", view=home, hash=first["view"]["hash"])
    await refused(slack, "hash_conflict", stale)
    await ann.open_home()
    assert app.last["event"]["view"]["id"] == first["view"]["id"]
    assert await ann.press("go")
    told = app.last
    assert (told["container"], told["actions"][0]["value"]) == (
        {"type": "view", "view_id": first["view"]["id"]},
        "7",
    )
    assert "response_url" not in told
    wrong = await refused(slack, "invalid_arguments", app.web.views_publish(user_id="UANN", view=modal("x")))
    assert "must be home" in wrong["response_metadata"]["messages"][0]


async def test_without_a_home_tab_nothing_is_published() -> None:
    shape = manifest(app_home={"home_tab_enabled": False, "messages_tab_enabled": True})
    async with Slackd(manifest=shape) as slack, Actor(slack) as app:
        slack.world.add_person("UANN", "ann")
        home = {"type": "home", "blocks": [{"type": "divider"}]}
        await refused(slack, "not_enabled", app.web.views_publish(user_id="UANN", view=home))


async def test_a_view_is_validated_and_measured(slack: Slackd, app: Actor) -> None:
    ann = slack.seat("UANN")
    await ann.shortcut("ask")
    wrong = modal("x" * 25)
    told = await refused(
        slack, "invalid_arguments", app.web.views_open(trigger_id=app.last["trigger_id"], view=wrong)
    )
    assert "[json-pointer:/view/title/text]" in told["response_metadata"]["messages"][0]
    section = {"type": "section", "fields": [plain("x" * 2000)] * 10}
    large = modal("x", *[section] * 13)
    await refused(slack, "view_too_large", app.web.views_open(trigger_id=app.last["trigger_id"], view=large))


async def test_a_submission_nobody_acknowledges_is_an_error_to_the_person(slack: Slackd, app: Actor) -> None:
    ann = slack.seat("UANN")
    await opened(slack, app, modal("One"))
    app.answers["view_submission"] = Actor.SILENT
    with slack.expect("never acknowledged: interactive view_submission"):
        waiting = slack.delivery.patience
        slack.delivery.patience = 0
        seen = await ann.submit()
        slack.delivery.patience = waiting
    assert (seen.error, ann.view is not None) == ("operation_timeout", True)


async def test_a_modal_may_ask_where_to_answer(slack: Slackd, app: Actor) -> None:
    menu = {"type": "conversations_select", "action_id": "to", "response_url_enabled": True}
    block = {"type": "input", "block_id": "b_to", "label": plain("Where"), "element": menu}
    await opened(slack, app, modal("Share", block))
    assert await slack.seat("UANN").submit({"to": "CNOC"})
    [where] = app.last["response_urls"]
    assert (where["channel_id"], where["block_id"], where["action_id"]) == ("CNOC", "b_to", "to")
    answer = await AsyncWebhookClient(where["response_url"]).send(text="Shared.", response_type="in_channel")
    assert answer.status_code == 200
    assert slack.seat("UANN").sees("CNOC")[-1]["text"] == "Shared."
