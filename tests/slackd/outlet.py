"""Signed requests to the app's addresses, as Slack makes them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Any

import aiohttp

from tests.slackd.apps import App
from tests.slackd.clock import Clock
from tests.slackd.signing import encode, sign

MOST_REDIRECTS = 2
GUARD = 10.0


@dataclass(frozen=True)
class Ack:
    """How the app took a delivery; true when it acknowledged. `body`: what it answered with."""

    ok: bool
    body: Any = None
    reason: str = ""
    """As `x-slack-retry-reason` words it."""
    status: int = 0
    is_final: bool = False
    """The app asked not to be told again."""

    def __bool__(self) -> bool:
        return self.ok


BEAT, STILL = 0.05, 0.25
"""Seconds between two looks at whether the process runs, and from when on it stood still."""


async def within(clock: Clock, seconds: float, work: Awaitable[Any]) -> Any:
    """Wait so long by Slack's clock, then TimeoutError; ten real seconds where nobody moves the clock.

    Time in which this whole process stood still is nobody's delay and is granted once more.
    """
    task, late, loop = asyncio.ensure_future(work), list[bool](), asyncio.get_running_loop()
    seen, stood, granted = loop.time(), 0.0, 0.0
    timers: list[Any] = []

    def beat() -> None:
        nonlocal seen, stood
        now = loop.time()
        stood += max(now - seen - STILL, 0.0)
        seen = now
        timers[0].cancel()
        timers[0] = loop.call_later(BEAT, beat)

    def give_up() -> None:
        nonlocal granted
        beat()
        if stood > granted:
            more, granted = stood - granted, stood
            timers.append(loop.call_later(more, give_up))
            return
        late.append(True)
        task.cancel()

    timers += [loop.call_later(BEAT, beat), clock.call_later(seconds, give_up)]
    timers.append(loop.call_later(max(seconds, GUARD), give_up))
    try:
        return await task
    except asyncio.CancelledError:
        if late:
            raise TimeoutError from None
        raise
    finally:
        for timer in timers:
            timer.cancel()


def find_url(app: App, payload: dict[str, Any], kind: str) -> str | None:
    """Where this goes: the address a test set for everything, or the manifest's for this kind."""
    if app.request_url:
        return app.request_url
    if app.manifest is None or app.settings.get("socket_mode_enabled"):
        return None
    if kind == "slash_commands":
        found = [c for c in app.features.get("slash_commands", ()) if c["command"] == payload.get("command")]
        return found[0].get("url") if found else None
    if kind == "interactive":
        clicks = app.settings.get("interactivity", {})
        options = (
            clicks.get("message_menu_options_url") if payload.get("type") == "block_suggestion" else None
        )
        return options or clicks.get("request_url")
    return app.settings.get("event_subscriptions", {}).get("request_url")


class Outlet:
    """One HTTP session for everything that goes out."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self._http: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        if self._http is not None:
            await self._http.close()

    async def post(
        self,
        app: App,
        url: str,
        payload: dict[str, Any],
        kind: str,
        *,
        patience: float,
        retry: tuple[int, str],
    ) -> Ack:
        """One attempt; `retry` is its number (0: the first) and why the one before it failed."""
        body, content_type = encode(payload, kind)
        headers = {"Content-Type": content_type, **sign(app.signing_secret, body, self.clock.now())}
        if retry[0]:
            headers |= {"x-slack-retry-num": str(retry[0]), "x-slack-retry-reason": retry[1]}
        return await self.raw(url, body, headers, patience=patience)

    async def raw(self, url: str, body: bytes, headers: dict[str, str], *, patience: float) -> Ack:
        try:
            return await within(self.clock, patience, self._post(url, body, headers))
        except TimeoutError:
            return Ack(False, reason="http_timeout")
        except aiohttp.TooManyRedirects:
            return Ack(False, reason="too_many_redirects")
        except aiohttp.ClientSSLError:
            return Ack(False, reason="ssl_error")
        except aiohttp.ClientConnectionError:
            return Ack(False, reason="connection_failed")
        except aiohttp.ClientError:
            return Ack(False, reason="unknown_error")

    async def _post(self, url: str, body: bytes, headers: dict[str, str]) -> Ack:
        if self._http is None:
            self._http = aiohttp.ClientSession()
        async with self._http.post(
            url, data=body, headers=headers, max_redirects=MOST_REDIRECTS + 1
        ) as answer:
            text = await answer.text()
            ok = 200 <= answer.status < 300
            final = answer.headers.get("x-slack-no-retry") == "1"
            return Ack(ok, _read(text), "" if ok else "http_error", answer.status, final)


def _read(text: str) -> Any:
    """JSON where it is JSON, else the words; nothing for an empty answer."""
    try:
        return json.loads(text) if text.strip() else None
    except ValueError:
        return text
