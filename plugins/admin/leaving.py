"""Somebody leaves: all access is taken at once, and what they leave behind is named."""

from __future__ import annotations

from datetime import timedelta

from bot.api import (
    ActionCall,
    Approval,
    Button,
    Change,
    Preview,
    Reply,
    UserError,
    action,
    platform,
    plural,
)
from plugins.admin.nouns import PEOPLE, Ctx, PersonRef, core, source

HANDS = {
    "tickets_search": ("tickets", ("open ticket", "open tickets"), {"open_only": True}, "assignee"),
    "reminders_team": ("reminders", ("reminder", "reminders"), {}, "colleague"),
    "oncall_mine": ("oncall", ("turn on call", "turns on call"), {}, "person"),
}
"""What shows who has something in hand: action -> plugin, what one and many are called, arguments, whose."""


async def left_behind(ctx: Ctx, person: platform.Member) -> tuple[list[str], tuple[Button, ...]]:
    """Return what is still in somebody's hands, as far as the asker may see it, and where to look at it."""
    found: list[str] = []
    buttons: list[Button] = []
    for action_id, (plugin, called, args, whose) in HANDS.items():
        if not person.email or not ctx.enabled(plugin):
            continue
        named = {**args, whose: person.email}
        try:
            data = (await ctx.run(action_id, **named)).data
        except UserError:  # not for the asker, or its system is away: leaving must not wait for that
            continue
        if count := getattr(data, "total", None) or (len(data) if isinstance(data, tuple) else 0):
            found.append(plural(count, *called))
            buttons.append(Button(f"Their {called[1]}", action_id, named))
    return found, tuple(buttons)


async def preview_deactivate(ctx: Ctx, person: PersonRef) -> Preview:
    """Say what the person loses, and that what they have in hand has to be handed over."""
    roles = ", ".join(person.roles) or "no role"
    there = any(ctx.enabled(plugin) for plugin, *_ in HANDS.values())
    return Preview(
        text=f"{person.name} ({person.email or 'no e-mail'}) loses all access at once."
        + (" What they still have in hand is listed right after, to be handed over." if there else ""),
        changes=(Change(what="Access", before=f"as {roles}", after="none"),),
        hits=0,
    )


@action(
    permission=PEOPLE,
    approval=Approval.SELF,
    preview=preview_deactivate,
    examples=[
        "deactivate {person}",
        "lock out {person}",
        "disable the account of {person}",
        "{person} left the company",
        "{person} does not work here any more",
        "remove the access of {person}",
    ],
)
async def deactivate(ctx: Ctx, person: PersonRef) -> Reply:
    """Take all access from a person at once; their history stays."""
    gone = await core(ctx).set_active(ctx.effect, ctx.user, person.id, active=False)
    left, buttons = await left_behind(ctx, gone)
    rest = f" Still in their hands: {', '.join(left)}; somebody has to take over." if left else ""
    return Reply(
        f"{gone.name} can no longer do anything here.{rest}",
        data=gone,
        buttons=buttons,
        evidence=source(ctx),
        undo=ActionCall(action_id="admin_activate", args={"person": gone.key}),
        undo_within=timedelta(hours=1),
    )


ACTIONS = (deactivate,)
