"""A new line for a customer, putting it into use, and ending one."""

from __future__ import annotations

import re
from datetime import timedelta

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
)
from plugins.billing.port import Billing
from plugins.customers.card import speed
from plugins.customers.planning import UNDO, Ctx
from plugins.customers.port import (
    CustomerRef,
    Customers,
    Plan,
    PlanRef,
    ServiceOrder,
    ServiceRef,
    ServiceStatus,
)
from plugins.customers.suspending import untouched
from plugins.network.port import Network

YEAR = timedelta(days=366)
SERIAL = re.compile(r"[A-Za-z]{4}[0-9A-Fa-f]{8}|[0-9A-Fa-f]{16}")
USERNAME = re.compile(r"[A-Za-z0-9._@-]{3,64}")


async def _checked(
    ctx: Ctx, plan: Plan, port: str, ont_serial: str, username: str
) -> tuple[str | None, str | None, tuple[str, ...]]:
    """Return the port's key and the serial in its usual form, and what speaks against them."""
    warnings: list[str] = []
    key = await _port_key(ctx, plan, port, warnings) if port.strip() else None
    serial = re.sub(r"[\s:.-]", "", ont_serial).upper() or None
    if serial and not SERIAL.fullmatch(serial):
        raise BadInput(
            f"“{ont_serial[:40]}” is no ONT serial. It has four letters and eight digits, as ZTEG12AB34CD."
        )
    if username and not USERNAME.fullmatch(username):
        raise BadInput(f"“{username[:40]}” is no username: 3 to 64 letters, digits, dots, dashes or @.")
    for other in await ctx.port(Customers).find_services(ctx.scope, serial) if serial else ():
        if other.status is not ServiceStatus.TERMINATED:
            raise Conflict(
                f"ONT {serial} is in use on {other.number}. End that service first, or check the serial."
            )
    if plan.kind == "fiber" and not serial:
        warnings.append("No ONT serial yet")
    return key, serial, tuple(warnings)


async def _port_key(ctx: Ctx, plan: Plan, port: str, warnings: list[str]) -> str:
    if not (ctx.enabled("network") and ctx.user.may("network:read")):
        raise BadInput("You may not look ports up here. Leave the port out; the technician fills it in.")
    found = await ctx.port(Network).find_ports(ctx.user.scope("network:read"), port, 5)
    exact = [one for one in found if one.key.lower() == " ".join(port.lower().split())]
    if len(exact or found) != 1:
        near = ", ".join(one.key for one in found)
        several = f"several ports for “{port[:60]}”: {near}" if near else f"no port for “{port[:60]}”"
        raise BadInput(f"I found {several}. Give device and port, as in olt-nth-03-1 PON 1/3.")
    one = (exact or found)[0]
    if one.capacity is not None and one.lines >= one.capacity:
        raise Conflict(
            f"{one.key} is full: {one.lines} of {one.capacity} places are taken. Choose another port."
        )
    if one.capacity is not None:
        warnings.append(f"{one.key}: {one.lines} of {one.capacity} places are taken")
    if (one.kind == "sector") != (plan.kind == "wireless"):
        raise Conflict(f"{one.key} is a {one.kind} port; a {plan.kind} plan needs another one.")
    return one.key


async def preview_provision(  # noqa: PLR0913 - as the action
    ctx: Ctx,
    customer: CustomerRef,
    plan: PlanRef,
    address: str = "",
    port: str = "",
    ont_serial: str = "",
    username: str = "",
    *,
    active: bool = False,
) -> Preview:
    """Say what is set up where, and what is still open on the account."""
    key, serial, warnings = await _checked(ctx, plan, port, ont_serial, username)
    place = address.strip() or customer.address
    if not place:
        raise BadInput(f"We have no address of {customer.name}. Say where the line is to be.")
    rows = {
        "Plan": f"{plan.name}, {plan.price} a month",
        "Address": place,
        "Port": key or "not chosen",
        "ONT": serial or "not known",
        "PPPoE username": username or "made from name and account",
        "State": "active from today" if active else "pending until the technician is done",
    }
    debt = await _debt(ctx, customer.number)
    return Preview(
        text=f"{customer.name} ({customer.number}) gets a new line.",
        changes=tuple(Change(what=what, after=value) for what, value in rows.items()),
        warnings=(*debt, *warnings, *untouched(ctx)),
    )


async def _debt(ctx: Ctx, customer: str) -> tuple[str, ...]:
    if not (ctx.enabled("billing") and ctx.user.may("billing:read")):
        return ()
    today = ctx.today
    balance = await ctx.port(Billing).balance(ctx.user.scope("billing:read"), customer, today)
    owes = balance is not None and balance.overdue.minor > 0
    return (f"Balance: {balance.said(today)}",) if balance is not None and owes else ()


@action(
    permission="customers:provision",
    approval=Approval.SELF,
    preview=preview_provision,
    examples=(
        "provision {plan} for {customer}",
        "set up a new service for {customer}: {plan}",
        "add a second line {plan} for {customer} at {address}",
        "new line for {customer} on {plan}, ONT {ont_serial}",
        "connect {customer} with {plan} at {address}",
    ),
)
async def provision(  # noqa: PLR0913 - what an order says
    ctx: Ctx,
    customer: CustomerRef,
    plan: PlanRef,
    address: str = "",
    port: str = "",
    ont_serial: str = "",
    username: str = "",
    *,
    active: bool = False,
) -> Reply:
    """Set up a new line for a customer.

    Pending until it is put into use, or active at once. The username is made if you give none.
    """
    key, serial, _ = await _checked(ctx, plan, port, ont_serial, username)
    new = ServiceOrder(
        customer=customer.number,
        plan=plan.code,
        address=address.strip() or customer.address,
        port=key,
        ont_serial=serial,
        username=username or None,
        active=active,
    )
    made = await ctx.port(Customers).provision(ctx.effect, new)
    buttons = (
        () if active else (Button("Put into use", "customers_activate", {"service": made.number}, "primary"),)
    )
    undo = {"service": made.number, "reason": f"Set up by mistake by {ctx.user.name}"}
    who = f"{customer.name} ({customer.number})"
    what = f"{made.number}: {made.plan.name} ({speed(made)})"
    said = f"{what} for {who} is {made.status}, username {made.username}."
    return Reply(
        "\n\n".join([said, *untouched(ctx)]),
        data=made,
        tone=Tone.GOOD,
        undo=ActionCall(action_id="customers_terminate", args=undo),
        undo_within=UNDO,
        buttons=buttons,
        focus={"customer": customer.number, "service": made.number},
        evidence=(ctx.evidence(Customers),),
    )


async def preview_activate(ctx: Ctx, service: ServiceRef) -> Preview:
    """Say which line is put into use, and what it costs from then on."""
    if service.status is not ServiceStatus.PENDING:
        raise Conflict(f"{service.number} is {service.status}; only a pending service is put into use.")
    after = f"active from today, {service.plan.price} a month"
    what = f"{service.number}, {service.plan.name} {speed(service)}"
    return Preview(
        text=f"{service.number} of {service.customer} is put into use.",
        changes=(Change(what=what, before=service.status.value, after=after),),
        warnings=untouched(ctx),
    )


@action(
    permission="customers:provision",
    approval=Approval.SELF,
    preview=preview_activate,
    examples=(
        "put {service} into use",
        "activate {service}",
        "{service} is installed, activate it",
        "the technician is done with {service}",
    ),
)
async def activate(ctx: Ctx, service: ServiceRef) -> Reply:
    """Put a pending line into use."""
    done = await ctx.port(Customers).activate(ctx.effect, service.number)
    return Reply(
        "\n\n".join([f"{done.number} is active from today: {done.plan.name}, {done.plan.price} a month.",
                     *untouched(ctx)]),
        data=done,
        tone=Tone.GOOD,
        buttons=(Button("Customer", "customers_show", {"customer": done.customer}),),
        focus={"customer": done.customer, "service": done.number},
        evidence=(ctx.evidence(Customers),),
    )  # fmt: skip
