"""Ending a line for good, today or on a later day, and taking that back."""

from __future__ import annotations

from datetime import date, timedelta

from bot.api import (
    ActionCall,
    Approval,
    BadInput,
    Button,
    Change,
    Conflict,
    Preview,
    Reply,
    Tone,
    action,
    day,
)
from plugins.customers.card import collect
from plugins.customers.planning import CHANGEABLE, UNDO, Ctx, line_of
from plugins.customers.port import CustomerRef, Customers, Service, ServiceRef, ServiceStatus
from plugins.customers.suspending import untouched

YEAR = timedelta(days=366)


def _day_of(ctx: Ctx, on: date | None) -> date:
    today = ctx.today
    if on is None:
        return today
    if on < today:
        raise BadInput(f"{day(on, today)} is past. A line ends today or later.")
    if on > today + YEAR:
        raise BadInput("That is more than a year ahead. Name a nearer day.")
    return on


async def preview_terminate(
    ctx: Ctx,
    customer: CustomerRef | None = None,
    *,
    reason: str,
    service: ServiceRef | None = None,
    on: date | None = None,
) -> Preview:
    """Say what ends when, who is online, and what is owed."""
    owner, line = await line_of(ctx, customer, service, CHANGEABLE)
    when, today = _day_of(ctx, on), ctx.today
    _check_ends(line, today)
    card = await collect(ctx, owner)
    warnings = [f"Online now: {one.session.said(ctx.now, ctx.tenant.zone)}" for one in card.lines or ()
                if one.service == line.number and one.session and one.session.up]  # fmt: skip
    if card.balance is not None and card.balance.owed.minor > 0:
        warnings.append(f"Balance: {card.balance.said(today)}")
    last = [s for s in card.services if s.status in CHANGEABLE and s.number != line.number]
    if not last:
        warnings.append(f"It is the last line of {owner.name}: they will count as churned")
    after = "ends today" if when == today else f"ends on {day(when, today)}"
    return Preview(
        text=f"{line.number} of {owner.name} ({owner.number}) {after}: {_reason(reason)}. No money is moved.",
        changes=(Change(what=f"{line.number}, {line.plan.name}", before=line.status.value, after=after),),
        warnings=(*warnings, *untouched(ctx)),
    )


def _reason(reason: str) -> str:
    reason = " ".join(reason.split())
    if not reason:
        raise BadInput("Say why the line ends; a colleague will ask.")
    return reason[:400]


def _check_ends(line: Service, today: date) -> None:
    if line.status is ServiceStatus.TERMINATED:
        raise Conflict(f"{line.number} has ended already.")
    if line.terminated_on:
        raise Conflict(
            f"{line.number} ends on {day(line.terminated_on, today)} already. Take that back first."
        )


@action(
    permission="customers:provision",
    approval=Approval.SELF,
    preview=preview_terminate,
    examples=(
        "terminate {service}: {reason}",
        "end the service of {customer} on {on}: {reason}",
        "cancel the contract of {customer} because {reason}",
        "{customer} is leaving us on {on}, {reason}",
        "terminate the line of {customer}, {reason}",
    ),
)
async def terminate(
    ctx: Ctx,
    customer: CustomerRef | None = None,
    *,
    reason: str,
    service: ServiceRef | None = None,
    on: date | None = None,
) -> Reply:
    """End a line for good, today or on a later day.

    No money is moved by it. It can be taken back for 30 minutes, or while the day has not come.
    """
    owner, line = await line_of(ctx, customer, service, CHANGEABLE)
    when, today = _day_of(ctx, on), ctx.today
    done = await ctx.port(Customers).terminate(ctx.effect, line.number, when, _reason(reason))
    ends = "has ended" if when == today else f"ends on {day(when, today)}"
    return Reply(
        "\n\n".join(
            [f"{done.number} of {owner.name} ({owner.number}) {ends}: {_reason(reason)}.", *untouched(ctx)]
        ),
        data=done,
        tone=Tone.WARN,
        undo=ActionCall(action_id="customers_keep", args={"service": done.number}),
        undo_within=UNDO,
        buttons=(Button("Customer", "customers_show", {"customer": owner.number}),),
        focus={"customer": owner.number, "service": done.number},
        evidence=(ctx.evidence(Customers),),
    )


async def preview_keep(ctx: Ctx, service: ServiceRef) -> Preview:
    """Say which end is taken back."""
    if service.terminated_on is None:
        raise Conflict(f"{service.number} is not to end.")
    on = day(service.terminated_on, ctx.today)
    over = service.status is ServiceStatus.TERMINATED
    change = Change(
        what=f"{service.number}, {service.plan.name}",
        before=f"ended on {on}" if over else f"{service.status}, ends on {on}",
        after="goes on as it was before it ended" if over else f"{service.status}, does not end",
    )
    return Preview(
        text=f"{service.number} of {service.customer} goes on after all. No money is moved.",
        changes=(change,),
        warnings=untouched(ctx),
    )


@action(
    permission="customers:provision",
    approval=Approval.SELF,
    preview=preview_keep,
    examples=(
        "keep {service} after all",
        "take the termination of {service} back",
        "{service} is not to end",
    ),
)
async def keep(ctx: Ctx, service: ServiceRef) -> Reply:
    """Take a termination back: the line goes on as before."""
    done = await ctx.port(Customers).keep(ctx.effect, service.number)
    return Reply(
        "\n\n".join([f"{done.number} goes on: {done.plan.name}, {done.status}.", *untouched(ctx)]),
        data=done,
        tone=Tone.GOOD,
        focus={"customer": done.customer, "service": done.number},
        evidence=(ctx.evidence(Customers),),
    )
