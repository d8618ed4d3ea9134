"""Panel: what may be asked and done in which channel."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.contract.channel import DEFAULTS, SHARED, ChannelRule
from bot.contract.platform import PluginCard
from bot.slack.panels.blocks import (
    channel_menu,
    chosen,
    entry,
    esc,
    line,
    paging,
    row,
    several,
    small,
    ticked,
    to,
    typed,
)
from bot.slack.panels.people import role_options
from bot.slack.panels.screen import Faults, Page, Screen, Visit, Wish, fresh
from bot.slack.parts import Block

EACH = 15
TITLE = "Channel rules"
ABOUT = "A rule only ever narrows what people may do by their roles. Without one, the default holds."
NO_RULE = {SHARED: "nothing, until a rule says otherwise"}
WHAT = (
    ("all", "everything people's roles allow"),
    ("reads", "only looking things up"),
    ("nothing", "nothing"),
)
CHANGED = "Somebody else changed the rule of {where} meanwhile: now it is “{what}”. Look, and send it again."
SAYS_NOTHING = "That is what holds without a rule. Choose what may not be done, or go back."


async def rules_of(visit: Visit) -> Sequence[ChannelRule]:
    """Return every rule there is."""
    found: Sequence[ChannelRule] = (await visit.read("admin_channels")).data or ()
    return found


async def channels(visit: Visit) -> Page:
    """List the defaults, and the channels that have a rule."""
    found = await rules_of(visit)
    own = [one for one in found if not one.default]
    page = min(visit.number, max(0, -(-len(own) // EACH) - 1))
    there = {one.channel: one for one in found}
    blocks: list[Block] = [
        *small(ABOUT),
        *row(to("channel-form", "Rule for a channel", "new", style="primary")),
    ]
    for at, (name, where) in enumerate(DEFAULTS.items()):
        rule = there.get(name)
        what = rule.what if rule else NO_RULE.get(name, "everything people's roles allow")
        blocks.append(line(f"*{esc(where)}*\n{esc(what)}", to("channel-form", "Change", name, f"d{at}")))
    for at, one in enumerate(own[page * EACH : (page + 1) * EACH]):
        note = f"\n_{esc(one.note)}_" if one.note else ""
        held = f"\n:warning: {esc(one.held)}" if one.held else ""
        said = f"*{_where(one)}*\n{esc(one.what)}{held}{note}"
        blocks.append(line(said, to("channel-form", "Change", one.channel, at)))
    blocks += paging("channels", page, len(own), EACH)
    return Page(title=TITLE, blocks=blocks, state={"page": page})


def _where(rule: ChannelRule) -> str:
    if rule.default:
        return esc(rule.where)
    return f"<#{esc(rule.channel)}>" if rule.surface == "slack" else esc(rule.where)


def mark_of(rule: ChannelRule | None) -> str:
    """Return what stands for a rule as it was seen; who came into the channel meanwhile changes none."""
    return hashlib.sha256(repr(replace(rule, guests=False)).encode()).hexdigest()[:12] if rule else "none"


async def channel_form(visit: Visit) -> Page:
    """Show the form of a rule; of a new one with the menu of channels."""
    wanted, mark = visit.named("channel"), fresh()
    rule = next((one for one in await rules_of(visit) if one.channel == wanted), None)
    new = wanted == "new"
    what = "nothing" if rule and rule.closed else "reads" if rule and rule.reads_only else "all"
    blocks: list[Block] = [
        entry("channel", mark, "Channel", channel_menu(), needed=True)
        if new
        else line(f"*{_where(rule or ChannelRule(channel=wanted))}*"),
        entry("what", mark, "What may be done there", chosen(WHAT, what), needed=True),
        entry("only", mark, "Only with these", several(await _names(visit, rule), rule.only if rule else ())),
        entry(
            "roles",
            mark,
            "Only for people with these roles",
            several(await role_options(visit), rule.roles if rule else ()),
        ),
    ]
    if wanted not in DEFAULTS:
        seen = ticked(
            "It holds also where guests or other organisations read", on=bool(rule and rule.outsiders)
        )
        blocks.append(entry("outsiders", mark, "People from outside", seen))
    blocks.append(entry("note", mark, "Why", typed(rule.note if rule else "", longest=500)))
    clear = to("channel-clear", "Remove the rule", wanted, style="danger") if rule and rule.made else None
    blocks += row(clear, to("channels", "Back"))
    state = {"channel": wanted, "seen": mark_of(rule)}
    return Page(title=TITLE, blocks=blocks, submit="Go on", sends="channel-send", state=state)


async def _names(visit: Visit, rule: ChannelRule | None) -> list[tuple[str, str]]:
    """Return plugins, and the actions a rule names already."""
    cards: Sequence[PluginCard] = (await visit.read("admin_plugins")).data or ()
    names = [one.name for one in cards if not one.broken]
    return [(name, name) for name in dict.fromkeys([*(rule.only if rule else ()), *names])]


async def channel_send(visit: Visit) -> Wish | Faults:
    """Ask for the rule."""
    wanted = str(visit.state.get("channel", ""))
    channel = visit.text("channel") if wanted == "new" else wanted
    rule = next((one for one in await rules_of(visit) if one.channel == channel), None)
    seen = visit.state.get("seen")
    if rule is not None and mark_of(rule) != seen and not (wanted == "new" and seen == "none"):
        return Faults(first=CHANGED.format(where=rule.where, what=rule.what))
    if wanted != "new" and rule is None and seen != "none":
        return Faults(first=CHANGED.format(where=channel, what="no rule of its own"))
    what = visit.text("what")
    args = {
        "channel": channel.removeprefix("*"),
        "only": ",".join(visit.many("only")),
        "roles": ",".join(visit.many("roles")),
        "reads_only": what == "reads",
        "nothing": what == "nothing",
        "outsiders": visit.many("outsiders") == ("yes",),
        "note": visit.text("note"),
    }
    given = {name: value for name, value in args.items() if value}
    if not set(given) & {"only", "roles", "reads_only", "nothing", "outsiders"}:
        return Faults(at={"what": SAYS_NOTHING})
    return Wish(action_id="admin_set_channel", args=given, label="Set the rule", back={"screen": "channels"})


async def channel_clear(visit: Visit) -> Wish:
    """Ask for the end of a rule."""
    args = {"channel": visit.named("channel").removeprefix("*")}
    return Wish(action_id="admin_clear_channel", args=args, label="Remove", back={"screen": "channels"})


SCREENS: Mapping[str, Screen] = {
    "channels": channels,
    "channel-form": channel_form,
    "channel-send": channel_send,
    "channel-clear": channel_clear,
}
