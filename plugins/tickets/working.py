"""Working on a ticket: comment, assign, escalate, set priority and status."""

from __future__ import annotations

from bot.api import ActionCall, Reply, action
from plugins.reminders.port import offer
from plugins.tickets.port import (
    AgentRef,
    Level,
    Priority,
    TeamRef,
    Ticket,
    TicketChange,
    TicketRef,
    Tickets,
    TicketStatus,
)
from plugins.tickets.previews import (
    check_assigned,
    check_priority,
    check_status,
    new_assignee,
    new_level,
    preview_answer,
    preview_assign,
    preview_comment,
    preview_escalate,
    preview_priority,
    preview_status,
    preview_unassign,
)
from plugins.tickets.reply import Ctx, ticket_reply, words
from plugins.tickets.rules import BODY, UNDO, checked, undoable


@action(
    permission="tickets:write",
    preview=preview_comment,
    examples=(
        "comment on {ticket}: {text}",
        "add a comment to {ticket}: {text}",
        "note on {ticket} that {text}",
        "update {ticket}: {text}",
        "internal note on {ticket}: {text}",
        "add a note: {text}",
        "write on {ticket} that {text}",
        "comment: {text}",
        "{ticket}: {text}",
        "note that {text}",
        "file under {ticket}: {text}",
    ),
)
async def comment(ctx: Ctx, ticket: TicketRef, text: str, *, public: bool = False) -> Reply:
    """Comment on a ticket.

    Internal unless you say public, which the customer sees.
    """
    return await _say(ctx, ticket, text, public=public)


@action(
    permission="tickets:write",
    preview=preview_answer,
    examples=(
        "tell the customer on {ticket}: {text}",
        "reply publicly on {ticket}: {text}",
        "answer {ticket}: {text}",
        "answer the customer on {ticket} that {text}",
        "write to the customer on {ticket}: {text}",
    ),
)
async def answer(ctx: Ctx, ticket: TicketRef, text: str) -> Reply:
    """Answer the customer on a ticket.

    The customer sees it, and the first-response clock stops.
    """
    return await _say(ctx, ticket, text, public=True)


async def _say(ctx: Ctx, ticket: Ticket, text: str, *, public: bool) -> Reply:
    text = checked(text, "comment", BODY)
    event = await ctx.port(Tickets).comment(ctx.effect, ticket.number, text, internal=not public)
    kind = "Public answer" if public else "Internal comment"
    return Reply(
        f"{kind} on {ticket.number}: {event.body}",
        data=event,
        buttons=ticket_reply(ctx, ticket).buttons,
        choices=offer(ctx, event.body, ticket=ticket.number),
        evidence=(ctx.evidence(Tickets),),
        focus={"ticket": ticket.number},
    )


@action(
    permission="tickets:write",
    preview=preview_assign,
    examples=(
        "assign {ticket} to {to}",
        "give {ticket} to {to}",
        "take {ticket}",
        "assign {ticket} to me",
        "I will take {ticket}",
        "hand {ticket} over to {to}",
        "{ticket} goes to {to}",
        "{ticket} to me",
        "put {ticket} on my name",
        "assign {ticket} {to}",
        "let {to} take over {ticket}",
    ),
)
async def assign(
    ctx: Ctx, ticket: TicketRef, to: AgentRef | None = None, team: TeamRef | None = None
) -> Reply:
    """Assign a ticket to a colleague or to me.

    Name the colleague, or give the e-mail address; in the queue of a team if you name one too.
    """
    given = new_assignee(ctx, ticket, to)
    change = TicketChange(assignee=given.email, team=team.name if team else None)
    done = await ctx.port(Tickets).change(ctx.effect, ticket.number, change)
    reply = ticket_reply(ctx, done, said=f"{ticket.number} is with {given.name} now.")
    return undoable(
        reply,
        _given_back(ticket, moved=(change.team or "") != (ticket.team or "") and team is not None),
        UNDO,
    )


def _given_back(ticket: Ticket, *, moved: bool) -> ActionCall:
    """Return what gives it back to whom it was with, in the queue it was in where that changed too."""
    where = {"ticket": ticket.number} | ({"team": ticket.team or "none"} if moved else {})
    if ticket.assignee:
        return ActionCall(action_id="tickets_assign", args={**where, "to": ticket.assignee})
    return ActionCall(action_id="tickets_set_team" if moved else "tickets_unassign", args=where)


@action(
    permission="tickets:write",
    preview=preview_unassign,
    examples=(
        "unassign {ticket}",
        "put {ticket} back in the queue",
        "give {ticket} back",
        "release {ticket}",
        "nobody should hold {ticket}, put it back",
        "put {ticket} in the pool",
    ),
)
async def unassign(ctx: Ctx, ticket: TicketRef) -> Reply:
    """Give a ticket back to the queue."""
    check_assigned(ticket)
    done = await ctx.port(Tickets).change(ctx.effect, ticket.number, TicketChange(assignee=""))
    back = ActionCall(action_id="tickets_assign", args={"ticket": ticket.number, "to": ticket.assignee})
    return undoable(ticket_reply(ctx, done, said=f"{ticket.number} is back in the queue."), back, UNDO)


@action(
    permission="tickets:write",
    preview=preview_escalate,
    examples=(
        "escalate {ticket}",
        "escalate {ticket} to L2",
        "escalate {ticket} to {level} because {reason}",
        "send {ticket} to third level",
        "{ticket} needs second line, {reason}",
        "push {ticket} up and make it {priority}",
        "{ticket} has to go to {level}",
    ),
)
async def escalate(
    ctx: Ctx,
    ticket: TicketRef,
    level: Level | None = None,
    reason: str = "",
    priority: Priority | None = None,
) -> Reply:
    """Escalate a ticket.

    It goes to the next level or the one you name, with a reason and a higher priority if you like.
    """
    to = new_level(ticket, level)
    change = _with_priority(ctx, ticket, TicketChange(level=to, comment=reason.strip()[:BODY]), priority)
    done = await ctx.port(Tickets).change(ctx.effect, ticket.number, change)
    louder = f", {done.priority} priority" if done.priority is not ticket.priority else ""
    return ticket_reply(ctx, done, said=f"{ticket.number} is with {done.level} now{louder}.")


@action(
    permission="tickets:write",
    preview=preview_priority,
    examples=(
        "set the priority of {ticket} to {priority}",
        "make {ticket} {priority}",
        "raise {ticket} to urgent",
        "lower {ticket} to low priority",
        "{ticket} is urgent",
        "{ticket} should be {priority} priority",
        "set {ticket} to {priority}",
        "priority {priority} for {ticket}",
    ),
)
async def set_priority(ctx: Ctx, ticket: TicketRef, priority: Priority) -> Reply:
    """Set the priority of a ticket.

    Its SLA clock follows, counted from when it was opened.
    """
    check_priority(ticket, priority)
    change = _with_priority(ctx, ticket, TicketChange(), priority)
    done = await ctx.port(Tickets).change(ctx.effect, ticket.number, change)
    args = {"ticket": ticket.number, "priority": ticket.priority.value}
    undo = ActionCall(action_id="tickets_set_priority", args=args)
    said = f"{ticket.number} is {priority} now, it was {ticket.priority}."
    return undoable(ticket_reply(ctx, done, said=said), undo, UNDO)


@action(
    permission="tickets:write",
    preview=preview_status,
    examples=(
        "set {ticket} to {status}",
        "mark {ticket} as {status}",
        "{ticket} is in progress",
        "put {ticket} on pending, {note}",
        "start working on {ticket}",
        "{ticket} is waiting for the customer",
        "{ticket} has to wait for parts, set it to {status}",
        "I begin with {ticket} now",
        "{ticket} is on hold until {note}",
        "{ticket} waits for the customer, set it to {status}",
    ),
)
async def set_status(ctx: Ctx, ticket: TicketRef, status: TicketStatus, note: str = "") -> Reply:
    """Set the status of a ticket.

    Open, in progress or pending. To finish one, close it with its resolution.
    """
    check_status(ticket, status)
    change = TicketChange(status=status, comment=note.strip()[:BODY])
    done = await ctx.port(Tickets).change(ctx.effect, ticket.number, change)
    args = {"ticket": ticket.number, "status": ticket.status.value}
    undo = ActionCall(action_id="tickets_set_status", args=args)
    said = f"{ticket.number} is {words(status)} now."
    return undoable(ticket_reply(ctx, done, said=said), undo, UNDO)


def _with_priority(ctx: Ctx, ticket: Ticket, change: TicketChange, priority: Priority | None) -> TicketChange:
    if priority is None or priority is ticket.priority:
        return change
    return TicketChange(
        level=change.level,
        comment=change.comment,
        priority=priority,
        first_response_due=ctx.settings.respond_by(priority, ticket.opened_at),
        resolve_due=ctx.settings.resolve_by(priority, ticket.opened_at),
    )
