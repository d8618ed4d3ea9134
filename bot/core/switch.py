"""Turning plugins on and off for one tenant, with what they need and what needs them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.contract.people import User
from bot.contract.platform import NEEDED
from bot.contract.plugin import Lifecycle
from bot.contract.port import Connector
from bot.contract.roster import Roster
from bot.core.journal import note
from bot.core.on_call_telling import untell_all
from bot.core.roles import do_add_built_in
from bot.core.surroundings import Surroundings
from bot.db import plugins, roles
from bot.db.session import Session
from bot.db.trials import do_end_trials
from bot.errors import Conflict, NotFound
from bot.host.registry import Registry
from bot.trouble import warn

DEADLINE = timedelta(seconds=20)
OPERATOR = User(id="operator", name="the operator")
"""Who switches where nobody is at hand: a demo, a test. Commands name the account that runs them."""


@dataclass(frozen=True, kw_only=True)
class Switched:
    """What changed: the plugins in order, and what went wrong in their own start or end.

    `gave` says what roles were given of what plugins that were on already have brought since.
    """

    plugins: tuple[str, ...]
    troubles: tuple[str, ...] = ()
    gave: tuple[str, ...] = ()


def wanted_by(registry: Registry, name: str) -> list[str]:
    """Return a plugin and everything it needs, what is needed first."""
    order: list[str] = []
    waiting: set[str] = set()

    def visit(one: str) -> None:
        if one in order or one in waiting:
            return
        waiting.add(one)
        for need in registry.plugins[one].needs:
            visit(need)
        order.append(one)

    visit(name)
    return order


def check_known(registry: Registry, name: str) -> None:
    """Raise NotFound unless this plugin is loaded."""
    if name not in registry.plugins:
        known = ", ".join(sorted(registry.plugins))
        raise NotFound(
            f"There is no plugin “{name[:60]}” here, or it was set aside (`backhaul check` says why). "
            f"There are: {known}."
        )


async def enable(around: Surroundings, name: str, *, by: User = OPERATOR) -> Switched:
    """Turn a plugin on, with the plugins it needs; nothing happens to those that are on.

    The first time, its role defaults are given to the built-in roles; what an admin takes away
    later stays away, and a new version of the plugin gives its new defaults only.
    """
    check_known(around.registry, name)
    async with around.database.tenant(around.tenant.id) as session:
        news = await find_news(session, around.registry)
        changed = await do_enable(session, around.registry, [name], by=by.id)
        if changed:
            await write_down(session, "plugin.enabled", by, changed)
        wanted = wanted_by(around.registry, name)
        gave = tuple(f"{permission} to {role}" for one in wanted for role, permission in news.get(one, ()))
        if gave:
            text, facts = f"gave {', '.join(gave)}", {"plugins": [one for one in wanted if one in news]}
            await note(session, event="plugin.offered", by=by.id, text=text, facts=facts)
    return replace(await _after(around, changed, by, on=True), gave=gave)


async def do_enable(session: Session, registry: Registry, names: Iterable[str], *, by: str) -> list[str]:
    """Turn plugins and what they need on; return those that were off, what is needed first.

    Built-in roles are given the permissions that these plugins have not offered them before.
    """
    await plugins.lock_switches(session)
    await do_add_built_in(session)
    switches = {s.plugin: s for s in await plugins.find_switches(session)}
    wanted = list(dict.fromkeys(n for name in names for n in wanted_by(registry, name)))
    before = {one: switches[one].offered if one in switches else frozenset() for one in wanted}
    news = {one: _defaults(registry, one) - before[one] for one in wanted}
    changed = [one for one in wanted if one not in switches or not switches[one].enabled]
    lines = [line.partition(" ") for one in wanted for line in sorted(news[one])]
    await roles.do_offer(session, [(role, permission) for role, _, permission in lines])
    written = {one: before[one] | news[one] for one in wanted if one in changed or news[one]}
    await plugins.do_switch_all(session, written, enabled=True, by=by)
    return changed


async def find_news(session: Session, registry: Registry) -> dict[str, list[tuple[str, str]]]:
    """Return what plugins that are on have brought since, and no role was given: (role, permission)."""
    news: dict[str, list[tuple[str, str]]] = {}
    for switch in await plugins.find_switches(session):
        if switch.enabled and switch.plugin in registry.plugins:
            for line in sorted(_defaults(registry, switch.plugin) - switch.offered):
                role, _, permission = line.partition(" ")
                news.setdefault(switch.plugin, []).append((role, permission))
    return news


def _defaults(registry: Registry, name: str) -> frozenset[str]:
    roles_of = registry.plugins[name].roles
    return frozenset(f"{role} {one}" for role, permissions in roles_of.items() for one in permissions)


async def disable(around: Surroundings, name: str, *, by: User = OPERATOR) -> Switched:
    """Turn a plugin off; Conflict names the plugins that need it. Its settings and data stay."""
    async with around.database.tenant(around.tenant.id) as session:
        await plugins.lock_switches(session)
        switches = {s.plugin: s for s in await plugins.find_switches(session)}
        old = switches.get(name)
        if old is None or not old.enabled:
            check_known(around.registry, name)
            if await do_end_trials(session, [name]):
                await write_down(session, "plugin.trial_ended", by, [name])
                around.forget()
            return Switched(plugins=())
        users = needed_by(around.registry, name, [s.plugin for s in switches.values() if s.enabled])
        if users:
            raise Conflict(NEEDED.format(name=name, users=", ".join(users)))
        await plugins.do_switch(session, name, enabled=False, offered=old.offered, by=by.id)
        await write_down(session, "plugin.disabled", by, [name])
        if around.registry.view(frozenset({name})).all(Roster):
            await untell_all(session)
    return await _after(around, [name], by, on=False)


async def choose_connector(around: Surroundings, port: str, connector: str, *, by: str) -> None:
    """Choose which system stands behind a port; it must be one that is on here."""
    offers = {o.item.name for o in (await around.view()).all(Connector) if o.item.port == port}
    if connector not in offers:
        there = ", ".join(sorted(offers)) or "none that is on here"
        raise NotFound(f"“{connector[:60]}” cannot stand behind “{port[:60]}”. There is: {there}.")
    async with around.database.tenant(around.tenant.id) as session:
        await plugins.do_choose(session, port, connector, by=by)
        text = f"put {connector} behind {port}"
        await note(session, event="port.chosen", by=by, text=text)
    around.forget()


def needed_by(registry: Registry, name: str, enabled: Iterable[str]) -> list[str]:
    """Return which of these plugins cannot do without one."""
    return sorted(
        other for other in enabled if other in registry.plugins and name in registry.plugins[other].needs
    )


async def write_down(session: Session, event: str, by: User, changed: list[str]) -> None:
    """Write the switch down."""
    names = ", ".join(changed)
    ends = {"plugin.enabled": f"turned {names} on", "plugin.disabled": f"turned {names} off"}
    text = ends.get(event, f"ended the trial of {names}")
    await note(session, event=event, by=by.id, text=text, facts={"plugins": changed})


async def _after(around: Surroundings, changed: list[str], by: User, *, on: bool) -> Switched:
    """Run the plugins' own hooks; a fault is told and logged, the switch stays."""
    if not changed:
        return Switched(plugins=())
    around.forget()
    troubles: list[str] = []
    everything = around.registry.view(frozenset(changed))
    for owned in everything.all(Lifecycle):
        run = owned.item.on if on else owned.item.off
        if run is None:
            continue
        try:
            async with asyncio.timeout(DEADLINE.total_seconds()):
                await run(await around.context(owned.plugin, by, keeps=True))
        except Exception as error:  # noqa: BLE001 - a plugin's own fault must not undo the switch
            warn("lifecycle_failed", error, plugin=owned.plugin, hook=owned.item.name)
            troubles.append(
                f"{owned.plugin}: its own {'start' if on else 'end'} failed ({type(error).__name__})"
            )
    return Switched(plugins=tuple(changed), troubles=tuple(troubles))


async def found_tenant(
    around: Surroundings, *, with_plugins: Iterable[str] = (), by: User = OPERATOR
) -> list[str]:
    """Give a new tenant its built-in roles, the plugins that are on by default, and these; return them.

    Nothing else turns a plugin on by itself: one that is installed later stays off until an admin
    wants it. It is safe to do this again.
    """
    registry = around.registry
    wanted = [name for name, info in registry.plugins.items() if info.on_by_default]
    for name in with_plugins:
        check_known(registry, name)
        wanted.append(name)
    async with around.database.tenant(around.tenant.id) as session:
        changed = await do_enable(session, registry, wanted, by=by.id)
        if changed:
            await write_down(session, "plugin.enabled", by, changed)
    await _after(around, changed, by, on=True)
    return changed
