"""Seats from outside: `POST /people/{user}/{move}`, for whoever drives the emulator without Python.

curl -d '{"channel": "#noc", "text": "<@UBOT> what is down?"}' http://127.0.0.1:8123/people/UNILS/say
curl http://127.0.0.1:8123/violations
"""

from __future__ import annotations

import dataclasses
import inspect
import json
from base64 import b64decode
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.slackd.page import require_own_page
from tests.slackd.routes import route

if TYPE_CHECKING:
    from tests.slackd.people import Seat
    from tests.slackd.server import Slackd


@route("POST", "/people/{user}/{move}")
async def move(slack: Slackd, request: web.Request) -> web.Response:
    """Any move of a Seat; the body is an object with its arguments, `files` as [{name, base64}]."""
    require_own_page(request)
    user = request.match_info["user"]
    team = next((each for each in slack.world.workspaces.values() if user in each.people), None)
    if team is None:
        return _answer({"error": f"there is nobody called {user}"}, 404)
    seat = slack.seat(user, team)
    name = request.match_info["move"]
    if name.startswith("_") or not inspect.isroutine(getattr(type(seat), name, None)):
        return _answer({"error": f"{name} is no move; there are {', '.join(moves(seat))}"}, 404)
    try:
        asked = json.loads(await request.text() or "{}")
        files = [(each["name"], b64decode(each["base64"])) for each in asked.pop("files", ())]
        done = getattr(seat, name)(*([asked.pop("channel"), *files] if files else ()), **asked)
        return _answer({"seen": plain(await done if inspect.isawaitable(done) else done)})
    except (AssertionError, KeyError, StopIteration, TypeError, ValueError) as error:
        return _answer({"error": f"{type(error).__name__}: {error}"}, 400)


@route("GET", "/violations")
async def violations(slack: Slackd, _request: web.Request) -> web.Response:
    """What was refused or goes against the rules so far."""
    return _answer({"violations": slack.violations})


def moves(seat: Seat) -> list[str]:
    return [name for name, _ in inspect.getmembers(type(seat), inspect.isroutine) if not name.startswith("_")]


def plain(value: Any) -> Any:
    """As JSON can say it: dataclasses by their fields, anything else by its text."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            each.name: plain(getattr(value, each.name)) for each in dataclasses.fields(value) if each.repr
        }
    if isinstance(value, dict):
        return {str(name): plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(each) for each in value]
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def _answer(body: dict[str, Any], status: int = 200) -> web.Response:
    return web.json_response(body, status=status)
