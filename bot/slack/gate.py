"""The HTTP door for Slack: size, timestamp, signature and shape are checked before anything else runs."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import re
import time
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog

from bot.errors import ConfigError
from bot.slack.envelope import MalformedError, read_http
from bot.slack.metrics import REJECTED
from bot.trouble import incident

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

MOST_BYTES = 1 << 20
WINDOW = 300
"""Seconds a request may be old (or early): Slack's rule."""
PATIENCE = 10.0
"""Seconds a sender may take for its body."""
STAMP = re.compile(rb"[0-9]{1,12}")
TOO_LARGE, NO_METHOD, NO_ENTRY, TOO_SLOW, TRY_LATER = 413, 405, 401, 408, 503

log = structlog.get_logger(__name__)


def signing_secrets(words: str) -> list[str]:
    """Return the secrets of `new,old`. An empty one, behind a comma too many, would let anyone sign."""
    found = [one.strip() for one in words.split(",") if one.strip()]
    if not found:
        raise ConfigError("SLACK_SIGNING_SECRET holds no secret. Copy it from the app's page at Slack.")
    return found


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What Slack gets back."""

    status: int
    body: str = ""
    content_type: str = "text/plain; charset=utf-8"


Dispatch = Callable[[str, dict[str, str]], Awaitable[Answer]]
"""Takes the verified body and the headers."""


class Gate:
    """ASGI app; several secrets are accepted while one replaces another."""

    def __init__(
        self,
        secrets: Sequence[str],
        dispatch: Dispatch,
        *,
        most_bytes: int = MOST_BYTES,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._secrets = [secret.encode() for secret in secrets]
        self._dispatch = dispatch
        self._most = most_bytes
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        try:
            answer = await self._answer(scope, receive)
        except MalformedError as refused:
            REJECTED.labels(str(refused)).inc()
            log.info("slack.request_refused", reason=str(refused), status=refused.status)
            answer = Answer(status=refused.status)
        except Exception as error:  # noqa: BLE001 - the door answers, and Slack tries again
            incident("slack.request_failed", error)
            answer = Answer(status=TRY_LATER)
        await _send(send, answer)

    async def _answer(self, scope: Scope, receive: Receive) -> Answer:
        if scope.get("method") != "POST":
            raise MalformedError(NO_METHOD, "method")
        headers = {name.lower(): value for name, value in scope["headers"]}
        try:
            async with asyncio.timeout(PATIENCE):
                raw = await self._read(headers, receive)
        except TimeoutError:
            raise MalformedError(TOO_SLOW, "slow body") from None
        self._check_signed(headers, raw)
        kind = headers.get(b"content-type", b"").split(b";")[0].strip().lower().decode("latin-1")
        text, body = read_http(kind, raw)
        if body.get("type") == "url_verification":
            answer = json.dumps({"challenge": body["challenge"]})
            return Answer(status=200, body=answer, content_type="application/json")
        return await self._dispatch(
            text, {name.decode("latin-1"): value.decode("latin-1") for name, value in headers.items()}
        )

    async def _read(self, headers: dict[bytes, bytes], receive: Receive) -> bytes:
        length = headers.get(b"content-length", b"")
        if STAMP.fullmatch(length) and int(length) > self._most:
            raise MalformedError(TOO_LARGE, "too large")
        raw = bytearray()
        while True:
            part = await receive()
            if part["type"] == "http.disconnect":
                raise MalformedError(400, "hung up")
            raw += part.get("body", b"")
            if len(raw) > self._most:
                raise MalformedError(TOO_LARGE, "too large")
            if not part.get("more_body"):
                return bytes(raw)

    def _check_signed(self, headers: dict[bytes, bytes], raw: bytes) -> None:
        stamp = headers.get(b"x-slack-request-timestamp", b"")
        if not STAMP.fullmatch(stamp) or abs(self._clock() - int(stamp)) > WINDOW:
            raise MalformedError(NO_ENTRY, "timestamp")
        given = headers.get(b"x-slack-signature", b"")
        fits = False
        for secret in self._secrets:
            wanted = hmac.new(secret, b"v0:" + stamp + b":" + raw, hashlib.sha256).hexdigest()
            fits |= hmac.compare_digest(b"v0=" + wanted.encode(), given)
        if not fits:
            raise MalformedError(NO_ENTRY, "signature")


async def _send(send: Send, answer: Answer) -> None:
    body = answer.body.encode()
    headers = [(b"content-length", str(len(body)).encode()), (b"content-type", answer.content_type.encode())]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
