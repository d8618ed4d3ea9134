"""Two small plugins to switch on and off: a shed, and tools that need it."""

from __future__ import annotations

import sys
from types import ModuleType

from bot.api import BaseModel, Connector, Health, HealthCheck, PluginInfo, Reply, SecretStr, action, hookimpl


class Settings(BaseModel):
    size: int = 3
    key: SecretStr = SecretStr("")


@hookimpl
def plugin_info():
    return PluginInfo(
        name="shed", about="A shed.", permissions={"shed:use": "Use the shed"}, settings=Settings
    )


async def door(ctx):
    return Health(ok=True, detail="closed")


async def roof(ctx):
    raise RuntimeError("rain comes in")


@hookimpl
def register_health_checks():
    return [HealthCheck(name="door", run=door), HealthCheck(name="roof", run=roof)]


@hookimpl
def register_connectors():
    return [
        Connector(
            name=name, port="spades", source=f"{name} works", open=lambda ctx, name=name: f"{name} spade"
        )
        for name in ("iron", "wood")
    ]


@action(permission="tools:use", reads_only=True)
async def lend(ctx) -> Reply:
    """Lend a tool."""
    return Reply("Lent.")


def tools_info():
    return PluginInfo(name="tools", about="Tools.", permissions={"tools:use": "Use tools"}, needs=("shed",))


tools = ModuleType("tests.plugins.admin.shed_tools")
tools.plugin_info = hookimpl(tools_info, specname="plugin_info")
tools.register_actions = hookimpl(lambda: [lend])
sys.modules[tools.__name__] = tools
