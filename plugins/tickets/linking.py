"""Tickets and outages: linking one, all that an outage explains at once, and the list of an outage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.api import (
    ActionCall,
    Approval,
    BadInput,
    Button,
    Change,
    Conflict,
    Preview,
    Reply,
    Tone,
    action,
    moment,
    plural,
)
from plugins.network.port import Network, Outage, OutageRef, Place, narrowest
from plugins.tickets.port import (
    Category,
    Ticket,
    TicketChange,
    TicketPage,
    TicketQuery,
    TicketRef,
    Tickets,
)
from plugins.tickets.previews import named
from plugins.tickets.reply import Ctx, list_reply, ticket_reply
from plugins.tickets.rules import UNDO, undoable

MOST = 500
"""Tickets that are linked in one go."""
SHOWN = 5
EVERYBODY = 200_000
"""Services below one outage that are looked at."""
Numbers = tuple[str, ...]


def check_link(ticket: Ticket, outage: Outage) -> None:
    """Raise Conflict when they are linked already, or there was no outage."""
    if ticket.outage == outage.number:
        raise Conflict(f"{ticket.number} is already linked to {outage.number}.")
    check_outage(outage)


def check_outage(outage: Outage) -> None:
    """Raise Conflict when the outage never was one."""
    if outage.status == "withdrawn":
        raise Conflict(f"{outage.number} was withdrawn: it never was an outage.")


async def preview_link(ctx: Ctx, ticket: TicketRef, outage: OutageRef) -> Preview:
    """Say which ticket hangs on which outage, and on which it did."""
    check_link(ticket, outage)
    notes = [] if outage.status == "active" else [f"{outage.number} is {outage.status}"]
    if ticket.opened_at < outage.started_at:
        notes.append(f"It was opened before the outage began, {_since(ctx, outage)}")
    return Preview(
        text=f"{named(ticket)}, is linked to {outage.number} {outage.title}",
        changes=(Change(what="Outage", before=ticket.outage or "none", after=outage.number),),
        hits=1 if ticket.customer else 0,
        warnings=tuple(notes),
    )


@action(
    permission="tickets:write",
    preview=preview_link,
    examples=(
        "link {ticket} to {outage}",
        "{ticket} belongs to outage {outage}, link them",
        "{ticket} is part of {outage}",
        "attach {ticket} to {outage}",
        "put {ticket} under {outage}",
        "{ticket} comes from {outage}",
        "{outage} is the reason for {ticket}",
        "connect {ticket} with {outage}",
    ),
)
async def link_outage(ctx: Ctx, ticket: TicketRef, outage: OutageRef) -> Reply:
    """Link a ticket to the outage that explains it."""
    check_link(ticket, outage)
    change = TicketChange(outage=outage.number)
    done = await ctx.port(Tickets).change(ctx.effect, ticket.number, change)
    undo = ActionCall(action_id="tickets_unlink_outage", args={"ticket": ticket.number})
    if ticket.outage:
        args = {"ticket": ticket.number, "outage": ticket.outage}
        undo = ActionCall(action_id="tickets_link_outage", args=args)
    said = f"{ticket.number} is linked to {outage.number} {outage.title}."
    return undoable(ticket_reply(ctx, done, said=said), undo, UNDO)


def check_linked(ticket: Ticket) -> str:
    """Return the outage of a ticket; Conflict when it has none."""
    if ticket.outage is None:
        raise Conflict(f"{ticket.number} is linked to no outage.")
    return ticket.outage


async def preview_unlink(ctx: Ctx, ticket: TicketRef) -> Preview:  # noqa: ARG001 - every preview has it
    """Say from which outage it is taken."""
    change = Change(what="Outage", before=check_linked(ticket), after="none")
    return Preview(text=named(ticket), changes=(change,), hits=1 if ticket.customer else 0)


@action(
    permission="tickets:write",
    preview=preview_unlink,
    examples=(
        "unlink {ticket} from its outage",
        "unlink {ticket}",
        "{ticket} does not belong to the outage",
        "take {ticket} off its outage",
        "detach {ticket} from the outage",
    ),
)
async def unlink_outage(ctx: Ctx, ticket: TicketRef) -> Reply:
    """Take a ticket off its outage."""
    was = check_linked(ticket)
    done = await ctx.port(Tickets).change(ctx.effect, ticket.number, TicketChange(outage=""))
    undo = ActionCall(action_id="tickets_link_outage", args={"ticket": ticket.number, "outage": was})
    reply = ticket_reply(ctx, done, said=f"{ticket.number} is not linked to {was} any more.")
    return undoable(reply, undo, UNDO)


@action(
    permission="tickets:read",
    reads_only=True,
    examples=(
        "tickets of {outage}",
        "tickets of outage {outage}",
        "which tickets are linked to {outage}",
        "tickets linked to {outage}",
        "complaints from {outage}",
        "how many tickets does {outage} have",
        "open tickets of {outage}",
    ),
)
async def of_outage(ctx: Ctx, outage: OutageRef, *, open_only: bool = False, limit: int = 20) -> Reply:
    """List the tickets that are linked to an outage, the newest first."""
    query = TicketQuery(outage=outage.number, open_only=open_only)
    page = await ctx.port(Tickets).find(ctx.scope, query, max(1, min(limit, 50)))
    still = TicketQuery(outage=outage.number, open_only=True)
    count = page.total if open_only else (await ctx.port(Tickets).find(ctx.scope, still, 1)).total
    what = f"{'open ' if open_only else ''}ticket"
    text = f"{plural(page.total, what)} linked to {outage.number} {outage.title}"
    text += "." if open_only or not page.total else f", {count:,} still open."
    reply = list_reply(ctx, page, text)
    more = (Button("Link all below", "tickets_link_all", {"outage": outage.number}),)
    return replace(reply, buttons=reply.buttons + more, focus={"outage": outage.number})


async def preview_link_all(ctx: Ctx, outage: OutageRef, tickets: Numbers = ()) -> Preview:
    """Say how many tickets of how many customers, which ones, and which were there before the outage."""
    found = await _linkable(ctx, outage, tickets)
    first = ", ".join(f"{t.number} {t.subject}" for t in found.tickets[:SHOWN])
    more = f" and {found.total - SHOWN:,} more" if found.total > SHOWN else ""
    before = [t.number for t in found.tickets if t.opened_at < outage.started_at]
    warnings = [f"Of {found.total:,} the first {MOST} are linked; ask again for the rest"] * (
        found.total > MOST
    )
    if before:
        some = f"{', '.join(before[:SHOWN])}{' and more' if len(before) > SHOWN else ''}"
        warnings.append(
            f"Opened before it began, {_since(ctx, outage)}: {plural(len(before), 'ticket')} ({some})"
        )
    return Preview(
        text=f"{_counted(found)} linked to {outage.number} {outage.title}: {first}{more}",
        changes=(Change(what="Outage", before="none", after=outage.number),),
        hits=len({t.customer for t in found.tickets if t.customer}),
        warnings=tuple(warnings),
    )


@action(
    permission="tickets:write",
    approval=Approval.SELF,
    preview=preview_link_all,
    examples=(
        "link all open no service tickets below {outage} to it",
        "link all tickets below {outage}",
        "link all no service tickets to {outage}",
        "link everything below {outage} to it",
        "attach all tickets hit by {outage}",
        "put all no service tickets below {outage} on it",
        "connect all open tickets below {outage} with it",
    ),
)
async def link_all(ctx: Ctx, outage: OutageRef, tickets: Numbers = ()) -> Reply:
    """Link all open no-service tickets below an outage to it.

    Those of customers whose line hangs on the place of the outage, and that are linked to none; or only
    those named. It can be taken back for 30 minutes.
    """
    found = await _linkable(ctx, outage, tickets)
    numbers = [ticket.number for ticket in found.tickets]
    done = await ctx.port(Tickets).link(ctx.effect, numbers, outage.number)
    text = f"Linked {plural(len(done), 'ticket')} to {outage.number} {outage.title}."
    return _bulk(ctx, text, outage, done, "tickets_unlink_all")


async def preview_unlink_all(ctx: Ctx, outage: OutageRef, tickets: Numbers = ()) -> Preview:
    """Say how many tickets are taken off the outage."""
    found = await _linked(ctx, outage, tickets)
    return Preview(
        text=f"{_counted(found)} taken off {outage.number} {outage.title}",
        changes=(Change(what="Outage", before=outage.number, after="none"),),
        hits=len({t.customer for t in found.tickets if t.customer}),
    )


@action(
    permission="tickets:write",
    approval=Approval.SELF,
    preview=preview_unlink_all,
    examples=(
        "unlink all tickets from {outage}",
        "take all tickets off {outage}",
        "detach every ticket from {outage}",
    ),
)
async def unlink_all(ctx: Ctx, outage: OutageRef, tickets: Numbers = ()) -> Reply:
    """Take all tickets off an outage, or only those named."""
    found = await _linked(ctx, outage, tickets)
    numbers = [ticket.number for ticket in found.tickets]
    done = await ctx.port(Tickets).unlink(ctx.effect, numbers, outage.number)
    text = f"Took {plural(len(done), 'ticket')} off {outage.number} {outage.title}."
    return _bulk(ctx, text, outage, done, "tickets_link_all")


async def _linkable(ctx: Ctx, outage: Outage, tickets: Sequence[str]) -> TicketPage:
    """Return the tickets that may be linked: those named, or what the outage explains."""
    check_outage(outage)
    query = TicketQuery(open_only=True, unlinked=True, oldest_first=True)
    if tickets:
        query = replace(query, numbers=_read(tickets), open_only=False)
    else:
        below = await ctx.port(Network).impact(ctx.user.scope("network:read"), _place(outage), EVERYBODY)
        customers = tuple(sorted({hit.customer for hit in below.hits}))
        query = replace(query, category=Category.NO_SERVICE, customers=customers)
    found = await ctx.port(Tickets).find(ctx.scope, query, MOST)
    if not found.total:
        what = "of these tickets is" if tickets else f"open no-service ticket below {outage.number} is"
        raise Conflict(f"No {what} without an outage; there is nothing to link.")
    return found


async def _linked(ctx: Ctx, outage: Outage, tickets: Sequence[str]) -> TicketPage:
    query = TicketQuery(outage=outage.number, numbers=_read(tickets) if tickets else None)
    found = await ctx.port(Tickets).find(ctx.scope, query, MOST)
    if not found.total:
        raise Conflict(f"No {'such ' if tickets else ''}ticket is linked to {outage.number}.")
    return found


def _read(tickets: Sequence[str]) -> Numbers:
    return tuple(number.strip().lstrip("#") for number in tickets)


def _place(outage: Outage) -> Place:
    if (below := narrowest(outage)) is not None:
        return below
    raise BadInput(f"{outage.number} names no place, so nothing hangs below it. Link the tickets one by one.")


def _counted(found: TicketPage) -> str:
    count = min(found.total, MOST)
    customers = len({t.customer for t in found.tickets if t.customer})
    return f"{plural(count, 'ticket')} of {plural(customers, 'customer')} {'is' if count == 1 else 'are'}"


def _since(ctx: Ctx, outage: Outage) -> str:
    return moment(outage.started_at, ctx.now, ctx.tenant.zone)


def _bulk(ctx: Ctx, text: str, outage: Outage, done: Sequence[str], back: str) -> Reply:
    this = {"outage": outage.number}
    reply = Reply(
        text,
        data=tuple(done),
        buttons=(Button("Its tickets", "tickets_of_outage", this), Button("Outage", "network_outage", this)),
        evidence=(ctx.evidence(Tickets),),
        tone=Tone.GOOD if done else Tone.PLAIN,
        focus=this,
    )
    undo = ActionCall(action_id=back, args={**this, "tickets": list(done)})
    return undoable(reply, undo, UNDO) if done else reply
