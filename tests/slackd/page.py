"""The web page: a Slack to look at and talk in, as whoever is there; all that is done goes through a Seat."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from aiohttp import web

from tests.slackd.page_scene import picture, scene
from tests.slackd.routes import route

if TYPE_CHECKING:
    from tests.slackd.people import Seat
    from tests.slackd.server import Slackd

FOLDER = Path(__file__).parent / "page"
KINDS = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
LOOPBACK = frozenset({"127.0.0.1", "localhost"})
GLANCE = 0.1
"""Seconds between two looks at whether anything happened."""
PATIENCE = 3.0
"""Seconds a trigger lasts."""
ANYWAY = 10
"""Every so many looks all is compared: what only time changes is not counted anywhere."""


def require_own_page(request: web.Request) -> None:
    """403 for what another site's page sends, also under another name of this machine."""
    origin = request.headers.get("Origin")
    foreign = origin is not None and urlsplit(origin).netloc != request.host
    if foreign or (urlsplit(f"//{request.host}").hostname or "") not in LOOPBACK:
        raise web.HTTPForbidden(text="only this machine's own page may sit here")


def find_seat(slack: Slackd, request: web.Request) -> Seat:
    """The seat asked for; 404 when nobody of that name is there."""
    user = request.query.get("user", "")
    team = next((each for each in slack.world.workspaces.values() if user in each.people), None)
    if team is None or team.people[user].is_bot:
        raise web.HTTPNotFound(text="there is nobody of that name")
    return slack.seat(user, team)


@route("GET", "/")
async def index(_slack: Slackd, _request: web.Request) -> web.Response:
    return _file("index.html")


@route("GET", "/page/{name}")
async def static(_slack: Slackd, request: web.Request) -> web.Response:
    return _file(request.match_info["name"])


@route("GET", "/people")
async def people(slack: Slackd, request: web.Request) -> web.Response:
    """Whose seat one can take."""
    require_own_page(request)
    found = [
        {"id": each.id, "name": each.name, "title": each.title, "team": team.name}
        | {"deleted": each.deleted, "is_guest": each.is_guest, "is_stranger": each.is_stranger}
        for team in slack.world.workspaces.values()
        for each in team.people.values()
        if not each.is_bot
    ]
    return web.json_response({"people": found}, headers=HEADERS)


@route("GET", "/live")
async def live(slack: Slackd, request: web.Request) -> web.StreamResponse:
    """Server-sent events: each part of the scene by its name, now and whenever it changes."""
    require_own_page(request)
    seat, channel = find_seat(slack, request), request.query.get("channel", "")
    answer = web.StreamResponse(headers={**HEADERS, "Content-Type": "text/event-stream"})
    await answer.prepare(request)
    known: dict[str, str] = {}
    stamp, looks = "", 0
    while request.transport is not None and not request.transport.is_closing():
        now = _stamp(slack)
        if now != stamp or looks % ANYWAY == 0:
            stamp = now
            news = {name: json.dumps(part) for name, part in scene(seat, channel).items()}
            fresh = {name: part for name, part in news.items() if known.get(name) != part}
            known = news
            lines = [f"event: {name}\ndata: {part}\n\n" for name, part in fresh.items()]
            lines += ["event: done\ndata: {}\n\n"] if fresh else [": still here\n\n"] * (looks % 50 == 0)
            try:
                await answer.write("".join(lines).encode())
            except ConnectionError:
                break
        looks += 1
        await asyncio.sleep(GLANCE)
    return answer


@route("GET", "/seen-file/{file}")
async def seen_file(slack: Slackd, request: web.Request) -> web.Response:
    """A file as a person's client shows it; what is no picture is only ever downloaded."""
    require_own_page(request)
    found = picture(find_seat(slack, request), request.match_info["file"])
    if found is None:
        raise web.HTTPNotFound(text="there is no such file, or it is not yours to see")
    name, kind, data = found
    how = "inline" if kind.startswith("image/") else "attachment"
    told = {"Content-Disposition": f"{how}; filename*=UTF-8''{quote(name)}", "Content-Type": kind}
    return web.Response(body=data, headers={**HEADERS, **told})


@route("GET", "/details/{trigger}")
async def details(slack: Slackd, request: web.Request) -> web.Response:
    """What an app presented in the side panel of a work object; waits as long as its trigger lasts."""
    require_own_page(request)
    found = find_seat(slack, request).team.details.get(request.match_info["trigger"])
    if found is None or found.event.get("user", request.query["user"]) != request.query["user"]:
        raise web.HTTPNotFound(text="nobody opened that")
    with suppress(TimeoutError):
        await asyncio.wait_for(found.presented.wait(), PATIENCE)
    return web.json_response({"entity": found.entity, "error": found.error}, headers=HEADERS)


def _file(name: str) -> web.Response:
    path = FOLDER / name
    if path.suffix not in KINDS or path.parent != FOLDER or not path.is_file():
        raise web.HTTPNotFound(text="there is no such page")
    kind = f"{KINDS[path.suffix]}; charset=utf-8"
    return web.Response(body=path.read_bytes(), headers={**HEADERS, "Content-Type": kind})


def _stamp(slack: Slackd) -> Any:
    """Differs when something was called, said or opened since."""
    return f"{len(slack.calls)} {slack.world._numbers!r}"
