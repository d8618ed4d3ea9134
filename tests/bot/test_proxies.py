"""Which proxy an address is reached through, and that requests really go there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx2
import pytest

from bot.db.sso import Provider
from bot.errors import Unavailable
from bot.llm.server_embedding import ServerEmbedder
from bot.proxies import BadProxyError, proxy_for
from bot.web.fetch import fetch_json
from bot.web.provider_check import examine

NAMES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "REQUEST_METHOD")


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@asynccontextmanager
async def proxy(answer: bytes = b"") -> AsyncIterator[tuple[str, list[str]]]:
    """A proxy that notes what is asked of it and gives one answer; refuses tunnels without one."""
    asked: list[str] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append((await reader.readuntil(b"\r\n\r\n")).split(b"\r\n")[0].decode())
        writer.write(answer or b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", asked
    server.close()
    await server.wait_closed()


@pytest.mark.parametrize(
    ("url", "through"),
    [
        ("https://login.acme.example/x", "http://one:3128"),
        ("http://login.acme.example", "http://two:3128"),
        ("https://10.0.0.7:8443", "http://one:3128"),
        ("https://a.inside.example", None),
        ("https://inside.example:443", None),
        ("http://localhost:8080", None),
        ("http://127.0.0.1:8080", None),
        ("https://[::1]:8443", None),
    ],
)
def test_the_environment_says_which(url: str, through: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://one:3128")
    monkeypatch.setenv("http_proxy", "two:3128")
    monkeypatch.setenv("NO_PROXY", "inside.example")
    assert proxy_for(url) == through


def test_without_one_the_way_is_straight(monkeypatch: pytest.MonkeyPatch) -> None:
    assert proxy_for("https://login.acme.example") is None
    monkeypatch.setenv("ALL_PROXY", "http://all:3128")
    assert proxy_for("https://login.acme.example") == "http://all:3128"
    monkeypatch.setenv("NO_PROXY", "*")
    assert proxy_for("https://login.acme.example") is None


def test_what_is_no_proxy_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "socks5://sam:secret@proxy:1080")
    with pytest.raises(BadProxyError, match="HTTPS_PROXY must be") as told:
        proxy_for("https://login.acme.example")
    assert "secret" not in str(told.value)


async def test_a_provider_is_asked_through_the_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    said = b'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 8\r\n\r\n{"a": 1}'
    async with proxy(said) as (url, asked):
        monkeypatch.setenv("HTTP_PROXY", url)
        assert await fetch_json("http://login.acme.example/keys") == {"a": 1}
    assert asked == ["GET http://login.acme.example/keys HTTP/1.1"]


async def test_https_goes_through_a_tunnel_and_a_refusal_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    async with proxy() as (url, asked):
        monkeypatch.setenv("HTTPS_PROXY", url)
        with pytest.raises(httpx2.ProxyError):
            await fetch_json("https://login.acme.example/keys")
        [found] = await examine(Provider(issuer="https://login.acme.example", client_id="x"))
    assert asked == ["CONNECT login.acme.example:443 HTTP/1.1"] * 2
    assert "proxy" in found.says and "HTTPS_PROXY" in found.mend
    monkeypatch.setenv("HTTPS_PROXY", "socks5://proxy:1080")
    [found] = await examine(Provider(issuer="https://login.acme.example", client_id="x"))
    assert "HTTPS_PROXY must be" in found.mend


async def test_the_embeddings_server_is_asked_through_the_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    async with proxy() as (url, asked):
        monkeypatch.setenv("HTTPS_PROXY", url)
        far = ServerEmbedder(url="https://vectors.acme.example/v1", model="m", dimensions=3)
        with pytest.raises(Unavailable):
            await far.embed(["one"])
    assert asked == ["CONNECT vectors.acme.example:443 HTTP/1.1"]
