"""Calls to Slack's Web API, each made once, and what a failed one means for what we wanted."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.slack.metrics import CALLS

DEFAULT_PAUSE, LONGEST_PAUSE = 30, 3600
TIMEOUT = 20.0
OK, TOO_MANY, BROKEN = 200, 429, 500
MAYBE = frozenset({"internal_error", "fatal_error", "request_timeout", "service_unavailable"})
"""Errors after which Slack itself says that some of it may have happened."""
NEVER_THERE = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)
"""Failures to connect: not a byte of the call went out."""
EVENT_TYPE = "backhaul_reply"
SKEW = timedelta(minutes=10)
"""How far our clock and Slack's may differ when looking for a message."""

sdk_log = logging.getLogger("backhaul.slack.sdk")
# An explicit level: below INFO the SDK logs payloads, and it takes "not set" for below.
sdk_log.setLevel(logging.INFO)


class CallError(Exception):
    """A call that did not succeed."""

    def __init__(self, method: str, reason: str) -> None:
        super().__init__(f"{method}: {reason}")
        self.method = method
        self.reason = reason


class RefusedError(CallError):
    """Slack said no; it did nothing, and will say no again."""


class LimitedError(CallError):
    """Slack did nothing and wants no such call for a while."""

    def __init__(self, method: str, pause: timedelta) -> None:
        super().__init__(method, "ratelimited")
        self.pause = pause


class UnreachedError(CallError):
    """The call never got there."""


class UnsureError(CallError):
    """Slack may have done it or not."""


@dataclass(frozen=True, kw_only=True)
class Profile:
    """A person in a workspace; `email` only when the workspace itself vouches for it.

    `outside`: a guest, somebody of another organisation, a bot, or one whom Slack does not show.
    """

    name: str
    email: str | None
    active: bool
    outside: bool = False


@dataclass(frozen=True, kw_only=True)
class Account:
    """Whose a bot token is; `scopes` are what it was granted, empty when Slack does not tell."""

    team_id: str
    bot_user_id: str
    bot_id: str
    scopes: frozenset[str] = frozenset()


class Calls:
    """The Web API over one shared HTTP session; nothing in here repeats a call."""

    def __init__(self, api_url: str) -> None:
        self._api_url = api_url
        self._session: aiohttp.ClientSession | None = None

    async def open(self) -> None:
        """Open the session; every client shares its connections."""
        # A session of our own brings its own timeout: the SDK's is only for sessions it makes itself.
        self._session = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=TIMEOUT, connect=5),
            connector=aiohttp.TCPConnector(limit=100, keepalive_timeout=60),
        )

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()

    @property
    def session(self) -> aiohttp.ClientSession:
        """The session, for addresses that are no methods."""
        if self._session is None:
            raise RuntimeError("open() comes first")
        return self._session

    @property
    def api_url(self) -> str:
        """Where the Web API is."""
        return self._api_url

    def client(self, token: str | None = None) -> AsyncWebClient:
        """Return a client that neither retries nor opens connections of its own."""
        return AsyncWebClient(
            token=token,
            base_url=self._api_url,
            session=self._session,
            retry_handlers=[],
            logger=sdk_log,
        )

    async def who_am_i(self, token: str) -> Account:
        """Return whose token this is."""
        answers: list[AsyncSlackResponse] = []

        async def ask() -> AsyncSlackResponse:
            answers.append(await self.client(token).auth_test())
            return answers[-1]

        found = await made("auth.test", ask)
        return Account(
            team_id=str(found["team_id"]),
            bot_user_id=str(found["user_id"]),
            bot_id=str(found.get("bot_id") or ""),
            scopes=_granted(answers[-1]),
        )

    async def post(
        self, token: str, *, channel: str, thread_ts: str | None, message: Mapping[str, Any], letter_id: str
    ) -> str:
        """Post one message marked with its letter's id; return its ts."""
        client = self.client(token)
        found = await made(
            "chat.postMessage",
            lambda: client.chat_postMessage(
                channel=channel,
                thread_ts=thread_ts,
                text=message["text"],
                blocks=message.get("blocks"),
                metadata={"event_type": EVENT_TYPE, "event_payload": {"letter": letter_id}},
                unfurl_links=False,
                unfurl_media=False,
                link_names=False,
                parse="none",
            ),
        )
        return str(found["ts"])

    async def find_posted(
        self, token: str, *, channel: str, thread_ts: str | None, letter_id: str, since: datetime
    ) -> str | None:
        """Return the ts of the message that carries the letter's id, if Slack has it."""
        client, cursor = self.client(token), ""
        method = "conversations.replies" if thread_ts else "conversations.history"
        asked: dict[str, Any] = {"channel": channel, "oldest": str((since - SKEW).timestamp()), "limit": 200}
        if thread_ts:
            asked["ts"] = thread_ts
        while True:
            call = client.conversations_replies if thread_ts else client.conversations_history
            page = await made(
                method,
                lambda: call(**asked, cursor=cursor or None, include_all_metadata=True),  # noqa: B023 - awaited at once
            )
            for one in page.get("messages") or []:
                marked = (one.get("metadata") or {}).get("event_payload") or {}
                if marked.get("letter") == letter_id:
                    return str(one["ts"])
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return None

    async def profile(self, token: str, team_id: str, user_id: str) -> Profile:
        """Return a person; strangers, guests and bots come without e-mail, whatever they write there."""
        client = self.client(token)
        user = (await made("users.info", lambda: client.users_info(user=user_id)))["user"]
        about = user.get("profile") or {}
        grid = user.get("enterprise_user") or {}
        homes = (user.get("team_id", team_id), grid.get("enterprise_id"))
        foreign = user.get("is_stranger") or team_id not in homes
        guest = user.get("is_restricted") or user.get("is_ultra_restricted")
        outside = bool(foreign or guest or user.get("is_bot"))
        unsure = outside or user.get("deleted") or user.get("is_email_confirmed") is False
        return Profile(
            name=str(about.get("real_name") or user.get("name") or user_id),
            email=None if unsure else about.get("email") or None,
            active=not user.get("deleted"),
            outside=outside,
        )

    async def open_direct(self, token: str, user_id: str) -> str:
        """Return the channel of the direct conversation with a person."""
        client = self.client(token)
        found = await made("conversations.open", lambda: client.conversations_open(users=user_id))
        return str(found["channel"]["id"])

    async def find_by_email(self, token: str, email: str) -> str:
        """Return Slack's id of whoever has this address; empty when nobody has, or we may not ask."""
        client = self.client(token)
        try:
            found = await made("users.lookupByEmail", lambda: client.users_lookupByEmail(email=email))
        except RefusedError as error:
            if error.reason.startswith(("users_not_found", "missing_scope", "enterprise_is_restricted")):
                return ""
            raise
        return str(found["user"]["id"])

    async def permalink(self, token: str, channel: str, ts: str) -> str:
        """Return the address of a message."""
        client = self.client(token)
        found = await made(
            "chat.getPermalink", lambda: client.chat_getPermalink(channel=channel, message_ts=ts)
        )
        return str(found["permalink"])


async def made(method: str, call: Callable[[], Awaitable[AsyncSlackResponse]]) -> Mapping[str, Any]:
    """Make one call and say what became of it."""
    try:
        response = await call()
        data = response.data
    except SlackApiError as error:
        failed = _explained(method, error)
        CALLS.labels(method, type(failed).__name__).inc()
        raise failed from error
    except NEVER_THERE as error:
        CALLS.labels(method, "UnreachedError").inc()
        raise UnreachedError(method, type(error).__name__) from error
    except (TimeoutError, aiohttp.ClientError, OSError) as error:
        CALLS.labels(method, "UnsureError").inc()
        raise UnsureError(method, type(error).__name__) from error
    CALLS.labels(method, "ok").inc()
    return data if isinstance(data, dict) else {}


async def sent(method: str, call: Callable[[], Awaitable[tuple[int, str, Mapping[str, str]]]]) -> str:
    """Make one plain HTTP call, which returns status, text and headers; return the text."""
    try:
        status, said, headers = await call()
    except NEVER_THERE as error:
        raise UnreachedError(method, type(error).__name__) from error
    except (TimeoutError, aiohttp.ClientError, OSError) as error:
        raise UnsureError(method, type(error).__name__) from error
    CALLS.labels(method, str(status)).inc()
    if status == TOO_MANY:
        raise LimitedError(method, pause_of(headers))
    if status >= BROKEN:
        raise UnsureError(method, f"HTTP {status}")
    if status != OK:
        raise RefusedError(method, f"HTTP {status} {said[:200]}")
    return said


def _granted(answer: AsyncSlackResponse) -> frozenset[str]:
    """Return the token's scopes, which Slack tells in a header."""
    told = {name.lower(): value for name, value in answer.headers.items()}.get("x-oauth-scopes", "")
    return scopes_in(told)


def scopes_in(told: str) -> frozenset[str]:
    """Return the scopes of a list with commas."""
    return frozenset(one.strip() for one in told.split(",") if one.strip())


def _explained(method: str, error: SlackApiError) -> CallError:
    response: Any = error.response
    status = int(getattr(response, "status_code", None) or getattr(response, "status", None) or 0)
    data = getattr(response, "data", None)
    code = str(data.get("error") or "") if isinstance(data, dict) else ""
    if status == TOO_MANY or code in {"ratelimited", "rate_limited"}:
        return LimitedError(method, pause_of(getattr(response, "headers", None) or {}))
    if status >= BROKEN or code in MAYBE or not code:
        return UnsureError(method, code or f"HTTP {status}")
    details = (data.get("response_metadata") or {}).get("messages") or [] if isinstance(data, dict) else []
    return RefusedError(method, " ".join([code, *map(str, details[:3])])[:500])


def pause_of(headers: Mapping[str, str]) -> timedelta:
    """Return how long Slack wants no such call."""
    said = next((value for name, value in headers.items() if name.lower() == "retry-after"), "")
    seconds = int(said) if said.isdecimal() else DEFAULT_PAUSE
    return timedelta(seconds=min(max(seconds, 1), LONGEST_PAUSE))
