"""Suspending and resuming service, each with a preview and each the other's undo."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from bot.api import (
    ActionCall,
    Approval,
    BadInput,
    Button,
    Change,
    Conflict,
    Context,
    Preview,
    Reply,
    Tone,
    action,
)
from plugins.customers.card import Card, collect, speed
from plugins.customers.port import Customer, CustomerRef, Customers, Service, ServicesChanged, ServiceStatus

UNDO = timedelta(minutes=30)
UNTOUCHED = "No router or ONT is touched: this changes our own records only."
"""Said where the system behind the port does not reach the network."""


async def preview_suspend(
    ctx: Context[Any], customer: CustomerRef, reason: str, services: tuple[str, ...] = ()
) -> Preview:
    """Say what stops working, what is owed, and who is online right now."""
    card = await collect(ctx, customer)
    chosen = _chosen(card, services, ServiceStatus.ACTIVE)
    return Preview(
        text=f"{customer.name} ({customer.number}) is suspended: {reason}",
        changes=_changes(chosen, ServiceStatus.SUSPENDED),
        warnings=(*untouched(ctx), *_warnings(ctx, card, chosen)),
    )


@action(
    permission="customers:suspend",
    approval=Approval.SELF,
    preview=preview_suspend,
    examples=(
        "suspend {customer} for {reason}",
        "suspend {customer}: {reason}",
        "cut off {customer} because {reason}",
        "block the internet of {customer}",
        "put {customer} on hold, {reason}",
        "disable the service of {customer}",
        "pause the service of {customer} because {reason}",
        "switch off {customer}, {reason}",
        "suspend {customer} {reason}",
        "deactivate the line of {customer}, {reason}",
    ),
)
async def suspend(
    ctx: Context[Any], customer: CustomerRef, reason: str, services: tuple[str, ...] = ()
) -> Reply:
    """Suspend a customer's service.

    All active services, or only those named. It can be taken back for 30 minutes.
    """
    if not reason.strip():
        raise BadInput("Say why the service is suspended; the customer will ask.")
    chosen = await _numbers(ctx, customer, services)
    done = await ctx.port(Customers).suspend(ctx.effect, customer.number, reason.strip(), chosen)
    return _done(ctx, done, f"Suspended {_said(done)}: {reason.strip()}.", "resume", Tone.WARN)


async def preview_resume(ctx: Context[Any], customer: CustomerRef, services: tuple[str, ...] = ()) -> Preview:
    """Say what comes back, why it was off, and what is still owed."""
    card = await collect(ctx, customer)
    chosen = _chosen(card, services, ServiceStatus.SUSPENDED)
    why = {s.suspend_reason for s in chosen if s.suspend_reason}
    warnings = [f"Was suspended for: {reason}" for reason in sorted(why)]
    return Preview(
        text=f"{customer.name} ({customer.number}) gets service again.",
        changes=_changes(chosen, ServiceStatus.ACTIVE),
        warnings=(*untouched(ctx), *warnings, *_debt(ctx, card)),
    )


@action(
    permission="customers:suspend",
    approval=Approval.SELF,
    preview=preview_resume,
    examples=(
        "resume {customer}",
        "restore the service of {customer}",
        "{customer} has paid, restore service",
        "unblock {customer}",
        "reactivate {customer}",
        "switch {customer} back on",
        "lift the suspension of {customer}",
        "bring {customer} back",
        "reconnect {customer}",
        "let {customer} back online",
        "unsuspend {customer}",
        "turn {customer} on again",
        "end the suspension of {customer}",
        "the service of {customer} may run again",
    ),
)
async def resume(ctx: Context[Any], customer: CustomerRef, services: tuple[str, ...] = ()) -> Reply:
    """Resume a customer's service.

    All suspended services, or only those named. It can be taken back for 30 minutes.
    """
    chosen = await _numbers(ctx, customer, services)
    done = await ctx.port(Customers).resume(ctx.effect, customer.number, chosen)
    return _done(ctx, done, f"Resumed {_said(done)}.", "suspend", Tone.GOOD)


def _done(ctx: Context[Any], done: ServicesChanged, text: str, back: str, tone: Tone) -> Reply:
    number = done.customer.number
    undo: dict[str, Any] = {"customer": number, "services": list(done.services)}
    if back == "suspend":
        undo["reason"] = f"Resumption by {ctx.user.name} taken back"
    return Reply(
        "\n\n".join([text, *untouched(ctx)]),
        data=done,
        tone=tone,
        undo=ActionCall(action_id=f"customers_{back}", args=undo),
        undo_within=UNDO,
        buttons=(Button("Customer", "customers_show", {"customer": number}),),
        focus={"customer": number},
        evidence=(ctx.evidence(Customers),),
    )


def untouched(ctx: Context[Any]) -> tuple[str, ...]:
    """Return the sentence that says so where changes reach no device."""
    return () if ctx.port(Customers).tells_devices else (UNTOUCHED,)


def _said(done: ServicesChanged) -> str:
    return f"{', '.join(done.services)} of {done.customer.name} ({done.customer.number})"


async def _numbers(ctx: Context[Any], customer: Customer, services: Sequence[str]) -> tuple[str, ...]:
    """Return the numbers as their system writes them, whatever the case they were typed in."""
    if not services:
        return ()
    wanted = {number.strip().casefold() for number in services}
    known = await ctx.port(Customers).services(ctx.scope, customer.number)
    named = tuple(service.number for service in known if service.number.casefold() in wanted)
    return named or tuple(services)  # none named would be all of them


def _chosen(card: Card, services: Sequence[str], status: ServiceStatus) -> list[Service]:
    """Return the services it will change; Conflict says why there is nothing to change."""
    named = {number.strip().casefold(): number.strip() for number in services}
    known = {service.number for service in card.services}
    if strange := [named[low] for low in named.keys() - {number.casefold() for number in known}]:
        raise BadInput(f"{card.customer.name} has no service {', '.join(strange)}. They have {_all(known)}.")
    chosen = [s for s in card.services if s.status is status and (not named or s.number.casefold() in named)]
    if not chosen:
        stands = ", ".join(f"{s.number} is {s.status}" for s in card.services) or "there is no service"
        raise Conflict(f"Nothing to do for {card.customer.name}: {stands}.")
    return chosen


def _all(numbers: set[str]) -> str:
    return ", ".join(sorted(numbers)) or "none"


def _changes(services: Sequence[Service], to: ServiceStatus) -> tuple[Change, ...]:
    return tuple(
        Change(what=f"{s.number}, {s.plan.name} {speed(s)}", before=s.status.value, after=to.value)
        for s in services
    )


def _warnings(ctx: Context[Any], card: Card, chosen: Sequence[Service]) -> list[str]:
    numbers = {service.number for service in chosen}
    found = _debt(ctx, card)
    for line in card.lines or ():
        if line.service in numbers and line.session and line.session.up:
            cut = ", will be cut" if ctx.port(Customers).tells_devices else ""
            found.append(f"Online now{cut}: {line.session.said(ctx.now, ctx.tenant.zone)}")
        found += [f"Outage {outage.number} is active on this line" for outage in line.outages]
    if card.customer.tier != "standard" or card.customer.kind == "business":
        found.append(f"This is a {card.customer.tier} {card.customer.kind} customer")
    if card.tickets and card.tickets.total:
        found.append(f"Open tickets: {', '.join(ticket.number for ticket in card.tickets.tickets)}")
    return found


def _debt(ctx: Context[Any], card: Card) -> list[str]:
    if card.balance is None:
        return []
    today = ctx.today
    return [f"Balance: {card.balance.said(today)}"]
