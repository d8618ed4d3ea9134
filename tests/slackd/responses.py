"""response_url: an address that answers one interaction, five times within half an hour."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.slackd.blocks import check_message
from tests.slackd.call import Call
from tests.slackd.errors import SlackError
from tests.slackd.faults import AFTER, BEFORE
from tests.slackd.messages import delete, store, tell_changed, text_blocks
from tests.slackd.routes import route
from tests.slackd.stamps import stamp

if TYPE_CHECKING:
    from tests.slackd.residents import Channel
    from tests.slackd.server import Slackd
    from tests.slackd.workspace import Workspace

USES, LIFE = 5, 30 * 60.0
FLAGS = frozenset({"true", "1"})


@dataclass
class Response:
    """`ts`: the message it came from, when it came from one."""

    team: Workspace
    channel: Channel
    user: str
    app_id: str
    until: float
    ts: str | None = None
    is_ephemeral: bool = False
    uses: int = 0


class Responses:
    def __init__(self, slack: Slackd) -> None:
        self.slack = slack
        self.issued: dict[str, Response] = {}

    def issue(
        self,
        team: Workspace,
        channel: Channel,
        user: str,
        app_id: str,
        *,
        ts: str | None = None,
        is_ephemeral: bool = False,
    ) -> str:
        """A new address for what `user` just did in `channel`."""
        number = self.slack.world.next_id("")
        until = self.slack.clock.monotonic() + LIFE
        self.issued[number] = Response(team, channel, user, app_id, until, ts, is_ephemeral)
        return f"http://{self.slack.base}/response/{team.id}/{number}/secret{number}"

    def take(self, number: str, secret: str, team_id: str) -> Response:
        """One use of an address; SlackError when it is unknown, used up or too old (I3)."""
        found = self.issued.get(number)
        if found is None or secret != f"secret{number}" or found.team.id != team_id:
            raise SlackError("no_such_url")
        if found.until < self.slack.clock.monotonic():
            raise SlackError("expired_url")
        if found.uses >= USES:
            raise SlackError("used_url")
        found.uses += 1
        return found

    def answer(self, found: Response, body: dict[str, Any]) -> None:
        """Do what the body asks: delete, replace, or say something to the person or to all."""
        call = call_for(self.slack, found.team, found.app_id, "response_url", body)
        if _flag(body, "delete_original"):
            self._remove(call, found)
            return
        for minded in check_message(body):
            if minded != "unfurls":
                call.mind(minded)
        if _flag(body, "replace_original") and found.ts:
            self._replace(call, found, body)
        elif body.get("response_type") == "in_channel":
            more = {"metadata": body["metadata"]} if body.get("metadata") else {}
            thread = str(body.get("thread_ts") or "")
            store(
                call,
                found.channel,
                text=body.get("text", ""),
                blocks=body.get("blocks"),
                thread_ts=thread,
                **more,
            )
        else:
            say_only_to(call, found.channel, found.user, body)

    def _original(self, found: Response) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        kept = found.channel.ephemeral if found.is_ephemeral else found.channel.messages
        message = next((m for m in kept if m["ts"] == found.ts), None)
        if message is None:
            raise SlackError("message_not_found")
        return kept, message

    def _remove(self, call: Call, found: Response) -> None:
        kept, message = self._original(found)
        if found.is_ephemeral:
            kept.remove(message)
        else:
            call.emit(delete(found.channel, message, call.world.next_ts()), channel=found.channel)

    def _replace(self, call: Call, found: Response, body: dict[str, Any]) -> None:
        _, message = self._original(found)
        before = dict(message)
        message["text"] = body.get("text", "")
        message["blocks"] = stamp(call.world, body.get("blocks") or []) or text_blocks(
            call.world, message["text"]
        )
        if not found.is_ephemeral:
            message["edited"] = {"user": call.user_id, "ts": call.world.next_ts()}
            tell_changed(call, found.channel, message, before)


def call_for(slack: Slackd, team: Workspace, app_id: str, name: str, args: dict[str, Any]) -> Call:
    """A call as if the app's bot made it, for what comes in by other ways than the Web API."""
    install = team.installs[app_id]
    token = next(t for t in slack.world.tokens.values() if t.kind == "bot" and t.install is install)
    return Call(slack, name, args, team, install.app, token, install)


def say_only_to(call: Call, channel: Channel, user: str, body: dict[str, Any]) -> dict[str, Any]:
    """An ephemeral message: seen by one person, kept by nobody else."""
    message = {
        "type": "message",
        "subtype": "bot_message",
        "ts": call.world.next_ts(),
        "user": call.user_id,
        "bot_id": call.bot_id,
        "app_id": call.app.id,
        "text": body.get("text", ""),
        "blocks": stamp(call.world, body.get("blocks") or []),
        "is_ephemeral": True,
        "_to": user,
    }
    if body.get("thread_ts"):
        message["thread_ts"] = body["thread_ts"]
    channel.ephemeral.append(message)
    return message


def _flag(body: dict[str, Any], name: str) -> bool:
    return str(body.get(name)).lower() in FLAGS


@route("POST", "/response/{team}/{number}/{secret}")
async def respond(slack: Slackd, request: web.Request) -> web.StreamResponse:
    where, fault = request.match_info, slack.faults.next("response_url")
    if fault.startswith("delay:"):
        await slack.clock.sleep(float(fault.removeprefix("delay:")))
    if fault in BEFORE:
        return broken(request, fault)
    try:
        found = slack.responses.take(where["number"], where["secret"], where["team"])
    except SlackError as error:
        slack.world.violate(f"response_url: {error.code}")
        return web.json_response({"ok": False, "error": error.code}, status=404)
    try:
        body = await request.json()
        slack.responses.answer(found, body)
    except SlackError as error:
        slack.world.violate(f"response_url: {error.code} {error.messages}")
        refused = {"ok": False, "error": error.code, "response_metadata": {"messages": list(error.messages)}}
        return web.json_response(refused, status=400)
    except ValueError:
        slack.world.violate("response_url: no JSON")
        return web.json_response({"ok": False, "error": "invalid_json"}, status=400)
    return broken(request, fault) if fault in AFTER else web.Response(text="ok")


def broken(request: web.Request, fault: str) -> web.Response:
    """What comes back of an address where something goes wrong, before or after it was applied."""
    if fault.startswith("reset") and request.transport is not None:
        request.transport.abort()
    headers = {"Retry-After": "1"} if fault == "429" else {}
    return web.Response(status={"429": 429, "503": 503}.get(fault, 500), headers=headers)
