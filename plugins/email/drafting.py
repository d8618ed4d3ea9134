"""Drafts: written from a template or freely, shown as they will go out, changed, sent."""

from __future__ import annotations

import hashlib
from typing import Any

from bot.api import (
    ActionCall,
    Approval,
    BadInput,
    Button,
    Change,
    Conflict,
    Context,
    NotFound,
    Preview,
    Reply,
    Unavailable,
    action,
)
from plugins.customers.port import Customer, CustomerRef, Customers
from plugins.email.entities import find_template, worded
from plugins.email.framing import framed, headed
from plugins.email.letter import (
    Text,
    check_reach,
    checked_body,
    checked_subject,
    find_stop,
    get_sender,
    shown,
    stop_said,
    subject_of,
)
from plugins.email.placeholders import filled, places_in, values_for
from plugins.email.port import Email, Mail, MailStatus, MessageRef, NewEmail, Sender, Template, TemplateRef
from plugins.email.said import PRETENDS, queued, undoable

Ctx = Context[Any]
BEFORE = "before:"
"""Under this is kept the digest of what a draft said before it was edited."""


async def composed(
    ctx: Ctx, customer: Customer, template: Template | None, text: str, subject: str
) -> NewEmail:
    """Return the message, filled in for this customer; BadInput says what is missing."""
    to = await check_reach(ctx, customer)
    about = None if text.strip() else await _about(ctx, subject)
    if about and (template is None or template.name == about.name):
        template, subject = about, ""
    template, text = await worded(ctx, template, text)
    body = template.body if template else framed(ctx, text)
    body = text if template and text.strip() else body
    head = subject.strip() or (template.subject if template else headed(ctx, text))
    wanted = places_in(head, body)
    values = await values_for(ctx, customer, wanted) if wanted else {}
    body = checked_body(filled(body, values))
    return NewEmail(
        customer=customer.number,
        to=to,
        subject=subject_of(body, filled(head, values)),
        body=body,
        template=template.name if template else None,
    )


async def _about(ctx: Ctx, subject: str) -> Template | None:
    """Return the one template that is about what was named: the outage, in “an e-mail about the outage”."""
    found = await find_template(ctx, subject, 2) if subject.strip() else []
    return found[0].record if len(found) == 1 else None


async def warnings_of(ctx: Ctx, to: str) -> tuple[str, ...]:
    """Return what speaks against writing to an address."""
    stop = await find_stop(ctx, to)
    return (*(() if stop is None else (stop_said(stop, ctx),)), *pretence(ctx))


def pretence(ctx: Ctx) -> tuple[str, ...]:
    """Say so when nothing would really leave."""
    sender, _ = sender_or_none(ctx)
    return (PRETENDS,) if sender.pretends else ()


@action(
    permission="email:send",
    examples=(
        "draft an e-mail to {customer}: {text}",
        "draft a mail to {customer} from template {template}",
        "draft {template} for {customer}",
        "prepare an e-mail to {customer} using {template}",
        "prepare a message to {customer}: {text}",
    ),
)
async def draft(
    ctx: Ctx, customer: CustomerRef, template: TemplateRef | None = None, text: Text = "", subject: str = ""
) -> Reply:
    """Draft an e-mail to a customer.

    From a template, or free text; it is shown as it would go out, and nothing is sent.
    """
    new = await composed(ctx, customer, template, text, subject)
    made = await ctx.port(Mail).draft(ctx.effect, new)
    return await draft_reply(ctx, made, f"Draft {made.number}, not sent:")


async def draft_reply(ctx: Ctx, made: Email, said: str) -> Reply:
    """Show a draft as it would go out."""
    sender, trouble = sender_or_none(ctx)
    warnings = [*await warnings_of(ctx, made.to), *([trouble] if trouble else [])]
    text = shown(made, sender.said, sender.reply_to)
    notes = "".join(f"\n\n{warning}." if warning[-1] != "." else f"\n\n{warning}" for warning in warnings)
    this = {"message": made.number or ""}
    return Reply(
        f"{said}\n{text}{notes}",
        data=made,
        buttons=(
            Button("Send", "email_send_draft", this, "primary"),
            Button("Change", "email_edit", this),
            Button("Throw away", "email_cancel", this),
        ),
        focus={**this, "customer": made.customer or ""},
        evidence=(ctx.evidence(Mail),),
    )


def sender_or_none(ctx: Ctx) -> tuple[Sender, str]:
    """Return who it would come from, or why nobody knows yet: a draft can be written all the same."""
    try:
        return get_sender(ctx), ""
    except Unavailable as trouble:
        return Sender(address=""), str(trouble)


def check_draft(message: Email) -> None:
    """Raise Conflict unless it is a draft still."""
    if message.status != MailStatus.DRAFT:
        raise Conflict(f"{message.number} is {message.status}, no draft any more.")


@action(
    permission="email:send",
    examples=(
        "change draft {message} to: {text}",
        "edit draft {message}: {text}",
        "rewrite {message}: {text}",
        "set the subject of {message} to {subject}",
    ),
)
async def edit(ctx: Ctx, message: MessageRef, text: Text = "", subject: str = "") -> Reply:
    """Change the text or subject of a draft."""
    check_draft(message)
    if not text.strip() and not subject.strip():
        raise BadInput("Say what the new text or subject is.")
    head = checked_subject(subject) if subject.strip() else message.subject
    kept = f"{BEFORE}{message.number}"
    body = await _reworded(ctx, message, text, await ctx.store.get(kept)) if text.strip() else message.body
    changed = await ctx.port(Mail).change_draft(ctx.effect, message.number or "", head, body)
    await ctx.store.set(kept, _digest(message.body))
    back = {"message": message.number, "text": message.body, "subject": message.subject}
    reply = await draft_reply(ctx, changed, f"Changed draft {changed.number}:")
    return undoable(reply, ActionCall(action_id="email_edit", args=back))


async def _reworded(ctx: Ctx, message: Email, text: str, before: str | None) -> str:
    """Return a new text for a draft, greeting the customer as the old one did.

    A letter that stood there is whole, and is written as it was: so is every edit taken back.
    """
    if text == message.body or _digest(text) == before:
        return text
    body = framed(ctx, text)
    customer = await ctx.port(Customers).get(ctx.scope, message.customer or "")
    if body == checked_body(text) or customer is None:
        return checked_body(text)
    return checked_body(filled(body, await values_for(ctx, customer, places_in(body))))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


async def preview_send_draft(ctx: Ctx, message: MessageRef) -> Preview:
    """Show the draft exactly as it goes out."""
    check_draft(message)
    sender = get_sender(ctx)
    return Preview(
        text=f"{message.customer_name} ({message.customer}) gets this e-mail:\n"
        f"{shown(message, sender.said, sender.reply_to)}",
        changes=(Change(what=message.number or "", before="draft", after="queued"),),
        warnings=await warnings_of(ctx, message.to),
    )


@action(
    permission="email:send",
    approval=Approval.SELF,
    preview=preview_send_draft,
    examples=("send draft {message}", "send the draft {message}", "send {message}", "{message} can go out"),
)
async def send_draft(ctx: Ctx, message: MessageRef) -> Reply:
    """Send a draft."""
    check_draft(message)
    customer = await ctx.port(Customers).get(ctx.scope, message.customer or "")
    if customer is None:
        raise NotFound(f"You cannot write to {message.customer} from here.")
    sent = await ctx.port(Mail).queue_draft(ctx.effect, message.number or "", get_sender(ctx))
    return await queued(ctx, sent)
