"""Channel rules: what may be asked and done in which place."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Annotated

from bot.api import (
    ActionCall,
    Approval,
    BadInput,
    Change,
    ChannelRule,
    Column,
    Field,
    NotFound,
    Preview,
    Reply,
    Table,
    action,
    plural,
)
from plugins.admin.nouns import CHANNELS, Ctx, Reason, Word, core, source

UNDO = timedelta(hours=1)
Names = Annotated[str, Field(max_length=500)]
BETWEEN = re.compile(r"\s*(?:,|;|&|\band\b|\bor\b)\s*", re.IGNORECASE)
HERE = re.compile(r"^(?:in )?(?:this|the) (?:channel|room|chat)$|^this$", re.IGNORECASE)
NO_RULE = (
    "Say what may be done there: `only` some plugins, `reads_only=yes`, only some `roles`, `nothing=yes`, or "
    "`outsiders=yes` where guests or other organisations read along. "
    "`admin clear_channel` takes a rule away."
)
SHUT = (
    "Where guests or other organisations read along I answer nothing, until a rule says otherwise. Elsewhere "
    "people may do what their roles allow."
)


@action(
    permission=CHANNELS,
    reads_only=True,
    examples=["show channel rules", "what may be asked in which channel", "list the channel rules"],
)
async def channels(ctx: Ctx) -> Reply:
    """List the channel rules: what may be asked and done where."""
    found = await core(ctx).channel_rules()
    rows = [
        (
            one.where,
            "" if one.default else one.channel,
            " ".join(filter(None, (one.what, one.held))),
            one.note,
        )
        for one in found
    ]
    titles = ("Where", "Id", "What may be done", "Note")
    shared = any(one.default and one.outsiders for one in found)
    made = sum(one.made for one in found)
    text = f"{plural(made, 'channel rule')}." if made else "There is no channel rule."
    return Reply(
        text if shared else f"{text} {SHUT}",
        data=tuple(found),
        table=Table(columns=tuple(map(Column, titles)), rows=rows) if rows else None,
        evidence=source(ctx),
    )


async def wished(  # noqa: PLR0913 - the parts of a rule
    ctx: Ctx,
    channel: str,
    only: str,
    *,
    reads_only: bool,
    roles: str,
    nothing: bool,
    outsiders: bool,
    note: str,
) -> ChannelRule:
    """Return the rule these words mean."""
    bare = await core(ctx).find_channel(HERE.sub("here", channel.strip()), ctx.place)
    if not (only or reads_only or roles or nothing or outsiders):
        raise BadInput(NO_RULE)
    names, meant = split(only), split(roles)
    there = {card.name for card in await core(ctx).roles()} - {
        card.name for card in await core(ctx).plugins()
    }
    return replace(
        bare,
        only=tuple(name for name in names if name not in there),
        reads_only=reads_only,
        roles=(*meant, *(name for name in names if name in there)),  # "only noc": that is who, not what
        closed=nothing,
        outsiders=outsiders or bare.channel == "*shared",
        note=note,
    )


def split(words: str) -> tuple[str, ...]:
    """Return names as people list them: `network, tickets and billing`."""
    return tuple(name.strip("` ").lower() for name in BETWEEN.split(words) if name.strip("` "))


async def preview_set(  # noqa: PLR0913 - the arguments of the action
    ctx: Ctx,
    channel: Word,
    only: Names = "",
    *,
    reads_only: bool = False,
    roles: Names = "",
    nothing: bool = False,
    outsiders: bool = False,
    note: Reason = "",
) -> Preview:
    """Say what could be done there, and what could before."""
    wish = await wished(
        ctx,
        channel,
        only,
        reads_only=reads_only,
        roles=roles,
        nothing=nothing,
        outsiders=outsiders,
        note=note,
    )
    rule, before = await core(ctx).check_channel_rule(wish)
    change = Change(what=rule.where, before=before.what if before else "no rule of its own", after=rule.what)
    return Preview(text=rule.words, changes=(change,), hits=0, warnings=warnings(ctx, rule))


def warnings(ctx: Ctx, rule: ChannelRule) -> tuple[str, ...]:
    """Return what to mind before saying yes to a rule."""
    said = []
    if rule.outsiders and not rule.closed:
        said.append("Guests and people of other organisations will read what is answered there.")
    here = rule.channel == ("*direct" if ctx.place.direct else ctx.place.channel)
    mine = not rule.roles or bool(ctx.user.roles & set(rule.roles))
    kept = not rule.closed and not rule.reads_only and mine and (not rule.only or "admin" in rule.only)
    if here and not kept:
        said.append(
            "This holds where you are now, so you could not change it back from here; another place or "
            "`backhaul channels` can."
        )
    return tuple(said)


@action(
    permission=CHANNELS,
    approval=Approval.SELF,
    preview=preview_set,
    examples=[
        "in {channel} only {only}",
        "allow only {only} in channel {channel}",
        "channel rule for {channel}: only {only}",
    ],
)
async def set_channel(  # noqa: PLR0913 - what may be done where, by whom
    ctx: Ctx,
    channel: Word,
    only: Names = "",
    *,
    reads_only: bool = False,
    roles: Names = "",
    nothing: bool = False,
    outsiders: bool = False,
    note: Reason = "",
) -> Reply:
    """Say what may be asked and done in a channel; nobody may do more by it than their roles allow.

    `channel` is `#noc`, its id, or `here`; or `channels`, `direct` or `shared` for those without a rule
    of their own. `only` names plugins and actions, `roles` who may use the bot there. `outsiders`: it holds
    also where guests or other organisations read along; without it, such a channel stays shut.
    """
    wish = await wished(
        ctx,
        channel,
        only,
        reads_only=reads_only,
        roles=roles,
        nothing=nothing,
        outsiders=outsiders,
        note=note,
    )
    made, before = await core(ctx).set_channel_rule(ctx.effect, ctx.user, wish)
    return Reply(
        f"From now on: {made.words}",
        data=made,
        evidence=source(ctx),
        undo=again(before) if before else ActionCall(action_id="admin_clear_channel", args=named(made)),
        undo_within=UNDO,
    )


async def preview_clear(ctx: Ctx, channel: Word) -> Preview:
    """Say which rule goes."""
    bare = await core(ctx).find_channel(HERE.sub("here", channel.strip()), ctx.place)
    keys = (bare.surface, bare.channel)
    rules = [rule for rule in await core(ctx).channel_rules() if rule.made]
    gone = next((r for r in rules if (r.surface, r.channel) == keys), None)
    if gone is None:
        raise NotFound(f"There is no rule for {bare.where}. `admin channels` shows those there are.")
    change = Change(what=gone.where, before=gone.what, after="no rule of its own")
    return Preview(text=f"No longer: {gone.words} {gone.note}".strip(), changes=(change,), hits=0)


@action(
    permission=CHANNELS,
    approval=Approval.SELF,
    preview=preview_clear,
    examples=["remove the channel rule for {channel}", "clear the rule of channel {channel}"],
)
async def clear_channel(ctx: Ctx, channel: Word) -> Reply:
    """Remove the rule of a channel; what holds for channels without one holds there again."""
    bare = await core(ctx).find_channel(HERE.sub("here", channel.strip()), ctx.place)
    gone = await core(ctx).clear_channel_rule(ctx.effect, ctx.user, bare)
    return Reply(
        f"No longer: {gone.words}", data=gone, evidence=source(ctx), undo=again(gone), undo_within=UNDO
    )


def named(rule: ChannelRule) -> dict[str, object]:
    """Return how to name a rule's channel whatever it is called."""
    return {"channel": rule.channel.removeprefix("*")}


def again(rule: ChannelRule) -> ActionCall:
    """Return what makes a rule anew as it was."""
    values = {
        "only": ",".join(rule.only),
        "reads_only": rule.reads_only,
        "roles": ",".join(rule.roles),
        "nothing": rule.closed,
        "outsiders": rule.outsiders,
        "note": rule.note,
    }
    given = {name: value for name, value in values.items() if value}
    return ActionCall(action_id="admin_set_channel", args={**named(rule), **given})


ACTIONS = (channels, set_channel, clear_channel)
