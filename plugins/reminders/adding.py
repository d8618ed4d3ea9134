"""Having oneself or a colleague reminded: of a call back, of a visit, of whatever was promised."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta

from bot.api import (
    ActionCall,
    BadInput,
    Conflict,
    NotAllowed,
    Nudge,
    Preview,
    Reply,
    action,
    ago,
)
from plugins.customers.port import Customer, CustomerRef, Customers
from plugins.reminders.port import NewReminder, ReminderQuery, Reminders
from plugins.reminders.said import OWN, clock, me, mine, one_reply
from plugins.reminders.settings import Ctx, at_work
from plugins.tickets.port import Agent, AgentRef, Ticket, TicketRef

LONGEST = 300
FAR = timedelta(days=366)
OPEN_AT_MOST, GIVEN_AT_MOST = 200, 20
"""Open reminders of one person, and those that one colleague gave them: more is a ticket system."""
CALLED = re.compile(
    r"\b(?:call|ring|phone|text|message|mail|email|e-mail|visit|see|contact|tell|inform|help)\s+(?:back\s+)?"
    r"(?:to\s+)?(?P<who>[\w'@.+-]+(?:\s+[A-Z][\w'-]+){0,2})"
)
LEAD = re.compile(r"^(?:please\s+)?(?:to|that|about|of)\s+", re.IGNORECASE)


async def new_reminder(
    ctx: Ctx,
    text: str,
    at: datetime,
    customer: Customer | None,
    ticket: Ticket | None,
    to: Agent | None = None,
) -> NewReminder:
    """Return the reminder that is meant; BadInput says what is missing or impossible."""
    what = LEAD.sub("", " ".join(text.split())).strip(" .,;:")
    if len(what) > LONGEST:
        raise BadInput(f"That has {len(what)} letters; {LONGEST} fit. Open a ticket for the long story.")
    customer = customer or await _called(ctx, what)
    if not what:
        if customer is None and ticket is None:
            raise BadInput("Say of what I am to remind you, for example: remind me at 16:00 to call 100203.")
        what = f"call {customer.name} back" if customer else f"look at {ticket.number}" if ticket else ""
    number = customer.number if customer else ticket.customer if ticket else None
    about = customer or ticket
    return NewReminder(
        text=what,
        at=check_time(ctx, at),
        owner=to.email if to else me(ctx),
        owner_name=to.name if to else ctx.user.name,
        customer=number,
        customer_name=customer.name if customer else ticket.customer_name if ticket else None,
        ticket=ticket.number if ticket else None,
        area=about.area if about else {},
    )


def check_time(ctx: Ctx, at: datetime) -> datetime:
    """Return when it is due, a bare day in the morning; BadInput for what is past or too far away."""
    due = at_work(at, ctx.settings, ctx.tenant.zone)
    if due <= ctx.now and ctx.local(at).date() == ctx.local(ctx.now).date() and due != at:
        raise BadInput("Say at what time today, for example at 16:00.")
    if due <= ctx.now:
        raise BadInput(f"{clock(ctx, due)} is past. Say a time ahead, for example in 30 minutes.")
    if due - ctx.now > FAR:
        raise BadInput(f"{clock(ctx, due)} is more than a year away; so long I keep no reminder.")
    return due


async def _called(ctx: Ctx, what: str) -> Customer | None:
    """Return the customer whom a text names, if it is exactly one whom the asker may see."""
    found = CALLED.search(what)
    if not (found and ctx.enabled("customers") and ctx.user.may("customers:read")):
        return None
    fits = await ctx.port(Customers).find(ctx.user.scope("customers:read"), found["who"], 2)
    exact = [one.customer for one in fits if one.exact]
    return exact[0] if len(exact) == 1 else None


async def preview_add(
    ctx: Ctx,
    at: datetime,
    text: str = "",
    customer: CustomerRef | None = None,
    ticket: TicketRef | None = None,
    to: AgentRef | None = None,
) -> Preview:
    """Say who will be reminded of what and when."""
    new = await new_reminder(ctx, text, at, customer, ticket, to)
    return Preview(text=_said(ctx, new), hits=0)


@action(
    permission=OWN,
    preview=preview_add,
    examples=(
        "remind me to {text} at {at}",
        "remind me at {at} to {text}",
        "remind me {at} to {text}",
        "remind me to call {customer} {at}",
        "remind me to call {customer} back at {at}",
        "I promised {customer} a call back {at}",
        "I promised to call {customer} {at}",
        "I will call {customer} {at}",
        "I'll call {customer} at {at}",
        "promised {customer} that I {text} {at}",
        "remind me about {ticket} {at}",
        "remind me of {customer} {at}",
        "reminder {at}: {text}",
        "call back {customer} {at}, remind me",
        "set a reminder for {at}: {text}",
        "do not let me forget to {text} {at}",
        "callback {customer} {at}",
        "follow up with {customer} {at}",
        "look at {ticket} again {at}, remind me",
        "remind me to {text}",
        "remind me {at} to chase the crew",
        "I have to call {customer} by {at}",
        "told {customer} we call back {at}",
        "remind {to} {at} to {text}",
        "remind {to} to {text} {at}",
    ),
)
async def add(
    ctx: Ctx,
    at: datetime,
    text: str = "",
    customer: CustomerRef | None = None,
    ticket: TicketRef | None = None,
    to: AgentRef | None = None,
) -> Reply:
    """Remind me, or a colleague, of what was promised, at its time.

    Say what and when: at 16:00, in 2 hours, tomorrow 10:00, Friday. It stays with its customer or ticket, and
    you are told when it is time, and again until it is done. A colleague hears of it at once.
    """
    new = await new_reminder(ctx, text, at, customer, ticket, to)
    if to is not None:
        await check_reaches(ctx, new, to)
    port = ctx.port(Reminders)
    await _check_room(ctx, new)
    kept = await port.add(ctx.effect, new)
    if not mine(ctx, kept):
        await ctx.nudge(_told(ctx, new, kept.number))
    undo = ActionCall(action_id="reminders_cancel", args={"reminder": kept.number})
    if not mine(ctx, kept):
        text = f"{kept.number}: {_said(ctx, new)} They hear of it now."
        reply = one_reply(ctx, kept, text, undo)
        return replace(reply, buttons=())
    return one_reply(ctx, kept, f"{kept.number}: {_said(ctx, new)}", undo)


async def _check_room(ctx: Ctx, new: NewReminder) -> None:
    """Raise Conflict when too many are open: one's own, or what one gave a colleague, whose own it leaves."""
    page = await ctx.port(Reminders).find(ctx.scope, ReminderQuery(owner=new.owner), 4 * OPEN_AT_MOST)
    if new.owner != me(ctx):
        given = sum(one.made_by == ctx.user.name for one in page.reminders)
        if given >= GIVEN_AT_MOST:
            raise Conflict(
                f"{given} reminders that you gave {new.owner_name} are open. Open a ticket for what is left."
            )
        return
    own = sum(one.made_by == ctx.user.name for one in page.reminders)
    if own >= OPEN_AT_MOST:
        raise Conflict(f"{own} reminders of yours are open. Tick off what is done first.")


async def check_reaches(ctx: Ctx, new: NewReminder, to: Agent) -> None:
    """Raise NotAllowed when a colleague would not hear of it: they left, or may not see what it is about."""
    if new.owner != me(ctx) and not await ctx.nudges.reaches(_told(ctx, new, "")):
        raise NotAllowed(f"{to.name} may not be reminded of that, or has left. Remind yourself.")


def _told(ctx: Ctx, new: NewReminder, number: str) -> Nudge:
    """Return what the colleague is told at once."""
    return Nudge(
        key=f"{number}:given:0",
        to=new.owner,
        permission=OWN,
        area=new.area if new.customer or new.ticket else {},
        reply=Reply(
            f"{ctx.user.name} set you a reminder, {number}: {_what(new)}. I remind you {clock(ctx, new.at)}."
        ),
    )


def ahead(ctx: Ctx, at: datetime) -> str:
    """Return in how long that is; what was asked for as five minutes is not four by now."""
    return ago(at + timedelta(seconds=45), ctx.now)


def _said(ctx: Ctx, new: NewReminder) -> str:
    whom = "you" if new.owner == me(ctx) else new.owner_name
    return f"I remind {whom} {clock(ctx, new.at)} ({ahead(ctx, new.at)}): {_what(new)}."


def _what(new: NewReminder) -> str:
    who = f"{new.customer_name} ({new.customer})" if new.customer_name else ""
    named = bool(new.customer_name and new.customer_name.casefold() in new.text.casefold())
    about = [f"account {new.customer}" if named else who, new.ticket or ""]
    tail = ", ".join(one for one in about if one and one not in new.text)
    return f"{new.text}, {tail}" if tail else new.text
