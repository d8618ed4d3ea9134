"""Opening a ticket, and taking back one that should not have been opened."""

from __future__ import annotations

from dataclasses import replace

from bot.api import ActionCall, Approval, Reply, action, moment
from plugins.customers.port import CustomerRef
from plugins.reminders.port import offer
from plugins.tickets.category import category_of
from plugins.tickets.port import (
    AgentRef,
    Category,
    NewTicket,
    Priority,
    TeamRef,
    TicketChange,
    TicketRef,
    Tickets,
    TicketStatus,
)
from plugins.tickets.previews import preview_cancel, preview_create
from plugins.tickets.reply import Ctx, ticket_reply, words
from plugins.tickets.rules import BODY, SOON, SUBJECT, UNDO, back_to, check_open, checked, undoable

MISTAKE = "Opened by mistake"


@action(
    permission="tickets:write",
    preview=preview_create,
    examples=(
        "open a ticket for {customer}: {subject}",
        "create a {priority} priority ticket for {customer}: {subject}",
        "new ticket {subject}",
        "log a fault for {customer}, {subject}",
        "{customer} complains about {subject}, open a ticket",
        "raise a case for {customer}: {subject}",
        "start a ticket for {customer}, {subject}",
        "{priority} priority ticket for {customer}: {subject}",
        "make a ticket for {customer}, {subject}",
        "ticket for {customer}: {subject}",
        "open one for {customer}: {subject}",
        "log that {customer} has {subject}",
        "file a complaint for {customer}: {subject}",
        "report a fault for {customer}: {subject}",
        "a ticket for {customer}, {subject}",
        "put in a ticket for {customer}: {subject}",
        "put in a ticket for {customer}, {subject}",
        "{customer} reports that {subject}",
        "register a complaint of {customer}: {subject}",
    ),
)
async def create(  # noqa: PLR0913 - each says one thing about the ticket
    ctx: Ctx,
    *,
    customer: CustomerRef | None = None,
    subject: str,
    priority: Priority = Priority.NORMAL,
    category: Category | None = None,
    body: str = "",
    assignee: AgentRef | None = None,
    team: TeamRef | None = None,
) -> Reply:
    """Open a ticket.

    In the queue of a team if you name one. The SLA clock follows from the priority. It can be taken back
    for 10 minutes.
    """
    subject = checked(subject, "subject", SUBJECT)
    new = NewTicket(
        subject=subject,
        body=body.strip()[:BODY],
        customer=customer.number if customer else None,
        category=category or category_of(subject),
        priority=priority,
        assignee=assignee.email if assignee else None,
        team=(team.name or None) if team else None,
        first_response_due=ctx.settings.respond_by(priority, ctx.now),
        resolve_due=ctx.settings.resolve_by(priority, ctx.now),
    )
    ticket = await ctx.port(Tickets).create(ctx.effect, new)
    by = moment(new.resolve_due, ctx.now, ctx.tenant.zone) if new.resolve_due else ""
    who = f" for {ticket.customer_name}" if ticket.customer_name else ""
    said = f"Opened {ticket.number}{who}, {ticket.priority}, {words(ticket.category)}, to be solved by {by}."
    undo = ActionCall(action_id="tickets_cancel", args={"ticket": ticket.number})
    reply = ticket_reply(ctx, ticket, said=said)
    promised = offer(ctx, f"{new.subject}\n{new.body}", ticket=ticket.number)
    return undoable(replace(reply, choices=promised), undo, SOON)


@action(
    permission="tickets:write",
    approval=Approval.SELF,
    preview=preview_cancel,
    examples=(
        "cancel {ticket}, opened by mistake",
        "discard {ticket}",
        "{ticket} is a duplicate, drop it",
        "forget {ticket}, it was opened twice",
    ),
)
async def cancel(ctx: Ctx, ticket: TicketRef) -> Reply:
    """Cancel a ticket that should not have been opened."""
    check_open(ticket)
    change = TicketChange(status=TicketStatus.CLOSED, resolution=MISTAKE)
    done = await ctx.port(Tickets).change(ctx.effect, ticket.number, change)
    undo = ActionCall(action_id="tickets_reopen", args=back_to(ticket))
    return undoable(ticket_reply(ctx, done, said=f"Cancelled {ticket.number}."), undo, UNDO)
