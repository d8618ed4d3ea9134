"""Plugins: what is there, what is on, whether it works, how it is set."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bot.api import (
    ActionCall,
    Approval,
    Change,
    Column,
    Conflict,
    NotFound,
    Preview,
    Reply,
    SecretStr,
    Table,
    Tone,
    action,
    platform,
)
from plugins.admin.nouns import HEALTH, PLUGINS, SETTINGS, Ctx, Word, core, source

UNDO = timedelta(hours=1)
PATIENCE = timedelta(minutes=3)
"""A plugin may do things of its own when it is switched, under a deadline of the core's."""


@action(
    permission=HEALTH,
    reads_only=True,
    examples=[
        "list plugins",
        "which plugins are on",
        "which plugins can we use",
        "plugins",
        "is a plugin broken",
    ],
)
async def plugins(ctx: Ctx) -> Reply:
    """List the plugins: which are on, which there are, which were set aside and why."""
    cards = await core(ctx).plugins()
    rows = [(card.name, state_of(card), card.broken or card.trial or card.about) for card in cards]
    ports = await core(ctx).ports()
    return Reply(
        f"{sum(card.on for card in cards)} of {len(cards)} plugins are on.",
        data=tuple(cards),
        facts={f"{port} is": connector for port, connector in ports.items()},
        table=Table(columns=(Column("Plugin"), Column("State"), Column("About")), rows=rows),
        evidence=source(ctx),
        tone=Tone.WARN if any(card.broken for card in cards) else Tone.PLAIN,
    )


def state_of(card: platform.PluginCard) -> str:
    """Return how a plugin stands, in a word."""
    if card.broken:
        return "set aside"
    return "on" if card.on else "on trial" if card.trial else "off"


@action(
    permission=HEALTH,
    reads_only=True,
    examples=[
        "health",
        "is everything working",
        "are all plugins healthy",
        "are our systems reachable",
    ],
)
async def health(ctx: Ctx) -> Reply:
    """Ask every plugin that is on whether the systems it depends on answer."""
    lines = await core(ctx).health()
    if not lines:
        return Reply("No plugin that is on here says anything about its health.", evidence=source(ctx))
    bad = [line for line in lines if not line.ok]
    rows = [(line.plugin, line.check, "ok" if line.ok else "FAILED", line.detail) for line in lines]
    columns = (Column("Plugin"), Column("Check"), Column("State"), Column("Detail"))
    return Reply(
        f"{len(bad)} of {len(lines)} checks failed." if bad else f"All {len(lines)} checks are fine.",
        data=tuple(lines),
        table=Table(columns=columns, rows=rows) if rows else None,
        evidence=source(ctx),
        tone=Tone.BAD if bad else Tone.GOOD,
    )


OWN = "admin"
ITSELF = (
    "I leave {name} on: {own} is what turns plugins on and off here, so nobody in this workspace could turn "
    "it on again. Whoever runs this service can: `backhaul plugins disable {name}`."
)


async def card_of(ctx: Ctx, name: str) -> platform.PluginCard:
    """Return one plugin, or say which there are."""
    cards = {card.name: card for card in await core(ctx).plugins()}
    if name not in cards:
        raise NotFound(f"There is no plugin “{name}”. There are: {', '.join(sorted(cards))}.")
    return cards[name]


async def preview_enable(ctx: Ctx, name: Word) -> Preview:
    """Say what comes with it."""
    card = await card_of(ctx, name)
    if card.on:
        raise Conflict(f"{card.name} is on already, so there is nothing to do.")
    return Preview(
        text=f"Turn on {card.name}: {card.about or card.broken}",
        changes=tuple(Change(what=p, after=meaning) for p, meaning in card.permissions.items()),
        hits=0,
        warnings=(f"It turns on {', '.join(card.needs)} too.",) if card.needs else (),
    )


@action(
    permission=PLUGINS,
    approval=Approval.SELF,
    preview=preview_enable,
    timeout=PATIENCE,
    examples=[
        "enable plugin {name}",
        "turn on {name}",
        "switch the {name} plugin on",
        "enable the {name} plugin",
        "turn on the {name} plugin",
        "turn the {name} plugin on",
        "activate the {name} plugin",
        "{name} plugin on",
    ],
)
async def enable_plugin(ctx: Ctx, name: Word) -> Reply:
    """Turn a plugin on in this workspace, with the plugins it needs."""
    changed = await core(ctx).enable(ctx.effect, ctx.user, name)
    text = f"Turned on: {', '.join(changed)}." if changed else f"{name} is on already."
    undo = ActionCall(action_id="admin_disable_plugin", args={"name": name}) if changed else None
    return Reply(text, data=tuple(changed), evidence=source(ctx), undo=undo, undo_within=UNDO)


async def preview_disable(ctx: Ctx, name: Word) -> Preview:
    """Say what goes away."""
    card = await card_of(ctx, name)
    if not card.on:
        raise Conflict(f"{card.name} is off already, so there is nothing to do.")
    await check_leaves_admin(ctx, name)
    if users := sorted(one.name for one in await core(ctx).plugins() if one.on and name in one.needs):
        raise Conflict(platform.NEEDED.format(name=name, users=", ".join(users)))
    return Preview(
        text=f"Turn off {card.name} for everybody here. Its settings and data stay.",
        hits=0,
        warnings=await _held_up(ctx) if card.rosters and card.on else (),
    )


async def check_leaves_admin(ctx: Ctx, name: str) -> None:
    """Raise Conflict for what would take from everybody here the way to turn it on again."""
    needs = (await card_of(ctx, OWN)).needs
    if name == OWN or name in needs:
        raise Conflict(ITSELF.format(name=name, own="it" if name == OWN else OWN))


async def _held_up(ctx: Ctx) -> tuple[str, ...]:
    """Name the approval policies that nobody could agree to without rosters."""
    return tuple(
        f"An approval policy goes by who is on call: {one.id}: {one.words(ctx.tenant.currency)} "
        "While nothing says who that is, nobody can agree to what it covers."
        for one in await core(ctx).policies()
        if one.on_call
    )


@action(
    permission=PLUGINS,
    approval=Approval.SELF,
    preview=preview_disable,
    timeout=PATIENCE,
    examples=[
        "disable plugin {name}",
        "turn off {name}",
        "disable the {name} plugin",
        "turn the {name} plugin off",
        "turn off the {name} plugin",
        "switch the {name} plugin off",
        "{name} plugin off",
        "get rid of the {name} plugin",
    ],
)
async def disable_plugin(ctx: Ctx, name: Word) -> Reply:
    """Turn a plugin off in this workspace; its settings and data stay."""
    await check_leaves_admin(ctx, name)
    changed = await core(ctx).disable(ctx.effect, ctx.user, name)
    text = f"Turned off: {', '.join(changed)}." if changed else f"{name} is off already."
    undo = ActionCall(action_id="admin_enable_plugin", args={"name": name}) if changed else None
    return Reply(text, data=tuple(changed), evidence=source(ctx), undo=undo, undo_within=UNDO)


@action(
    permission=SETTINGS,
    reads_only=True,
    examples=[
        "settings of {plugin}",
        "show the settings of {plugin}",
        "how is {plugin} configured",
        "how is the {plugin} plugin set up",
    ],
)
async def settings(ctx: Ctx, plugin: Word) -> Reply:
    """Show the settings of a plugin; secrets stay hidden."""
    return shown(ctx, plugin, dict(await core(ctx).settings(plugin)))


def shown(ctx: Ctx, plugin: str, values: dict[str, Any]) -> Reply:
    """Return settings for people."""
    rows = [(name, str(value)) for name, value in values.items()]
    return Reply(
        f"Settings of {plugin}." if rows else f"{plugin} has no settings.",
        data=values,
        table=Table(columns=(Column("Setting"), Column("Value")), rows=rows) if rows else None,
        evidence=source(ctx),
        private=True,
    )


async def preview_set_setting(ctx: Ctx, plugin: Word, name: Word, value: SecretStr) -> Preview:
    """Say what is set, never to what; NotFound for a plugin or a setting that is not there."""
    there = await core(ctx).settings(plugin)
    if name not in there:
        known = f"It has: {', '.join(sorted(there))}." if there else "It has none."
        raise NotFound(f"{plugin} has no setting “{name[:60]}”. {known}")
    default = value.get_secret_value() == "default"
    to = "back to what it is at first" if default else "to the value you gave, which is not shown here"
    return Preview(text=f"Set {name} of the plugin {plugin} {to}.", hits=0)


@action(
    permission=SETTINGS,
    approval=Approval.SELF,
    preview=preview_set_setting,
    examples=["set {name} of {plugin} to {value}"],
)
async def set_setting(ctx: Ctx, plugin: Word, name: Word, value: SecretStr) -> Reply:
    """Change one setting of a plugin; `default` takes it back. Values are never kept in the audit."""
    text = value.get_secret_value()
    wanted = None if text == "default" else text
    values = await core(ctx).set_setting(ctx.effect, ctx.user, plugin, name, wanted)
    return shown(ctx, plugin, dict(values))


@action(permission=PLUGINS, approval=Approval.SELF, examples=["use {connector} for {port}"])
async def choose_connector(ctx: Ctx, port: Word, connector: Word) -> Reply:
    """Choose the system that stands behind a port: customers, billing, tickets, e-mail or network."""
    await core(ctx).choose_connector(ctx.effect, ctx.user, port, connector)
    return Reply(f"{port} is {connector} from now on.", evidence=source(ctx))


ACTIONS = (plugins, health, enable_plugin, disable_plugin, settings, set_setting, choose_connector)
