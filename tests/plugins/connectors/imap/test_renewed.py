"""A provider that gives a new refresh token each time, and takes each of them once."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web
from sqlalchemy import text

from bot.api import Unavailable
from bot.contract.people import Tenant
from bot.contract.plugin import PluginInfo
from bot.contract.port import Connector
from bot.core.platform import surround
from bot.core.settings import change_settings
from bot.core.state import read_state
from bot.core.surroundings import Surroundings
from bot.db.cipher import Cipher
from bot.db.database import Database
from bot.db.plugins import do_switch
from bot.errors import BadInput
from bot.host.registry import Owned, Registry
from plugins.connectors.imap import tokens
from plugins.connectors.imap.mailbox import ImapBox
from plugins.connectors.imap.settings import ImapSettings
from tests.plugins.connectors.imap.test_tokens import Mailbox, Provider, both

CIPHER = Cipher(keys={"k": bytes(32)}, seals_with="k")
REGISTRY = Registry(
    {"imap": PluginInfo(name="imap", about="A mailbox.", settings=ImapSettings)},
    [
        Owned(
            "imap", Connector(name="imap", port="returns", source="IMAP", open=ImapBox, settings=ImapSettings)
        )
    ],
)


@dataclass
class Rotating(Provider):
    """Takes the refresh token it gave last and no other; access tokens are good for one use."""

    good: str = "refresh-0"
    asking: int = 0
    at_once: list[int] = field(default_factory=list)

    async def give(self, request: web.Request) -> web.Response:
        form = dict(await request.post())
        self.asked.append({name: str(value) for name, value in form.items()})
        self.asking += 1
        self.at_once.append(self.asking)
        await asyncio.sleep(0)
        self.asking -= 1
        if form["refresh_token"] != self.good:
            self.good = ""  # as providers do who see an old one again
            return web.json_response({"error": "invalid_grant"}, status=400)
        self.good = f"refresh-{len(self.asked)}"
        token = f"token-{len(self.asked)}"
        return web.json_response({"access_token": token, "expires_in": 1, "refresh_token": self.good})


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    tokens._kept.clear()
    yield
    tokens._kept.clear()


def around(database: Database, tenant: Tenant) -> Surroundings:
    return surround(database, REGISTRY, tenant, CIPHER)


async def set_up(database: Database, tenant: Tenant, provider: Provider, mailbox: Mailbox) -> None:
    async with database.tenant(tenant.id) as session:
        await do_switch(session, plugin="imap", enabled=True, offered=(), by="test")
    known = {
        "host": "127.0.0.1", "port": str(mailbox.port), "tls": "none", "username": "bounces",
        "token_url": provider.url, "client_id": "app", "refresh_token": "refresh-0",
    }  # fmt: skip
    mailbox.good = {f"token-{nr}" for nr in range(20)}
    await change_settings(database, REGISTRY, CIPHER, tenant, "imap", known, by="ada")


async def sealed(database: Database, tenant: Tenant) -> tuple[str, str]:
    async with database.tenant(tenant.id) as session:
        row = (await session.execute(text("select sealed, changed_by from plugin_settings"))).one()
    return str(row.sealed), row.changed_by


async def look(here: Surroundings) -> str:
    here.forget()
    return str(await (await here.port("returns", "imap")).look())


async def test_a_new_refresh_token_takes_the_place_of_the_old_one(database: Database, tenant: Tenant) -> None:
    async with both(Rotating()) as (provider, mailbox):
        await set_up(database, tenant, provider, mailbox)
        here = around(database, tenant)
        for _ in range(3):
            assert await look(here) == "INBOX of bounces can be read"
        tokens._kept.clear()
        await look(around(database, tenant))  # started anew
        shown = [form["refresh_token"] for form in provider.asked]
        kept, by = await sealed(database, tenant)
        state = await read_state(database, REGISTRY, tenant, CIPHER)
    assert shown == ["refresh-0", "refresh-1", "refresh-2", "refresh-3"]
    assert "refresh-" not in kept and by == "imap"
    settings = state.settings("imap")
    assert isinstance(settings, ImapSettings) and settings.refresh_token.get_secret_value() == "refresh-4"
    assert settings.username == "bounces", "the rest of the section stays"


async def test_two_processes_do_not_show_the_same_one(database: Database, tenant: Tenant) -> None:
    async with both(Rotating()) as (provider, mailbox):
        await set_up(database, tenant, provider, mailbox)
        boxes = [await around(database, tenant).port("returns", "imap") for _ in range(4)]
        await asyncio.gather(*(box.look() for box in boxes))
    assert len({form["refresh_token"] for form in provider.asked}) == 4 and set(provider.at_once) == {1}


async def test_what_an_admin_set_meanwhile_stays(database: Database, tenant: Tenant) -> None:
    here = around(database, tenant)
    async with both(Rotating()) as (provider, mailbox):
        await set_up(database, tenant, provider, mailbox)
    async with here._connector_context("imap", ImapSettings()).renew("refresh_token") as secret:
        assert secret.value == "refresh-0"
        await change_settings(
            database, REGISTRY, CIPHER, tenant, "imap", {"refresh_token": "signed-in-anew"}, by="ada"
        )
        await secret.keep("refresh-1")
    state = await read_state(database, REGISTRY, tenant, CIPHER)
    assert state.settings("imap").refresh_token.get_secret_value() == "signed-in-anew"  # type: ignore[attr-defined]  # ImapSettings


async def test_only_a_secret_is_renewed(database: Database, tenant: Tenant) -> None:
    renew: Any = around(database, tenant)._connector_context("imap", ImapSettings()).renew
    with pytest.raises(BadInput, match="is no secret of imap"):
        async with renew("username"):
            pass


async def test_a_refresh_token_that_is_none_is_not_kept(database: Database, tenant: Tenant) -> None:
    async with both() as (provider, mailbox):
        await set_up(database, tenant, provider, mailbox)
        provider.body = b'{"access_token":"token-1","refresh_token":"a\\u0001b"}'
        assert await look(around(database, tenant))
        provider.body = b'{"error":"invalid_grant"}'
        provider.status = 400
        tokens._kept.clear()
        with pytest.raises(Unavailable, match="ran out or was taken back"):
            await look(around(database, tenant))
    assert [form["refresh_token"] for form in provider.asked] == ["refresh-0", "refresh-0"]
