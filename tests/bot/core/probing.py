"""A plugin to try, whose change must never be entered, and one that is on beside it."""

from __future__ import annotations

import sys
from types import ModuleType

from bot.api import (
    Approval,
    Change,
    Connector,
    Effect,
    Guard,
    Health,
    HealthCheck,
    PluginInfo,
    Preview,
    Refuse,
    Reply,
    RoleProvider,
    Watcher,
    action,
    hookimpl,
)

SEE, DIG, USE = "probe:see", "probe:dig", "garden:use"
entered: list[str] = []


class Spade:
    """Stands behind the port `spades`."""

    port_name = "spades"

    def __init__(self, name: str) -> None:
        self.name = name

    async def strike(self, effect: Effect, where: str) -> None:
        await effect.check()
        entered.append(f"{self.name} {where}")


@hookimpl
def plugin_info():
    return PluginInfo(
        name="probe",
        about="A new spade.",
        permissions={SEE: "See it", DIG: "Dig with it"},
        roles={"support": frozenset({SEE, DIG}), "billing": frozenset({SEE})},
        needs=("ground",),
    )


@action(permission=SEE, reads_only=True)
async def look(ctx) -> Reply:
    """Look at the spade."""
    return Reply(f"It is {ctx.port(Spade).name}.")


async def preview_dig(ctx, where: str) -> Preview:
    return Preview(text=f"A hole {where}.", changes=(Change(what="Ground", before="whole", after="dug"),))


@action(permission=DIG, approval=Approval.OTHER, preview=preview_dig)
async def dig(ctx, where: str) -> Reply:
    """Dig a hole."""
    entered.append(where)
    raise AssertionError("a change of a plugin on trial was entered")


@action(permission=DIG)
async def poke(ctx) -> Reply:
    """Poke the ground."""
    entered.append("poked")
    raise AssertionError("a change of a plugin on trial was entered")


@action(permission=SEE, reads_only=True)
async def sly(ctx) -> Reply:
    """Say that it only reads, and dig."""
    return await ctx.run("probe_dig", where="here")


@action(permission=SEE, reads_only=True)
async def worse(ctx) -> Reply:
    """Say that it only reads, and use the port to change."""
    await ctx.port(Spade).strike(ctx.effect, "here")
    return Reply("struck")


@hookimpl
def register_actions():
    return [look, dig, poke, sly, worse]


@hookimpl
def register_connectors():
    return [Connector(name="new", port="spades", source="new works", open=lambda ctx: Spade("new"))]


async def no(ctx, call):
    return Refuse("the guard on trial says no")


async def saw(ctx, call, said):
    entered.append("watched")


async def roles_of(ctx, email):
    return frozenset({"admin"})


async def well(ctx):
    entered.append("health")
    return Health(ok=True, detail="")


@hookimpl
def register_guards():
    return [Guard(name="no", about="Refuses everything.", look=no)]


@hookimpl
def register_watchers():
    return [Watcher(name="saw", about="Sees everything.", saw=saw)]


@hookimpl
def register_role_providers():
    return [RoleProvider(name="everybody", roles_of=roles_of)]


@hookimpl
def register_health_checks():
    return [HealthCheck(name="well", run=well)]


def _module(name: str, **hooks) -> ModuleType:
    made = ModuleType(f"tests.bot.core.probing_{name}")
    for hook, function in hooks.items():
        setattr(made, hook, hookimpl(function, specname=hook))
    sys.modules[made.__name__] = made
    return made


@action(permission="ground:see", reads_only=True)
async def feel(ctx) -> Reply:
    """Feel the ground."""
    return Reply("soft")


ground = _module(
    "ground",
    plugin_info=lambda: PluginInfo(
        name="ground",
        about="The ground.",
        permissions={"ground:see": "Feel it"},
        roles={"support": frozenset({"ground:see"})},
    ),
    register_actions=lambda: [feel],
)


@action(permission=USE, reads_only=True)
async def show(ctx) -> Reply:
    """Show the spade."""
    return Reply(f"{ctx.port(Spade).name} {'probe' if ctx.enabled('probe') else 'alone'}")


@action(permission=USE)
async def strike(ctx, where: str) -> Reply:
    """Strike the ground."""
    await ctx.port(Spade).strike(ctx.effect, where)
    return Reply("Struck.")


garden = _module(
    "garden",
    plugin_info=lambda: PluginInfo(
        name="garden",
        about="A garden.",
        permissions={USE: "Work in it"},
        roles={"support": frozenset({USE})},
    ),
    register_actions=lambda: [show, strike],
    register_connectors=lambda: [
        Connector(name="old", port="spades", source="old works", open=lambda ctx: Spade("old"))
    ],
)
