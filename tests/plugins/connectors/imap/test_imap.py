"""The IMAP connector against a real server, and against what is no good one."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.api import ConnectorContext, SecretStr, Tenant, Unavailable
from bot.testing import NOON
from plugins.connectors.imap.line import LONGEST
from plugins.connectors.imap.mailbox import ImapBox
from plugins.connectors.imap.settings import ImapSettings
from tests.plugins.connectors.imap.server import PASSWORD, USER, ImapServer, imap_server
from tests.plugins.connectors.smtp.servers import certificate, nasty_server

MAIL = "Subject: {}\r\nFrom: a@b.example\r\n\r\nHello\r\n"


def make(port: int, **settings: Any) -> ImapBox:
    known = {
        "host": "127.0.0.1", "port": port, "tls": "none", "username": USER, "password": SecretStr(PASSWORD),
        "timeout_seconds": 2,
    }  # fmt: skip
    tenant = Tenant(id="t", slug="acme", name="Acme")
    made = ImapSettings(**(known | settings))
    return ImapBox(ConnectorContext(tenant=tenant, settings=made, now=lambda: NOON, sql=None))  # type: ignore[arg-type]  # it asks for no rows


async def read(box: ImapBox, after: int = 0, most: int = 20) -> list[tuple[int, bytes]]:
    async with box.open() as folder:
        return [(letter.uid, letter.raw) for letter in await folder.read(after, most)]


async def trouble(box: ImapBox) -> str:
    with pytest.raises(Unavailable) as raised:
        await read(box)
    return str(raised.value)


async def test_mails_are_read_in_order_and_left_as_they_are(imap: ImapServer):
    folder = imap.folder()
    box = make(imap.port, folder=folder)
    assert await read(box) == []
    imap.put(folder, *(MAIL.format(nr) for nr in range(5)))
    before = imap.flags(folder)
    found = await read(box, most=3)
    assert [raw for _, raw in found] == [MAIL.format(nr).encode() for nr in range(3)]
    assert [uid for uid, _ in found] == sorted(uid for uid, _ in found)
    rest = await read(box, after=found[-1][0])
    assert [raw for _, raw in rest] == [MAIL.format(nr).encode() for nr in (3, 4)]
    assert await read(box, after=rest[-1][0]) == [], "the last one is not read again and again"
    assert imap.flags(folder) == before and b"Seen" not in b"".join(before)


async def test_a_folder_made_anew_counts_anew(imap: ImapServer):
    folder = imap.folder()
    box = make(imap.port, folder=folder)
    imap.put(folder, MAIL.format("x"))
    async with box.open() as opened:
        first = opened.validity
        assert opened.name == f"{USER}@127.0.0.1/{folder}"
    imap.again(folder, MAIL.format("x"))
    async with box.open() as opened:
        assert opened.validity != first and len(await opened.read(0, 9)) == 1


async def test_of_a_long_mail_only_the_beginning_is_fetched(imap: ImapServer):
    folder = imap.folder()
    imap.put(folder, MAIL.format("long") + "x" * 76 * 10_000)
    ((_, raw),) = await read(make(imap.port, folder=folder))
    assert len(raw) == LONGEST and raw.startswith(b"Subject: long")


async def test_who_may_not_and_what_is_not_there(imap: ImapServer):
    said = await trouble(make(imap.port, password=SecretStr("wrong")))
    assert said.startswith("127.0.0.1 does not let us") and "wrong" not in said
    said = await trouble(make(imap.port, folder='No "such" folder'))
    assert said.startswith('127.0.0.1 does not let us read No "such" folder: ')
    assert await make(imap.port).look() == f"INBOX of {USER} can be read"


@asynccontextmanager
async def behind_tls(port: int, context: ssl.SSLContext) -> AsyncIterator[int]:
    """Put TLS in front of the server, as its port 993 would."""

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
        writer.close()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        back, forth = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(pump(reader, forth), pump(back, writer), return_exceptions=True)

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


async def test_tls_is_checked(imap: ImapServer, tmp_path: Path):
    context, pem = certificate(tmp_path)
    async with behind_tls(imap.port, context) as port:
        assert await make(port, tls="tls", ca_certificate=pem).look()
        assert (await trouble(make(port, tls="tls"))).startswith(
            "The certificate of 127.0.0.1 is not to be trusted"
        )
    assert "does not speak TLS as set" in await trouble(make(imap.port, tls="tls"))


async def test_starttls_is_asked_for_and_checked(imap: ImapServer, tmp_path: Path):
    _, pem = certificate(tmp_path)
    with imap_server(tmp_path) as secure:
        assert await make(secure.port, tls="starttls", ca_certificate=pem).look()
        said = await trouble(make(secure.port, tls="starttls"))
        assert said.startswith("The certificate of 127.0.0.1 is not to be trusted")
    assert "offers no STARTTLS, and nothing is read unencrypted" in await trouble(
        make(imap.port, tls="starttls")
    )


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ((None,), "did not answer in time"),
        (("* BYE too many connections",), "too many connections"),
        (("gibberish",), "127.0.0.1"),
        (("* OK hello", None), "did not answer in time"),
        (("* OK hello",), "ended the connection"),
    ],
)
async def test_a_server_that_cannot_be_spoken_to(answers, said: str):
    async with nasty_server(*answers) as (port, _):
        found = await trouble(make(port, timeout_seconds=1))
    assert said in found and found.endswith(".") and "b'" not in found


async def test_no_server_no_name_and_nothing_set():
    async with nasty_server() as (port, _):
        pass
    assert await trouble(make(port)) == f"127.0.0.1:{port} refused the connection."
    nowhere = make(143, host="no-such-host.invalid", tls="starttls")
    assert await trouble(nowhere) == "The name no-such-host.invalid is not known (DNS)."
    assert "host is not set" in await trouble(make(1, host=""))
    assert "username is not set" in await trouble(make(1, username=""))
    assert "not read over a plain line" in await trouble(make(143, host="mail.example.net"))
