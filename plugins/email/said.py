"""How a message and a mailing are told of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.api import ActionCall, Button, Context, Reply, Tone, Unavailable, moment, plural
from plugins.email.letter import shown
from plugins.email.port import WAITING, Email, Mail, Mailing, MailStatus
from plugins.reminders.port import offer_written

UNDO = timedelta(minutes=30)
TONES = {
    MailStatus.SENT: Tone.GOOD,
    MailStatus.FAILED: Tone.WARN,
    MailStatus.BOUNCED: Tone.WARN,
    MailStatus.UNKNOWN: Tone.WARN,
}
PRETENDS = (
    "Nothing leaves from here: this workspace only pretends to send, and keeps what would have gone out."
)
DOUBT = "Whether it arrived is not known; ask them before you send it again."
Ctx = Context[Any]


def undoable(reply: Reply, undo: ActionCall, within: timedelta = UNDO) -> Reply:
    """Offer to take it back for a while."""
    return replace(reply, undo=undo, undo_within=within)


async def nudge(ctx: Ctx, after: timedelta | None = None) -> None:
    """Have the outbox looked at now; it is anyway every half minute, so a queue that is away is no harm."""
    try:
        await ctx.enqueue("send", after=after)
    except Unavailable:
        return


async def queued(ctx: Ctx, message: Email, said: str = "") -> Reply:
    """Say that a message is in the outbox, and get the sender going."""
    await nudge(ctx)
    text = (
        f"{said or 'On its way'}: {message.number} to {message.customer_name} ({message.customer}), "
        f"{message.to}: **{message.subject}**"
    )
    reply = Reply(
        text,
        data=message,
        tone=Tone.GOOD,
        buttons=(Button("Did it arrive?", "email_show", {"message": message.number or ""}),),
        choices=offer_written(ctx, message.body, customer=message.customer or ""),
        focus={"message": message.number or "", "customer": message.customer or ""},
        evidence=(ctx.evidence(Mail),),
    )
    return undoable(reply, ActionCall(action_id="email_cancel", args={"message": message.number}))


def standing(message: Email, ctx: Ctx) -> str:
    """Return where a message stands: `queued, again at 14:05: the server said …`."""
    zone, why = ctx.tenant.zone, f": {message.error}" if message.error else ""
    if message.status == MailStatus.SENT and message.sent_at:
        return f"sent {moment(message.sent_at, ctx.now, zone)}{why}"
    if message.status == MailStatus.QUEUED and message.due_at and message.attempts:
        tries = plural(message.attempts, "attempt")
        return f"queued, again at {moment(message.due_at, ctx.now, zone)} after {tries}{why}"
    return f"{message.status}{why}"


def message_reply(ctx: Ctx, message: Email, said: str = "") -> Reply:
    """Show one message whole."""
    doubt = f"\n{DOUBT}" if message.status == MailStatus.UNKNOWN else ""
    head = f"**{message.number}** to {message.customer_name} ({message.customer}): {standing(message, ctx)}"
    facts: dict[str, object] = {"By": message.by, "Written": moment(message.at, ctx.now, ctx.tenant.zone)}
    facts |= {"Message-ID": message.message_id} if message.message_id else {}
    facts |= {"Template": message.template} if message.template else {}
    facts |= {"Mailing": message.mailing} if message.mailing else {}
    text = f"{head}{doubt}\n{shown(message, message.sender or '', message.reply_to)}"
    return Reply(
        f"{said}\n\n{text}" if said else text,
        data=message,
        facts=facts,
        tone=TONES.get(MailStatus(message.status), Tone.PLAIN),
        buttons=tuple(_buttons(message)),
        focus={"message": message.number or "", "customer": message.customer or ""},
        evidence=(ctx.evidence(Mail),),
    )


def _buttons(message: Email) -> Iterator[Button]:
    this = {"message": message.number or ""}
    if message.status == MailStatus.DRAFT:
        yield Button("Send", "email_send_draft", this, "primary")
    if message.status in {MailStatus.FAILED, MailStatus.BOUNCED, MailStatus.UNKNOWN}:
        yield Button("Send again", "email_retry", this)
    if message.status in {MailStatus.DRAFT, MailStatus.QUEUED}:
        about = f"{message.number or 'the e-mail'} to {message.customer_name or message.to}"
        yield Button("Cancel", "email_cancel", this, "danger", about=about)
    if message.customer:
        yield Button("Customer", "customers_show", {"customer": message.customer})


def mailing_reply(ctx: Ctx, mailing: Mailing, said: str = "") -> Reply:
    """Show how far a mailing has got."""
    waiting = mailing.count(*WAITING)
    this = {"mailing": mailing.number}
    buttons = [Button("Progress", "email_mailing", this)] if waiting else []
    if waiting:
        about = f"{mailing.number} “{mailing.subject}” to {mailing.audience}"
        buttons.append(Button("Cancel the mailing", "email_cancel_mailing", this, "danger", about=about))
    bad = mailing.count(MailStatus.FAILED, MailStatus.BOUNCED, MailStatus.UNKNOWN)
    text = f"**{mailing.number}** “{mailing.subject}” to {mailing.audience}: {progress(ctx, mailing)}"
    return Reply(
        f"{said} {text}" if said else text,
        data=mailing,
        facts={"By": mailing.by, "Asked": moment(mailing.at, ctx.now, ctx.tenant.zone)},
        buttons=tuple(buttons),
        focus=this,
        tone=Tone.WARN if bad else Tone.PLAIN,
        evidence=(ctx.evidence(Mail),),
    )


def progress(ctx: Ctx, mailing: Mailing) -> str:
    """Return `120 of 400 sent, 280 waiting`."""
    counts, waiting = mailing.counts, mailing.count(*WAITING)
    parts = [f"{counts.get(MailStatus.SENT, 0):,} of {mailing.total:,} sent"]
    parts += [f"{waiting:,} waiting"] if waiting else []
    others = (MailStatus.FAILED, MailStatus.BOUNCED, MailStatus.UNKNOWN, MailStatus.CANCELLED)
    parts += [f"{counts[status]:,} {status}" for status in others if counts.get(status)]
    if waiting and ctx.now < mailing.starts_at:
        left = int((mailing.starts_at - ctx.now).total_seconds())
        parts.append(f"the first leaves in {left} s")
    said = ", ".join(parts)
    return f"{said}; left out: {left_out_said(mailing.left_out)}" if mailing.left_out else said


WHY_LEFT_OUT = {
    "bounced": "bounced before",
    "unsubscribed": "unsubscribed",
    "no address": "without a usable e-mail address",
    "unknown": "for whom something in the text is not known",
}


def left_out_said(left_out: Mapping[str, int]) -> str:
    """Return `12 bounced before, 3 unsubscribed`."""
    return ", ".join(f"{left_out[why]:,} {said}" for why, said in WHY_LEFT_OUT.items() if left_out.get(why))
