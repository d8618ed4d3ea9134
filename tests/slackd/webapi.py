"""/api/{method}: read the arguments, admit the call, keep the pace, answer, and write all of it down."""

from __future__ import annotations

import asyncio
import inspect
import json
import math
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.slackd.access import admit
from tests.slackd.call import METHODS, Call, decode, missing
from tests.slackd.catalogue import EVERYWHERE, Facts, find_facts, fits, is_listed
from tests.slackd.errors import SlackError

if TYPE_CHECKING:
    from tests.slackd.server import Slackd

HTML = "<html>oops</html>"
ORDINARY = {("users.lookupByEmail", "users_not_found")}
"""Refusals that no care avoids: whoever asks cannot know the answer before."""


@dataclass
class Record:
    """One call as it came and what it got. Unpacks to method and arguments."""

    method: str
    args: dict[str, Any]
    at: float
    status: int = 0
    error: str = ""
    token: str = ""

    def __iter__(self) -> Iterator[Any]:
        return iter((self.method, self.args))


async def handle(slack: Slackd, request: web.Request) -> web.StreamResponse:
    facts = find_facts(request.match_info["method"])
    token, args = await _read(request, facts)
    record = Record(facts.name, args, slack.world.clock.now(), token=token)
    slack.calls.append(record)
    if slack.faults.latency:
        await asyncio.sleep(slack.faults.latency)
    fault = slack.faults.next(facts.name)
    if fault.startswith("delay:"):
        await slack.world.clock.sleep(float(fault.removeprefix("delay:")))
    answer = _fail_before(slack, request, record, fault)
    if answer is None:
        answer = await _answer(slack, request, record, facts)
        answer = await _fail_after(slack, request, record, fault) or answer
    return answer


async def _read(request: web.Request, facts: Facts) -> tuple[str, dict[str, Any]]:
    """The token and the arguments: query, form, and JSON where the method reads JSON (R2)."""
    args: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json":
        args.update(_from_json(await request.read()) if facts.reads_json else {})
    elif request.can_read_body:
        args.update(await request.post())
    sent = request.headers.get("Authorization", "")
    if sent.startswith("Basic "):  # how the SDK sends a client's id and secret
        client_id, _, secret = b64decode(sent.removeprefix("Basic ")).decode().partition(":")
        args = {"client_id": client_id, "client_secret": secret, **args}
    bearer = sent.removeprefix("Bearer ").strip() if not sent.startswith("Basic ") else ""
    return bearer or str(args.get("token") or ""), decode(args, facts.args)


def _from_json(body: bytes) -> dict[str, Any]:
    """What is no JSON object carries no arguments, and a token in it is none."""
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return {k: v for k, v in found.items() if k != "token"} if isinstance(found, dict) else {}


def _fail_before(slack: Slackd, request: web.Request, record: Record, fault: str) -> web.Response | None:
    """Fail before anything is applied."""
    if fault == "429":
        slack.pace.block(_key(slack, record), slack.faults.retry_after)
        return _too_fast(record, slack.faults.retry_after)
    if fault == "reset_before":
        return _reset(request, record)
    if fault in {"500", "503", "html", "html_ok"}:
        record.status = {"503": 503, "html_ok": 200}.get(fault, 500)
        return web.Response(status=record.status, text=HTML, content_type="text/html")
    if fault == "internal_error" or fault.startswith("error:"):
        return _refusal(record, SlackError(fault.removeprefix("error:")))
    return None


async def _fail_after(slack: Slackd, request: web.Request, record: Record, fault: str) -> web.Response | None:
    if fault == "reset_after":
        return _reset(request, record)
    if fault == "hang_after":
        slack.faults.entered.set()
        await asyncio.sleep(60)
    if fault == "ok_500":
        record.status, record.error = 500, "fatal_error"
        return web.json_response({"ok": False, "error": "fatal_error"}, status=500)
    if fault == "ok_html":
        record.status = 502
        return web.Response(status=502, text=HTML, content_type="text/html")
    return None


async def _answer(slack: Slackd, request: web.Request, record: Record, facts: Facts) -> web.Response:
    call: Call | None = None
    try:
        if facts.is_post_only and request.method != "POST":
            raise SlackError("insecure_request")
        call = admit(slack, facts, record.token, record.args)
        if pause := _pause(slack, record, facts):
            return _too_fast(record, pause)
        _check_args(slack, call, facts)
        found = METHODS[facts.name](call)
        body = await found if inspect.isawaitable(found) else found
        return _accepted(record, call, facts, body)
    except SlackError as error:
        if (facts.name, error.code) not in ORDINARY:
            slack.world.violate(f"{facts.name}: {error.code} {error.messages}")
        return _refusal(record, error, _scopes(call, facts))


def _check_args(slack: Slackd, call: Call, facts: Facts) -> None:
    """Required ones are there (R2, R3); a name Slack does not know is ignored by it, but minded here."""
    absent = [name for name in facts.required if call.args.get(name) is None]
    if absent:
        raise missing(*absent)
    if is_listed(facts.name) and facts.args:
        for name in sorted(set(call.args) - set(facts.args) - EVERYWHERE):
            call.mind(f"unknown argument {name}")
    for name, value in call.args.items():
        if not fits(value, facts.args.get(name, "")):
            call.mind(f"{name} is no {facts.args[name]}")


def _pause(slack: Slackd, record: Record, facts: Facts) -> int:
    """Whole seconds to wait before calling again; calling while Retry-After runs is a violation (R7)."""
    key = _key(slack, record)
    if wait := slack.pace.wait(key):
        if slack.pace.knows(key):
            slack.world.violate(f"{facts.name}: called while Retry-After runs")
        return math.ceil(wait)
    pause = slack.pace.over(key, facts.per_minute, str(record.args.get("channel")))
    if pause:
        slack.pace.block(key, pause)
    return pause


def _key(slack: Slackd, record: Record) -> tuple[str, str, str]:
    token = slack.world.tokens.get(record.token)
    team = (token.install.team_id if token and token.install else "") or str(record.args.get("team_id", ""))
    return (token.app.id if token else "", team, record.method)


def _accepted(record: Record, call: Call, facts: Facts, body: dict[str, Any]) -> web.Response:
    record.status = 200
    answer = {"ok": True, **body}
    if call.warnings:
        answer["warning"] = ",".join(call.warnings)
        answer["response_metadata"] = {
            **answer.get("response_metadata", {}),
            "warnings": call.warnings,
        }
    return web.json_response(answer, headers=_scopes(call, facts))


def _refusal(record: Record, error: SlackError, headers: dict[str, str] | None = None) -> web.Response:
    record.status, record.error = 200, error.code
    body = {"ok": False, "error": error.code}
    if error.messages:
        body["response_metadata"] = {"messages": list(error.messages)}
    return web.json_response({**body, **error.more}, headers=headers)


def _scopes(call: Call | None, facts: Facts) -> dict[str, str]:
    if call is None or call.token is None:
        return {}
    return {
        "x-oauth-scopes": ",".join(sorted(call.scopes)),
        "x-accepted-oauth-scopes": ",".join(sorted(facts.scopes)),
    }


def _too_fast(record: Record, pause: float) -> web.Response:
    record.status, record.error = 429, "ratelimited"
    body = {"ok": False, "error": "ratelimited"}
    return web.json_response(body, status=429, headers={"Retry-After": str(int(pause))})


def _reset(request: web.Request, record: Record) -> web.Response:
    record.error = record.error or "reset"
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)
