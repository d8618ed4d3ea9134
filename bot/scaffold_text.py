"""What `backhaul new-plugin` writes: a small whole plugin, and a test that proves it."""

from __future__ import annotations

PLUGIN = '''"""$title: say in one sentence what this plugin is for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from bot.api import Action, BaseModel, Context, Field, PluginInfo, Reply, action, hookimpl


class Settings(BaseModel):
    """What an admin of a workspace can set."""

    greeting: str = "Hello"


Ctx = Context[Settings]
READ, WRITE = "$name:read", "$name:write"


@hookimpl
def plugin_info() -> PluginInfo:
    """Say who we are: what people read before they turn it on."""
    return PluginInfo(
        name="$name",
        about="$title: greets people and counts how often.",
        permissions={READ: "See how often somebody was greeted", WRITE: "Greet people"},
        roles={"support": frozenset({READ, WRITE}), "admin": frozenset({READ, WRITE})},
        settings=Settings,
    )


@action(permission=WRITE, examples=["say hello to {name}"])
async def hello(ctx: Ctx, name: Annotated[str, Field(min_length=1, max_length=100)] = "world") -> Reply:
    """Greet somebody and count it."""
    await ctx.effect.check()
    number = await ctx.store.next("greetings")
    await ctx.store.set("last", name)
    return Reply(f"{ctx.settings.greeting}, {name}! That was greeting number {number}.", data=number)


@action(permission=READ, reads_only=True, examples=["who was greeted last"])
async def last(ctx: Ctx) -> Reply:
    """Say who was greeted last."""
    name = await ctx.store.get("last")
    return Reply(f"The last one was {name}." if name else "Nobody was greeted yet.", data=name)


@hookimpl
def register_actions() -> Sequence[Action]:
    """Give the verbs; each is a command, a button, a form and a tool."""
    return [hello, last]
'''

TEST = '''"""The plugin $name does what it says, for those who may, where it is on."""

from __future__ import annotations

import pytest

import $module as plugin
from bot.api import NotAllowed, NotFound
from bot.testing import check_contract


async def test_it_greets_and_remembers(bench):
    kit = await bench(plugin, settings={"greeting": "Jambo"})
    assert (await kit.act("hello", name="Amina")).text == "Jambo, Amina! That was greeting number 1."
    assert (await kit.act("last", user=kit.bob)).data == "Amina"
    assert (await kit.events("hello"))[-1] == "ran"


async def test_it_asks_for_permission(bench):
    kit = await bench(plugin)
    with pytest.raises(NotAllowed):
        await kit.act("hello", user=kit.eve)


async def test_off_means_not_there(bench):
    kit = await bench(plugin)
    await kit.disable()
    with pytest.raises(NotFound):
        await kit.act("hello")


def test_it_keeps_the_contract():
    assert check_contract(plugin) == []
'''

INIT = '''"""Tests of the plugin $name."""
'''

PYPROJECT = """[build-system]
requires = ["hatchling>=1.27"]
build-backend = "hatchling.build"

[project]
name = "backhaul-$name"
version = "0.1.0"
description = "$title: a plugin for Backhaul."
requires-python = ">=3.11"
dependencies = ["backhaul"]

[project.entry-points."backhaul.plugins"]
$name = "$module"

[tool.hatch.build.targets.wheel]
packages = ["$module"]

[tool.pytest.ini_options]
testpaths = ["tests"]
pythonpath = ["."]
"""

README = """# backhaul-$name

$title: a plugin for Backhaul.

    pip install --editable .
    pytest
    backhaul plugins enable $name --tenant YOURS
"""
