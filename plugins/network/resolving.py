"""Ending an outage, going on with it, and withdrawing one that never was, each with a way back."""

from __future__ import annotations

import re

from bot.api import (
    ActionCall,
    Approval,
    BadInput,
    Change,
    Conflict,
    Preview,
    Reply,
    Tone,
    action,
    ago,
    moment,
    plural,
)
from plugins.network.declaring import NOTE, check_active, said_of
from plugins.network.entities import Ctx
from plugins.network.places import place_of
from plugins.network.port import Network, Outage, OutageChange, OutageRef

GOES_ON = re.compile(
    r"\b(?:(?:we|they|team|crew|technicians?|engineers?)(?: are|'re| is)? (?:still )?working on|"
    r"still (?:down|out|off|working)|not (?:yet )?(?:over|fixed|repaired|back)|"
    r"(?:will|should) be (?:back|fixed|up)|back (?:by|at|around|in) \d|on (?:the|their|our) way)",
    re.IGNORECASE,
)
"""What nobody says of an outage that is over."""


def check_over(outage: Outage, note: str) -> None:
    """Raise BadInput when the note says that it goes on: ending it would tell customers the opposite."""
    if GOES_ON.search(note):
        raise BadInput(
            f"“{note.strip()[:80]}” does not sound as if {outage.number} were over, so it stays active. "
            f"To note it say `update {outage.number}: …`; to write it to those hit, "
            f"`e-mail all customers hit by {outage.number}: …`. If it is over, say `resolve {outage.number}`."
        )


async def preview_resolve(ctx: Ctx, outage: OutageRef, note: str = "") -> Preview:
    """Say how many are still offline below it: it may not be over for all."""
    check_active(outage)
    check_over(outage, note)
    warnings = []
    hit = await ctx.port(Network).impact(ctx.scope, place_of(None, None, None, outage), 1)
    if off := hit.services - hit.online:
        warnings.append(f"{off:,} of {plural(hit.services, 'service')} below it are still offline")
    return Preview(
        text=f"{outage.number} {outage.title} is over"
        + (f": {note.strip()[:NOTE]}" if note.strip() else "."),
        changes=(
            Change(
                what=outage.number,
                before=f"active, since {moment(outage.started_at, ctx.now, ctx.tenant.zone)}",
                after="resolved",
            ),
        ),
        hits=hit.customers,
        warnings=tuple(warnings),
    )


@action(
    permission="network:write",
    approval=Approval.SELF,
    preview=preview_resolve,
    examples=(
        "resolve {outage}",
        "{outage} is over",
        "{outage} is over: {note}",
        "end {outage}, {note}",
        "close outage {outage}",
        "mark {outage} as resolved",
        "{outage} is repaired",
        "end the outage {outage}",
    ),
)
async def resolve(ctx: Ctx, outage: OutageRef, note: str = "") -> Reply:
    """Resolve an outage that is over.

    Say how, if you like. It can be taken back for 30 minutes.
    """
    check_active(outage)
    change = OutageChange(status="resolved", note=note.strip()[:NOTE] or None)
    done = await ctx.port(Network).change_outage(ctx.effect, outage.number, change)
    undo = ActionCall(action_id="network_reopen", args={"outage": outage.number})
    lasted = f", it began {ago(done.started_at, ctx.now)}"
    return said_of(ctx, done, f"Resolved {done.number} {done.title}{lasted}.", undo, Tone.GOOD)


async def preview_reopen(ctx: Ctx, outage: OutageRef) -> Preview:  # noqa: ARG001 - every preview has it
    """Say which outage goes on."""
    if outage.status == "active":
        raise Conflict(f"{outage.number} is active already.")
    return Preview(
        text=f"{outage.number} {outage.title} goes on.",
        changes=(Change(what=outage.number, before=outage.status, after="active"),),
        hits=outage.services or 0,
    )


@action(
    permission="network:write",
    approval=Approval.SELF,
    preview=preview_reopen,
    examples=(
        "reopen outage {outage}",
        "{outage} goes on",
        "{outage} is not over",
        "the outage {outage} is back",
    ),
)
async def reopen(ctx: Ctx, outage: OutageRef) -> Reply:
    """Reopen an outage that was not over after all."""
    done = await ctx.port(Network).change_outage(ctx.effect, outage.number, OutageChange(status="active"))
    back = "network_withdraw" if outage.status == "withdrawn" else "network_resolve"
    undo = ActionCall(action_id=back, args={"outage": outage.number})
    return said_of(ctx, done, f"{done.number} {done.title} is active again.", undo, Tone.WARN)


async def preview_withdraw(ctx: Ctx, outage: OutageRef) -> Preview:  # noqa: ARG001 - every preview has it
    """Say which outage never was one."""
    return Preview(
        text=f"{outage.number} {outage.title} is withdrawn: it never was an outage.",
        changes=(Change(what=outage.number, before=outage.status, after="withdrawn"),),
        hits=outage.services or 0,
    )


@action(
    permission="network:write",
    approval=Approval.SELF,
    preview=preview_withdraw,
    examples=(
        "withdraw {outage}",
        "{outage} was declared by mistake",
        "{outage} never was an outage",
        "take {outage} back",
    ),
)
async def withdraw(ctx: Ctx, outage: OutageRef) -> Reply:
    """Withdraw an outage that was declared by mistake."""
    done = await ctx.port(Network).change_outage(ctx.effect, outage.number, OutageChange(status="withdrawn"))
    undo = ActionCall(action_id="network_reopen", args={"outage": outage.number})
    return said_of(ctx, done, f"Withdrew {done.number}: it never was an outage.", undo, Tone.PLAIN)
