"""Putting a ticket where it belongs: another category than the one it was opened under."""

from __future__ import annotations

from bot.api import ActionCall, Change, Conflict, Preview, Reply, action
from plugins.tickets.port import Category, Ticket, TicketChange, TicketRef, Tickets
from plugins.tickets.previews import named
from plugins.tickets.reply import Ctx, ticket_reply, words
from plugins.tickets.rules import UNDO, check_open, undoable


def check_category(ticket: Ticket, category: Category) -> None:
    """Raise Conflict when it is of this category already, or nobody works on it any more."""
    check_open(ticket)
    if category is ticket.category:
        raise Conflict(f"{ticket.number} is already under {words(category)}.")


async def preview_category(ctx: Ctx, ticket: TicketRef, category: Category) -> Preview:  # noqa: ARG001 - every preview has it
    """Say under what it is and will be."""
    check_category(ticket, category)
    change = Change(what="Category", before=words(ticket.category), after=words(category))
    return Preview(text=named(ticket), changes=(change,), hits=1 if ticket.customer else 0)


@action(
    permission="tickets:write",
    preview=preview_category,
    examples=(
        "set the category of {ticket} to {category}",
        "change the category of {ticket} to {category}",
        "file {ticket} under {category}",
        "{ticket} is a {category} ticket",
        "categorise {ticket} as {category}",
        "move {ticket} to category {category}",
        "put {ticket} in the {category} category",
        "recategorise {ticket} as {category}",
        "{ticket} belongs under {category}",
        "{ticket} should be in {category}",
    ),
)
async def set_category(ctx: Ctx, ticket: TicketRef, category: Category) -> Reply:
    """Set the category of a ticket.

    What kind of trouble it is: no service, slow, wifi, billing, installation, equipment or other.
    """
    check_category(ticket, category)
    done = await ctx.port(Tickets).change(ctx.effect, ticket.number, TicketChange(category=category))
    args = {"ticket": ticket.number, "category": ticket.category.value}
    undo = ActionCall(action_id="tickets_set_category", args=args)
    said = f"{ticket.number} is under {words(category)} now, it was under {words(ticket.category)}."
    return undoable(ticket_reply(ctx, done, said=said), undo, UNDO)
