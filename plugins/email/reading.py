"""What was sent: the last words to one customer, the outbox of all, one message whole, the templates."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

from bot.api import Button, Column, Context, Field, Reply, Table, Tone, action, moment, plural
from plugins.customers.port import CustomerRef
from plugins.email.keeping import template_reply
from plugins.email.letter import find_stop, stop_said
from plugins.email.placeholders import MEANINGS
from plugins.email.port import Mail, MailPage, MailQuery, MailStatus, MessageRef, TemplateRef
from plugins.email.said import message_reply, standing

Ctx = Context[Any]
MAX_ROWS = 50
SHOWN = 1_500
BAD = (MailStatus.FAILED, MailStatus.BOUNCED, MailStatus.UNKNOWN)


@action(
    permission="email:read",
    reads_only=True,
    examples=(
        "what did we last tell {customer}",
        "which e-mails did {customer} get",
        "messages sent to {customer}",
        "has {customer} been told",
        "e-mail log of {customer}",
        "when did we last write to {customer}",
        "did we write to {customer}",
        "did our e-mail reach {customer}",
        "mails to {customer}",
        "what did {customer} hear from us",
        "did we inform {customer}",
    ),
)
async def log(ctx: Ctx, customer: CustomerRef, limit: int = 5) -> Reply:
    """Show what a customer was told by e-mail.

    The last message in full, and those before it.
    """
    found = await ctx.port(Mail).sent(ctx.scope, customer.number, max(1, min(limit, MAX_ROWS)))
    focus, evidence = {"customer": customer.number}, (ctx.evidence(Mail),)
    if not found:
        text = f"We have not written to {customer.name} yet."
        return Reply(text, data=(), focus=focus, evidence=evidence)
    last, zone = found[0], ctx.tenant.zone
    stop = await find_stop(ctx, customer.email) if customer.email else None
    error = last.error or ""
    notes = [f"{error[:1].upper()}{error[1:]}", stop_said(stop, ctx) if stop else ""]
    known = "".join(f"\n\n{note.rstrip('.')}." for note in notes if note)
    body = last.body if len(last.body) <= SHOWN else f"{last.body[:SHOWN]} …"
    quoted = "\n".join(f"> {line}" for line in body.splitlines())
    rows = [(moment(m.at, ctx.now, zone), m.subject, m.to, standing(m, ctx), m.by) for m in found]
    columns = [Column(title) for title in ("When", "Subject", "To", "Status", "By")]
    return Reply(
        f"The last message to {customer.name}, {moment(last.at, ctx.now, zone)}, {last.status}: "
        f"**{last.subject}**\n{quoted}{known}",
        data=tuple(found),
        table=Table(columns=columns, rows=rows),
        tone=Tone.WARN if last.status in BAD else Tone.PLAIN,
        buttons=(Button("Customer", "customers_show", focus),),
        focus=focus,
        evidence=evidence,
    )


@action(
    permission="email:read",
    reads_only=True,
    examples=(
        "which e-mail templates do we have",
        "list the templates",
        "show e-mail templates",
        "what template is there for reminders",
    ),
)
async def templates(ctx: Ctx) -> Reply:
    """List the e-mail templates."""
    found = await ctx.port(Mail).templates()
    evidence = (ctx.evidence(Mail),)
    if not found:
        return Reply("There are no e-mail templates yet.", data=(), evidence=evidence)
    names = ", ".join(f"`{{{name}}}` {meaning}" for name, meaning in MEANINGS.items())
    return Reply(
        f"{plural(len(found), 'template')}. What is filled in: {names}.",
        data=tuple(found),
        table=Table(columns=(Column("Name"), Column("Subject")), rows=[(t.name, t.subject) for t in found]),
        evidence=evidence,
    )


@action(
    permission="email:read",
    reads_only=True,
    examples=(
        "show template {template}",
        "what does the template {template} say",
        "text of the {template} template",
    ),
)
async def template(ctx: Ctx, template: TemplateRef) -> Reply:
    """Show an e-mail template."""
    return template_reply(ctx, template)


@action(
    permission="email:read",
    reads_only=True,
    examples=("show e-mail {message}", "did {message} arrive", "state of e-mail {message}", "open {message}"),
)
async def show(ctx: Ctx, message: MessageRef) -> Reply:
    """Show one e-mail: its text, and whether it arrived."""
    return message_reply(ctx, message)


@action(
    permission="email:read",
    reads_only=True,
    examples=(
        "which e-mails were sent today",
        "sent e-mails",
        "list the e-mails of the last {days} days",
        "what did we send out",
        "e-mails of the last {days} days",
    ),
)
async def sent(ctx: Ctx, days: Annotated[int, Field(ge=1, le=365)] = 1, limit: int = 20) -> Reply:
    """List the e-mails to all customers, newest first."""
    query = MailQuery(since=ctx.now - timedelta(days=days))
    span = "day" if days == 1 else f"{days} days"
    return list_reply(ctx, await ctx.port(Mail).find(ctx.scope, query, _rows(limit)), f"in the last {span}")


@action(
    permission="email:read",
    reads_only=True,
    examples=(
        "which e-mails failed",
        "e-mails that did not arrive",
        "what is stuck in the outbox",
        "which e-mails are waiting",
        "undelivered e-mails",
    ),
)
async def outbox(ctx: Ctx, limit: int = 20) -> Reply:
    """List the e-mails that wait, failed or are in doubt."""
    statuses = (MailStatus.QUEUED, MailStatus.SENDING, MailStatus.FAILED, MailStatus.UNKNOWN)
    page = await ctx.port(Mail).find(ctx.scope, MailQuery(statuses=statuses), _rows(limit))
    return list_reply(ctx, page, "wait, failed or are in doubt")


@action(
    permission="email:read",
    reads_only=True,
    examples=(
        "which e-mails bounced",
        "bounced e-mails",
        "e-mails that came back",
        "which addresses bounced",
    ),
)
async def bounced(ctx: Ctx, limit: int = 20) -> Reply:
    """List the e-mails that bounced, newest first."""
    query = MailQuery(statuses=(MailStatus.BOUNCED,))
    return list_reply(ctx, await ctx.port(Mail).find(ctx.scope, query, _rows(limit)), "bounced")


def _rows(limit: int) -> int:
    return max(1, min(limit, MAX_ROWS))


def list_reply(ctx: Ctx, page: MailPage, which: str) -> Reply:
    """List messages, with how many are in which state."""
    evidence = (ctx.evidence(Mail),)
    if not page.total:
        return Reply(f"No e-mails {which}.", data=(), evidence=evidence)
    counts = ", ".join(f"{count:,} {status}" for status, count in sorted(page.counts.items()))
    rows = [
        (
            one.number or "",
            moment(one.at, ctx.now, ctx.tenant.zone),
            f"{one.customer_name} ({one.customer})",
            one.subject,
            standing(one, ctx),
            one.by,
        )
        for one in page.emails
    ]
    columns = tuple(Column(title) for title in ("Number", "When", "Customer", "Subject", "State", "By"))
    return Reply(
        f"{plural(page.total, 'e-mail')} {which}: {counts}.",
        data=page.emails,
        table=Table(columns=columns, rows=rows, total=page.total),
        tone=Tone.WARN if any(page.counts.get(status) for status in BAD) else Tone.PLAIN,
        evidence=evidence,
    )
