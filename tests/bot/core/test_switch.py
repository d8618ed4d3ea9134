"""Plugins are switched per tenant, with what they need, audited, visible at once everywhere."""

from __future__ import annotations

import sys
from datetime import timedelta
from types import ModuleType

import pytest

from bot.contract.plugin import Lifecycle, PluginInfo
from bot.core import switch
from bot.core.audit import search
from bot.core.identity import get_user
from bot.core.people import add_person
from bot.core.platform import surround
from bot.core.roles import forbid, get_role
from bot.db.cipher import Cipher
from bot.errors import Conflict, NotFound
from bot.hookspecs import hookimpl
from bot.host.loader import load_plugins

CIPHER = Cipher(keys={"k": bytes(32)}, seals_with="k")


def plugin(name, *, permissions=(), roles=None, lifecycle=(), **facts):
    made = ModuleType(f"switched_{name}")
    info = PluginInfo(
        name=name,
        about="A plugin.",
        permissions={f"{name}:{p}": "Do it" for p in permissions},
        roles={role: frozenset(f"{name}:{p}" for p in ps) for role, ps in (roles or {}).items()},
        **facts,
    )
    made.plugin_info = hookimpl(lambda: info, specname="plugin_info")
    made.register_lifecycle = hookimpl(lambda: list(lifecycle))
    sys.modules[made.__name__] = made
    return name, made.__name__


def registry(*plugins):
    loaded = load_plugins(plugins)
    assert loaded.broken == {}
    return loaded.registry


CHAIN = [plugin("base"), plugin("middle", needs=("base",)), plugin("top", needs=("middle",))]


@pytest.fixture
def around(database, tenant):
    return surround(database, registry(*CHAIN), tenant, CIPHER)


async def on(around):
    around.forget()
    return sorted((await around.view()).enabled)


async def test_nothing_is_on_unless_turned_on(around):
    assert await on(around) == []


async def test_what_is_needed_comes_first(around):
    assert (await switch.enable(around, "top")).plugins == ("base", "middle", "top")
    assert await on(around) == ["base", "middle", "top"]
    assert (await switch.enable(around, "top")).plugins == ()


async def test_what_others_need_stays(around):
    await switch.enable(around, "top")
    with pytest.raises(
        Conflict, match=r"base cannot be turned off while something needs it\. Turn off first: middle"
    ):
        await switch.disable(around, "base")
    for name in ("top", "middle", "base"):
        await switch.disable(around, name)
    assert await on(around) == []
    assert (await switch.disable(around, "base")).plugins == ()


async def test_a_plugin_that_is_not_there_is_named(around):
    with pytest.raises(NotFound, match=r"no plugin “moon”.*base, middle, top"):
        await switch.enable(around, "moon")
    with pytest.raises(NotFound, match="no plugin"):
        await switch.disable(around, "moon")


async def test_a_circle_of_needs_ends(database, tenant):
    around = surround(
        database, registry(plugin("a", needs=("b",)), plugin("b", needs=("a",))), tenant, CIPHER
    )
    assert set((await switch.enable(around, "a")).plugins) == {"a", "b"}


async def test_the_switch_is_in_the_audit(around, database, tenant):
    person = await add_person(database, tenant, name="Ann", email="ann@acme.example", by="test")
    user = await get_user(database, around.registry, tenant, person.id)
    await switch.enable(around, "middle", by=user)
    await switch.disable(around, "middle", by=user)
    rows = [
        (r.event, r.by, r.text) for r in await search(database, tenant.id) if r.event.startswith("plugin")
    ]
    assert rows == [
        ("plugin.disabled", "Ann", "turned middle off"),
        ("plugin.enabled", "Ann", "turned base, middle on"),
    ]


async def test_one_tenants_switch_is_not_anothers(around, database, other_tenant):
    await switch.enable(around, "base")
    other = surround(database, around.registry, other_tenant, CIPHER)
    assert await on(other) == []


async def test_another_process_sees_it_at_its_next_reading(around, database, tenant, monkeypatch):
    elsewhere = surround(database, around.registry, tenant, CIPHER)
    assert await on(elsewhere) == []
    await switch.enable(around, "base")
    assert (await elsewhere.view()).enabled == frozenset(), "kept for a second"
    monkeypatch.setattr("bot.core.surroundings.FRESH", -1.0)
    assert (await elsewhere.view()).enabled == {"base"}


async def test_roles_get_the_defaults_once(database, tenant):
    first = plugin("shop", permissions=("sell", "count"), roles={"support": ("sell", "count")})
    around = surround(database, registry(first), tenant, CIPHER)
    await switch.enable(around, "shop")
    assert await held(database, tenant, "support") == {"shop:sell", "shop:count"}
    await forbid(database, tenant, "support", "shop:count", by="test")
    await switch.disable(around, "shop")
    await switch.enable(around, "shop")
    assert await held(database, tenant, "support") == {"shop:sell"}, "what an admin took away stays away"
    newer = plugin("shop", permissions=("sell", "count", "buy"), roles={"support": ("sell", "count", "buy")})
    updated = surround(database, registry(newer), tenant, CIPHER)
    async with database.tenant(tenant.id) as session:
        assert await switch.find_news(session, updated.registry) == {"shop": [("support", "shop:buy")]}
    done = await switch.enable(updated, "shop")
    assert (done.plugins, done.gave) == ((), ("shop:buy to support",))
    assert (await search(database, tenant.id, event="plugin.offered"))[0].text == "gave shop:buy to support"
    assert (await switch.enable(updated, "shop")).gave == ()
    assert await held(database, tenant, "support") == {"shop:sell", "shop:buy"}, (
        "a new version gives what is new"
    )


async def held(database, tenant, role):
    async with database.tenant(tenant.id) as session:
        return {p.permission for p in (await get_role(session, role)).permissions}


async def test_hooks_run_after_the_switch_with_a_context(database, tenant):
    told = []

    async def hello(ctx):
        await ctx.store.set("on", ctx.user.name)
        told.append(("on", ctx.tenant.slug, [r.event for r in await search(database, tenant.id)]))

    async def bye(ctx):
        told.append(("off", await ctx.store.get("on")))

    around = surround(
        database,
        registry(plugin("shop", lifecycle=[Lifecycle(name="shop", on=hello, off=bye)])),
        tenant,
        CIPHER,
    )
    await switch.enable(around, "shop")
    await switch.disable(around, "shop")
    assert told == [("on", "acme", ["plugin.enabled"]), ("off", "the operator")]


async def test_a_hook_that_fails_or_hangs_is_told_and_the_switch_stays(database, tenant, monkeypatch):
    import asyncio

    monkeypatch.setattr(switch, "DEADLINE", timedelta(seconds=1))

    async def broken(ctx):
        raise RuntimeError("secret detail")

    async def hangs(ctx):
        await asyncio.Event().wait()

    hooks = [Lifecycle(name="a", on=broken), Lifecycle(name="b", on=hangs)]
    around = surround(database, registry(plugin("shop", lifecycle=hooks)), tenant, CIPHER)
    done = await switch.enable(around, "shop")
    assert done.troubles == (
        "shop: its own start failed (RuntimeError)",
        "shop: its own start failed (TimeoutError)",
    )
    assert await on(around) == ["shop"]


async def test_a_new_tenant_gets_what_is_on_by_default(database, tenant):
    around = surround(
        database, registry(plugin("always", on_by_default=True), plugin("never")), tenant, CIPHER
    )
    assert await switch.found_tenant(around) == ["always"]
    assert await switch.found_tenant(around) == []
    assert await on(around) == ["always"]
    await switch.disable(around, "always")
    assert await on(around) == []


async def test_a_plugin_that_is_gone_is_off_without_fuss(around, database, tenant):
    await switch.enable(around, "top")
    smaller = surround(database, registry(*CHAIN[:1]), tenant, CIPHER)
    assert await on(smaller) == ["base"]
    assert (await switch.disable(smaller, "top")).plugins == ("top",)
