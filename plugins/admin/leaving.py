"""Somebody leaves: all access is taken at once, and what they leave behind is named."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.api import (
    ActionCall,
    Approval,
    Change,
    Conflict,
    Preview,
    Reply,
    Table,
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


async def left_behind(ctx: Ctx, person: platform.Member) -> tuple[list[str], list[Table]]:
    """Return what is in somebody's hands, as far as the asker may see it; who is out is found no more."""
    found: list[str] = []
    tables: list[Table] = []
    for action_id, (plugin, called, args, whose) in HANDS.items():
        if not person.email or not ctx.enabled(plugin):
            continue
        try:
            reply = await ctx.run(action_id, **{**args, whose: person.email})
        except UserError:  # not for the asker, or its system is away: leaving must not wait for that
            continue
        data = reply.data
        if count := getattr(data, "total", None) or (len(data) if isinstance(data, tuple) else 0):
            found.append(plural(count, *called))
            tables += [replace(reply.table, title=called[1].capitalize())] if reply.table else []
    return found, tables


async def preview_deactivate(ctx: Ctx, person: PersonRef) -> Preview:
    """Say what the person loses, and that what they have in hand has to be handed over."""
    if person.id == ctx.user.id:
        raise Conflict("You cannot deactivate yourself. Ask another admin.")
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
    left, tables = await left_behind(ctx, person)
    gone = await core(ctx).set_active(ctx.effect, ctx.user, person.id, active=False)
    rest = f" Still in their hands: {', '.join(left)}; somebody has to take over." if left else ""
    return Reply(
        f"{gone.name} can no longer do anything here.{rest}",
        data=gone,
        tables=tuple(tables),
        evidence=source(ctx),
        undo=ActionCall(action_id="admin_activate", args={"person": gone.key}),
        undo_within=timedelta(hours=1),
    )


ACTIONS = (deactivate,)
