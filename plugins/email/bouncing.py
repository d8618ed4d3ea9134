"""Mail that came back, and addresses that are not written to: by a bounce, or because they asked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email import message_from_string, policy
from email.message import EmailMessage, Message
from typing import Annotated, Any

from bot.api import (
    ActionCall,
    Approval,
    BadInput,
    Change,
    Context,
    Field,
    NotFound,
    Preview,
    Reply,
    Tone,
    action,
)
from plugins.customers.port import CustomerRef
from plugins.email.letter import ADDRESS, check_reach, find_stop, stop_said
from plugins.email.port import Email, Mail, MailQuery, MailStatus, Stop
from plugins.email.said import message_reply, undoable

Ctx = Context[Any]
LONGEST = 200_000
SAID = 300
Notice = Annotated[str, Field(max_length=LONGEST)]
HARD = "5"
MESSAGE_ID = re.compile(r"^Message-ID:\s*(<[^<>\s]{3,250}>)", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Report:
    """What a delivery status notification (RFC 3464) says: which message, to whom, and why."""

    message_id: str | None
    recipient: str
    status: str
    said: str

    @property
    def permanent(self) -> bool:
        """Whether trying again is no use."""
        return self.status.startswith(HARD)


def read_report(text: str) -> Report:
    """Read a delivery status notification; BadInput when it is none."""
    if len(text) > LONGEST:
        raise BadInput(f"That is longer than {LONGEST:,} letters; paste the notification only.")
    parsed = message_from_string(text.lstrip(), policy=policy.default)
    fields: dict[str, str] = {}
    message_id = None
    for part in parsed.walk():
        kind = part.get_content_type()
        if kind == "message/delivery-status":
            fields |= _fields(part)
        elif kind in {"message/rfc822", "text/rfc822-headers"}:
            found = MESSAGE_ID.search(part.as_string())
            message_id = found[1] if found else message_id
    recipient = fields.get("final-recipient") or fields.get("original-recipient") or ""
    recipient = recipient.rpartition(";")[2].strip().strip("<>")
    if not ADDRESS.fullmatch(recipient):
        raise BadInput(
            "I find no delivery status in that text. Paste the whole notification of the mail server, "
            "with its headers and its parts."
        )
    said = " ".join(fields.get("diagnostic-code", "").rpartition(";")[2].split())[:SAID]
    status = fields.get("status", "").strip()
    action_ = fields.get("action", "failed").strip().lower()
    status = status or ("5.0.0" if action_ == "failed" else "4.0.0")
    return Report(message_id=message_id, recipient=recipient, status=status, said=said or status)


def _fields(part: Message[str, str] | EmailMessage) -> dict[str, str]:
    """Return the fields of a status part: one block about the message, one for each recipient."""
    blocks = part.get_payload()
    found: dict[str, str] = {}
    for block in blocks if isinstance(blocks, list) else ():
        if isinstance(block, Message):
            found |= {name.lower(): str(value) for name, value in block.items()}
    return found


async def returned(ctx: Ctx, report: Report) -> Email:
    """Return the message a report is about; NotFound when none of ours left for that address."""
    mail = ctx.port(Mail)
    if report.message_id:
        found = await mail.find_by_message_id(ctx.scope, report.message_id)
        if found is not None:
            return found
    page = await mail.find(ctx.scope, MailQuery(statuses=(MailStatus.SENT, MailStatus.UNKNOWN)), 200)
    for one in page.emails:
        if one.number and one.to.lower() == report.recipient.lower():
            return one
    raise NotFound(f"We sent nothing to {report.recipient} that this could be about.")


async def preview_record_bounce(ctx: Ctx, notice: Notice) -> Preview:
    """Say which message came back and why."""
    report = read_report(notice)
    message = await returned(ctx, report)
    stops = "and mailings leave the address out until you allow it again" if report.permanent else ""
    return Preview(
        text=f"{message.number} to {message.customer_name} ({message.customer}), {message.to}, came back: "
        f"{report.said}" + (f", {stops}." if stops else ", which may pass: nothing is stopped."),
        changes=(Change(what=message.number or "", before=message.status, after="bounced"),)
        if report.permanent
        else (),
    )


@action(
    permission="email:send",
    approval=Approval.SELF,
    preview=preview_record_bounce,
    examples=("record bounce {notice}", "this e-mail bounced: {notice}", "read this bounce: {notice}"),
)
async def record_bounce(ctx: Ctx, notice: Notice) -> Reply:
    """Record a bounce from the mail server's notification.

    Paste the whole notification; the message and the address are marked, and previews warn from then on.
    """
    report = read_report(notice)
    message = await returned(ctx, report)
    if not report.permanent:
        return message_reply(ctx, message, f"Only delayed ({report.status} {report.said}); nothing changed.")
    done = await ctx.port(Mail).bounce(ctx.effect, message.number or "", f"{report.status} {report.said}")
    return message_reply(ctx, done, f"Written down: {done.to} bounced. Mailings leave it out from now on.")


@action(
    permission="email:send",
    examples=(
        "unsubscribe {customer} from mailings",
        "{customer} wants no more mailings",
        "no more mass mails to {customer}",
    ),
)
async def unsubscribe(ctx: Ctx, customer: CustomerRef) -> Reply:
    """Take a customer's address off all mailings; single e-mails still reach them."""
    address = await check_reach(ctx, customer)
    stop = Stop(address=address, reason="unsubscribed", at=ctx.now, by=ctx.user.name)
    await ctx.port(Mail).stop(ctx.effect, stop)
    reply = Reply(
        f"{customer.name} ({customer.number}), {address}, gets no more mailings.",
        focus={"customer": customer.number},
        evidence=(ctx.evidence(Mail),),
    )
    return undoable(reply, ActionCall(action_id="email_allow", args={"customer": customer.number}))


@action(
    permission="email:send",
    examples=(
        "allow e-mail to {customer} again",
        "the address of {customer} works again",
        "subscribe {customer} again",
    ),
)
async def allow(ctx: Ctx, customer: CustomerRef) -> Reply:
    """Let a customer's address be written to again, after a bounce or when they subscribe anew."""
    address = await check_reach(ctx, customer)
    stop = await find_stop(ctx, address)
    if stop is None:
        raise NotFound(f"{address} of {customer.name} is not kept from being written to.")
    await ctx.port(Mail).lift_stop(ctx.effect, address)
    return Reply(
        f"{customer.name} ({customer.number}), {address}, is written to again ({stop_said(stop, ctx)}).",
        tone=Tone.GOOD,
        focus={"customer": customer.number},
        evidence=(ctx.evidence(Mail),),
    )
