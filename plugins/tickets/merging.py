"""Merging a duplicate into the ticket that goes on, and taking it out again."""

from __future__ import annotations

from bot.api import ActionCall, Approval, BadInput, Change, Conflict, Preview, Reply, action
from plugins.tickets.port import Ticket, TicketRef, Tickets
from plugins.tickets.previews import named
from plugins.tickets.reply import Ctx, ticket_reply, words
from plugins.tickets.rules import UNDO, check_open, undoable


def check_merge(ticket: Ticket, into: Ticket, *, across: bool) -> None:
    """Raise unless both are open, two, and of one customer or merged across customers on purpose."""
    if ticket.number == into.number:
        raise BadInput(f"{ticket.number} cannot be merged into itself. Name the ticket that goes on.")
    for one in (ticket, into):
        if one.merged_into:
            raise Conflict(f"{one.number} was merged into {one.merged_into}. Name that one.")
        check_open(one)
    if ticket.customer != into.customer and not across:
        raise Conflict(
            f"{ticket.number} is {_whose(ticket)}, {into.number} {_whose(into)}. If it is the same trouble "
            f"all the same, say: merge {ticket.number} into {into.number} across customers"
        )


def check_merged(ticket: Ticket) -> str:
    """Return what the ticket is merged into; Conflict when it is not merged."""
    if ticket.merged_into is None:
        raise Conflict(f"{ticket.number} is not merged into another ticket.")
    return ticket.merged_into


def _whose(ticket: Ticket) -> str:
    return f"of {ticket.customer_name or ticket.customer}" if ticket.customer else "of no customer"


async def preview_merge(ctx: Ctx, ticket: TicketRef, into: TicketRef, *, across: bool = False) -> Preview:
    """Say which one closes, which one goes on, and what gets lost if the wrong one does."""
    check_merge(ticket, into, across=across)
    warnings = []
    if ticket.customer != into.customer:
        warnings.append(f"They are not of one customer: {_whose(ticket)}, and {_whose(into)}")
    if ticket.opened_at < into.opened_at:
        warnings.append(f"{ticket.number} is the older one; the clock of {into.number} goes on")
    if ticket.due and (into.due is None or ticket.due < into.due):
        warnings.append(f"{ticket.number} had less time: {ticket.clock(ctx.now)}")
    if ticket.assignee and ticket.assignee not in {ctx.user.email, into.assignee}:
        warnings.append(f"{ticket.number} is assigned to {ticket.assignee}")
    if ticket.outage and ticket.outage != into.outage:
        warnings.append(
            f"{ticket.number} is linked to {ticket.outage}, {into.number} to {into.outage or 'none'}"
        )
    return Preview(
        text=f"{named(ticket)}, is merged into {named(into)}",
        changes=(
            Change(
                what=ticket.number, before=words(ticket.status), after=f"closed, merged into {into.number}"
            ),
            Change(what=into.number, after="goes on; its history shows the lines of both"),
        ),
        hits=len({one.customer for one in (ticket, into) if one.customer}),
        warnings=tuple(warnings),
    )


@action(
    permission="tickets:write",
    approval=Approval.SELF,
    preview=preview_merge,
    examples=(
        "merge {ticket} into {into}",
        "{ticket} is the same as {into}, merge them",
        "{ticket} is a duplicate of {into}",
        "merge {ticket} with {into}",
        "combine {ticket} with {into}",
        "{ticket} and {into} are the same, merge them",
        "fold {ticket} into {into}",
        "merge {ticket} into {into} across customers",
        "{ticket} duplicates {into}, merge it",
    ),
)
async def merge(ctx: Ctx, ticket: TicketRef, into: TicketRef, *, across: bool = False) -> Reply:
    """Merge a duplicate ticket into the one that goes on.

    The duplicate is closed; the other shows the lines of both. Tickets of different customers only if you
    say “across customers”. It can be taken back for 30 minutes.
    """
    check_merge(ticket, into, across=across)
    port = ctx.port(Tickets)
    await port.merge(ctx.effect, ticket.number, into.number)
    reply = ticket_reply(
        ctx, into, said=f"Merged {ticket.number} into {into.number}; {ticket.number} is closed."
    )
    undo = ActionCall(action_id="tickets_unmerge", args={"ticket": ticket.number})
    return undoable(reply, undo, UNDO)


async def preview_unmerge(ctx: Ctx, ticket: TicketRef) -> Preview:  # noqa: ARG001 - every preview has it
    """Say what it is taken out of."""
    into = check_merged(ticket)
    change = Change(what=ticket.number, before=f"closed, merged into {into}", after="open as it was")
    return Preview(text=named(ticket), changes=(change,), hits=1 if ticket.customer else 0)


@action(
    permission="tickets:write",
    approval=Approval.SELF,
    preview=preview_unmerge,
    examples=(
        "unmerge {ticket}",
        "take {ticket} out of the ticket it was merged into",
        "{ticket} was merged by mistake",
        "undo the merge of {ticket}",
        "{ticket} is no duplicate after all",
    ),
)
async def unmerge(ctx: Ctx, ticket: TicketRef) -> Reply:
    """Take a merged ticket out again.

    It is open as it was before, with its own clock and history.
    """
    into = check_merged(ticket)
    done = await ctx.port(Tickets).unmerge(ctx.effect, ticket.number)
    across = {"across": True}
    undo = ActionCall(action_id="tickets_merge", args={"ticket": ticket.number, "into": into, **across})
    said = f"Took {ticket.number} out of {into}; it is {words(done.status)} again."
    return undoable(ticket_reply(ctx, done, said=said), undo, UNDO)
