"""Making appointments: who goes when, moved, and given to somebody else."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from bot.api import (
    ActionCall,
    BadInput,
    Change,
    Conflict,
    Preview,
    Reply,
    action,
)
from plugins.customers.port import Customer, CustomerRef
from plugins.tickets.port import Agent, AgentRef, TicketRef
from plugins.visits.port import NewVisit, Visit, VisitChange, VisitRef, Visits
from plugins.visits.said import WRITE, hours, one_reply
from plugins.visits.settings import Ctx
from plugins.visits.slots import Slot, check_free, free_slots

LATEST, KNOWN = timedelta(days=120), timedelta(days=90)
FEW = 5


def check_slot(ctx: Ctx, at: datetime, minutes: int) -> Slot:
    """Return beginning and end; BadInput for a time that cannot be."""
    if not 15 <= minutes <= 8 * 60:  # noqa: PLR2004 - a quarter of an hour to a working day
        raise BadInput("A visit takes between 15 minutes and 8 hours.")
    if at <= ctx.now:
        raise BadInput("That is past. Say a time ahead, for example tomorrow 10:00.")
    if at - ctx.now > LATEST:
        raise BadInput(f"Visits are planned {LATEST.days} days ahead at most.")
    local = ctx.local(at)
    if local.time() == time():
        raise BadInput("Say at what hour, for example tomorrow 10:00. `visits free` shows who can when.")
    return at, at + timedelta(minutes=minutes)


def who_goes(ctx: Ctx, technician: Agent | None) -> Agent:
    """Return the technician named, or whoever asks."""
    if technician is None and not ctx.user.email:
        raise BadInput("Say who goes, by name or e-mail address.")
    return technician or Agent(email=ctx.user.email, name=ctx.user.name)


async def _goes(ctx: Ctx, technician: Agent | None, slot: Slot) -> Agent:
    """Return who goes; BadInput names who is free then when whoever asks, naming nobody, never drives."""
    if technician is not None:
        return technician
    port = ctx.port(Visits)
    known = await port.technicians(ctx.now - KNOWN)
    if not known or ctx.user.email in known:
        return who_goes(ctx, None)
    busy = {one.technician for one in await port.busy(*slot)}
    free = sorted(name for email, name in known.items() if email not in busy)[:FEW]
    then = f"{ctx.local(slot[0]):%a %H:%M}"
    other = "`visits free` shows other times."
    if not free:
        next_ = await free_slots(ctx, known, ctx.local(slot[0]).date(), slot[1] - slot[0], slot[0])
        times = "; ".join(f"{ctx.local(start):%a %H:%M} {name}" for start, _, name in next_[:FEW])
        offered = f"The next times: {times}." if times else other
        raise BadInput(f"Nobody who drives is free {then}. {offered} Say when, and who goes by name.")
    names = ", ".join(free)
    raise BadInput(f"Say who goes, for example “… with {free[0]}”. Free {then}: {names}. {other}")


async def new_visit(
    ctx: Ctx,
    customer: Customer,
    at: datetime,
    technician: Agent | None,
    ticket: TicketRef | None,
    minutes: int | None,
    note: str,
) -> NewVisit:
    """Return the appointment that is meant; Conflict says when the technician is busy, and when not."""
    starts, ends = check_slot(ctx, at, minutes or ctx.settings.minutes)
    who = await _goes(ctx, technician, (starts, ends))
    await check_free(ctx, who.email, who.name, (starts, ends))
    return NewVisit(
        customer=customer.number,
        customer_name=customer.name,
        technician=who.email,
        technician_name=who.name,
        starts_at=starts,
        ends_at=ends,
        address=customer.address,
        phone=customer.phone or "",
        ticket=ticket.number if ticket else None,
        note=note.strip()[:500],
        area=customer.area,
    )


async def preview_schedule(
    ctx: Ctx,
    customer: CustomerRef,
    at: datetime,
    technician: AgentRef | None = None,
    ticket: TicketRef | None = None,
    minutes: int | None = None,
    note: str = "",
) -> Preview:
    """Say who goes where and when."""
    new = await new_visit(ctx, customer, at, technician, ticket, minutes, note)
    start, end = ctx.local(new.starts_at), ctx.local(new.ends_at)
    own = "You named nobody, so you go yourself. To send a colleague, say no, and who: “… with Jane”."
    return Preview(
        text=f"{new.technician_name} goes to {new.customer_name} ({new.customer}), {new.address}.",
        changes=(Change(what="Visit", after=f"{start:%a} {start.day} {start:%b %H:%M}–{end:%H:%M}"),),
        warnings=() if technician else (own,),
    )


@action(
    permission=WRITE,
    preview=preview_schedule,
    examples=(
        "schedule a visit at {customer} {at}",
        "schedule a visit for {customer} {at} with {technician}",
        "send {technician} to {customer} {at}",
        "book a technician for {customer} {at}",
        "plan a visit to {customer} {at}",
        "appointment for {customer} {at} with {technician}",
        "{technician} visits {customer} {at}",
        "site visit at {customer} {at} for {ticket}",
    ),
)
async def schedule(
    ctx: Ctx,
    customer: CustomerRef,
    at: datetime,
    technician: AgentRef | None = None,
    ticket: TicketRef | None = None,
    minutes: int | None = None,
    note: str = "",
) -> Reply:
    """Schedule a technician's visit at a customer.

    With the technician you name, else yourself; it is refused when they are elsewhere then. They are told
    before it begins.
    """
    new = await new_visit(ctx, customer, at, technician, ticket, minutes, note)
    made = await ctx.port(Visits).add(ctx.effect, new)
    undo = ActionCall(
        action_id="visits_cancel", args={"visit": made.number, "reason": "scheduled by mistake"}
    )
    text = f"{made.number}: {made.technician_name} goes to {made.customer_name}, {hours(ctx, made)}."
    return one_reply(ctx, made, text, undo)


def check_ahead(visit: Visit) -> None:
    """Raise Conflict when it is over."""
    if not visit.ahead:
        raise Conflict(f"{visit.number} is {visit.status} already.")


async def preview_assign(ctx: Ctx, visit: VisitRef, to: AgentRef) -> Preview:
    """Say who goes instead."""
    await _check_assign(ctx, visit, to)
    change = Change(what="Technician", before=visit.technician_name, after=to.name)
    return Preview(text=f"{visit.number} at {visit.customer_name}, {hours(ctx, visit)}.", changes=(change,))


async def _check_assign(ctx: Ctx, visit: Visit, to: Agent) -> None:
    check_ahead(visit)
    if visit.technician == to.email:
        raise Conflict(f"{visit.number} is with {to.name} already.")
    await check_free(ctx, to.email, to.name, (visit.starts_at, visit.ends_at), visit.number)


@action(
    permission=WRITE,
    preview=preview_assign,
    examples=(
        "give visit {visit} to {to}",
        "assign visit {visit} to {to}",
        "let {to} do visit {visit}",
        "{to} goes to {visit} instead",
    ),
)
async def assign(ctx: Ctx, visit: VisitRef, to: AgentRef) -> Reply:
    """Give a visit to another technician, if they are free then."""
    await _check_assign(ctx, visit, to)
    change = VisitChange(technician=to.email, technician_name=to.name)
    kept = await ctx.port(Visits).change(ctx.effect, visit.number, change)
    undo = ActionCall(action_id="visits_assign", args={"visit": visit.number, "to": visit.technician})
    return one_reply(ctx, kept, f"{kept.number} is with {kept.technician_name} now.", undo)
