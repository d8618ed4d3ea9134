"""The routes of the process: /slack/events, /healthz, /readyz, /metrics, the pages under /t/ and others."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import structlog
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from bot.web.shield import App, Shield

log = structlog.get_logger(__name__)

PATIENCE = 5.0
OLDEST = timedelta(minutes=5)
"""A job that waits longer means that the workers do not keep up, or are gone."""
READY, NOT_READY = 200, 503
PAGES = ("/t/", "/l/", "/static/", "/slack/oauth")


@dataclass(frozen=True, kw_only=True)
class Probes:
    """What /readyz asks. `ping` raises when the database does not answer."""

    ping: Callable[[], Awaitable[object]]
    oldest_job: Callable[[], Awaitable[timedelta | None]] | None = None
    set_aside: Callable[[], Sequence[str]] = tuple
    more: Mapping[str, Callable[[], Awaitable[object]]] = field(default_factory=dict)
    """Shown only: the Slack connection for example."""


def make_site(
    probes: Probes,
    *,
    slack: Callable[[], App | None] = lambda: None,
    pages: Callable[[], App] | None = None,
) -> App:
    """Return the ASGI application; `slack` is asked per request, for its room may start later.

    `pages` is asked at the first request to a page: what they need is loaded only where people use them.
    """

    async def ready(_request: Request) -> Response:
        told = await _tell(probes)
        return JSONResponse(told, status_code=READY if told["ready"] else NOT_READY)

    routes: list[BaseRoute] = [
        Route("/healthz", _healthy),
        Route("/readyz", ready),
        Route("/metrics", _metrics),
    ]
    return Shield(_with_slack(_with_pages(Starlette(routes=routes), pages), slack))


def _with_pages(rest: App, pages: Callable[[], App] | None) -> App:
    """Hand everything under /t/, /l/ and /static/, and who comes back from Slack, to the pages."""
    made: list[App] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if pages is None or scope["type"] != "http" or not scope["path"].startswith(PAGES):
            await rest(scope, receive, send)
            return
        if not made:
            made.append(pages())
        await made[0](scope, receive, send)

    return app


def _with_slack(rest: App, slack: Callable[[], App | None]) -> App:
    """Hand Slack's requests over raw: its signature is over the bytes."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        door = slack() if scope["type"] == "http" and scope["path"] == "/slack/events" else None
        await (door or rest)(scope, receive, send)

    return app


async def _healthy(_request: Request) -> Response:
    return PlainTextResponse("ok")


async def _metrics(_request: Request) -> Response:
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


async def _tell(probes: Probes) -> dict[str, Any]:
    database, oldest = await _asked(probes.ping), None
    told: dict[str, Any] = {"database": "ok" if database is not FAILED else "not answering"}
    waits_too_long = False
    if probes.oldest_job is not None:
        oldest = await _asked(probes.oldest_job)
        waits_too_long = oldest is FAILED or (isinstance(oldest, timedelta) and oldest > OLDEST)
        told["oldest_job_seconds"] = oldest.total_seconds() if isinstance(oldest, timedelta) else None
    told["set_aside"] = list(probes.set_aside())
    for name, probe in probes.more.items():
        found = await _asked(probe)
        told[name] = "not answering" if found is FAILED else found
    return {"ready": database is not FAILED and not waits_too_long, **told}


FAILED = object()


async def _asked(probe: Callable[[], Awaitable[object]]) -> object:
    try:
        async with asyncio.timeout(PATIENCE):
            return await probe()
    except Exception as error:  # noqa: BLE001 - a probe that fails is an answer
        log.warning("web.probe_failed", error=type(error).__name__)
        return FAILED
