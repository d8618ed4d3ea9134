"""Whom a mailing names: those of a place, a plan, an area, a fault or a debt, or accounts one by one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.api import BadInput, Context, NotAllowed, Scope, plural
from plugins.billing.port import Billing
from plugins.customers.port import CustomerKind, CustomerQuery, Customers, Plan, query_of, said_of
from plugins.email.port import Mail, MailingKind, Recipient
from plugins.network.port import Network, Outage, Place, Site, narrowest

WORK = re.compile(
    r"\b(?:maintenance|outages?|interrupt\w*|(?:planned|network|repair) works?|(?:fibre|fiber|cable) cut|"
    r"(?:no|without) (?:internet|service)|(?:we|our engineers) (?:will )?(?:work|repair)\b|"
    r"works? (?:is planned |are planned )?(?:tonight|tomorrow|on your (?:line|fibre|fiber)|(?:on|from) \d))",
    re.IGNORECASE,
)
"""What tells of work on the network or of a fault: everyone hit has to know, also who wants no news."""
OFFER = re.compile(
    r"\b(?:offers?|discount\w*|promo\w*|upgrade (?:now|today|to)|newsletter|survey|win)\b|% off",
    re.IGNORECASE,
)
"""What sells: with a word on maintenance in it it is news all the same."""
MOST = 20_000
"""More recipients than that are several mailings."""
NOBODY_NAMED = (
    "Name one of: an outage, a site, an area, a plan, business or individual customers, overdue_days, or "
    "customers by account."
)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Who is written to: all that is named has to fit; named accounts stand alone."""

    outage: Outage | None = None
    site: Site | None = None
    plan: Plan | None = None
    overdue_days: int | None = None
    area: str = ""
    customer_kind: CustomerKind | None = None
    customers: tuple[str, ...] = ()
    kind: MailingKind | None = None

    def about(self, text: str) -> MailingKind:
        """What it is about: as said, else a fault, a debt or work on the network is about their service.

        Anything else is news. `text` is what is written, with its subject and the name of its template.
        """
        if self.kind is not None:
            return self.kind
        service = self.outage is not None or self.overdue_days is not None or WORK.search(text)
        return MailingKind.SERVICE if service and not OFFER.search(text) else MailingKind.NEWS


def scope_for(ctx: Context[Any], permission: str) -> Scope:
    """Return how far a right reaches that choosing the recipients needs."""
    if permission not in ctx.user.rights:
        raise NotAllowed(f"To choose these recipients you need {permission}, which you do not have.")
    return ctx.user.scope(permission)


async def find_recipients(ctx: Context[Any], wanted: Wanted) -> tuple[str, Sequence[Recipient]]:
    """Return who is meant, in words and one by one."""
    mail, query = ctx.port(Mail), _query(wanted)
    below = [name for name in ("outage", "site") if getattr(wanted, name)]
    others = bool(below) or wanted.overdue_days is not None
    if wanted.customers:
        if others or query != CustomerQuery():
            raise BadInput("Name accounts, or what they have in common; not both.")
        numbers: Sequence[str] = list(
            dict.fromkeys(number.strip() for number in wanted.customers if number.strip())
        )
        said = plural(len(numbers), "named customer")
    elif wanted.plan is not None and not others and query == CustomerQuery(plan=wanted.plan.code):
        said = f"all on {wanted.plan.name}"
        return said, await mail.recipients(ctx.scope, plan=wanted.plan.code, limit=MOST + 1)
    else:
        said, numbers = await _in_common(ctx, wanted, query)
    return said, await mail.recipients(ctx.scope, customers=numbers, limit=MOST + 1)


def _query(wanted: Wanted) -> CustomerQuery:
    return query_of(kind=wanted.customer_kind, plan=wanted.plan, area=wanted.area)


async def _in_common(ctx: Context[Any], wanted: Wanted, query: CustomerQuery) -> tuple[str, Sequence[str]]:
    """Return those for whom everything is true that was named."""
    found: list[tuple[str, Sequence[str]]] = []
    if wanted.outage is not None or wanted.site is not None:
        found.append(await _hit_at(ctx, wanted))
    if wanted.overdue_days is not None:
        found.append(await _overdue(ctx, wanted.overdue_days, wanted.plan, query))
    elif query != CustomerQuery():
        found.append(await _active(ctx, wanted))
    if not found:
        raise BadInput(NOBODY_NAMED)
    kept = set(found[0][1]).intersection(*(numbers for _, numbers in found[1:]))
    return ", ".join(said for said, _ in found), [number for number in found[0][1] if number in kept]


async def _active(ctx: Context[Any], wanted: Wanted) -> tuple[str, Sequence[str]]:
    """Return the active customers of a kind, plan and area."""
    query = query_of(status="active", kind=wanted.customer_kind, plan=wanted.plan, area=wanted.area)
    page = await ctx.port(Customers).find_by(scope_for(ctx, "customers:read"), query, MOST + 1)
    if not page.count:
        one = _said(query, wanted.plan, "customer")
        raise BadInput(f"I know no {one}, so there is nobody to write to. Look how the place is spelt.")
    return f"all {_said(query, wanted.plan)}", [one.number for one in page.customers]


def _said(query: CustomerQuery, plan: Plan | None, noun: str = "customers") -> str:
    return said_of(query, f"{noun} on {plan.name}" if plan else noun)


async def _overdue(
    ctx: Context[Any], days: int, plan: Plan | None, query: CustomerQuery
) -> tuple[str, Sequence[str]]:
    whose = None if query == CustomerQuery() else query
    scope, today = scope_for(ctx, "billing:read"), ctx.local(ctx.now).date()
    debtors = await ctx.port(Billing).debtors(scope, today, limit=MOST + 1, whose=whose)
    who = f"all {_said(query, plan)}" if whose else "all"
    late = [one.customer for one in debtors if one.days >= days]
    return f"{who} who are {plural(days, 'day')} or more overdue", late


async def _hit_at(ctx: Context[Any], wanted: Wanted) -> tuple[str, Sequence[str]]:
    """Return those below an outage or a site, or of an outage those at a site."""
    if wanted.site is None:
        said, place = _hit(wanted.outage)
        return said, await _below(ctx, place)
    where = f"at {wanted.site.name} ({wanted.site.code})"
    there = await _below(ctx, Place(kind="site", key=wanted.site.code))
    if wanted.outage is None:
        return f"all {where}", there
    said, place = _hit(wanted.outage)
    hit = set(await _below(ctx, place))
    return f"{said} {where}", [number for number in there if number in hit]


async def _below(ctx: Context[Any], place: Place) -> list[str]:
    """Return the customers below a place."""
    impact = await ctx.port(Network).impact(scope_for(ctx, "network:read"), place, limit=2 * MOST)
    return list(dict.fromkeys(hit.customer for hit in impact.hits))


def _hit(outage: Outage | None) -> tuple[str, Place]:
    if outage is None or (place := narrowest(outage)) is None:
        raise BadInput("That outage names no place, so nobody knows whom it hits. Name a site instead.")
    return f"all hit by {outage.number}", place
