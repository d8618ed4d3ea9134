"""slack-bolt as it is installed finds in every payload what it looks for, over HTTP and over sockets."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.web.async_client import AsyncWebClient

from tests.slackd import Slackd
from tests.slackd_conformance.desk_app import manifest

Part = dict[str, Any]


def plain(text: str) -> Part:
    return {"type": "plain_text", "text": text}


MENU: Part = {"type": "external_select", "action_id": "who", "min_query_length": 1}
CARD: list[Part] = [
    {
        "type": "actions",
        "elements": [{"type": "button", "action_id": "ok", "text": plain("OK"), "value": "7"}],
    },
    {"type": "actions", "elements": [MENU]},
]
FORM: Part = {
    "type": "modal",
    "callback_id": "form",
    "title": plain("Ticket"),
    "submit": plain("Make it"),
    "notify_on_close": True,
    "blocks": [
        {
            "type": "input",
            "block_id": "what",
            "label": plain("What"),
            "element": {"type": "plain_text_input", "action_id": "text"},
        }
    ],
}
HOME: Part = {"type": "home", "blocks": [{"type": "header", "text": plain("Today")}]}


def make_app(slack: Slackd, seen: list[Any]) -> AsyncApp:
    web_client = AsyncWebClient(token=slack.world.bot_token, base_url=slack.api_url)
    app = AsyncApp(
        client=web_client, signing_secret=slack.world.signing_secret, raise_error_for_unhandled_request=False
    )

    @app.event("app_mention")
    async def mentioned(event: Part, say: Any) -> None:
        seen.append(("mention", event["user"]))
        await say(text="Pick.", blocks=CARD, thread_ts=event["ts"])

    @app.event("message")
    async def heard(event: Part) -> None:
        seen.append(("message", event.get("bot_id")))

    @app.event("app_home_opened")
    async def home(event: Part, client: AsyncWebClient) -> None:
        await client.views_publish(user_id=event["user"], view=HOME)

    @app.action("ok")
    async def clicked(ack: Any, action: Part, respond: Any, body: Part) -> None:
        await ack()
        seen.append(("click", action["value"], body["user"]["id"]))
        await respond(text="Done.", replace_original=True)

    @app.options("who")
    async def offered(ack: Any, payload: Part) -> None:
        await ack(options=[{"text": plain(payload["value"]), "value": payload["value"]}])

    @app.action("who")
    async def chosen(ack: Any, action: Part) -> None:
        await ack()
        seen.append(("chosen", action["selected_option"]["value"]))

    @app.command("/backhaul")
    async def command(ack: Any, command: Part) -> None:
        await ack(text=f"You said {command['text']}.")

    @app.shortcut("ask")
    async def shortcut(ack: Any, shortcut: Part, client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(trigger_id=shortcut["trigger_id"], view=FORM)

    @app.shortcut("ticket")
    async def ticket(ack: Any, shortcut: Part) -> None:
        await ack()
        seen.append(("ticket of", shortcut["message"]["text"]))

    @app.view("form")
    async def submitted(ack: Any, view: Part) -> None:
        said = view["state"]["values"]["what"]["text"]["value"]
        if said == "?":
            await ack(response_action="errors", errors={"what": "Say more."})
        else:
            await ack()
            seen.append(("form", said))

    @app.view_closed("form")
    async def closed(ack: Any) -> None:
        await ack()
        seen.append("closed")

    return app


@pytest.fixture(params=["http", "socket"])
async def scene(request: pytest.FixtureRequest) -> AsyncIterator[tuple[Slackd, list[Any]]]:
    async with Slackd(manifest=manifest("http://127.0.0.1:1/slack"), strict=False) as slack:
        slack.world.add_person("UANN", "ann")
        slack.world.add_channel("CNOC", "noc", "UANN")
        seen: list[Any] = []
        app = make_app(slack, seen)
        if request.param == "http":
            runner = web.AppRunner(_site(app))
            await runner.setup()
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            slack.delivery.request_url = "http://{}:{}/".format(*runner.addresses[0][:2])
            yield slack, seen
            await runner.cleanup()
        else:
            slack.world.app.manifest = manifest()
            handler = AsyncSocketModeHandler(app, slack.world.app_token)
            await handler.connect_async()
            yield slack, seen
            await handler.close_async()
        assert slack.violations == []
        assert slack.delivery.unacked == []


def _site(app: AsyncApp) -> web.Application:
    async def take(request: web.Request) -> web.Response:
        body, headers = await request.text(), dict(request.headers)
        answer = await app.async_dispatch(AsyncBoltRequest(body=body, headers=headers))
        kind = answer.first_headers().get("content-type", "text/plain").split(";")[0]
        return web.Response(status=answer.status, text=answer.body, content_type=kind)

    site = web.Application()
    site.router.add_post("/", take)
    return site


async def test_bolt_understands_all_that_people_do(scene: tuple[Slackd, list[Any]]) -> None:
    slack, seen = scene
    ann = slack.seat("UANN")
    ts = await ann.say("CNOC", "<@UBOT> hello")
    card = await slack.until(lambda: [m for m in ann.sees("CNOC") if m.get("bot_id")])
    assert card[0]["thread_ts"] == ts
    assert await ann.select("CNOC", card[0], "who", "ada")
    assert await ann.click("CNOC", card[0], "ok")
    await slack.until(lambda: ann.sees("CNOC")[-1]["text"] == "Done.")
    said = await ann.command("CNOC", "/backhaul hello there")
    assert said.message is not None
    assert said.message["text"] == "You said hello there."
    assert await ann.message_shortcut("CNOC", ts, "ticket")
    assert await ann.shortcut("ask")
    await ann.wait_for_view("Ticket")
    assert (await ann.submit({"text": "?"})).errors == {"what": "Say more."}
    assert await ann.submit({"text": "A pole is down"})
    await ann.shortcut("ask")
    await ann.wait_for_view("Ticket")
    assert await ann.close_view()
    assert await ann.open_home()
    assert (await slack.until(lambda: ann.home)).blocks[0]["text"]["text"] == "Today"
    await slack.until(lambda: "closed" in seen)
    told = [each for each in seen if each[0] != "message"]
    assert told == [
        ("mention", "UANN"),
        ("chosen", "ada"),
        ("click", "7", "UANN"),
        ("ticket of", "<@UBOT> hello"),
        ("form", "A pole is down"),
        "closed",
    ]
