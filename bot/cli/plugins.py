"""Plugins of a tenant: `plugins list|show|enable|disable|try|settings`, and `new-plugin`."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.exits import Exit, fail, run

if TYPE_CHECKING:
    from bot.host.registry import View
from bot.cli.options import AsJson, TenantName, length_of

app = typer.Typer(no_args_is_help=True, help="See plugins, turn them on and off for a tenant, set them.")


@app.command("list")
def list_(tenant: TenantName = None, as_json: AsJson = False) -> None:
    """Show every plugin there is, whether it is on for the tenant, and why one was set aside."""
    run(_list(tenant, as_json=as_json))


async def _list(slug: str | None, *, as_json: bool) -> None:
    from bot.cli.opened import opened, show, the_tenant
    from bot.core.trial import words

    async with opened(quiet=as_json) as main:
        tenant = await the_tenant(main, slug)
        around = main.around(tenant)
        view, tried = await around.view(), await words(around, main.clock())
        records = [
            {
                "plugin": name,
                "state": "on" if name in view.enabled else "on trial" if name in tried else "off",
                "about": tried.get(name) or info.about,
            }
            for name, info in sorted(main.registry.plugins.items())
        ]
        records += [
            {"plugin": name, "state": "set aside", "about": why}
            for name, why in sorted(main.loaded.broken.items())
        ]
    show(records, ["Plugin", "State", "About"], [list(r.values()) for r in records], as_json=as_json)


@app.command("show")
def show_(name: str, tenant: TenantName = None, as_json: AsJson = False) -> None:
    """Show what turning a plugin on would bring: what it needs, its actions, and who could use them."""
    run(_show(name, tenant, as_json=as_json))


async def _show(name: str, slug: str | None, *, as_json: bool) -> None:
    from bot.cli.opened import opened, out, show, the_tenant
    from bot.contract.action import Action, Approval
    from bot.core.switch import check_known, wanted_by
    from bot.core.trial import words

    async with opened(quiet=as_json) as main:
        check_known(main.registry, name)
        tenant = await the_tenant(main, slug)
        on = (await main.around(tenant).view()).enabled
        needed = [one for one in wanted_by(main.registry, name) if one not in on]
        tried = (await words(main.around(tenant), main.clock())).get(name, "")
        info = main.registry.plugins[name]
        view = main.registry.view(frozenset({name}))
        order = main.registry.view(frozenset({*on, *needed, name}))
    roles = {p: sorted(r for r, given in info.roles.items() if p in given) for p in info.permissions}
    actions = view.all(Action)
    records = [
        {
            "action": owned.id,
            "about": owned.item.about.splitlines()[0],
            "changes": not owned.item.reads_only,
            "approval": Approval(owned.item.approval).name.lower(),
            "roles": roles.get(owned.item.permission, []),
        }
        for owned in actions
    ]
    if not as_json:
        turned = f"would turn on {', '.join(needed)}" if needed else "is on already"
        out.print(f"{name}: {info.about} It {turned} for {tenant.slug}.", markup=False)
        if tried:
            out.print(f"It is {tried}.", markup=False)
    rows = [
        [*list(r.values())[:4], ", ".join(roles.get(o.item.permission, []))]
        for r, o in zip(records, actions, strict=True)
    ]
    titles = ["Action", "What it does", "Changes", "Approval", "Roles by default"]
    show(records, titles, rows, as_json=as_json)
    if not as_json:
        _print_order(name, order)


def _print_order(name: str, view: View) -> None:
    """Say what looks at calls, in the order in which it does with all that is on."""
    from bot.cli.opened import out

    guards = [(o.plugin, f"{o.id}: {o.item.about}") for o in view.guards]
    watchers = [(o.plugin, f"{o.id}: {o.item.about}") for o in view.watchers]
    for called, found in (("Guards, before a call", guards), ("Watchers, after it", watchers)):
        if name in {plugin for plugin, _ in found}:
            out.print(f"{called}, in this order:", markup=False)
            for nr, (_, line) in enumerate(found, 1):
                out.print(f"  {nr}. {line}", markup=False)


@app.command()
def enable(name: str, tenant: TenantName = None) -> None:
    """Turn a plugin on for a tenant, with the plugins it needs."""
    run(_switch(name, tenant, on=True))


@app.command()
def disable(name: str, tenant: TenantName = None) -> None:
    """Turn a plugin off for a tenant. Its settings and data stay."""
    run(_switch(name, tenant, on=False))


async def _switch(name: str, slug: str | None, *, on: bool) -> None:
    from bot.cli.opened import opened, operator_user, out, the_tenant
    from bot.core import switch

    async with opened() as main:
        tenant = await the_tenant(main, slug)
        change = switch.enable if on else switch.disable
        done = await change(main.around(tenant), name, by=operator_user())
        what = "on" if on else "off"
        if done.plugins:
            out.print(f"Turned {what} for {tenant.slug}: {', '.join(done.plugins)}.")
        elif not done.gave:
            out.print(f"{name} was {what} already for {tenant.slug}.")
        if done.gave:
            out.print(f"Gave what is new: {', '.join(done.gave)}.")
        for trouble in done.troubles:
            out.print(f"But: {trouble}")


@app.command("try")
def try_(
    name: str,
    user: Annotated[list[str] | None, typer.Option(help="Who tries it: e-mail; may be repeated.")] = None,
    role: Annotated[list[str] | None, typer.Option(help="Whose holders try it. Default: admin.")] = None,
    lasts: Annotated[str, typer.Option("--for", help="How long: 7d, 12h.")] = "7d",
    end: Annotated[bool, typer.Option("--end", help="End the trial instead.")] = False,
    tenant: TenantName = None,
) -> None:
    """Let some people try a plugin that is off: they read with it, and its changes are only shown."""
    if end:
        run(_end_trial(name, tenant))
        return
    length = length_of(lasts)
    if length is None:
        fail(f"“{lasts[:40]}” is no length of time such as 7d or 12h.", Exit.USAGE)
    run(_try(name, user or [], role or [], length, tenant))


async def _try(name: str, people: list[str], roles: list[str], lasts: timedelta, slug: str | None) -> None:
    from bot.cli.opened import opened, operator_user, out, the_tenant
    from bot.contract.platform import TrialWish
    from bot.core import trial

    async with opened() as main:
        tenant = await the_tenant(main, slug)
        users = [(await main.person(tenant, one)).id for one in people]
        around, now = main.around(tenant), main.clock()
        wish = TrialWish(plugin=name, users=users, roles=roles, until=now + lasts)
        await trial.begin(around, wish, by=operator_user(), now=now)
        told = (await trial.words(around, now))[name]
    out.print(f"{name} is {told}. Its changes are only shown.", markup=False)
    out.print(f"`backhaul plugins try {name} --end` ends it; turning it on or off does too.", markup=False)


async def _end_trial(name: str, slug: str | None) -> None:
    from bot.cli.opened import opened, operator_user, out, the_tenant
    from bot.core import trial

    async with opened() as main:
        ended = await trial.end(main.around(await the_tenant(main, slug)), name, by=operator_user())
    out.print(f"The trial of {name} is over." if ended else f"{name} is not on trial.")


@app.command()
def settings(
    section: Annotated[
        str, typer.Argument(help="The plugin (or connector) whose settings to see or change.")
    ],
    changes: Annotated[
        list[str] | None, typer.Argument(help="name=value; name= goes back to the default.")
    ] = None,
    tenant: TenantName = None,
    as_json: AsJson = False,
) -> None:
    """Show or change a plugin's settings; secrets are encrypted and never shown."""
    run(_settings(section, changes or [], tenant, as_json=as_json))


async def _settings(section: str, changes: list[str], slug: str | None, *, as_json: bool) -> None:
    from bot.cli.opened import opened, operator, out, show, the_tenant
    from bot.core.settings import change_settings, model_of, show_settings

    pairs: dict[str, str | None] = {}
    for change in changes:
        name, sign, value = change.partition("=")
        if not sign:
            fail(f"“{change}” is not name=value.")
        pairs[name] = value or None
    async with opened(quiet=as_json) as main:
        tenant = await the_tenant(main, slug)
        if pairs:
            shown = await change_settings(
                main.database, main.registry, main.cipher, tenant, section, pairs, by=operator()
            )
        else:
            model = model_of(main.registry, section)
            state = await main.around(tenant).state()
            shown = show_settings(model, state.saved.get(section))
    if not shown and not as_json:
        out.print(f"{section} has no settings.")
        return
    show([shown], ["Setting", "Value"], list(shown.items()), as_json=as_json)


def new_plugin(
    name: Annotated[str, typer.Argument(help="Lower case, e.g. speedtest.")],
    folder: Annotated[Path, typer.Option(help="Where to write it.")] = Path(),
) -> None:
    """Write a new plugin and its test, and run the checks on them."""
    from bot.scaffold import new_plugin as write

    raise typer.Exit(0 if write(name, folder) else 1)
