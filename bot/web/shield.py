"""What every request passes: a size limit, an id, headers for browsers, and no bare errors."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import structlog

from bot.web.metrics import REQUESTS, SECONDS

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

MOST_BYTES = 2 << 20
REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{8,64}")
HEADERS = (
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"no-store"),
    (b"strict-transport-security", b"max-age=31536000"),
)

log = structlog.get_logger(__name__)


class TooLargeError(Exception):
    """The body is larger than any request needs."""


class Shield:
    """ASGI middleware around the whole application."""

    def __init__(self, app: App, *, most_bytes: int = MOST_BYTES) -> None:
        self._app, self._most = app, most_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request through; WebSockets and lifespan pass as they are."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = dict(scope["headers"]).get(b"x-request-id", b"")
        number = given.decode() if REQUEST_ID.fullmatch(given) else secrets.token_hex(8)
        with structlog.contextvars.bound_contextvars(request=number):
            await self._pass(scope, receive, send, number)

    async def _pass(self, scope: Scope, receive: Receive, send: Send, number: str) -> None:
        began, answered = time.perf_counter(), 0

        async def answer(message: Message) -> None:
            nonlocal answered
            if message["type"] == "http.response.start":
                answered = int(message["status"])
                message = {**message, "headers": [*_merged(message.get("headers", ())), _id(number)]}
            await send(message)

        try:
            _check_announced(scope, self._most)
            await self._app(scope, _counted(receive, self._most), answer)
        except TooLargeError:
            if not answered:
                await _say(answer, 413, "too large")
        except Exception as error:  # noqa: BLE001 - the caller gets an id, the log the rest
            _log(scope, error)
            if not answered:
                await _say(answer, 500, f"something went wrong (request {number})")
        finally:
            REQUESTS.labels(
                scope["method"] if scope["method"] in {"GET", "POST"} else "other", answered
            ).inc()
            SECONDS.observe(time.perf_counter() - began)


def _log(scope: Scope, error: Exception) -> None:
    log.error("web.request_failed", path=scope["path"], exc_info=error)


def _check_announced(scope: Scope, most: int) -> None:
    length = dict(scope["headers"]).get(b"content-length", b"0")
    if not length.isdigit() or int(length) > most:
        raise TooLargeError


def _counted(receive: Receive, most: int) -> Receive:
    seen = 0

    async def counted() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > most:
            raise TooLargeError
        return message

    return counted


def _merged(headers: Any) -> list[tuple[bytes, bytes]]:
    given = [(bytes(name).lower(), bytes(value)) for name, value in headers]
    there = {name for name, _value in given}
    return [*given, *(each for each in HEADERS if each[0] not in there)]


def _id(number: str) -> tuple[bytes, bytes]:
    return b"x-request-id", number.encode()


async def _say(send: Send, status: int, text: str) -> None:
    body = text.encode()
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
