"""A ticket in a few lines: what it is about, what happened, who waits for whom. Only what its records say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bot.api import Button, Evidence, Reply, Tone, action, ago, moment, plural, span
from plugins.network.port import Line, Network, Outage
from plugins.tickets.gathering import Case, collect
from plugins.tickets.port import Ticket, TicketEvent, TicketRef, Tickets, TicketStatus
from plugins.tickets.reply import Ctx, login, words

ABOUT, QUOTED = 220, 180
MOST_MOVES = 5
MOVES = {
    "escalate": "escalated",
    "priority": "priority",
    "category": "category",
    "status": "status",
    "assign": "assigned",
    "outage": "outage",
    "close": "closed",
    "merge": "merged",
}
SENTENCE = re.compile(r"(?<=[.!?])\s+")
GREETING = re.compile(
    r"^(?:hi|hello|hey|dear|good (?:morning|afternoon|evening|day)|habari|jambo|thanks?|thank you|regards|"
    r"best|yours)\b.{0,30}$",
    re.IGNORECASE,
)


@action(
    permission="tickets:read",
    reads_only=True,
    examples=(
        "summary of {ticket}",
        "summarise {ticket}",
        "sum up {ticket}",
        "{ticket} in short",
        "give me the short version of {ticket}",
        "what is {ticket} about and who waits for whom",
        "tl;dr {ticket}",
        "catch me up on {ticket}",
        "who is waiting for whom on {ticket}",
        "brief me on {ticket}",
    ),
)
async def summary(ctx: Ctx, ticket: TicketRef) -> Reply:
    """Sum up a ticket: what it is about, what happened, who waits for whom.

    With its SLA clock, the last words of both sides, promises, the outage and how the line is now. It quotes
    and counts what the records say and adds nothing.
    """
    case = await collect(ctx, ticket)
    clock = ticket.clock(ctx.now)
    head = f"**{ticket.number}** {ticket.subject}" + (f" ({clock})" if clock else "")
    return Reply(
        "\n".join([head, *(f"- {line}" for line in _told(ctx, case))]),
        data=case,
        buttons=tuple(_buttons(case)),
        evidence=tuple(_evidence(ctx, case)),
        tone=Tone.WARN if ticket.breached(ctx.now) else Tone.PLAIN,
        focus={"ticket": ticket.number} | ({"customer": ticket.customer} if ticket.customer else {}),
    )


def _told(ctx: Ctx, case: Case) -> Iterator[str]:
    ticket, zone = case.ticket, ctx.tenant.zone
    who = f"{ticket.customer_name} ({ticket.customer})" if ticket.customer else "no customer"
    if about := gist(ticket.body, ABOUT):
        yield f"About: “{about}”"
    yield (
        f"{who}; {words(ticket.category)}, {ticket.priority}, {ticket.level}; opened "
        f"{moment(ticket.opened_at, ctx.now, zone)} by {login(ticket.opened_by) or 'somebody'}, "
        f"{f'with {login(ticket.assignee)}' if ticket.assignee else 'with nobody yet'}"
    )
    if moves := _moves(ctx, case.history):
        yield moves
    if case.theirs:
        yield f"Customer, {_at(ctx, case.theirs)}: “{gist(case.theirs.body, QUOTED)}”"
    if case.ours:
        kind = "internal" if case.ours.internal else "to the customer"
        yield f"{login(case.ours.by)}, {kind}, {_at(ctx, case.ours)}: “{gist(case.ours.body, QUOTED)}”"
    yield f"**Waits for {waits_for(ctx, case)}**"
    for one in case.promised:
        yield f"Promised by {one.owner_name} for {moment(one.at, ctx.now, zone)}: {one.text} ({one.number})"
    if case.outage:
        yield outage_said(ctx, case.outage)
    for line in case.lines:
        yield f"Line {line.service} now: {line_said(ctx, line)}"
    if ticket.resolution:
        yield f"Resolution: {gist(ticket.resolution, QUOTED)}"
    for name in case.silent:
        yield f"The system behind {name} does not answer, so that part is missing"


def gist(text: str, most: int) -> str:
    """Return the first sentences that say something, as they were written; greetings are left out."""
    sentences = [" ".join(one.split()) for part in text.splitlines() for one in SENTENCE.split(part)]
    telling = [one for one in sentences if one and not GREETING.match(one.rstrip(".,!"))]
    said = ""
    for one in telling or sentences:
        if said and len(said) + 1 + len(one) > most:
            break
        said = f"{said} {one}".strip()
    return said if len(said) <= most else f"{said[: most - 1].rstrip()}…"


def _moves(ctx: Ctx, history: Sequence[TicketEvent]) -> str:
    moved = [one for one in history if one.kind in MOVES]
    spoken = sum(one.kind == "comment" for one in history)
    shown = moved[-MOST_MOVES:]
    said = "; ".join(f"{MOVES[one.kind]} {_short(one)} {_at(ctx, one)}" for one in shown)
    more = f"{plural(len(moved) - len(shown), 'earlier change')}; " if len(moved) > len(shown) else ""
    return f"{plural(spoken, 'comment')}; {more}{said}" if moved else ""


def _short(one: TicketEvent) -> str:
    """Return what changed without the addresses in it."""
    said = re.sub(r"\b([\w.+-]+)@[\w.-]+", r"\1", one.body)
    return gist(re.sub(r"^(?:assigned to|closed:)\s+", "", said, flags=re.IGNORECASE), 50)


def _at(ctx: Ctx, one: TicketEvent) -> str:
    return moment(one.at, ctx.now, ctx.tenant.zone)


def waits_for(ctx: Ctx, case: Case) -> str:
    """Return who has to do something next, and since when, by rules that anybody can check."""
    ticket = case.ticket
    if not ticket.open:
        return f"nobody: it is {words(ticket.status)}"
    if case.outage and case.outage.status == "active":
        return f"the end of {case.outage.number}"
    if ticket.status is TicketStatus.PENDING:
        return "the customer or a third party: it is set to pending"
    if not ticket.assignee:
        return f"somebody to take it, for {span(ctx.now - ticket.opened_at)}"
    asked = case.theirs.at if case.theirs else ticket.opened_at
    if case.answered and case.answered.at > asked:
        return f"{login(ticket.assignee)}; the customer was answered {ago(case.answered.at, ctx.now)}"
    return f"{login(ticket.assignee)}: the customer has no answer for {span(ctx.now - asked)}"


def outage_said(ctx: Ctx, outage: Outage) -> str:
    """Return the outage with when it is expected to end, or when it ended."""
    zone = ctx.tenant.zone
    if outage.ended_at:
        return f"{outage.number} {outage.title}: over since {moment(outage.ended_at, ctx.now, zone)}"
    back = f", back by {moment(outage.eta, ctx.now, zone)}" if outage.eta else ", no time given yet"
    return f"{outage.number} {outage.title}: since {moment(outage.started_at, ctx.now, zone)}{back}"


def line_said(ctx: Ctx, line: Line) -> str:
    """Return session and level of a line."""
    session = line.session.said(ctx.now, ctx.tenant.zone) if line.session else "no session on record"
    return f"{session}; {line.level}" if line.level else session


def _buttons(case: Case) -> Iterator[Button]:
    this = {"ticket": case.ticket.number}
    if case.ticket.open and case.ticket.customer:
        yield Button("Draft a reply", "tickets_draft_reply", this, "primary")
    yield Button("Whole ticket", "tickets_show", this)
    if case.ticket.customer:
        yield Button("Customer", "customers_show", {"customer": case.ticket.customer})


def _evidence(ctx: Ctx, case: Case) -> Iterator[Evidence]:
    yield ctx.evidence(Tickets)
    if case.lines or case.outage:
        yield ctx.evidence(Network)


def named(ticket: Ticket) -> str:
    """Return what a letter calls it."""
    return f"“{ticket.subject}” ({ticket.number})"
