"""Channel rules set by a tenant: what may be asked and done in which place."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from bot.contract.action import Action
from bot.contract.channel import DEFAULTS, SHARED, ChannelRule
from bot.contract.people import Tenant
from bot.contract.place import Place
from bot.core.export_read import ChannelPart
from bot.core.journal import note
from bot.core.roles import get_role
from bot.db import channels
from bot.db.channels import Known
from bot.db.database import Database
from bot.db.session import Session
from bot.errors import BadInput, NotFound
from bot.host.registry import Registry

CHANNEL_ID = re.compile(r"[CDG][A-Z0-9]{7,40}")
"""How Slack names a channel; anything else is what people call it."""
MOST, LONGEST_NOTE = 40, 500
PHRASES = {
    "here": "",
    "this channel": "",
    "channels": "*channels",
    "all channels": "*channels",
    "dm": "*direct",
    "dms": "*direct",
    "direct": "*direct",
    "direct messages": "*direct",
    "shared": "*shared",
    "shared channels": "*shared",
}


async def find(database: Database, tenant: Tenant) -> list[ChannelRule]:
    """Return every rule of the tenant, the defaults first."""
    async with database.tenant(tenant.id) as session:
        return await channels.find_rules(session)


async def find_all(database: Database, tenant: Tenant) -> list[ChannelRule]:
    """Return every rule, and the channels without one in which a guest is: the rule for their like holds."""
    async with database.tenant(tenant.id) as session:
        rules, guarded = await channels.find_rules(session), await channels.find_guarded(session)
    like = next((one for one in rules if one.channel == SHARED and one.outsiders), None)
    return [*rules, *(_under(like, one) if like else one for one in guarded)]


def _under(like: ChannelRule, one: ChannelRule) -> ChannelRule:
    """Return a channel without a rule of its own as the rule for its like has it."""
    own = replace(like, channel=one.channel, surface=one.surface, name=one.name, note="")
    return replace(own, guests=one.guests, made=one.made)


async def find_channel(database: Database, tenant: Tenant, words: str, place: Place) -> ChannelRule:
    """Return the channel these words mean, as a rule that says nothing yet.

    `here`, `#noc`, its id, or `channels`, `direct`, `shared` for the defaults. NotFound says what to do.
    """
    said = words.strip().strip("<>").removeprefix("#").strip()
    if (default := PHRASES.get(said.lower(), said.lower())) in DEFAULTS:
        return ChannelRule(channel=default, surface="")
    if said.lower() in {"here", "this channel"}:
        if not place.channel or place.direct:
            raise BadInput("This is no channel. Name one, like #noc, or say it there.")
        said = place.channel
    async with database.tenant(tenant.id) as session:
        return await _channel(session, said, place.surface or "slack")


async def _channel(session: Session, said: str, surface: str) -> ChannelRule:
    bare, _, label = said.partition("|")
    if CHANNEL_ID.fullmatch(bare):
        known = await channels.get_known(session, "slack", bare)
        return _bare(known or Known(surface="slack", channel=bare), label)
    if known := await channels.get_known(session, surface, said):
        return _bare(known)
    found = await channels.find_named(session, said.lower())
    if len(found) == 1:
        return _bare(found[0])
    if found:
        ids = ", ".join(one.channel for one in found)
        raise BadInput(f"Several channels are called #{said[:80]}: {ids}. Name the one you mean by its id.")
    raise NotFound(
        f"I do not know a channel #{said[:80]} yet. Tell me its id (in Slack: the channel's name, About, at "
        "the very end), or mention me there and say `in this channel only …`."
    )


def _bare(known: Known, label: str = "") -> ChannelRule:
    """Return a rule of a channel that says nothing yet."""
    guests, name = known.guests is True, known.name or label
    return ChannelRule(channel=known.channel, surface=known.surface, name=name, guests=guests)


async def check_rule(session: Session, registry: Registry, wish: ChannelRule) -> ChannelRule:
    """Return the rule as it is kept; raise unless what it names exists and it says something."""
    only = tuple(sorted({one.strip().lower().removesuffix("_*") for one in wish.only if one.strip()}))
    roles = tuple(sorted({one.strip().lower() for one in wish.roles if one.strip()}))
    surface = "" if wish.default else wish.surface
    rule = replace(wish, only=only, roles=roles, surface=surface, name=wish.name.lower())
    if len(only) > MOST or len(roles) > MOST or len(rule.note) > LONGEST_NOTE:
        raise BadInput(f"Name at most {MOST} things, and keep the note under {LONGEST_NOTE} characters.")
    check_names(registry, only)
    for role in roles:
        await get_role(session, role)
    if rule.closed and (only or roles or rule.reads_only):
        raise BadInput("Either nothing may be done there, or something; say which.")
    return rule


def check_names(registry: Registry, only: Iterable[str]) -> None:
    """Raise NotFound unless each is a plugin or an action there is."""
    actions = {one.id for one in registry.view(frozenset(registry.plugins)).all(Action)}
    for name in only:
        if name not in registry.plugins and name not in actions:
            there = ", ".join(sorted(registry.plugins))
            raise NotFound(
                f"There is no plugin and no action “{name[:60]}”. Plugins are: {there}. Actions are named "
                "like `tickets_create`; `help tickets` shows them."
            )


async def check_new(
    database: Database, registry: Registry, tenant: Tenant, wish: ChannelRule
) -> tuple[ChannelRule, ChannelRule | None]:
    """Return the rule as it would be kept, and the one it replaces; raise what stands against it."""
    async with database.tenant(tenant.id) as session:
        rule = await check_rule(session, registry, wish)
        return rule, await channels.get_rule(session, rule.surface, rule.channel)


async def put(
    database: Database, registry: Registry, tenant: Tenant, wish: ChannelRule, *, by: str
) -> tuple[ChannelRule, ChannelRule | None]:
    """Keep a rule in place of the one there was; return both."""
    async with database.tenant(tenant.id) as session:
        rule = await check_rule(session, registry, wish)
        before = await channels.get_rule(session, rule.surface, rule.channel)
        await do_put(session, rule, by=by)
        facts = {"rule": rule_to_json(rule), "before": rule_to_json(before) if before else None}
        await note(session, event="channel.set", by=by, text=f"channel rule: {rule.words}", facts=facts)
    return rule, before


async def do_put(session: Session, rule: ChannelRule, *, by: str) -> None:
    """Keep a rule, and what its channel is called."""
    await channels.do_set_rule(session, rule, by=by)
    if rule.name and not rule.default:
        known = Known(surface=rule.surface, channel=rule.channel, name=rule.name.lower())
        await channels.do_know(session, known)


async def clear(database: Database, tenant: Tenant, surface: str, channel: str, *, by: str) -> ChannelRule:
    """Remove a rule; return what it was."""
    async with database.tenant(tenant.id) as session:
        gone = await channels.get_rule(session, surface, channel)
        if gone is None or not await channels.do_clear_rule(session, surface, channel):
            raise NotFound(f"There is no rule for {ChannelRule(channel=channel).where}.")
        facts = {"before": rule_to_json(gone)}
        text = f"no channel rule any more: {gone.words}"
        await note(session, event="channel.cleared", by=by, text=text, facts=facts)
    return gone


def rule_to_json(rule: ChannelRule) -> dict[str, Any]:
    """Return a rule as configuration: what says nothing is left out."""
    values = {
        "surface": rule.surface,
        "channel": rule.channel,
        "name": rule.name,
        "only": sorted(rule.only),
        "reads_only": rule.reads_only,
        "roles": sorted(rule.roles),
        "closed": rule.closed,
        "outsiders": rule.outsiders,
        "note": rule.note,
    }
    return {name: value for name, value in values.items() if value or name == "surface"}


def rule_of(part: ChannelPart) -> ChannelRule:
    """Return a configured rule as the core keeps it."""
    values: dict[str, Any] = part.model_dump()
    rule = ChannelRule(**{**values, "only": tuple(sorted(part.only)), "roles": tuple(sorted(part.roles))})
    return replace(rule, surface="") if rule.default else rule
