"""Taking the last plan change of a line back, with the money it moved."""

from __future__ import annotations

from bot.api import Approval, Change, Money, Preview, Reply, Tone, action, day
from plugins.customers.planning import Ctx, net_of
from plugins.customers.port import Customers, PlanChange, ServiceRef
from plugins.customers.suspending import untouched


async def preview_revert_plan(ctx: Ctx, service: ServiceRef) -> Preview:
    """Say which change is taken back, which document is void, and what that comes to."""
    change = await ctx.port(Customers).last_change(ctx.scope, service.number)
    today = ctx.today
    when = f"{ctx.local(change.at):%H:%M} on {day(ctx.local(change.at).date(), today)}"
    return Preview(
        text=f"{service.number} of {service.customer}: the plan change made at {when} is taken back.",
        changes=(_plan(change, service.plan.name), *_money(change)),
        amount=Money(abs(change.net.minor), change.net.currency) if change.net else None,
        warnings=(*_warnings(change), *untouched(ctx)),
    )


def _plan(change: PlanChange, now: str) -> Change:
    if change.service.plan.code == change.before.code:
        what = f"{change.after.name} from {change.on:%d %b %Y}"
        return Change(what="Coming plan", before=what, after=f"none, it stays on {now}")
    return Change(what="Plan", before=change.after.name, after=change.before.name)


def _money(change: PlanChange) -> tuple[Change, ...]:
    if change.document is None or change.net is None:
        return ()
    return (Change(what=change.document, before=net_of(change.net), after="void"),)


def _warnings(change: PlanChange) -> tuple[str, ...]:
    if change.document is None:
        return ("No money is moved",)
    if change.paid is not None and change.paid.minor:
        return (f"{change.paid} paid on {change.document} goes to other invoices or stays as credit",)
    return ()


@action(
    permission="customers:provision",
    approval=Approval.SELF,
    preview=preview_revert_plan,
    examples=(
        "take the plan change of {service} back",
        "revert the last plan change of {service}",
        "cancel the coming plan change of {service}",
    ),
)
async def revert_plan(ctx: Ctx, service: ServiceRef) -> Reply:
    """Take the last plan change of a line back.

    With what it charged or credited, within a day; later change the plan instead. A change that has not begun
    yet is cancelled.
    """
    done = await ctx.port(Customers).revert_plan(ctx.effect, service.number)
    money = f" {done.document} is void." if done.document else ""
    return Reply(
        "\n\n".join([f"{done.service.number} is on {done.service.plan.name} again.{money}", *untouched(ctx)]),
        data=done,
        tone=Tone.WARN,
        focus={"customer": done.service.customer, "service": done.service.number},
        evidence=(ctx.evidence(Customers),),
    )
