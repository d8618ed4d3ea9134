"""Settings are validated, secrets sealed to their row, and a bad one hurts only its own plugin."""

from __future__ import annotations

import json
from enum import StrEnum

import pytest
from pydantic import BaseModel, Field, SecretStr, model_validator
from sqlalchemy import text

from bot.contract.plugin import NoSettings, PluginInfo
from bot.contract.port import Connector
from bot.core import settings
from bot.core.audit import search
from bot.core.platform import surround
from bot.db.cipher import Cipher
from bot.db.settings import do_save_settings
from bot.errors import BadInput, NotFound, Unavailable
from bot.host.registry import Owned, Registry

OLD = Cipher(keys={"old": bytes(32)}, seals_with="old")
BOTH = Cipher(keys={"new": bytes(range(32)), "old": bytes(32)}, seals_with="new")
NEW = Cipher(keys={"new": bytes(range(32))}, seals_with="new")


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class Settings(BaseModel):
    days: int = Field(5, ge=1, le=90)
    colour: Colour = Colour.RED
    words: list[str] = []
    low: int = 1
    high: int = 10
    token: SecretStr = SecretStr("")
    pin: SecretStr | None = None

    @model_validator(mode="after")
    def in_order(self):
        if self.low > self.high:
            raise ValueError("low is over high")
        return self


class Remote(BaseModel):
    url: str
    key: SecretStr


def info(name, model=NoSettings):
    return PluginInfo(name=name, about="A plugin.", settings=model)


REGISTRY = Registry(
    {"shop": info("shop", Settings), "bare": info("bare"), "far": info("far")},
    [
        Owned("far", Connector(name="moon", port="p", source="Moon", open=dict, settings=Remote)),
        Owned("bare", Connector(name="bare", port="p", source="Bare", open=dict)),
    ],
)


async def change(database, tenant, section, cipher=OLD, **changes):
    return await settings.change_settings(database, REGISTRY, cipher, tenant, section, changes, by="test")


async def read(database, tenant, section, cipher=OLD):
    return await surround(database, REGISTRY, tenant, cipher).settings(section)


async def raw(database, tenant):
    async with database.tenant(tenant.id) as session:
        return json.dumps(
            [list(row) for row in await session.execute(text("select body, sealed from plugin_settings"))]
        )


async def test_defaults_without_a_row(database, tenant):
    assert await read(database, tenant, "shop") == Settings()
    assert await read(database, tenant, "bare") == NoSettings()


async def test_words_become_values(database, tenant):
    shown = await change(database, tenant, "shop", days="7", colour="blue", words='["a", "b"]')
    assert (shown["days"], shown["colour"], shown["words"]) == (7, "blue", ["a", "b"])
    found = await read(database, tenant, "shop")
    assert (found.days, found.colour, found.words) == (7, Colour.BLUE, ["a", "b"])


async def test_a_field_goes_back_to_its_default(database, tenant):
    await change(database, tenant, "shop", days="7")
    assert (await change(database, tenant, "shop", days=None))["days"] == 5
    assert "days" not in await raw(database, tenant)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"days": "0"}, "greater than or equal to 1"),
        ({"days": "many"}, "days"),
        ({"colour": "green"}, "'red' or 'blue'"),
        ({"price": "1"}, "no setting “price”. There are: colour, days"),
        ({"low": "50"}, "low is over high"),
    ],
)
async def test_what_does_not_fit_changes_nothing(database, tenant, changes, why):
    with pytest.raises(BadInput, match=why):
        await change(database, tenant, "shop", **changes)
    assert await raw(database, tenant) == "[]"


async def test_secrets_are_sealed_and_never_shown(database, tenant):
    shown = await change(database, tenant, "shop", token="hunter2", pin="1234")
    assert (shown["token"], shown["pin"]) == (settings.HIDDEN, settings.HIDDEN)
    kept = await raw(database, tenant)
    assert "hunter2" not in kept
    assert "1234" not in kept
    found = await read(database, tenant, "shop")
    assert found.token.get_secret_value() == "hunter2"
    assert "hunter2" not in repr(found)
    assert not await search(database, tenant.id, text="hunter2")
    assert [row.text for row in await search(database, tenant.id)] == ["changed pin, token of shop"]


async def test_a_secret_is_bound_to_its_place(database, tenant, other_tenant):
    await change(database, tenant, "shop", token="hunter2")
    async with database.tenant(tenant.id) as session:
        sealed = (await session.execute(text("select sealed from plugin_settings"))).scalar_one()
    async with database.tenant(other_tenant.id) as session:
        await do_save_settings(session, "shop", body={}, sealed=sealed, by="thief")
    with pytest.raises(Unavailable, match="cannot be opened"):
        await read(database, other_tenant, "shop")
    async with database.tenant(tenant.id) as session:
        await do_save_settings(session, "shop", body={}, sealed={"pin": sealed["token"]}, by="thief")
    with pytest.raises(Unavailable, match="cannot be opened"):
        await read(database, tenant, "shop")


async def test_keys_are_rotated(database, tenant):
    await change(database, tenant, "shop", token="hunter2")
    assert await settings.reseal(database, BOTH, tenant) == 1
    assert await settings.reseal(database, BOTH, tenant) == 0
    assert (await read(database, tenant, "shop", NEW)).token.get_secret_value() == "hunter2"
    with pytest.raises(Unavailable):
        await read(database, tenant, "shop", OLD)


async def test_bad_stored_settings_hurt_only_their_own_plugin(database, tenant):
    async with database.tenant(tenant.id) as session:
        await do_save_settings(session, "shop", body={"days": "a fortnight"}, sealed={}, by="somebody")
    around = surround(database, REGISTRY, tenant, OLD)
    for _ in range(2):
        with pytest.raises(
            Unavailable, match=r"shop is not set up: days .*backhaul plugins settings shop days="
        ):
            await around.settings("shop")
    assert await around.settings("bare") == NoSettings()


async def test_what_is_required_is_asked_for_and_filled_in_field_by_field(database, tenant):
    with pytest.raises(Unavailable, match=r"far\.moon is not set up: url field required"):
        await read(database, tenant, "far.moon")
    assert (await change(database, tenant, "far.moon", url="https://moon.example"))["key"] == "not set"
    await change(database, tenant, "far.moon", key="s3cret")
    assert (await read(database, tenant, "far.moon")).key.get_secret_value() == "s3cret"


async def test_connectors_have_their_own_section_or_their_plugins(database, tenant):
    assert sorted(settings.sections(REGISTRY)) == ["bare", "far", "far.moon", "shop"]
    with pytest.raises(NotFound, match="no settings “mars”"):
        await change(database, tenant, "mars", url="x")


async def test_no_tenant_sees_anothers(database, tenant, other_tenant):
    await change(database, tenant, "shop", days="7")
    assert (await read(database, other_tenant, "shop")).days == 5
    assert await raw(database, other_tenant) == "[]"
