"""Fetching from an identity provider: little, soon, uncompressed, and from nowhere it points on to."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx2

from bot.proxies import BadProxyError, proxy_for

MOST_BYTES = 512 << 10
SECONDS = 5.0
"""For each of connecting, sending and waiting; callers set a deadline over the whole."""


class TooMuchError(httpx2.TransportError):
    """The answer is larger than any answer of a provider, or packed so that its size cannot be told."""


class Routed(httpx2.AsyncBaseTransport):
    """A transport that goes through the proxy the environment names for an address, if it names one."""

    def __init__(self) -> None:
        self._ways: dict[str | None, httpx2.AsyncHTTPTransport] = {}

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Pass a request on; httpx2.ProxyError when what the environment names is no proxy."""
        try:
            proxy = proxy_for(str(request.url))
        except BadProxyError as error:
            raise httpx2.ProxyError(str(error)) from None
        if proxy not in self._ways:
            self._ways[proxy] = httpx2.AsyncHTTPTransport(proxy=proxy)
        return await self._ways[proxy].handle_async_request(request)

    async def aclose(self) -> None:
        """Close the connections."""
        for way in self._ways.values():
            await way.aclose()


class Capped(httpx2.AsyncBaseTransport):
    """A transport that stops reading at a limit."""

    def __init__(self, inner: httpx2.AsyncBaseTransport | None = None, most: int = MOST_BYTES) -> None:
        self._inner, self._most = inner or Routed(), most

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Pass a request on and count what comes back."""
        answer = await self._inner.handle_async_request(request)
        if answer.headers.get("content-encoding", "identity") != "identity":
            await answer.aclose()
            raise TooMuchError("a packed answer was not asked for")
        return httpx2.Response(
            answer.status_code,
            headers=answer.headers,
            stream=_Counted(answer, self._most),
            extensions=answer.extensions,
        )

    async def aclose(self) -> None:
        """Close the connections."""
        await self._inner.aclose()


class _Counted(httpx2.AsyncByteStream):
    """The body of an answer, up to a limit."""

    def __init__(self, answer: httpx2.Response, most: int) -> None:
        self._answer, self._left = answer, most

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Return the parts."""
        async for part in self._answer.aiter_raw():
            self._left -= len(part)
            if self._left < 0:
                raise TooMuchError("the answer is too large")
            yield part

    async def aclose(self) -> None:
        """Give the connection back."""
        await self._answer.aclose()


def options() -> dict[str, Any]:
    """Return what every client here is made with."""
    return {
        "transport": Capped(),
        "timeout": SECONDS,
        "follow_redirects": False,
        "headers": {"accept": "application/json", "accept-encoding": "identity"},
    }


async def fetch_json(url: str, *, bearer: str = "") -> dict[str, Any]:
    """Return the JSON object at an address; httpx2.HTTPError or ValueError when there is none."""
    headers = {"authorization": f"Bearer {bearer}"} if bearer else {}
    async with httpx2.AsyncClient(**options()) as client:
        answer = await client.get(url, headers=headers)
        if answer.status_code != httpx2.codes.OK:
            raise ValueError(f"answered {answer.status_code}")
        found = answer.json()
    if not isinstance(found, dict):
        raise ValueError("is not a JSON object")  # noqa: TRY004 - what was read, not what was passed
    return found
