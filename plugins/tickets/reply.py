"""Tickets as people read them: lists by clock, one with its history, the entities."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.api import Align, Button, Column, Context, Match, Reply, Table, Tone, moment
from plugins.tickets.port import (
    Agent,
    Level,
    Ticket,
    TicketEvent,
    TicketPage,
    TicketQuery,
    Tickets,
    TicketStatus,
)
from plugins.tickets.sla import SlaSettings

Ctx = Context[SlaSettings]
NUMBER = re.compile(r"^#?(?:TCK-?)?(\d{1,12})$", re.IGNORECASE)
FILE_NUMBERS = (re.compile(r"\bFILE-\d{1,12}\b", re.IGNORECASE),)
NUMBERS = (re.compile(r"\bTCK-\d{1,12}\b", re.IGNORECASE),)
ME = frozenset({"me", "myself", "i"})
NEXT = {Level.L1: Level.L2, Level.L2: Level.L3}


async def find_tickets(ctx: Ctx, text: str, limit: int) -> Sequence[Match]:
    """Find a ticket by its number (`TCK-10234`, `10234`, as its system counts), else by words; open first."""
    port, number = ctx.port(Tickets), text.strip().lstrip("#")
    ticket = await port.get(ctx.scope, number) if number and " " not in number else None
    if ticket is None and (found := NUMBER.match(number)):
        ticket = await port.get(ctx.scope, f"TCK-{found[1]}")
        if ticket is None:
            return []
    if ticket is not None:
        return [_match(ticket, exact=True)]
    page = await port.find(ctx.scope, TicketQuery(text=text, open_only=True), limit)
    if not page.tickets:
        page = await port.find(ctx.scope, TicketQuery(text=text), limit)
    return [_match(ticket, exact=False) for ticket in page.tickets]


async def find_agents(ctx: Ctx, text: str, limit: int, *, left: bool = False) -> Sequence[Match]:
    """Find a colleague by e-mail or name; “me” is whoever asks."""
    words = text.strip()
    if words.casefold() in ME and ctx.user.email:
        me = Agent(email=ctx.user.email, name=ctx.user.name)
        return [Match(key=me.email, label=me.name, record=me, exact=True)]
    found = await ctx.port(Tickets).agents(words, limit, left=left)
    low = words.casefold()
    return [
        Match(
            key=agent.email,
            label=agent.name,
            record=agent,
            detail=agent.email if agent.active else f"{agent.email}, not active here any more",
            exact=low in {agent.email.casefold(), agent.name.casefold()}
            or (len(found) == 1 and low == agent.name.casefold().split()[0]),
            score=0.9,
        )
        for agent in found
    ]


async def find_staff(ctx: Ctx, text: str, limit: int) -> Sequence[Match]:
    """Find whose tickets are looked at: a colleague, or somebody who left and whose tickets wait."""
    return await find_agents(ctx, text, limit, left=True)


def _match(ticket: Ticket, *, exact: bool) -> Match:
    who = f"{ticket.customer_name}, " if ticket.customer_name else ""
    return Match(
        key=ticket.number,
        label=ticket.subject,
        record=ticket,
        detail=f"{who}{ticket.status}, {ticket.priority}",
        exact=exact,
        score=1.0 if exact else 0.8,
        scope=ticket.area,
    )


def words(value: str) -> str:
    """Return `in progress` for `in_progress`."""
    return value.replace("_", " ")


def listed(ctx: Ctx, page: TicketPage, *, who: bool = True) -> Table:
    """Lay tickets out by number, with what their clock says."""
    titles = ["Ticket", "Subject", "Account", "Customer", "Priority", "Status", *(["With"] if who else [])]
    rows = []
    for ticket in page.tickets:
        whose = (ticket.customer, ticket.customer_name)
        row = [ticket.number, ticket.subject, *whose, ticket.priority, words(ticket.status)]
        rows.append([*row, *([login(ticket.assignee)] if who else []), ticket.clock(ctx.now)])
    columns = [*(Column(title) for title in titles), Column("SLA", Align.RIGHT)]
    return Table(columns=columns, rows=rows, total=page.total)


def login(email: str | None) -> str:
    """Return the part of an address that tells colleagues apart."""
    return (email or "").partition("@")[0]


def list_reply(ctx: Ctx, page: TicketPage, text: str, *, who: bool = True, focus: str = "") -> Reply:
    """Answer with a list; breached clocks set the tone."""
    breached = sum(ticket.breached(ctx.now) for ticket in page.tickets)
    subject = {"ticket": page.tickets[0].number} if page.total == 1 else {}
    return Reply(
        text,
        data=page,
        table=listed(ctx, page, who=who),
        buttons=tuple(
            Button(ticket.number, "tickets_show", {"ticket": ticket.number}) for ticket in page.tickets[:3]
        ),
        evidence=(ctx.evidence(Tickets),),
        tone=Tone.WARN if breached else Tone.PLAIN,
        focus=subject | ({"customer": focus} if focus else {}),
    )


def none_reply(ctx: Ctx, text: str, focus: str = "") -> Reply:
    """Answer that there are none, in a sentence."""
    return Reply(
        text,
        data=TicketPage(tickets=(), total=0),
        evidence=(ctx.evidence(Tickets),),
        focus={"customer": focus} if focus else {},
    )


async def sla_note(ctx: Ctx, query: TicketQuery, page: TicketPage) -> str:
    """Return `, 2 breached` of all that were found, or when the next clock runs out."""
    breached = sum(ticket.breached(ctx.now) for ticket in page.tickets)
    if len(page.tickets) < page.total:  # more of them may follow
        late = replace(query, due_before=min(query.due_before or ctx.now, ctx.now), open_only=True)
        breached = (await ctx.port(Tickets).find(ctx.scope, late, 1)).total
    if breached:
        return f", **{breached:,} breached**"
    due = min((ticket.due for ticket in page.tickets if ticket.due), default=None)
    return f", the next is due by {moment(due, ctx.now, ctx.tenant.zone)}" if due else ""


def ticket_reply(
    ctx: Ctx, ticket: Ticket, history: Sequence[TicketEvent] | None = None, said: str = ""
) -> Reply:
    """Show one ticket; `said` is what has just been done to it."""
    clock = ticket.clock(ctx.now)
    head = f"**{ticket.number}** {ticket.subject}" + (f" ({clock})" if clock else "")
    table = _history(ctx, ticket.number, history) if history else None
    quoted = "\n> ".join(ticket.body.splitlines())  # each line: no words of a customer pass for ours
    body = f"\n\n> {quoted}" if ticket.body and history is not None else ""
    return Reply(
        f"{said}\n\n{head}{body}" if said else f"{head}{body}",
        data=ticket if history is None else (ticket, *history),
        facts=dict(_facts(ctx, ticket)),
        table=table,
        buttons=tuple(_buttons(ctx, ticket)),
        evidence=(ctx.evidence(Tickets),),
        tone=Tone.WARN if ticket.breached(ctx.now) else Tone.GOOD if said else Tone.PLAIN,
        focus={"ticket": ticket.number} | ({"customer": ticket.customer} if ticket.customer else {}),
    )


def _facts(ctx: Ctx, ticket: Ticket) -> Iterator[tuple[str, object]]:
    zone = ctx.tenant.zone
    if ticket.customer:
        yield "Customer", f"{ticket.customer_name} ({ticket.customer})"
    yield "Status", f"{words(ticket.status)}, {ticket.priority}, {ticket.level}, {words(ticket.category)}"
    yield "Assignee", login(ticket.assignee) or "nobody yet"
    if ticket.team:
        yield "Team", ticket.team
    yield "Opened", f"{moment(ticket.opened_at, ctx.now, zone)} by {login(ticket.opened_by)}"
    if ticket.open and ticket.first_response_due and not ticket.first_response_at:
        yield "Answer due", moment(ticket.first_response_due, ctx.now, zone)
    if ticket.open and ticket.resolve_due:
        yield "Solve by", moment(ticket.resolve_due, ctx.now, zone)
    if ticket.outage:
        yield "Outage", ticket.outage
    if ticket.merged_into:
        yield "Merged into", ticket.merged_into
    if ticket.resolution:
        yield "Resolution", ticket.resolution
    if ticket.resolved_at:
        yield "Resolved", moment(ticket.resolved_at, ctx.now, zone)


def _kind(event: TicketEvent, shown: str) -> str:
    """Return `comment, public`, and on which ticket it was written when that was merged into this one."""
    said = event.kind if event.internal else f"{event.kind}, public"
    return said if event.ticket in {"", shown} else f"{said}, on {event.ticket}"


def _history(ctx: Ctx, shown: str, history: Sequence[TicketEvent]) -> Table:
    rows = [
        (
            moment(event.at, ctx.now, ctx.tenant.zone),
            login(event.by),
            _kind(event, shown),
            event.body,
        )
        for event in history
    ]
    return Table(columns=(Column("When"), Column("By"), Column("What"), Column("Text")), rows=rows)


def _buttons(ctx: Ctx, ticket: Ticket) -> Iterator[Button]:
    this = {"ticket": ticket.number}
    if ticket.merged_into:
        yield Button(ticket.merged_into, "tickets_show", {"ticket": ticket.merged_into}, "primary")
    if not ticket.open:
        yield Button("Reopen", "tickets_reopen", this)
        return
    if ctx.user.email and ticket.assignee != ctx.user.email:
        yield Button("Take it", "tickets_assign", {**this, "to": ctx.user.email}, "primary")
    if ticket.level in NEXT:
        yield Button(f"Escalate to {NEXT[ticket.level]}", "tickets_escalate", this)
    yield Button("Comment", "tickets_comment", this)
    yield Button("Close", "tickets_close", this)
    if ticket.status is TicketStatus.OPEN:
        yield Button("Start", "tickets_set_status", {**this, "status": "in_progress"})
    if ticket.customer:
        yield Button("Customer", "customers_show", {"customer": ticket.customer})
