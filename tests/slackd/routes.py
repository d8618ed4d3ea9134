"""Addresses beside /api/: what other modules serve from the same port."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from tests.slackd.server import Slackd

Page = Callable[["Slackd", web.Request], Awaitable[web.StreamResponse]]
ROUTES: list[tuple[str, str, Page]] = []


def route(verb: str, path: str) -> Callable[[Page], Page]:
    """`@route("POST", "/upload/v1/{id}")` on `async def upload(slack, request)`."""

    def register(page: Page) -> Page:
        ROUTES.append((verb, path, page))
        return page

    return register
