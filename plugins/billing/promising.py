"""Agreeing on promises to pay and payment plans, and calling them off."""

from __future__ import annotations

from datetime import date, timedelta

from bot.api import (
    ActionCall,
    Approval,
    BadInput,
    Button,
    Change,
    Conflict,
    Money,
    Preview,
    Reply,
    Tone,
    action,
    day,
    plural,
)
from plugins.billing.port import Billing, NewPromise, Promise, PromiseRef, months_after
from plugins.billing.said import (
    LONGEST,
    LOOK_BACK,
    UNDO,
    balance_of,
    check_currency,
    positive,
)
from plugins.billing.settings import Ctx
from plugins.customers.port import Customer, CustomerRef

MONTH = timedelta(days=31)


async def owed_amount(ctx: Ctx, customer: Customer, amount: Money | None, *, overdue_first: bool) -> Money:
    """Return what is promised: the amount named, else what is overdue or owed at all."""
    balance = await balance_of(ctx, customer)
    owed = balance.owed if balance.owed.minor > 0 or not balance.other else balance.other[0]
    if owed.minor <= 0:
        raise Conflict(f"{customer.name} has {balance.said(ctx.today)}; there is nothing to promise.")
    if amount is None:
        return balance.overdue if overdue_first and 0 < balance.overdue.minor <= owed.minor else owed
    check_currency(customer, balance, positive(amount, "A promise"))
    if amount.currency == owed.currency and amount.minor > owed.minor:
        raise BadInput(f"{customer.name} owes {owed}; {amount} is more than that.")
    return amount


def check_until(ctx: Ctx, until: date) -> None:
    """Raise BadInput for a day that is past or too far away."""
    today, longest = ctx.today, ctx.settings.promise_days
    if until < today:
        raise BadInput(f"{day(until, today)} is past. Say by which day they will pay.")
    if (until - today).days > longest:
        last = today + timedelta(days=longest)
        raise BadInput(
            f"A promise may run {plural(longest, 'day')}, until {day(last, today)}. "
            "For longer agree a payment plan."
        )


async def preview_promise(
    ctx: Ctx, customer: CustomerRef, until: date, amount: Money | None = None, note: str = ""
) -> Preview:
    """Say what is promised; what cannot be promised is said before anybody is asked for a yes."""
    del note
    check_until(ctx, until)
    sum_ = await owed_amount(ctx, customer, amount, overdue_first=True)
    await check_no_open(ctx, customer)
    return Preview(
        text=f"{customer.name} ({customer.number}) pays {sum_} by {until:%A} {day(until, ctx.today)}.",
        changes=(Change(what="Dunning", before="goes on", after=f"waits until {day(until, ctx.today)}"),),
        amount=sum_,
        warnings=await _uncovered(ctx, customer, sum_),
    )


@action(
    permission="billing:promise",
    preview=preview_promise,
    amount="amount",
    examples=(
        "{customer} promises to pay {amount} by {until}",
        "{customer} will pay by {until}",
        "promise to pay from {customer} until {until}",
        "{customer} says they pay on {until}",
        "give {customer} until {until} to pay",
        "hold dunning for {customer} until {until}",
        "{customer} wants to pay on {until}",
    ),
)
async def promise(
    ctx: Ctx, customer: CustomerRef, until: date, amount: Money | None = None, note: str = ""
) -> Reply:
    """Write down that a customer promised to pay by a day.

    All that is overdue unless you name an amount. Nobody proposes to suspend them until then.
    """
    check_until(ctx, until)
    sum_ = await owed_amount(ctx, customer, amount, overdue_first=True)
    new = NewPromise(customer=customer.number, instalments=((until, sum_),), note=note.strip()[:LONGEST])
    made = await ctx.port(Billing).promise(ctx.effect, new)
    return _made(ctx, customer, made, f"{sum_} by {until:%A} {day(until, ctx.today)}")


def _made(ctx: Ctx, customer: Customer, made: Promise, what: str) -> Reply:
    return Reply(
        f"{made.number}: {customer.name} ({customer.number}) pays {what}. Dunning waits until then.",
        data=made,
        tone=Tone.GOOD,
        undo=ActionCall(action_id="billing_cancel_promise", args={"promise": made.number}),
        undo_within=UNDO,
        buttons=_after(customer),
        evidence=(ctx.evidence(Billing),),
        focus={"customer": customer.number, "promise": made.number},
    )


def _after(customer: Customer) -> tuple[Button, ...]:
    who = {"customer": customer.number}
    off = customer.status.value == "suspended"
    resume = (Button("Resume", "customers_resume", who, "primary"),) if off else ()
    return (*resume, Button("Balance", "billing_balance", who))


def instalments_of(total: Money, count: int, first: date) -> tuple[tuple[date, Money], ...]:
    """Return monthly instalments that come to the total; what does not divide is in the first ones."""
    each, over = divmod(total.minor, count)
    return tuple(
        (months_after(first, nr), Money(each + (1 if nr < over else 0), total.currency))
        for nr in range(count)
    )


async def schedule_of(
    ctx: Ctx,
    customer: Customer,
    instalments: int,
    first: date | None,
    each: Money | None,
    amount: Money | None,
) -> tuple[tuple[date, Money], ...]:
    """Return the plan that is meant; BadInput for one the workspace does not allow.

    Conflict where another promise of theirs is open.
    """
    today, most = ctx.today, ctx.settings.plan_months
    if not 2 <= instalments <= most:  # noqa: PLR2004 - one would be a promise
        raise BadInput(f"A payment plan has 2 to {most} instalments; for one day take a promise to pay.")
    start = first or today + timedelta(days=ctx.settings.promise_days)
    if not today <= start <= today + MONTH:
        raise BadInput(f"The first instalment is due within a month, until {day(today + MONTH, today)}.")
    if each is not None:
        all_of_them = Money(positive(each, "An instalment").minor * instalments, each.currency)
        if amount not in {None, all_of_them}:
            raise BadInput(f"Say either what each instalment is or what they come to: {each} or {amount}?")
        amount = all_of_them
    await check_no_open(ctx, customer)
    total = await owed_amount(ctx, customer, amount, overdue_first=False)
    if total.minor < instalments:
        raise BadInput(f"{total} does not make {instalments} instalments.")
    return instalments_of(total, instalments, start)


async def check_no_open(ctx: Ctx, customer: Customer) -> None:
    """Raise Conflict where a customer has an open promise or plan."""
    found = await ctx.port(Billing).promises(ctx.scope, ctx.now - LOOK_BACK, customer.number)
    if one := next((one for one in found if one.holds(ctx.today)), None):
        raise Conflict(f"{customer.name} has an open {one.kind} already, {one.number}. Cancel it first.")


async def _uncovered(ctx: Ctx, customer: Customer, total: Money) -> tuple[str, ...]:
    """Warn of what is owed beyond the plan."""
    owed = (await balance_of(ctx, customer)).owed
    if owed.currency != total.currency or owed.minor <= total.minor:
        return ()
    return (f"That leaves {owed - total} of the {owed} owed without a day",)


async def preview_payment_plan(
    ctx: Ctx,
    customer: CustomerRef,
    instalments: int,
    first: date | None = None,
    each: Money | None = None,
    amount: Money | None = None,
    note: str = "",
) -> Preview:
    """Say what is due when."""
    del note
    plan = await schedule_of(ctx, customer, instalments, first, each, amount)
    today, total = ctx.today, Money(sum(sum_.minor for _, sum_ in plan), plan[0][1].currency)
    return Preview(
        text=f"{customer.name} ({customer.number}) pays {total} in {len(plan)} monthly instalments.",
        changes=tuple(
            Change(what=f"Instalment {nr}", after=f"{sum_} by {day(on, today)}")
            for nr, (on, sum_) in enumerate(plan, 1)
        ),
        amount=total,
        warnings=await _uncovered(ctx, customer, total),
    )


@action(
    permission="billing:arrange",
    approval=Approval.SELF,
    preview=preview_payment_plan,
    amount="amount",
    examples=(
        "payment plan for {customer} in {instalments} instalments",
        "agree {instalments} instalments with {customer} from {first}",
        "let {customer} pay {amount} in {instalments} instalments",
        "split the debt of {customer} into {instalments} payments",
        "payment plan for {customer}: {instalments} payments of {each}",
        "instalments for {customer}: {instalments} months",
        "{customer} would like to pay in {instalments} parts",
    ),
)
async def payment_plan(
    ctx: Ctx,
    customer: CustomerRef,
    instalments: int,
    first: date | None = None,
    each: Money | None = None,
    amount: Money | None = None,
    note: str = "",
) -> Reply:
    """Agree a payment plan with a customer.

    Equal monthly instalments over all that is owed, or an amount you name; or say what each instalment is.
    Dunning waits while they are paid.
    """
    plan = await schedule_of(ctx, customer, instalments, first, each, amount)
    new = NewPromise(customer=customer.number, instalments=plan, note=note.strip()[:LONGEST])
    made = await ctx.port(Billing).promise(ctx.effect, new)
    today = ctx.today
    dues = ", ".join(f"{sum_} by {day(on, today)}" for on, sum_ in plan)
    return _made(ctx, customer, made, f"{made.total} in {len(plan)} instalments: {dues}")


async def preview_cancel_promise(ctx: Ctx, promise: PromiseRef) -> Preview:
    """Say which promise goes, and whether dunning waited for it."""
    if promise.cancelled:
        raise Conflict(f"{promise.number} was cancelled already.")
    today = ctx.today
    dues = ", ".join(f"{one.amount} by {day(one.due_on, today)}" for one in promise.instalments)
    what = f"{promise.number}, {promise.kind}: {dues}"
    changes = [Change(what=what, before=promise.standing(today).value, after="cancelled")]
    if promise.holds(today):
        changes.append(Change(what="Dunning", before="waits for it", after="goes on"))
    return Preview(
        text=f"The {promise.kind} of {promise.customer_name} ({promise.customer}) is cancelled.",
        changes=tuple(changes),
    )


@action(
    permission="billing:promise",
    approval=Approval.SELF,
    preview=preview_cancel_promise,
    examples=(
        "cancel {promise}",
        "cancel the promise {promise}",
        "call off payment plan {promise}",
        "{promise} no longer holds",
    ),
)
async def cancel_promise(ctx: Ctx, promise: PromiseRef) -> Reply:
    """Cancel a promise or payment plan; dunning goes on."""
    done = await ctx.port(Billing).cancel_promise(ctx.effect, promise.number)
    return Reply(
        f"{done.number}, the {done.kind} of {done.customer_name} over {done.total}, is cancelled. "
        "Dunning goes on.",
        data=done,
        tone=Tone.WARN,
        buttons=(Button("Balance", "billing_balance", {"customer": done.customer}),),
        evidence=(ctx.evidence(Billing),),
        focus={"customer": done.customer},
    )
