"""Approval policies: `policies list|add|try|remove`."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.exits import Exit, fail, run
from bot.cli.options import AsJson, TenantName, length_of

if TYPE_CHECKING:
    from bot.contract.platform import PolicyCard

OverAmount = Annotated[str | None, typer.Option(help="Only for more than this amount, e.g. 5000.")]
OverCustomers = Annotated[int | None, typer.Option(min=0, help="Only for more than this many customers.")]
When = Annotated[
    str,
    typer.Option(
        metavar="NAME=VALUE",
        help='Only where arguments have these values: "priority=urgent,high; category=fault".',
    ),
]
ApproverRole = Annotated[str | None, typer.Option(help="The role who says yes must hold.")]
OnCall = Annotated[
    str | None, typer.Option(metavar="TEAM", help="The team for which one who says yes must be on call.")
]
app = typer.Typer(no_args_is_help=True, help="Where more people have to agree than an action asks for.")
LONGEST = 24 * 365
"""Hours: more than may be asked for, and still a length of time."""


class Needs(StrEnum):
    """Whose yes is needed."""

    SELF = "self"
    OTHER = "other"
    TWO = "two"


@app.command("list")
def list_(tenant: TenantName = None, as_json: AsJson = False) -> None:
    """Show every policy: which actions, whose yes, from what on."""
    run(_list(tenant, as_json=as_json))


async def _list(slug: str | None, *, as_json: bool) -> None:
    from bot.cli.opened import opened, show, the_tenant
    from bot.contract.money import Money
    from bot.core.policies import find

    async with opened(quiet=as_json) as main:
        tenant = await the_tenant(main, slug)
        found = await find(main.database, tenant)
    records = [
        {
            "id": one.id,
            "action": one.action,
            "needs": one.needs.name.lower(),
            "over_amount": None if one.over_amount is None else Money(one.over_amount - 1, tenant.currency),
            "over_customers": None if one.over_customers is None else one.over_customers - 1,
            "when": one.given,
            "approver_role": one.approver_role,
            "on_call": one.on_call,
            "expires_hours": _hours(one.expires_after),
            "remind_hours": _hours(one.remind_after),
            "note": one.note,
        }
        for one in found
    ]
    rows = [[one.id, one.words(tenant.currency), one.note] for one in found]
    show(records, ["Id", "Policy", "Note"], rows, as_json=as_json)


def _hours(length: timedelta | None) -> float | None:
    return length.total_seconds() / 3600 if length else None


@app.command()
def add(
    action: Annotated[str, typer.Argument(help="tickets_close, tickets_* for all of a plugin, or *.")],
    needs: Annotated[Needs, typer.Option(help="Whose yes: the asker's, one other person's, two others'.")],
    over_amount: OverAmount = None,
    over_customers: OverCustomers = None,
    when: When = "",
    approver_role: ApproverRole = None,
    on_call: OnCall = None,
    expires_hours: Annotated[
        float | None, typer.Option(min=0, max=LONGEST, help="A call ends unless a yes comes in this time.")
    ] = None,
    remind_hours: Annotated[
        float | None, typer.Option(min=0, max=LONGEST, help="When to remind of a call that waits.")
    ] = None,
    note: Annotated[str, typer.Option(help="Why, for those who read the list.")] = "",
    tenant: TenantName = None,
) -> None:
    """Ask for more approval than an action's author did; a policy never asks for less."""
    from bot.contract.action import Approval
    from bot.contract.platform import PolicyCard

    wish = PolicyCard(
        action=action.strip(),
        needs=Approval[needs.name],
        over_customers=_more(over_customers),
        given=when,
        approver_role=approver_role,
        on_call=_team(on_call),
        expires_after=_span(expires_hours),
        remind_after=_span(remind_hours),
        note=note,
    )
    run(_add(wish, over_amount, tenant))


def _team(words: str | None) -> str | None:
    """Return a team as rosters name it."""
    return (words or "").strip().lower() or None


def _more(than: int | None) -> int | None:
    """Return the least that is more: a policy keeps from what on it holds."""
    return None if than is None else than + 1


def _span(hours: float | None) -> timedelta | None:
    return None if hours is None else timedelta(hours=hours)


async def _add(wish: PolicyCard, over_amount: str | None, slug: str | None) -> None:
    from bot.cli.opened import opened, operator, out, the_tenant
    from bot.core.policies import add as add_policy
    from bot.core.rosters import rosters_around

    async with opened() as main:
        tenant = await the_tenant(main, slug)
        wish = _over(wish, over_amount, tenant.currency)
        if wish.on_call:
            await (await rosters_around(main.around(tenant))).check_team(wish.on_call)
        made = await add_policy(main.database, main.registry, tenant, wish, by=operator())
    out.print(f"{made.words(tenant.currency)} Its id is {made.id}.", markup=False)


@app.command("try")
def try_(
    action: Annotated[str, typer.Argument(help="As for `add`; leave it out with --without.")] = "",
    needs: Annotated[Needs, typer.Option(help="Whose yes, as for `add`.")] = Needs.OTHER,
    over_amount: OverAmount = None,
    over_customers: OverCustomers = None,
    when: When = "",
    approver_role: ApproverRole = None,
    on_call: OnCall = None,
    without: Annotated[str, typer.Option(metavar="ID", help="Try it without this policy there is.")] = "",
    since: Annotated[str, typer.Option(help="How far back: 30d, 12w.")] = "30d",
    tenant: TenantName = None,
    as_json: AsJson = False,
) -> None:
    """Show what a policy would have held back of the calls of the last days; nothing is changed."""
    from bot.contract.action import Approval
    from bot.contract.platform import PolicyCard

    look_back = length_of(since)
    if look_back is None:
        fail(f"“{since[:40]}” is no length of time such as 30d.", Exit.USAGE)
    if not action and not without:
        fail("Name the action a policy is for, or --without a policy there is.", Exit.USAGE)
    wish = PolicyCard(
        action=action.strip(),
        needs=Approval[needs.name],
        over_customers=_more(over_customers),
        given=when,
        approver_role=approver_role,
        on_call=_team(on_call),
    )
    run(_try(wish if action else None, over_amount, without, look_back, tenant, as_json=as_json))


async def _try(
    wish: PolicyCard | None,
    over_amount: str | None,
    without: str,
    since: timedelta,
    slug: str | None,
    *,
    as_json: bool,
) -> None:
    from bot.cli.opened import opened, out, show, the_tenant
    from bot.core.policy_trial import replay
    from bot.core.rosters import rosters_around

    async with opened(quiet=as_json) as main:
        tenant = await the_tenant(main, slug)
        rosters = await rosters_around(main.around(tenant))
        if wish is not None:
            wish = _over(wish, over_amount, tenant.currency)
            if wish.on_call:
                await rosters.check_team(wish.on_call)
        found = await replay(
            main.database,
            main.registry,
            tenant,
            now=main.clock(),
            wish=wish,
            without=without,
            since=since,
            rosters=rosters,
        )
    if not as_json:
        out.print(found.words, markup=False)
    rows = [
        [one.at, one.by, one.what, one.alike, one.today.name.lower(), one.then.name.lower()]
        for one in found.examples
    ]
    if rows or as_json:
        titles = ["When (UTC)", "Asked by", "What", "Alike", "Today", "Then"]
        show([found] if as_json else rows, titles, rows, as_json=as_json)


def _over(wish: PolicyCard, over_amount: str | None, currency: str) -> PolicyCard:
    """Return the policy with its amount read: what is over it is more than it, as in the chat."""
    from dataclasses import replace

    from bot.contract.money import Money
    from bot.errors import BadInput

    if over_amount is None:
        return wish
    amount = Money.parse(over_amount, currency)
    if amount.currency != currency:
        raise BadInput(f"Amounts are in {currency} here.")
    return replace(wish, over_amount=_more(amount.minor))


@app.command()
def remove(
    policy: Annotated[str, typer.Argument(help="Its id, or the first letters of it.")],
    tenant: TenantName = None,
) -> None:
    """Remove a policy; calls that wait already go on waiting."""
    run(_remove(policy, tenant))


async def _remove(policy: str, slug: str | None) -> None:
    from bot.cli.opened import opened, operator, out, the_tenant
    from bot.core.policies import remove as remove_policy

    async with opened() as main:
        tenant = await the_tenant(main, slug)
        gone = await remove_policy(main.database, tenant, policy, by=operator())
    out.print(f"Removed: {gone.words(tenant.currency)}", markup=False)
