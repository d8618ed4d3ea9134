"""Moving a customer to another plan: what it costs, doing it, and taking it back."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Literal

from bot.api import (
    ActionCall,
    Ambiguous,
    Approval,
    BadInput,
    Button,
    Change,
    Choice,
    Conflict,
    Context,
    Money,
    Preview,
    Reply,
    Tone,
    action,
    day,
)
from plugins.customers.card import speed
from plugins.customers.port import (
    Customer,
    CustomerRef,
    Customers,
    PlanQuote,
    PlanRef,
    Service,
    ServiceRef,
    ServiceStatus,
)
from plugins.customers.suspending import untouched

UNDO = timedelta(minutes=30)
Start = Literal["now", "next period", "next month", "next bill"]
"""When a new plan begins; the last three mean the same day, as people call it."""
Ctx = Context[Any]


async def line_of(
    ctx: Ctx, customer: Customer | None, service: Service | None, states: frozenset[ServiceStatus]
) -> tuple[Customer, Service]:
    """Return the one line that is meant; a question with choices when the customer has several."""
    port = ctx.port(Customers)
    if service is not None:
        if customer is not None and customer.number != service.customer:
            raise BadInput(
                f"{service.number} is not a line of {customer.name}. Say which of the two you mean."
            )
        owner = customer or await port.get(ctx.scope, service.customer)
        if owner is None:
            raise BadInput(f"The customer of {service.number} is not there any more.")
        return owner, service
    if customer is None:
        raise BadInput("Say whose line it is: name one customer or one service. I change no lines in bulk.")
    lines = [s for s in await port.services(ctx.scope, customer.number) if s.status in states]
    if not lines:
        kinds = " or ".join(sorted(state.value for state in states))
        raise Conflict(f"{customer.name} has no {kinds} service.")
    if len(lines) > 1:
        choices = [Choice(s.number, s.number, f"{s.plan.name} {speed(s)}, {s.status}") for s in lines[:8]]
        raise Ambiguous(f"{customer.name} has {len(lines)} lines. Which one? Give its number.", choices)
    return customer, lines[0]


CHANGEABLE = frozenset({ServiceStatus.ACTIVE, ServiceStatus.SUSPENDED, ServiceStatus.PENDING})


async def _quote(
    ctx: Ctx, customer: Customer | None, service: Service | None, plan: str, start: str
) -> tuple[Customer, PlanQuote]:
    owner, line = await line_of(ctx, customer, service, CHANGEABLE)
    later = start != "now"
    return owner, await ctx.port(Customers).quote(ctx.scope, line.number, plan, next_period=later)


def lines_of(quote: PlanQuote, today: date) -> tuple[Change, ...]:
    """Return the change and the sum it comes to, with the formula of each part."""
    old, new = quote.service.plan, quote.plan
    days = f"{quote.days_left}/{quote.days} days"
    lines = [
        Change(what="Plan", before=old.name, after=new.name),
        Change(what="Speed", before=speed(quote.service), after=_speed(new.down_kbps, new.up_kbps)),
        Change(what="Price a month", before=str(old.price), after=str(new.price)),
        Change(what="From", after=day(quote.on, today)),
    ]
    if quote.days_left:
        lines += [
            Change(what=f"Not used of {old.name}", before=f"{old.price} × {days}", after=f"-{quote.unused}"),
            Change(what=f"{new.name} until {day(quote.end, today)}", before=f"{new.price} × {days}",
                   after=f"+{quote.charge}"),
            Change(what="Comes to", after=net_of(quote.net)),
        ]  # fmt: skip
    return tuple(lines)


def _speed(down: int, up: int) -> str:
    return f"{down / 1000:g}/{up / 1000:g} Mbit/s"


def net_of(net: Money) -> str:
    """Say a sum as what is to be paid or what is credited."""
    if not net.minor:
        return "nothing"
    return f"{net} to pay" if net.minor > 0 else f"{-net} credit"


def _why_nothing(quote: PlanQuote, today: date) -> tuple[str, ...]:
    if quote.days_left:
        return ()
    if quote.on > today:
        return (f"Nothing to settle: it begins with the next period, on {day(quote.on, today)}",)
    return ("Nothing to settle: the running period was not billed yet",)


@action(
    permission="customers:read",
    reads_only=True,
    examples=(
        "what would {plan} cost {customer}",
        "quote moving {customer} to {plan}",
        "proration for {customer} to {plan}",
        "what does an upgrade to {plan} cost {customer}",
    ),
)
async def quote_plan(
    ctx: Ctx,
    customer: CustomerRef | None = None,
    *,
    plan: PlanRef,
    service: ServiceRef | None = None,
    start: Start = "now",
) -> Reply:
    """Quote a change of plan.

    What is charged and credited for the rest of the billing period, by days; nothing is changed.
    """
    owner, quote = await _quote(ctx, customer, service, plan.code, start)
    today = ctx.today
    facts = {
        line.what: f"{line.before} → {line.after}" if line.before else line.after
        for line in lines_of(quote, today)
    }
    said = f" now {net_of(quote.net)}" if quote.days_left else " now nothing to settle"
    args = {"service": quote.service.number, "plan": quote.plan.code, "start": start}
    return Reply(
        f"**{owner.name}** ({owner.number}), {quote.service.number}: {quote.service.plan.name} to "
        f"{quote.plan.name} from {day(quote.on, today)},{said}, then {quote.plan.price} a month.",
        data=quote,
        facts=facts,
        buttons=(Button("Change the plan", "customers_change_plan", args, "primary"),),
        focus={"customer": owner.number},
        evidence=(ctx.evidence(Customers),),
    )


async def preview_change_plan(
    ctx: Ctx,
    customer: CustomerRef | None = None,
    *,
    plan: PlanRef,
    service: ServiceRef | None = None,
    start: Start = "now",
) -> Preview:
    """Say what changes from when, and what is charged or credited by which formula."""
    owner, quote = await _quote(ctx, customer, service, plan.code, start)
    today = ctx.today
    return Preview(
        text=f"{owner.name} ({owner.number}), {quote.service.number}: {quote.service.plan.name} to "
        f"{quote.plan.name}.",
        changes=lines_of(quote, today),
        amount=Money(abs(quote.net.minor), quote.net.currency),
        warnings=(*_why_nothing(quote, today), *untouched(ctx)),
    )


@action(
    permission="customers:provision",
    approval=Approval.SELF,
    preview=preview_change_plan,
    examples=(
        "change the plan of {customer} to {plan}",
        "move {customer} to {plan}",
        "upgrade {customer} to {plan}",
        "downgrade {customer} to {plan}",
        "switch {service} to {plan}",
        "put {customer} on {plan} from {start}",
        "move {customer} to {plan} from {start}",
        "upgrade {customer} to {plan} with the {start}",
    ),
)
async def change_plan(
    ctx: Ctx,
    customer: CustomerRef | None = None,
    *,
    plan: PlanRef,
    service: ServiceRef | None = None,
    start: Start = "now",
) -> Reply:
    """Change the plan of a customer.

    Now, with the rest of the billing period charged or credited by days, or from the next period. It can be
    taken back for 30 minutes.
    """
    owner, quote = await _quote(ctx, customer, service, plan.code, start)
    done = await ctx.port(Customers).change_plan(ctx.effect, quote)
    today = ctx.today
    money = f" {net_of(quote.net)}: {done.document}." if done.document else ""
    said = f"{done.service.number} of {owner.name} ({owner.number}) is on {quote.plan.name} now."
    if quote.on > today:
        said = f"{done.service.number} of {owner.name} ({owner.number}) moves to {quote.plan.name} on "
        said += f"{day(quote.on, today)}."
    return Reply(
        "\n\n".join([f"{said}{money}", *untouched(ctx)]),
        data=done,
        tone=Tone.GOOD,
        undo=ActionCall(action_id="customers_revert_plan", args={"service": done.service.number}),
        undo_within=UNDO,
        buttons=(Button("Customer", "customers_show", {"customer": owner.number}),),
        focus={"customer": owner.number, "service": done.service.number},
        evidence=(ctx.evidence(Customers),),
    )
