"""Which connector stands behind a port, opened once, opened anew when its settings change."""

from __future__ import annotations

import asyncio
import sys
from types import ModuleType

import pytest
from pydantic import BaseModel

from bot.contract.people import User
from bot.contract.plugin import PluginInfo
from bot.contract.port import Connector
from bot.core import switch
from bot.core.platform import CorePlatform, surround
from bot.core.ports import chosen
from bot.core.settings import change_settings
from bot.db.cipher import Cipher
from bot.errors import NotFound, Unavailable
from bot.hookspecs import hookimpl
from bot.host.loader import load_plugins

CIPHER = Cipher(keys={"k": bytes(32)}, seals_with="k")
ANN = User(id="ann", name="Ann")


class Url(BaseModel):
    url: str = "https://one.example"


class Opened:
    """A connector that remembers what it was opened with."""

    def __init__(self, context):
        self.context = context
        self.closed = False

    async def aclose(self):
        self.closed = True


def plugin(name, *ports, model=Url):
    made = ModuleType(f"ported_{name}")
    info = PluginInfo(name=name, about="A system.", settings=model)
    made.plugin_info = hookimpl(lambda: info, specname="plugin_info")
    made.register_connectors = hookimpl(
        lambda: [Connector(name=name, port=p, source=f"{name} Inc.", open=Opened) for p in ports]
    )
    sys.modules[made.__name__] = made
    return name, made.__name__


@pytest.fixture
async def around(database, tenant):
    loaded = load_plugins(
        [plugin("local", "tickets", "billing"), plugin("rt", "tickets"), plugin("jira", "tickets", "wiki")]
    )
    assert loaded.broken == {}
    made = surround(database, loaded.registry, tenant, CIPHER)
    yield made
    await made.close()


async def on(around, *names):
    for name in names:
        await switch.enable(around, name)


async def test_no_connector_says_what_to_do(around):
    with pytest.raises(Unavailable, match=r"No system stands behind “tickets” here.*admin enable_plugin"):
        await around.port("tickets")


async def test_the_only_one_is_it(around):
    await on(around, "rt")
    found = await around.port("tickets")
    assert isinstance(found, Opened)
    assert found.context.tenant == around.tenant
    assert around.source("tickets") == "rt Inc."


async def test_local_is_preferred_until_another_is_chosen(around):
    await on(around, "rt", "local", "jira")
    await around.port("tickets")
    assert around.source("tickets") == "local Inc."
    await switch.choose_connector(around, "tickets", "jira", by="test")
    await around.port("tickets")
    assert around.source("tickets") == "jira Inc."
    assert chosen(await around.state()) == {"billing": "local", "tickets": "jira", "wiki": "jira"}


async def test_between_strangers_an_admin_has_to_choose(around):
    await on(around, "rt", "jira")
    with pytest.raises(Unavailable, match="Several systems could stand behind “tickets”: jira, rt"):
        await around.port("tickets")
    assert "tickets" not in chosen(await around.state())


async def test_a_choice_that_went_off_is_not_replaced_in_silence(around):
    await on(around, "rt", "local")
    await switch.choose_connector(around, "tickets", "rt", by="test")
    await switch.disable(around, "rt")
    with pytest.raises(Unavailable, match="set to use rt, which is not on"):
        await around.port("tickets")


async def test_only_what_is_on_can_be_chosen(around):
    await on(around, "local")
    with pytest.raises(NotFound, match=r"“rt” cannot stand behind “tickets”. There is: local"):
        await switch.choose_connector(around, "tickets", "rt", by="test")


async def test_it_is_opened_once_until_its_settings_change(around):
    await on(around, "rt")
    first = await around.port("tickets")
    around.forget()
    assert await around.port("tickets") is first
    await change_settings(
        around.database,
        around.registry,
        CIPHER,
        around.tenant,
        "rt",
        {"url": "https://two.example"},
        by="test",
    )
    around.forget()
    second = await around.port("tickets")
    assert second is not first
    assert second.context.settings.url == "https://two.example"
    await around.close()
    assert first.closed
    assert second.closed


async def saved(around, url):
    await change_settings(
        around.database, around.registry, CIPHER, around.tenant, "rt", {"url": url}, by="test"
    )
    around.forget()


async def test_a_replaced_one_is_closed_when_the_last_call_that_uses_it_ended(around):
    await on(around, "rt")
    one, two = await around.context("rt", ANN), await around.context("rt", ANN)
    first = one.open_port("tickets")
    assert two.open_port("tickets") is first
    await saved(around, "https://two.example")
    three = await around.context("rt", ANN)
    second = three.open_port("tickets")
    assert one.open_port("tickets") is first  # a call keeps what it began with
    del one
    await asyncio.sleep(0)
    assert not first.closed
    three.open_port("tickets")
    del two
    await asyncio.sleep(0)
    assert (first.closed, second.closed) == (True, False)
    del three
    await asyncio.sleep(0)
    assert not second.closed  # the latest stays for the next call


async def test_one_that_cannot_be_closed_hurts_nobody(around, monkeypatch):
    async def refuse(self):
        raise OSError("gone")

    await on(around, "rt")
    monkeypatch.setattr(Opened, "aclose", refuse)
    call = await around.context("rt", ANN)
    call.open_port("tickets")
    await saved(around, "https://two.example")
    following = await around.context("rt", ANN)
    del call
    second = following.open_port("tickets")
    await asyncio.sleep(0)
    monkeypatch.undo()
    assert second.context.settings.url == "https://two.example"


async def test_its_sql_is_bound_to_the_tenant(around, other_tenant):
    from sqlalchemy import text

    await on(around, "rt")
    found = await around.port("tickets")
    async with found.context.sql() as session:
        assert (await session.execute(text("select slug from tenants"))).scalars().all() == ["acme"]


async def test_the_platform_is_for_the_admin_plugin_only(around):
    assert isinstance(await around.port("platform", "admin"), CorePlatform)
    for plugin_name in ("", "rt", "customers", "local"):
        with pytest.raises(Unavailable, match="not a port of this plugin"):
            await around.port("platform", plugin_name)
    await on(around, "rt")
    context = await around.context("rt", ANN)
    with pytest.raises(Unavailable):
        context.open_port("platform")


async def test_a_plugin_cannot_put_itself_behind_the_platform(database, tenant):
    loaded = load_plugins([plugin("thief", "platform")])
    around = surround(database, loaded.registry, tenant, CIPHER)
    await on(around, "thief")
    assert isinstance(await around.port("platform", "admin"), CorePlatform)


async def test_a_fake_takes_the_place_of_everything(around):
    around.fix_port("tickets", "a fake")
    assert await around.port("tickets") == "a fake"
