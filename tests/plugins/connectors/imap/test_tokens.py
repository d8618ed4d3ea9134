"""Logging in by an access token, against a provider and a server on loopback."""

from __future__ import annotations

import asyncio
import base64
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest
from aiohttp import web
from pydantic import ValidationError

from bot.api import SecretStr, Unavailable
from plugins.connectors.imap import tokens
from plugins.connectors.imap.mailbox import ImapBox
from plugins.connectors.imap.settings import ImapSettings
from tests.plugins.connectors.imap.test_imap import make

REFUSED = base64.b64encode(b'{"status":"400","schemes":"Bearer"}').decode()


@dataclass
class Provider:
    """Gives the token `token-N` for the Nth time it is asked, or what it is told to say."""

    port: int = 0
    asked: list[Mapping[str, str]] = field(default_factory=list)
    status: int = 200
    body: bytes | None = None

    async def give(self, request: web.Request) -> web.Response:
        self.asked.append({name: str(value) for name, value in (await request.post()).items()})
        if self.body is not None:
            return web.Response(status=self.status, body=self.body)
        token = {"access_token": f"token-{len(self.asked)}", "expires_in": 3599, "token_type": "Bearer"}
        return web.json_response(token)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/token"


@dataclass
class Mailbox:
    """An empty mailbox that lets in whoever shows one of its tokens."""

    port: int = 0
    good: set[str] = field(default_factory=set)
    shown: list[str] = field(default_factory=list)
    mechanisms: str = "AUTH=XOAUTH2 AUTH=PLAIN"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"* OK hello\r\n")
        while line := (await reader.readline()).decode().strip():
            tag, command, *rest = line.split(" ")
            for said in await self.answer(command.upper(), rest, reader, writer):
                writer.write(f"{said}\r\n".replace("TAG", tag).encode())
        writer.close()

    async def answer(
        self, command: str, rest: list[str], reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> list[str]:
        if command == "CAPABILITY":
            return [f"* CAPABILITY IMAP4rev1 {self.mechanisms}", "TAG OK done"]
        if command == "AUTHENTICATE" and rest == ["XOAUTH2"]:
            writer.write(b"+ \r\n")
            self.shown.append(base64.b64decode(await reader.readline()).decode())
            if self.shown[-1] in {f"user=bounces\x01auth=Bearer {one}\x01\x01" for one in self.good}:
                return ["TAG OK in"]
            writer.write(f"+ {REFUSED}\r\n".encode())
            assert (await reader.readline()).strip() == b"", "an empty answer asks for the end"
            return ["TAG NO [AUTHENTICATIONFAILED] Invalid credentials"]
        if command == "EXAMINE":
            return ["* 0 EXISTS", "* OK [UIDVALIDITY 7] valid", "TAG OK [READ-ONLY] open"]
        return ["* BYE", "TAG OK bye"] if command == "LOGOUT" else ["TAG BAD what"]


@asynccontextmanager
async def both(given: Provider | None = None) -> AsyncIterator[tuple[Provider, Mailbox]]:
    provider, mailbox = given or Provider(), Mailbox(good={"token-1", "token-2"})
    app = web.Application()
    app.router.add_post("/token", provider.give)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    provider.port = runner.addresses[0][1]
    server = await asyncio.start_server(mailbox.serve, "127.0.0.1", 0)
    mailbox.port = server.sockets[0].getsockname()[1]
    try:
        yield provider, mailbox
    finally:
        server.close()
        await runner.cleanup()
        tokens._kept.clear()


def box(provider: Provider, mailbox: Mailbox, **more: Any) -> ImapBox:
    known = {"token_url": provider.url, "client_id": "app", "refresh_token": SecretStr("long-lived")}
    return make(mailbox.port, **(known | more))


async def trouble(asked: ImapBox) -> str:
    with pytest.raises(Unavailable) as raised:
        await asked.look()
    return str(raised.value)


async def test_a_refresh_token_gets_in_and_its_access_token_is_kept_while_it_lasts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with both() as (provider, mailbox):
        one = box(provider, mailbox, client_secret=SecretStr("s3cret"), token_scope="mail offline_access")
        assert await one.look() == "INBOX of bounces can be read"
        async with one.open() as folder:
            assert await folder.read(0, 9) == []
        assert provider.asked == [
            {
                "grant_type": "refresh_token",
                "client_id": "app",
                "client_secret": "s3cret",
                "refresh_token": "long-lived",
                "scope": "mail offline_access",
            }
        ]
        assert "s3cret" not in repr(tokens._kept) and "long-lived" not in repr(tokens._kept)
        later = time.monotonic() + 3_400
        monkeypatch.setattr(
            tokens, "time", SimpleNamespace(monotonic=lambda: later)
        )  # not every loop's clock
        assert await one.look()
        assert [shown.split(" ")[1] for shown in mailbox.shown] == [
            "token-1\x01\x01", "token-1\x01\x01", "token-2\x01\x01",
        ]  # fmt: skip


async def test_without_a_refresh_token_the_client_asks_as_itself() -> None:
    async with both() as (provider, mailbox):
        assert await box(provider, mailbox, refresh_token=SecretStr(""), client_secret=SecretStr("s")).look()
        assert provider.asked == [
            {"grant_type": "client_credentials", "client_id": "app", "client_secret": "s"}
        ]


async def test_a_token_that_the_server_does_not_take_is_not_shown_again() -> None:
    async with both() as (provider, mailbox):
        mailbox.good = {"token-2"}
        said = await trouble(box(provider, mailbox))
        assert said.startswith("127.0.0.1 does not let us in: ") and "token-1" not in said
        assert await box(provider, mailbox).look()


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (
            400,
            b'{"error":"invalid_grant","error_description":"AADSTS70008 <b>"}',
            "plugins settings imap refr",
        ),
        (401, b'{"error":"invalid_client"}', "client or its secret is not known"),
        (400, b'{"error":"slow_down"}', "it answered slow_down (400)."),
        (500, b"<html>oops", "it answered 500."),
        (302, b"", "it answered 302."),
        (200, b"[" * 50_000, "it sent no access token."),
        (200, b'{"access_token":"a\\u0001b"}', "it sent no access token."),
        (200, b'{"access_token":["x"],"expires_in":"soon"}', "it sent no access token."),
        (200, b'{"x":"' + b"x" * (1 << 20) + b'","access_token":"t"}', "it sent no access token."),
        (400, b'{"error":"<script>\\n"}', "it answered 400."),
    ],
)
async def test_a_provider_that_gives_none(status: int, body: bytes, said: str) -> None:
    async with both() as (provider, mailbox):
        provider.status, provider.body = status, body
        found = await trouble(box(provider, mailbox))
    assert found.startswith("127.0.0.1 gave no access token for bounces: ") and said in found
    assert "AADSTS" not in found and "long-lived" not in found
    assert mailbox.shown == []


async def test_a_provider_that_is_not_there_and_a_server_without_tokens() -> None:
    async with both() as (provider, mailbox):
        mailbox.mechanisms = "AUTH=PLAIN"
        assert "it offers no signing in by a token (XOAUTH2)" in await trouble(box(provider, mailbox))
        assert "client_id is not set" in await trouble(box(provider, mailbox, client_id=""))
    tokens._kept.clear()
    assert "it cannot be spoken to" in await trouble(box(provider, mailbox))


@pytest.mark.parametrize(
    "url",
    [
        "http://login.example/token",
        "ftp://x",
        "http://127.0.0.1.evil.example/",
        "https://",
        "x",
        "http://localhost:x@evil.example/token",
        "http://127.0.0.1:a@10.1.2.3/x",
        "http://localhost:80\\@evil.example/token",
        "https://login.example@evil.example/token",
    ],
)
def test_secrets_go_over_an_encrypted_line_only(url: str) -> None:
    with pytest.raises(ValidationError):
        ImapSettings(token_url=url)
    assert ImapSettings(token_url="https://login.microsoftonline.com/t/oauth2/v2.0/token").token_url
    for here in ("http://localhost:8080/token", "http://127.0.0.1/token?x=1", "http://[::1]:81/t", ""):
        assert here == ImapSettings(token_url=here).token_url
