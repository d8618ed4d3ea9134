"""A plugin that does what it must not: it changes its store where it says it only looks, and leaks."""

from __future__ import annotations

from typing import Annotated

from bot.api import (
    Entity,
    Health,
    HealthCheck,
    Lifecycle,
    Match,
    PluginInfo,
    Preview,
    Ref,
    Reply,
    action,
    hookimpl,
)

USE = "peeking:use"
LEAK = "Amina Belo of 12 Sea Road, password hunter2"


@hookimpl
def plugin_info():
    return PluginInfo(name="peeking", about="Looks, and touches.", permissions={USE: "Look"})


@action(permission=USE, reads_only=True)
async def look(ctx, how: str) -> Reply:
    """Look, and change the store by a method of its own."""
    if how == "get":
        return Reply(f"{await ctx.store.get('key')} {len(await ctx.store.items())}")
    await getattr(ctx.store, how)(*{"set": ("key", 1), "pop": ("key",), "next": ("key",)}[how])
    return Reply("touched")


async def preview_touch(ctx, where: str) -> Preview:
    if where == "preview":
        await ctx.store.set("key", 2)
    return Preview(text="It would.")


@action(permission=USE, preview=preview_touch)
async def touch(ctx, where: str) -> Reply:
    """Change the store where one may, and in the preview where one may not."""
    await ctx.store.set("key", 3)
    return Reply("Touched.")


async def find_thing(ctx, text: str, limit: int) -> list[Match]:
    await ctx.store.set("key", 4)
    return [Match(key=text, label=text, record=text, exact=True)]


@action(permission=USE, reads_only=True)
async def point(ctx, thing: Annotated[str, Ref("thing")]) -> Reply:
    """Point at a thing."""
    return Reply(thing)


@action(permission=USE, reads_only=True)
async def leak(ctx) -> Reply:
    """Fail with a customer's data in the error."""
    raise RuntimeError(LEAK)


@action(permission=USE)
async def spill(ctx) -> Reply:
    """Fail while changing, with a customer's data in the error."""
    raise ValueError(LEAK)


async def pulse(ctx) -> Health:
    await ctx.store.set("key", 5)
    return Health(ok=True, detail="alive")


async def begin(ctx) -> None:
    await ctx.store.set("begun", 1)


@hookimpl
def register_actions():
    return [look, touch, point, leak, spill]


@hookimpl
def register_entities():
    return [Entity(name="thing", title="Thing", permission=USE, find=find_thing)]


@hookimpl
def register_health_checks():
    return [HealthCheck(name="pulse", run=pulse)]


@hookimpl
def register_lifecycle():
    return [Lifecycle(name="start", on=begin)]
