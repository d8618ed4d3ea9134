"""A reply to a ticket's customer, drafted from what is known now; whoever sends it says yes to it first."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from bot.api import BadInput, Button, Reply, action
from plugins.tickets.gathering import Case, collect
from plugins.tickets.port import TicketRef, Tickets, TicketStatus
from plugins.tickets.reply import Ctx
from plugins.tickets.summing import gist, named

RESOLUTION = 300


@action(
    permission="tickets:read",
    reads_only=True,
    examples=(
        "draft a reply to {ticket}",
        "draft an answer for {ticket}",
        "what should I answer on {ticket}",
        "write a reply for the customer of {ticket}",
        "prepare a reply to {ticket}",
        "suggest an answer to {ticket}",
        "reply draft {ticket}",
        "what can I tell the customer of {ticket}",
    ),
)
async def draft_reply(ctx: Ctx, ticket: TicketRef) -> Reply:
    """Draft a reply to the customer of a ticket.

    From the outage and its expected end, what was promised, and how the ticket stands. Nothing is sent or
    written: send it as e-mail or write it on the ticket, and you see it once more before you say yes.
    """
    if not ticket.customer:
        raise BadInput(f"{ticket.number} has no customer to answer. Comment on it instead.")
    case = await collect(ctx, ticket)
    body = _plain("\n\n".join(_paragraphs(ctx, case)))
    subject = _plain(f"Your ticket {ticket.number}: {ticket.subject}")[:120]
    quoted = "\n".join(f"> {line}".rstrip() for line in (f"Subject: {subject}", "", *body.splitlines()))
    this = {"ticket": ticket.number}
    mail = {"customer": ticket.customer, "subject": subject, "text": body}
    return Reply(
        f"A draft for {ticket.customer_name} ({ticket.customer}), sent nowhere:\n{quoted}",
        data={"subject": subject, "text": body},
        buttons=(
            Button("Send as e-mail", "email_send", mail, "primary"),
            Button("Keep as a draft", "email_draft", mail),
            Button("Write on the ticket", "tickets_answer", {**this, "text": body}),
        ),
        evidence=(ctx.evidence(Tickets),),
        focus={**this, "customer": ticket.customer},
    )


def _paragraphs(ctx: Ctx, case: Case) -> Iterator[str]:
    customer = case.customer
    yield f"Dear {(customer.contact or customer.name) if customer else case.ticket.customer_name},"
    yield " ".join(_state(ctx, case))
    if promised := [*_promised(ctx, case)]:
        yield " ".join(promised)
    if case.ticket.open:
        yield "If anything has changed, simply answer this message."
    else:
        yield "If it happens again, answer this message and we open your ticket again."
    yield f"Kind regards\n{ctx.user.name}\n{ctx.tenant.name}"


def _state(ctx: Ctx, case: Case) -> Iterator[str]:
    ticket, outage = case.ticket, case.outage
    if outage and outage.status == "active":
        since = _at(ctx, outage.started_at)
        yield f"Your report {named(ticket)} is due to an outage in your area since {since}."
        if outage.eta and outage.eta > ctx.now:
            yield f"We expect your service back by {_at(ctx, outage.eta)}."
        elif outage.eta:
            yield "Repairing takes longer than we thought; we tell you as soon as we know until when."
        else:
            yield "Our technicians work on it; we cannot tell yet how long it takes."
        return
    if not ticket.open:
        said = f": {gist(ticket.resolution, RESOLUTION).rstrip('.')}" if ticket.resolution else ""
        yield f"We have closed your report {named(ticket)}{said}."
        return
    yield f"Thank you for your report {named(ticket)}."
    if outage and outage.ended_at:
        yield f"The outage in your area is over since {_at(ctx, outage.ended_at)}."
    if any(line.session and line.session.up for line in case.lines):
        yield "Your line is connected at the moment."
    elif case.lines:
        yield "We see that your line is not connected at the moment."
    if ticket.status is TicketStatus.PENDING:
        yield "To go on we need an answer from you."
    elif ticket.assignee:
        yield "A colleague is working on it."
    else:
        yield "It is in our queue, and a colleague will take it up."


def _promised(ctx: Ctx, case: Case) -> Iterator[str]:
    """Tell the customer when they will hear from us; the words of a promise stay among ourselves."""
    ahead = [one for one in case.promised if one.at > ctx.now]
    if ahead:
        yield f"You hear from us by {_at(ctx, ahead[0].at)}."


def _at(ctx: Ctx, at: datetime) -> str:
    """Return an instant that is read on another day just as well."""
    local = ctx.local(at)
    return f"{local:%A} {local.day} {local:%B}, {local:%H:%M}"


def _plain(text: str) -> str:
    """Return the text without what a template would take for a place to fill in."""
    return text.replace("{", "(").replace("}", ")")
