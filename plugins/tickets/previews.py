"""What a change of a ticket will do, said before the yes; what cannot be done is said here already."""

from __future__ import annotations

from dataclasses import replace

from bot.api import BadInput, Change, Conflict, Preview, moment
from plugins.customers.port import CustomerRef
from plugins.tickets.category import category_of
from plugins.tickets.port import (
    Agent,
    AgentRef,
    Category,
    Level,
    Priority,
    TeamRef,
    Ticket,
    TicketQuery,
    TicketRef,
    Tickets,
    TicketStatus,
)
from plugins.tickets.reply import NEXT, Ctx, login, words
from plugins.tickets.rules import BODY, SUBJECT, check_open, checked

FEW = 3


def named(ticket: Ticket) -> str:
    """Return `TCK-7 of Amina Bello, “No light”`."""
    who = f" of {ticket.customer_name}" if ticket.customer_name else ""
    return f"{ticket.number}{who}, “{ticket.subject}”"


def new_assignee(ctx: Ctx, ticket: Ticket, to: Agent | None) -> Agent:
    """Return who gets the ticket; raise when it cannot be given, or is with them already."""
    check_open(ticket)
    if to is None and not ctx.user.email:
        raise BadInput("I do not know your e-mail address. Say to whom the ticket goes.")
    given = to or Agent(email=ctx.user.email or "", name=ctx.user.name)
    if ticket.assignee == given.email:
        raise Conflict(f"{ticket.number} is already with {given.name}.")
    return given


def new_level(ticket: Ticket, level: Level | None) -> Level:
    """Return the level a ticket goes up to; raise when there is none above."""
    check_open(ticket)
    to = level or NEXT.get(ticket.level)
    if to is None or (level and level.value <= ticket.level.value):
        raise Conflict(f"{ticket.number} is already at {ticket.level}; it can only go up from there.")
    return to


def check_assigned(ticket: Ticket) -> None:
    """Raise Conflict when there is nobody to take the ticket from."""
    check_open(ticket)
    if ticket.assignee is None:
        raise Conflict(f"{ticket.number} is with nobody.")


def check_done(ticket: Ticket) -> None:
    """Raise Conflict when the ticket is open as it is."""
    if ticket.open:
        raise Conflict(f"{ticket.number} is {words(ticket.status)}; there is nothing to reopen.")


def check_reopens(ticket: Ticket, status: TicketStatus) -> None:
    """Raise unless the ticket is done and may stand there again."""
    check_done(ticket)
    if status in {TicketStatus.RESOLVED, TicketStatus.CLOSED}:
        raise BadInput(f"A ticket that is reopened is open, in progress or pending, not {words(status)}.")


def check_priority(ticket: Ticket, priority: Priority) -> None:
    """Raise Conflict when the ticket has this priority already."""
    check_open(ticket)
    if priority is ticket.priority:
        raise Conflict(f"{ticket.number} is already {priority}.")


def check_status(ticket: Ticket, status: TicketStatus) -> None:
    """Raise unless the ticket can be put there without a resolution."""
    if status in {TicketStatus.RESOLVED, TicketStatus.CLOSED}:
        raise BadInput(f"To finish a ticket say how it was solved: close {ticket.number}: …")
    check_open(ticket)
    if status is ticket.status:
        raise Conflict(f"{ticket.number} is already {words(status)}.")


async def preview_create(  # noqa: PLR0913 - as the action it is of
    ctx: Ctx,
    *,
    customer: CustomerRef | None = None,
    subject: str,
    priority: Priority = Priority.NORMAL,
    category: Category | None = None,
    body: str = "",
    assignee: AgentRef | None = None,
    team: TeamRef | None = None,
) -> Preview:
    """Say until when it is to be solved, and which tickets the customer has open already."""
    subject = checked(subject, "subject", SUBJECT)
    by = moment(ctx.settings.resolve_by(priority, ctx.now), ctx.now, ctx.tenant.zone)
    kind, given = words(category or category_of(subject)), f", for {assignee.name}" if assignee else ""
    given += f", in the queue of {team.said}" if team and team.name else ""
    an = "An" if priority is Priority.URGENT else "A"
    warnings: tuple[str, ...] = () if customer else ("It is for no customer",)
    if customer:
        query = TicketQuery(customer=customer.number, open_only=True)
        found = await ctx.port(Tickets).find(ctx.user.scope("tickets:read"), query, FEW)
        warnings = tuple(f"Open already: {t.number} {t.subject}" for t in found.tickets)
    return Preview(
        text=f"{an} {priority} ticket, {kind}, to be solved by {by}{given}.{' ' + body if body else ''}",
        hits=1 if customer else 0,
        warnings=warnings,
    )


async def preview_comment(ctx: Ctx, ticket: TicketRef, text: str, *, public: bool = False) -> Preview:
    """Say on what, and who will read it."""
    return await preview_answer(ctx, ticket, text) if public else _of(ticket, checked(text, "comment", BODY))


async def preview_answer(_ctx: Ctx, ticket: TicketRef, text: str) -> Preview:
    """Say that the customer will read it."""
    if not ticket.customer:
        unread = "It is a ticket of no customer, so nobody outside reads it"
        return _of(ticket, checked(text, "comment", BODY), unread)
    return replace(_of(ticket, checked(text, "comment", BODY), "The customer sees this"), final=True)


async def preview_assign(
    ctx: Ctx, ticket: TicketRef, to: AgentRef | None = None, team: TeamRef | None = None
) -> Preview:
    """Say from whom to whom it goes, and from which queue to which."""
    given = new_assignee(ctx, ticket, to)
    changes = [_change("With", login(ticket.assignee) or "nobody", given.name)]
    if team is not None and team.name != (ticket.team or ""):
        changes.append(_change("Team", ticket.team or "none", team.name or "none"))
    return Preview(text=named(ticket), changes=tuple(changes), hits=_hits(ticket))


async def preview_unassign(_ctx: Ctx, ticket: TicketRef) -> Preview:
    """Say from whom it is taken."""
    check_assigned(ticket)
    return _moved(ticket, "With", login(ticket.assignee), "nobody")


async def preview_escalate(
    _ctx: Ctx,
    ticket: TicketRef,
    level: Level | None = None,
    reason: str = "",
    priority: Priority | None = None,
) -> Preview:
    """Say from which level to which it goes."""
    changes = [_change("Level", ticket.level, new_level(ticket, level))]
    if priority not in {None, ticket.priority}:
        changes.append(_change("Priority", ticket.priority, priority))
    text = f"{named(ticket)}: {reason}" if reason else named(ticket)
    return Preview(text=text, changes=tuple(changes), hits=_hits(ticket))


async def preview_priority(ctx: Ctx, ticket: TicketRef, priority: Priority) -> Preview:
    """Say how urgent it is and will be, and until when it is to be solved then."""
    check_priority(ticket, priority)
    by = ctx.settings.resolve_by(priority, ticket.opened_at)
    over = ", which is over already" if by < ctx.now else ""
    warning = f"It is then to be solved by {moment(by, ctx.now, ctx.tenant.zone)}{over}"
    return _moved(ticket, "Priority", ticket.priority, priority, warning)


async def preview_status(_ctx: Ctx, ticket: TicketRef, status: TicketStatus, note: str = "") -> Preview:
    """Say where it stands and will stand."""
    check_status(ticket, status)
    return _moved(ticket, "Status", words(ticket.status), words(status), said=note)


async def preview_reopen(
    _ctx: Ctx, ticket: TicketRef, reason: str = "", status: TicketStatus = TicketStatus.OPEN
) -> Preview:
    """Say how it was solved, as it seemed."""
    check_reopens(ticket, status)
    solved = (f"It was solved so: {ticket.resolution}",) if ticket.resolution else ()
    return _moved(ticket, "Status", words(ticket.status), words(status), *solved, said=reason)


async def preview_cancel(_ctx: Ctx, ticket: TicketRef) -> Preview:
    """Say what is dropped."""
    check_open(ticket)
    return _moved(ticket, "Status", words(ticket.status), "closed, opened by mistake")


def _hits(ticket: Ticket) -> int:
    return 1 if ticket.customer else 0


def _change(what: str, before: str, after: str | None) -> Change:
    return Change(what=what, before=str(before), after=str(after))


def _of(ticket: Ticket, text: str, *warnings: str) -> Preview:
    return Preview(text=f"{named(ticket)}: {text}", hits=_hits(ticket), warnings=warnings)


def _moved(ticket: Ticket, what: str, before: str, after: str, *warnings: str, said: str = "") -> Preview:
    text = f"{named(ticket)}: {said.strip()}" if said.strip() else named(ticket)
    change = _change(what, before, after)
    return Preview(text=text, changes=(change,), hits=_hits(ticket), warnings=warnings)
