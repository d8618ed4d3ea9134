"""What becomes of a reminder: done, moved, handed on, cancelled, open again; each with a way back."""

from __future__ import annotations

from datetime import datetime

from bot.api import (
    ActionCall,
    Change,
    Conflict,
    Context,
    NotAllowed,
    NotFound,
    Nudge,
    Preview,
    Reply,
    action,
)
from plugins.reminders.adding import ahead, check_time
from plugins.reminders.port import Reminder, ReminderChange, ReminderRef, Reminders, ReminderStatus
from plugins.reminders.said import OWN, clock, gave, may_see, mine, one_reply, when
from plugins.reminders.settings import Ctx, Settings
from plugins.tickets.port import Agent, AgentRef


def check_open(ctx: Ctx, reminder: Reminder, *, giver: bool = False) -> None:
    """Raise unless it is still to be done, and the asker's business; a giver's too where that is enough."""
    if not (may_see(ctx, reminder) or (giver and gave(ctx, reminder))):
        raise NotFound(f"You have no reminder {reminder.number}. `reminders mine` lists yours.")
    if not reminder.open:
        who = f" by {reminder.ended_by}" if reminder.ended_by else ""
        raise Conflict(f"{reminder.number} is {reminder.status}{who} already.")


def check_ended(ctx: Ctx, reminder: Reminder) -> None:
    """Raise unless it is over, and the asker's business."""
    if not may_see(ctx, reminder):
        raise NotFound(f"You have no reminder {reminder.number}. `reminders mine` lists yours.")
    if reminder.open:
        raise Conflict(f"{reminder.number} is open as it is.")


def whose(ctx: Ctx, reminder: Reminder) -> str:
    """Return `` of one's own, ` of Sam Ochieng` of another's."""
    return "" if mine(ctx, reminder) else f" of {reminder.owner_name}"


def _preview(ctx: Ctx, reminder: Reminder, before: str, after: str) -> Preview:
    what = f"{reminder.number}{whose(ctx, reminder)}: {reminder.said}, {when(ctx, reminder)}"
    return Preview(text=what, changes=(Change(what=reminder.number, before=before, after=after),), hits=0)


async def preview_done(ctx: Ctx, reminder: ReminderRef) -> Preview:
    """Say which one is ticked off."""
    check_open(ctx, reminder)
    return _preview(ctx, reminder, "open", "done")


@action(
    permission=OWN,
    preview=preview_done,
    examples=(
        "{reminder} is done",
        "reminder {reminder} is done",
        "tick off reminder {reminder}",
        "I have done {reminder}",
        "done with {reminder}",
        "tick off {reminder}",
        "I kept my promise {reminder}",
    ),
)
async def done(ctx: Ctx, reminder: ReminderRef) -> Reply:
    """Tick off a reminder: what was promised is done."""
    check_open(ctx, reminder)
    return await _ended(ctx, reminder, ReminderStatus.DONE, "Done")


async def preview_cancel(ctx: Ctx, reminder: ReminderRef) -> Preview:
    """Say which one is called off."""
    check_open(ctx, reminder, giver=True)
    return _preview(ctx, reminder, "open", "cancelled")


@action(
    permission=OWN,
    preview=preview_cancel,
    examples=(
        "cancel reminder {reminder}",
        "cancel {reminder}",
        "forget reminder {reminder}",
        "no need to remind me of {reminder}",
        "drop the reminder {reminder}",
        "delete reminder {reminder}",
    ),
)
async def cancel(ctx: Ctx, reminder: ReminderRef) -> Reply:
    """Cancel a reminder: it need not be done any more.

    One that you gave a colleague you can cancel for half an hour.
    """
    check_open(ctx, reminder, giver=True)
    return await _ended(ctx, reminder, ReminderStatus.CANCELLED, "Cancelled")


async def _ended(ctx: Ctx, reminder: Reminder, status: ReminderStatus, said: str) -> Reply:
    kept = await ctx.port(Reminders).change(ctx.effect, reminder.number, ReminderChange(status=status))
    await ctx.nudges.withdraw(f"{reminder.number}:")
    undo = ActionCall(action_id="reminders_reopen", args={"reminder": reminder.number})
    return one_reply(ctx, kept, f"{said}: {kept.number}{whose(ctx, kept)}, {kept.said}.", undo)


async def preview_reopen(ctx: Ctx, reminder: ReminderRef) -> Preview:
    """Say which one is open again."""
    check_ended(ctx, reminder)
    return _preview(ctx, reminder, reminder.status.value, "open")


@action(
    permission=OWN,
    preview=preview_reopen,
    examples=(
        "reopen reminder {reminder}",
        "{reminder} is not done yet",
        "reminder {reminder} is open again",
    ),
)
async def reopen(ctx: Ctx, reminder: ReminderRef) -> Reply:
    """Open a reminder again that was done or cancelled."""
    check_ended(ctx, reminder)
    change = ReminderChange(status=ReminderStatus.OPEN)
    kept = await ctx.port(Reminders).change(ctx.effect, reminder.number, change)
    back = "done" if reminder.status is ReminderStatus.DONE else "cancel"
    undo = ActionCall(action_id=f"reminders_{back}", args={"reminder": kept.number})
    return one_reply(ctx, kept, f"{kept.number} is open again: {kept.said}, {when(ctx, kept)}.", undo)


async def preview_move(ctx: Ctx, reminder: ReminderRef, at: datetime) -> Preview:
    """Say from when to when it moves."""
    check_open(ctx, reminder)
    to = check_time(ctx, at)
    return Preview(
        text=f"{reminder.number}{whose(ctx, reminder)}: {reminder.said}",
        changes=(Change(what="Due", before=clock(ctx, reminder.at), after=clock(ctx, to)),),
        hits=0,
    )


@action(
    permission=OWN,
    preview=preview_move,
    examples=(
        "move {reminder} to {at}",
        "move reminder {reminder} to {at}",
        "move the reminder to {at}",
        "snooze {reminder} {at}",
        "remind me of {reminder} again {at}",
        "postpone {reminder} to {at}",
        "put {reminder} off until {at}",
    ),
)
async def move(ctx: Ctx, reminder: ReminderRef, at: datetime) -> Reply:
    """Move a reminder to another time."""
    check_open(ctx, reminder)
    to = check_time(ctx, at)
    kept = await ctx.port(Reminders).change(ctx.effect, reminder.number, ReminderChange(at=to))
    await ctx.nudges.withdraw(f"{reminder.number}:")
    back = reminder.at > ctx.now  # what is past cannot be gone back to
    args = {"reminder": kept.number, "at": reminder.at.isoformat()}
    undo = ActionCall(action_id="reminders_move", args=args) if back else None
    said = f"{kept.number}{whose(ctx, kept)} is due {clock(ctx, kept.at)} now ({ahead(ctx, kept.at)})"
    return one_reply(ctx, kept, f"{said}: {kept.said}.", undo)


async def check_hand(ctx: Ctx, reminder: Reminder, to: Agent) -> None:
    """Raise when it is theirs already."""
    check_open(ctx, reminder)
    if reminder.owner.casefold() == to.email.casefold():
        raise Conflict(f"{reminder.number} is with {to.name} already.")


async def preview_hand(ctx: Ctx, reminder: ReminderRef, to: AgentRef) -> Preview:
    """Say who does it from now on."""
    await check_hand(ctx, reminder, to)
    return _preview(ctx, reminder, reminder.owner_name, to.name)


@action(
    permission=OWN,
    preview=preview_hand,
    examples=(
        "hand {reminder} to {to}",
        "hand reminder {reminder} to {to}",
        "give my reminder {reminder} to {to}",
        "let {to} do {reminder}",
        "{to} calls instead of me, {reminder}",
        "pass {reminder} on to {to}",
    ),
)
async def hand(ctx: Ctx, reminder: ReminderRef, to: AgentRef) -> Reply:
    """Hand a reminder to a colleague, who is told of it at once."""
    await check_hand(ctx, reminder, to)
    told = handed(ctx, reminder, to)
    if not await ctx.nudges.reaches(told):
        raise NotAllowed(f"{to.name} may not see {reminder.number}, or has left. It stays where it is.")
    change = ReminderChange(owner=to.email, owner_name=to.name)
    kept = await ctx.port(Reminders).change(ctx.effect, reminder.number, change)
    await ctx.nudges.withdraw(f"{reminder.number}:")
    if not mine(ctx, kept):
        await ctx.nudge(told)
    undo = None
    if "@" in reminder.owner:
        undo = ActionCall(action_id="reminders_hand", args={"reminder": kept.number, "to": reminder.owner})
    return one_reply(
        ctx, kept, f"{kept.number} is with {kept.owner_name} now: {kept.said}, {when(ctx, kept)}.", undo
    )


def handed(ctx: Context[Settings], reminder: Reminder, to: Agent) -> Nudge:
    """Return what the colleague is told, if the reminder is one they may see."""
    about = reminder.customer or reminder.ticket
    return Nudge(
        key=f"{reminder.number}:handed:{reminder.turn}",
        to=to.email,
        permission=OWN,
        area=reminder.area if about else {},
        reply=Reply(
            f"{ctx.user.name} handed you {reminder.number}: {reminder.said}, due {clock(ctx, reminder.at)}."
        ),
    )
