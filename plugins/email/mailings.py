"""Mailings: one text to many; two people agree, a minute passes, then it leaves at the pace that is set."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Annotated, Any

from bot.api import (
    ActionCall,
    Approval,
    Button,
    Change,
    Column,
    Conflict,
    Context,
    Field,
    Preview,
    Reply,
    Table,
    action,
    moment,
    plural,
)
from plugins.customers.port import CustomerKind, PlanRef
from plugins.email.audience import Audience, make_audience
from plugins.email.chosen import Wanted
from plugins.email.dressing import has_link
from plugins.email.entities import worded
from plugins.email.letter import Text, get_sender, shown
from plugins.email.port import (
    Mail,
    MailingKind,
    MailingRef,
    MailStatus,
    NewMailing,
    Sender,
    TemplateRef,
)
from plugins.email.said import PRETENDS, left_out_said, mailing_reply, nudge, progress, undoable
from plugins.email.underway import under_way
from plugins.network.port import OutageRef, SiteRef
from plugins.reminders.port import offer_written

Ctx = Context[Any]
HOLD = timedelta(seconds=60)
"""Between the last yes and the first message: time to see the mistake one saw too late."""
SAMPLES = 3
KINDS = {
    MailingKind.NEWS: "It counts as news: it does not go to those who want no more "
    "(kind=service if it is about their line or bill).",
    MailingKind.SERVICE: "It counts as being about their service: it goes to those who want no news too "
    "(kind=news if it is not).",
}
LONG = timedelta(minutes=3)
Days = Annotated[int, Field(ge=1, le=3_650)]


async def preview_mass(  # noqa: PLR0913 - what the action takes
    ctx: Ctx,
    *,
    outage: OutageRef | None = None,
    site: SiteRef | None = None,
    plan: PlanRef | None = None,
    overdue_days: Days | None = None,
    area: str = "",
    customer_kind: CustomerKind | None = None,
    customers: tuple[str, ...] = (),
    kind: MailingKind | None = None,
    template: TemplateRef | None = None,
    text: Text = "",
    subject: str = "",
) -> Preview:
    """Count who gets it, show three of the messages, and say who is left out and how long it takes."""
    wanted = Wanted(
        outage=outage,
        site=site,
        plan=plan,
        overdue_days=overdue_days,
        area=area,
        customer_kind=customer_kind,
        customers=customers,
        kind=kind,
    )
    about, text = await worded(ctx, template, text)
    sender = get_sender(ctx)
    audience = await make_audience(ctx, wanted, about, text, subject, sender)
    samples = "\n\n".join(
        f"To {one.customer}:\n{shown(one, sender.said, one.reply_to)}" for one in _samples(audience)
    )
    count = len(audience.messages)
    minutes = -(-count // sender.per_minute)
    return Preview(
        text=f"{plural(count, 'customer')} ({audience.said}) get an e-mail, {sender.per_minute:,} a minute, "
        f"so in about {plural(minutes, 'minute')}. {KINDS[audience.kind]} It begins "
        f"{int(HOLD.total_seconds())} s after the last yes, and what has not left can be cancelled until the "
        f"end.\n\n{samples}",
        changes=(Change(what="E-mails", after=f"{count:,}"),),
        hits=count,
        warnings=tuple(_warnings(ctx, audience, sender)),
    )


def _warnings(ctx: Ctx, audience: Audience, sender: Sender) -> Iterator[str]:
    """Say who is left out, and whether they can unsubscribe."""
    if audience.left_out:
        yield f"Left out: {left_out_said(audience.left_out)}"
    if sender.pretends:
        yield PRETENDS
    if audience.kind is MailingKind.NEWS:
        if has_link(ctx):
            yield "Below each text stands their own link to unsubscribe."
        else:
            yield (
                "News carries no link to unsubscribe here, because the bot has no public address. "
                "Whoever runs it sets BACKHAUL_PUBLIC_URL."
            )


def _samples(audience: Audience) -> tuple[Any, ...]:
    """Return the first message, the middle one and the last."""
    last = len(audience.messages) - 1
    return tuple(audience.messages[place] for place in sorted({0, last // 2, last})[:SAMPLES])


@action(
    permission="email:mass",
    approval=Approval.TWO,
    preview=preview_mass,
    timeout=LONG,
    examples=(
        "e-mail all customers hit by {outage}: {text}",
        "tell all customers hit by {outage} by e-mail that {text}",
        "write to everyone affected by {outage}: {text}",
        "send {template} to all customers at {site}",
        "mass mail to all customers at {site}: {text}",
        "mail everyone on {plan}: {text}",
        "send the {template} template to all customers on {plan}",
        "e-mail everybody who is {overdue_days} days overdue using {template}",
        "mailing to everyone hit by {outage} using {template}",
        "e-mail everyone in {area}: {text}",
        "e-mail all {customer_kind} customers in {area}: {text}",
        "e-mail everyone on {plan} in {area}: {text}",
        "e-mail everybody in {area} who is {overdue_days} days overdue: {text}",
    ),
)
async def mass(  # noqa: PLR0913 - who is written to is said in one of several ways
    ctx: Ctx,
    *,
    outage: OutageRef | None = None,
    site: SiteRef | None = None,
    plan: PlanRef | None = None,
    overdue_days: Days | None = None,
    area: str = "",
    customer_kind: CustomerKind | None = None,
    customers: tuple[str, ...] = (),
    kind: MailingKind | None = None,
    template: TemplateRef | None = None,
    text: Text = "",
    subject: str = "",
) -> Reply:
    """Send one e-mail to many customers.

    To those of an outage, a site, an area, a plan or a kind, those overdue for some days, or named accounts.
    Two people agree; it begins a minute later, and until the last one has left the rest can be cancelled.
    News leaves out who unsubscribed; what is about their service (kind=service) reaches everyone.
    """
    wanted = Wanted(
        outage=outage,
        site=site,
        plan=plan,
        overdue_days=overdue_days,
        area=area,
        customer_kind=customer_kind,
        customers=customers,
        kind=kind,
    )
    about, text = await worded(ctx, template, text)
    audience = await make_audience(ctx, wanted, about, text, subject, get_sender(ctx))
    new = NewMailing(
        audience=audience.said,
        subject=subject.strip() or (about.subject if about else audience.messages[0].subject),
        body=text if text.strip() else about.body if about else "",
        starts_at=ctx.now + HOLD,
        messages=audience.messages,
        kind=audience.kind,
        left_out=audience.left_out,
    )
    done = await ctx.port(Mail).queue_mailing(ctx.effect, new)
    await nudge(ctx, after=HOLD)
    reply = mailing_reply(ctx, done, f"Queued for {plural(done.total, 'customer')}.")
    reply = replace(reply, choices=offer_written(ctx, new.body))
    undo = ActionCall(action_id="email_cancel_mailing", args={"mailing": done.number})
    return undoable(reply, undo)


async def preview_cancel(ctx: Ctx, mailing: MailingRef | None = None) -> Preview:
    """Say which mailing ends, and how many of it have not left; Conflict when all have."""
    it = await under_way(ctx, mailing, "email cancel_mailing")
    waiting = it.count(MailStatus.QUEUED)
    if it.cancelled_at is None and not waiting:
        raise Conflict(f"All of {it.number} has left, so there is nothing to cancel.")
    return Preview(
        text=f"Cancel {it.number} “{it.subject}” to {it.audience}, by {it.by}: what has not left stays here.",
        hits=it.total,
    )


@action(
    permission="email:send",
    preview=preview_cancel,
    examples=(
        "cancel the mailing",
        "cancel my mailing",
        "stop the mailing",
        "cancel the mailing {mailing}",
        "cancel mailing {mailing}",
        "stop the mailing {mailing}",
        "stop {mailing}",
    ),
)
async def cancel_mailing(ctx: Ctx, mailing: MailingRef | None = None) -> Reply:
    """Cancel a mailing: what has not left stays here. Without a number it is the one that is under way."""
    it = await under_way(ctx, mailing, "email cancel_mailing")
    done = await ctx.port(Mail).cancel_mailing(ctx.effect, it.number)
    went = done.count(MailStatus.SENT, MailStatus.SENDING, MailStatus.UNKNOWN, MailStatus.BOUNCED)
    kept = done.count(MailStatus.CANCELLED)
    gone = "None had left" if not went else f"{went:,} of {done.total:,} had left already"
    return mailing_reply(ctx, done, f"Cancelled: {plural(kept, 'message')} will not be sent. {gone}.")


@action(
    permission="email:read",
    reads_only=True,
    examples=(
        "how far is the mailing",
        "how far is my mailing",
        "how far is the mailing {mailing}",
        "progress of {mailing}",
        "show mailing {mailing}",
    ),
)
async def mailing(ctx: Ctx, mailing: MailingRef | None = None) -> Reply:
    """Show how far a mailing has got; without a number the one that is under way."""
    return mailing_reply(ctx, await under_way(ctx, mailing, "email mailing"))


@action(
    permission="email:read",
    reads_only=True,
    examples=("which mailings were there", "list the mailings", "show mailings", "mass mails so far"),
)
async def mailings(ctx: Ctx, limit: int = 10) -> Reply:
    """List the last mailings."""
    found = await ctx.port(Mail).mailings(ctx.scope, max(1, min(limit, 50)))
    evidence = (ctx.evidence(Mail),)
    if not found:
        return Reply("There was no mailing yet.", data=(), evidence=evidence)
    zone = ctx.tenant.zone
    rows = [
        (one.number, moment(one.at, ctx.now, zone), one.subject, one.audience, progress(ctx, one), one.by)
        for one in found
    ]
    columns = tuple(Column(title) for title in ("Number", "When", "Subject", "To", "State", "By"))
    running = [one for one in found if one.count(MailStatus.QUEUED)]
    return Reply(
        f"{plural(len(found), 'mailing')}:",
        data=tuple(found),
        table=Table(columns=columns, rows=rows),
        buttons=tuple(
            Button(
                f"Cancel {one.number}",
                "email_cancel_mailing",
                {"mailing": one.number},
                "danger",
                about=f"“{one.subject}” to {one.audience}",
            )
            for one in running[:3]
        ),
        evidence=evidence,
    )
