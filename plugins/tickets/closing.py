"""Closing a ticket with its resolution, and opening it again."""

from __future__ import annotations

from bot.api import ActionCall, Approval, Change, Preview, Reply, action
from plugins.tickets.port import Ticket, TicketChange, TicketRef, Tickets, TicketStatus
from plugins.tickets.previews import check_reopens, named, preview_reopen
from plugins.tickets.reply import Ctx, login, ticket_reply, words
from plugins.tickets.rules import BODY, UNDO, back_to, check_open, checked, undoable


async def preview_close(
    ctx: Ctx, ticket: TicketRef, resolution: str, *, awaiting_customer: bool = False
) -> Preview:
    """Say what closes, with which resolution, and what is still unanswered."""
    check_ends(ticket, awaiting_customer)
    warnings = []
    if ticket.first_response_at is None:
        warnings.append("The customer has not had an answer yet")
    if ticket.breached(ctx.now):
        warnings.append(f"SLA: {ticket.clock(ctx.now)}")
    if ticket.assignee and ticket.assignee != ctx.user.email:
        warnings.append(f"It is assigned to {login(ticket.assignee)}")
    return Preview(
        text=f"{named(ticket)}, closes: {checked(resolution, 'resolution', BODY)}",
        changes=(
            Change(what=ticket.number, before=words(ticket.status), after=ended(awaiting_customer).value),
        ),
        hits=1 if ticket.customer else 0,
        warnings=tuple(warnings),
    )


def ended(awaiting_customer: bool) -> TicketStatus:
    """Return how a ticket ends: resolved as long as the customer has yet to agree."""
    return TicketStatus.RESOLVED if awaiting_customer else TicketStatus.CLOSED


def check_ends(ticket: Ticket, awaiting_customer: bool) -> None:
    """Raise Conflict for a ticket that has ended; one that is resolved may be closed in the end."""
    if awaiting_customer or ticket.status is not TicketStatus.RESOLVED:
        check_open(ticket)


@action(
    permission="tickets:write",
    approval=Approval.SELF,
    preview=preview_close,
    examples=(
        "close {ticket}: {resolution}",
        "close ticket {ticket}, {resolution}",
        "{ticket} is solved, {resolution}",
        "resolve {ticket} because {resolution}",
        "{ticket} is fixed: {resolution}",
        "finish {ticket}, {resolution}",
        "{ticket} is done, {resolution}",
        "{ticket} done, {resolution}",
        "close {ticket} {resolution}",
        "we are done with {ticket}, {resolution}",
        "{ticket} can be closed, {resolution}",
    ),
)
async def close(ctx: Ctx, ticket: TicketRef, resolution: str, *, awaiting_customer: bool = False) -> Reply:
    """Close a ticket with its resolution.

    Say how it was solved. It can be taken back for 30 minutes. It is resolved and not closed while it is
    `awaiting_customer`, who has yet to agree.
    """
    check_ends(ticket, awaiting_customer)
    resolution = checked(resolution, "resolution", BODY)
    status = ended(awaiting_customer)
    change = TicketChange(status=status, resolution=resolution)
    done = await ctx.port(Tickets).change(ctx.effect, ticket.number, change)
    reply = ticket_reply(ctx, done, said=f"{words(status).capitalize()} {ticket.number}: {resolution}")
    if not ticket.open:  # it was resolved: the customer agreed
        return reply
    return undoable(reply, ActionCall(action_id="tickets_reopen", args=back_to(ticket)), UNDO)


@action(
    permission="tickets:write",
    preview=preview_reopen,
    examples=(
        "reopen {ticket}",
        "reopen {ticket} because {reason}",
        "{ticket} is not solved, {reason}",
        "open {ticket} again",
        "the fault of {ticket} is back",
        "{ticket} came back",
        "{ticket} is back, open it again",
        "the problem of {ticket} is back",
        "{ticket} happened again",
    ),
)
async def reopen(
    ctx: Ctx, ticket: TicketRef, reason: str = "", status: TicketStatus = TicketStatus.OPEN
) -> Reply:
    """Reopen a ticket.

    A resolved or closed one becomes open again, or in progress or pending if you say so; its SLA clock goes
    on as it was.
    """
    check_reopens(ticket, status)
    change = TicketChange(status=status, comment=reason.strip()[:BODY])
    done = await ctx.port(Tickets).change(ctx.effect, ticket.number, change)
    reply = ticket_reply(ctx, done, said=f"Reopened {ticket.number}.")
    back: dict[str, str | bool] = {
        "ticket": ticket.number,
        "resolution": ticket.resolution or "Reopened by mistake",
        "awaiting_customer": ticket.status is TicketStatus.RESOLVED,
    }
    return undoable(reply, ActionCall(action_id="tickets_close", args=back), UNDO)
