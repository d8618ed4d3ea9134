"""Wanting no more news: by a link in it, by a colleague who was told so, and the way back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.api import (
    ActionCall,
    Column,
    Context,
    NotAllowed,
    NotFound,
    PublicLink,
    Reply,
    Table,
    Tone,
    action,
    moment,
    plural,
)
from plugins.customers.port import CustomerRef
from plugins.email.dressing import LINK
from plugins.email.letter import check_reach, find_stop, stop_said
from plugins.email.port import THEMSELVES, Email, Mail, Stop
from plugins.email.said import undoable

Ctx = Context[Any]
ANEW = "email:resubscribe"
UNSUBSCRIBED = "unsubscribed"
MOST = 200
STILL = "What is about your own line, your bill or a fault still reaches you."


def veiled(address: str) -> str:
    """Return an address as only its owner knows it again: links are passed on."""
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}•••@{domain}"


async def show_link(ctx: Ctx, number: str) -> Reply:
    """Say what pressing the button does."""
    message = await _written(ctx, number)
    return Reply(f"No more news and offers from {ctx.tenant.name} to {veiled(message.to)}? {STILL}")


async def run_link(ctx: Ctx, number: str) -> Reply:
    """Take the address off all news."""
    message = await _written(ctx, number)
    detail = f"by the link in {number}"
    stop = Stop(address=message.to, reason=UNSUBSCRIBED, at=ctx.now, detail=detail, by=THEMSELVES)
    await ctx.port(Mail).stop(ctx.effect, stop)
    return Reply(f"{veiled(message.to)} gets no more news from {ctx.tenant.name}. {STILL}")


async def _written(ctx: Ctx, number: str) -> Email:
    found = await ctx.port(Mail).get(ctx.scope, number)
    if found is None:
        raise NotFound(f"There is no message {number}.")
    return found


UNSUBSCRIBE = PublicLink(
    name=LINK,
    about="Takes the address of a message off all news",
    button="Unsubscribe",
    show=show_link,
    run=run_link,
)


@action(
    permission="email:send",
    examples=(
        "unsubscribe {customer} from mailings",
        "{customer} wants no more mailings",
        "no more mass mails to {customer}",
        "{customer} wants no more newsletters",
        "take {customer} off the mailing list",
    ),
)
async def unsubscribe(ctx: Ctx, customer: CustomerRef) -> Reply:
    """Take a customer's address off all news; what is about their service still reaches them."""
    address = await check_reach(ctx, customer)
    stop = Stop(address=address, reason=UNSUBSCRIBED, at=ctx.now, by=ctx.user.name)
    await ctx.port(Mail).stop(ctx.effect, stop)
    reply = Reply(
        f"{customer.name} ({customer.number}), {address}, gets no more news.",
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
        "resubscribe {customer}",
    ),
)
async def allow(ctx: Ctx, customer: CustomerRef) -> Reply:
    """Let a customer's address be written to again, after a bounce or when they subscribe anew.

    Who unsubscribed themselves is subscribed again by an admin only, and only because they asked for it.
    """
    address = await check_reach(ctx, customer)
    stop = await find_stop(ctx, address)
    if stop is None:
        raise NotFound(f"{address} of {customer.name} is not kept from being written to.")
    if stop.reason == UNSUBSCRIBED and stop.by == THEMSELVES and not ctx.user.may(ANEW):
        raise NotAllowed(
            f"{customer.name} unsubscribed themselves, {moment(stop.at, ctx.now, ctx.tenant.zone)}. When "
            f"they ask to get news again, an admin does it (it takes {ANEW})."
        )
    await ctx.port(Mail).lift_stop(ctx.effect, address, stop.reason)
    left = await find_stop(ctx, address)
    also = f" But {stop_said(left, ctx)}." if left else ""
    return Reply(
        f"{customer.name} ({customer.number}), {address}, is written to again "
        f"({stop_said(stop, ctx)}).{also}",
        tone=Tone.GOOD,
        focus={"customer": customer.number},
        evidence=(ctx.evidence(Mail),),
    )


@action(
    permission="email:read",
    reads_only=True,
    examples=(
        "which addresses are not written to",
        "who unsubscribed",
        "who wants no mailings",
        "show the suppression list",
        "e-mail addresses that mailings leave out",
        "addresses we do not mail any more",
    ),
)
async def stopped(ctx: Ctx, limit: int = 20) -> Reply:
    """List the addresses that mailings leave out: they bounced, or their owners want no news."""
    found = await ctx.port(Mail).find_stops(ctx.scope, max(1, min(limit, MOST)))
    evidence = (ctx.evidence(Mail),)
    if not found:
        return Reply("No address is kept from being written to.", data=(), evidence=evidence)
    rows = [
        (
            one.address,
            account,
            "bounced" if one.reason != UNSUBSCRIBED else "wants no news",
            moment(one.at, ctx.now, ctx.tenant.zone),
            one.detail or f"noted by {one.by}",
        )
        for one, account in found
    ]
    columns = tuple(Column(title) for title in ("Address", "Customer", "Why", "Since", "Said"))
    head = f"{plural(len(found), 'address', 'addresses')} that mailings leave out, the newest first:"
    reply = Reply(head, data=tuple(found), table=Table(columns=columns, rows=rows), evidence=evidence)
    return reply if len(found) < limit else replace(reply, text=f"{head[:-1]} (there may be more):")
