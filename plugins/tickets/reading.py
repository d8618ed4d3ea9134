"""Looking at tickets: search, one with its history, my queue, whose clock runs out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from bot.api import BadInput, Button, Reply, action, moment, plural, span
from plugins.customers.port import CustomerRef
from plugins.reminders.port import Reminders, find_about
from plugins.tickets.category import only_names
from plugins.tickets.driving import driving
from plugins.tickets.due import due_between, due_said, late_before
from plugins.tickets.filing import with_files
from plugins.tickets.period import Whose, kind_of, midnight, when
from plugins.tickets.port import (
    Agent,
    AgentRef,
    Category,
    Level,
    Priority,
    StaffRef,
    TeamRef,
    TicketQuery,
    TicketRef,
    Tickets,
    TicketStatus,
)
from plugins.tickets.reply import Ctx, list_reply, none_reply, sla_note, ticket_reply, words

MAX_ROWS = 50
FINISHED = frozenset({TicketStatus.RESOLVED, TicketStatus.CLOSED})
YEAR = timedelta(days=366)


@action(
    permission="tickets:read",
    reads_only=True,
    examples=(
        "open tickets of {customer}",
        "tickets of {customer}",
        "does {customer} have open tickets",
        "search tickets about {text}",
        "tickets that mention {text}",
        "urgent tickets",
        "all open no service tickets",
        "unassigned tickets",
        "tickets {assignee} is working on",
        "L2 tickets still open",
        "has {customer} reported anything",
        "complaints of {customer}",
        "has {customer} a fault open",
        "tickets nobody has taken",
        "tickets without an owner",
        "complaints about slow internet",
        "what was closed today",
        "tickets closed today",
        "{category} tickets of today",
        "tickets opened today",
        "resolved tickets",
        "what is {assignee} working on",
        "which tickets has {assignee} got",
        "who is working on the oldest urgent ticket",
        "oldest open tickets",
        "high priority tickets",
        "wifi tickets still open",
        "pending installation tickets",
        "tickets in {area}",
        "open tickets around {area}",
        "the {level} queue",
        "what did {customer} complain about",
        "open tickets",
        "all the open ones",
        "tickets of the {team} team",
        "unanswered tickets",
        "open tickets older than {older_than}",
        "tickets of {kind} customers",
        "{kind} customers with open tickets",
    ),
)
async def search(  # noqa: PLR0913 - each is one way to narrow the search
    ctx: Ctx,
    text: str = "",
    customer: CustomerRef | None = None,
    *,
    open_only: bool = False,
    status: TicketStatus | None = None,
    priority: Priority | None = None,
    category: Category | None = None,
    level: Level | None = None,
    assignee: StaffRef | None = None,
    opened_by: AgentRef | None = None,
    unassigned: bool = False,
    unanswered: bool = False,
    team: TeamRef | None = None,
    kind: Whose | None = None,
    older_than: timedelta | None = None,
    area: str = "",
    since: date | None = None,
    until: date | None = None,
    due: bool = False,
    oldest: bool = False,
    limit: int = 15,
) -> Reply:
    """Search tickets.

    By words, customer or kind of customer, status, priority, category, level, assignee, who opened it, team,
    region or site, or days: when they were opened, finished if you ask for finished ones, or with `due` those
    when their SLA clock runs out. “Open” is what nobody has finished; `oldest` puts the oldest first.
    """
    status, open_only = _meant(status, open_only)
    all_ = not any((text, customer, since, until, opened_by))
    query = TicketQuery(
        text="" if category and only_names(category, text) else text,
        area=area.strip() or None,
        team=team.name if team else None,
        unanswered=unanswered,
        oldest_first=oldest,
        customer=customer.number if customer else None,
        assignee="" if unassigned else assignee.email if assignee else None,
        open_only=open_only or (not status and any((all_, unassigned, unanswered, team, older_than))),
        status=status,
        priority=priority,
        category=category,
        level=level,
        customer_kind=kind_of(kind),
        opened_by=(opened_by.email, opened_by.name) if opened_by else None,
    )
    who = (customer.name if customer else "", _named(assignee))
    return await (_due if due else _of_days)(ctx, query, who, (since, until), older_than, limit)


Days = tuple[date | None, date | None]


async def _of_days(
    ctx: Ctx, query: TicketQuery, who: tuple[str, str], days: Days, older_than: timedelta | None, limit: int
) -> Reply:
    """Return what was opened, or finished, in some days."""
    what = _timed(_what(query, *who), query.status, when(*days, ctx.today), older_than)
    return await _found(ctx, _older(ctx, _between(ctx, query, *days), older_than), what, limit)


async def _due(
    ctx: Ctx, query: TicketQuery, who: tuple[str, str], days: Days, older_than: timedelta | None, limit: int
) -> Reply:
    """Return what is due in some days, and how much is late from before."""
    query = due_between(ctx, query, *days)
    what = due_said(ctx, _timed(_what(query, *who), query.status, "", older_than), *days)
    reply = await _found(ctx, _older(ctx, query, older_than), what, limit)
    return replace(reply, text=reply.text + await late_before(ctx, query))


def _named(assignee: Agent | None) -> str:
    """Return a colleague's name; of one who is gone it is said, as the tickets wait for nobody."""
    gone = "" if assignee is None or assignee.active else " (not active here any more)"
    return f"{assignee.name}{gone}" if assignee else ""


def _meant(status: TicketStatus | None, open_only: bool) -> tuple[TicketStatus | None, bool]:
    """Return what is meant by a status: who says “open” does not mean “not even started”."""
    return (None, True) if status is TicketStatus.OPEN else (status, open_only)


async def _found(ctx: Ctx, query: TicketQuery, what: str, limit: int) -> Reply:
    """Return what a search finds; `what` says what was looked for."""
    query = replace(query, by_clock=query.open_only and not query.oldest_first)
    page = await ctx.port(Tickets).find(ctx.scope, query, max(1, min(limit, MAX_ROWS)))
    focus = query.customer or ""
    if not page.total:
        return none_reply(ctx, f"No {what}.", focus)
    found = plural(page.total, what.replace("tickets", "ticket", 1), what)
    return list_reply(ctx, page, f"{found}{await sla_note(ctx, query, page)}.", focus=focus)


def _between(ctx: Ctx, query: TicketQuery, since: date | None, until: date | None) -> TicketQuery:
    """Narrow to those opened, or finished when finished ones are asked for, from a day until another."""
    if since and until and until < since:
        raise BadInput("That ends before it begins. Say from which day until which.")
    begin, end = midnight(ctx, since), midnight(ctx, until, days=1)
    if query.status in FINISHED:
        any_ = None if begin or end else query.status  # solved or closed: it ended in these days
        return replace(query, status=any_, ended_since=begin, ended_until=end)
    return replace(query, opened_since=begin, opened_until=end)


def _older(ctx: Ctx, query: TicketQuery, than: timedelta | None) -> TicketQuery:
    """Narrow to those opened longer ago than a time."""
    if than is None:
        return query
    if not timedelta() < than <= YEAR * 10:
        raise BadInput("Say for how long they have been open, for example 2 days.")
    before = ctx.now - than
    return replace(query, opened_until=min(query.opened_until or before, before))


def _timed(what: str, status: TicketStatus | None, period: str, older_than: timedelta | None) -> str:
    """Say the days; those that ended in them were solved or closed, and are open no more."""
    done = status in FINISHED
    if done and period:
        what = what.replace(words(status or ""), "solved or closed", 1)
    if older_than is None:
        return what + period
    return (
        what
        + period
        + (f" opened over {span(older_than)} ago" if done else f" open for over {span(older_than)}")
    )


def _what(query: TicketQuery, customer: str, assignee: str) -> str:
    status = "open" if query.open_only else words(query.status) if query.status else ""
    parts = [status, "unassigned" if query.assignee == "" else "", "unanswered" if query.unanswered else ""]
    parts += [query.priority or ""]
    parts += [words(query.category) if query.category else "", query.level or "", "tickets"]
    parts += [f"of {query.customer_kind} customers" if query.customer_kind else ""]
    parts += [f"for {customer}" if customer else "", f"of {assignee}" if assignee else ""]
    parts += [f"of the {query.team} team" if query.team else "of no team" if query.team == "" else ""]
    parts += [f"in {query.area[:60]}"] if query.area else []
    parts += [f"opened by {query.opened_by[1]}"] if query.opened_by else []
    parts.append(f"about “{query.text[:60]}”" if query.text else "")
    return " ".join(part for part in parts if part)


@action(
    permission="tickets:read",
    reads_only=True,
    examples=(
        "show {ticket}",
        "show ticket {ticket}",
        "what is the status of {ticket}",
        "history of {ticket}",
        "what happened on {ticket}",
        "who is working on {ticket}",
        "read me {ticket}",
        "who has {ticket}",
        "is {ticket} solved already",
        "what was done on {ticket}",
        "how is {ticket} going",
        "whose ticket is {ticket}",
        "is {ticket} still open",
        "where do we stand with {ticket}",
    ),
)
async def show(ctx: Ctx, ticket: TicketRef) -> Reply:
    """Show a ticket with its SLA clock and history."""
    history = await ctx.port(Tickets).history(ctx.scope, ticket.number)
    reply = await with_files(ctx, ticket, ticket_reply(ctx, ticket, history))
    promised = await find_about(ctx, Reminders, ticket=ticket.number)
    zone = ctx.tenant.zone
    said = [
        f"{one.owner_name}, {moment(one.at, ctx.now, zone)}: {one.text} ({one.number})" for one in promised
    ]
    return replace(reply, facts={**reply.facts, "Promised": "; ".join(said)}) if said else reply


def own(ctx: Ctx) -> str:
    """Return the address under which the asker's tickets are kept; BadInput when there is none."""
    if not ctx.user.email:
        raise BadInput("I do not know your e-mail address, so I can not tell which tickets are yours.")
    return ctx.user.email


@action(
    permission="tickets:read",
    reads_only=True,
    examples=(
        "my tickets",
        "my queue",
        "what is on my plate",
        "my jobs today",
        "what should I work on next",
        "which tickets are assigned to me",
        "my open tickets by SLA",
        "what do I have today",
        "everything assigned to me",
        "my next job",
        "my work for today",
        "show my tickets",
        "tickets in my name",
    ),
)
async def my_queue(ctx: Ctx, limit: int = 20) -> Reply:
    """Show the tickets assigned to me.

    The most pressing SLA clock first; and how many visits I have today.
    """
    query = TicketQuery(assignee=own(ctx), open_only=True, by_clock=True)
    page = await ctx.port(Tickets).find(ctx.scope, query, max(1, min(limit, MAX_ROWS)))
    visits = await driving(ctx)
    if not page.total:
        text = "Your queue is empty. Nothing is assigned to you."
        reply = none_reply(ctx, f"{visits}No ticket is assigned to you." if visits else text)
    else:
        text = f"{plural(page.total, 'ticket')} in your queue{await sla_note(ctx, query, page)}."
        reply = list_reply(ctx, page, f"{visits}{text}", who=False)
    if visits or not page.total:
        reply = replace(reply, buttons=(Button("My visits", "visits_route", {}), *reply.buttons))
    return reply
