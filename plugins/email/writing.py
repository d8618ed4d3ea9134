"""Writing to a customer at once, taking it back while it waits, sending again what failed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.api import Approval, Button, Change, Conflict, Context, Preview, Reply, action
from plugins.customers.port import CustomerRef
from plugins.email.drafting import composed, warnings_of
from plugins.email.letter import Text, get_sender, shown
from plugins.email.port import Mail, MailStatus, MessageRef, NewEmail, TemplateRef
from plugins.email.said import DOUBT, message_reply, queued, standing

Ctx = Context[Any]
AGAIN = frozenset((MailStatus.FAILED, MailStatus.BOUNCED, MailStatus.UNKNOWN))


async def addressed(
    ctx: Ctx, customer: CustomerRef, template: TemplateRef | None, text: str, subject: str
) -> NewEmail:
    """Return the message with who it comes from."""
    sender = get_sender(ctx)
    new = await composed(ctx, customer, template, text, subject)
    return replace(new, sender=sender.address, reply_to=sender.reply_to)


async def preview_send(
    ctx: Ctx, customer: CustomerRef, template: TemplateRef | None = None, text: Text = "", subject: str = ""
) -> Preview:
    """Show the message exactly as it goes out."""
    new = await addressed(ctx, customer, template, text, subject)
    letter = shown(new, get_sender(ctx).said, new.reply_to)
    return Preview(
        text=f"{customer.name} ({customer.number}) gets this e-mail:\n{letter}",
        changes=(Change(what="E-mail", after=new.to),),
        warnings=await warnings_of(ctx, new.to),
    )


@action(
    permission="email:send",
    approval=Approval.SELF,
    preview=preview_send,
    examples=(
        "e-mail {customer}: {text}",
        "send {customer} an e-mail: {text}",
        "send an e-mail to {customer} that {text}",
        "write {customer} an e-mail that {text}",
        "mail {customer}: {text}",
        "send {template} to {customer} by e-mail",
        "e-mail {customer} using the {template} template",
        "send {customer} the template {template}",
    ),
)
async def send(
    ctx: Ctx, customer: CustomerRef, template: TemplateRef | None = None, text: Text = "", subject: str = ""
) -> Reply:
    """Send an e-mail to a customer.

    From a template or free text; you see it exactly as it goes out before you say yes.
    """
    new = await addressed(ctx, customer, template, text, subject)
    return await queued(ctx, await ctx.port(Mail).queue(ctx.effect, new))


@action(
    permission="email:send",
    examples=(
        "cancel e-mail {message}",
        "don't send {message}",
        "stop e-mail {message}",
        "throw draft {message} away",
        "discard draft {message}",
    ),
)
async def cancel(ctx: Ctx, message: MessageRef) -> Reply:
    """Cancel an e-mail that has not left yet, or throw a draft away."""
    done = await ctx.port(Mail).cancel(ctx.effect, message.number or "")
    was = "Thrown away" if message.status == MailStatus.DRAFT else "Cancelled before it left"
    return message_reply(ctx, done, f"{was}.")


async def preview_retry(ctx: Ctx, message: MessageRef) -> Preview:
    """Say why it is to be sent again, and what is in doubt."""
    check_again(message.status, message.number or "")
    sender = get_sender(ctx)
    doubt = (DOUBT,) if message.status == MailStatus.UNKNOWN else ()
    return Preview(
        text=f"{message.number} goes to {message.customer_name} ({message.customer}) again:\n"
        f"{shown(message, sender.said, message.reply_to)}",
        changes=(Change(what=message.number or "", before=standing(message, ctx), after="queued"),),
        warnings=(*doubt, *await warnings_of(ctx, message.to)),
    )


def check_again(status: str, number: str) -> None:
    """Raise Conflict unless a message failed or is in doubt."""
    if status not in AGAIN:
        raise Conflict(f"{number} is {status}; only what failed or is in doubt is sent again.")


@action(
    permission="email:send",
    approval=Approval.SELF,
    preview=preview_retry,
    examples=("send e-mail {message} again", "resend {message}", "retry e-mail {message}"),
)
async def retry(ctx: Ctx, message: MessageRef) -> Reply:
    """Send an e-mail again that failed, bounced or is in doubt.

    It keeps its Message-ID, so a mailbox that has it already can tell.
    """
    check_again(message.status, message.number or "")
    get_sender(ctx)
    done = await ctx.port(Mail).retry(ctx.effect, message.number or "")
    reply = await queued(ctx, done, "On its way again")
    return replace(
        reply, buttons=(Button("Show", "email_show", {"message": message.number or ""}),), choices=()
    )
