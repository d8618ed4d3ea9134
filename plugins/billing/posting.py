"""Letting a reminder leave as an e-mail, where something here can send and the person may."""

from __future__ import annotations

from collections.abc import Sequence

from bot.api import Unavailable, moment
from plugins.billing.port import Channel
from plugins.billing.settings import Ctx
from plugins.customers.port import Customer
from plugins.email.port import Email, Mail, Mailer, NewEmail, Sender

MAY = "email:send"


def sender_for(ctx: Ctx, channel: Channel, customer: Customer) -> Sender | None:
    """Return who it would come from; None where nothing leaves from here by itself."""
    if channel is not Channel.EMAIL or not ctx.enabled("email") or not ctx.user.may(MAY):
        return None
    if not ctx.user.scope(MAY).covers(customer.area):
        return None
    try:
        return ctx.port(Mailer).sender()
    except Unavailable:
        return None


def subject_for(customer: Customer) -> str:
    """Return what the reminder is headed."""
    return f"Your account {customer.number}"


async def doubts_of(ctx: Ctx, address: str) -> Sequence[str]:
    """Return what speaks against the address: mail to it came back."""
    stop = (await ctx.port(Mail).stops([address])).get(address.lower())
    if stop is None or stop.reason != "bounced":
        return ()
    return (f"Mail to {address} came back {moment(stop.at, ctx.now, ctx.tenant.zone)}: {stop.detail}",)


async def post(ctx: Ctx, customer: Customer, to: str, text: str, sender: Sender) -> Email:
    """Put the reminder into the outbox, once however often the call is repeated."""
    new = NewEmail(
        customer=customer.number,
        to=to,
        subject=subject_for(customer),
        body=text,
        sender=sender.address,
        reply_to=sender.reply_to,
    )
    return await ctx.port(Mail).queue(ctx.effect.step("mail"), new)
