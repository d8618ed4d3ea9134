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


async def within(clock: Clock, seconds: float, work: Awaitable[Any]) -> Any:
    """Wait so long by Slack's clock, then TimeoutError; ten real seconds where nobody moves the clock."""
    task, late = asyncio.ensure_future(work), []

    def give_up() -> None:
        late.append(True)
        task.cancel()

    timer = clock.call_later(seconds, give_up)
    guard = asyncio.get_running_loop().call_later(max(seconds, GUARD), give_up)
    try:
        return await task
    except asyncio.CancelledError:
        if late:
            raise TimeoutError from None
        raise
    finally:
        timer.cancel()
        guard.cancel()


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
