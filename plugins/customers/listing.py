"""Customers by what they are: how many there are and which, of a status, kind, plan, area or period."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Annotated, Any

from bot.api import (
    BadInput,
    Column,
    Context,
    Field,
    Reply,
    Table,
    action,
    day,
    plural,
    read_for_sheet,
    sheet_with,
)
from plugins.customers.choice import query_of, said_of
from plugins.customers.looking import list_of
from plugins.customers.port import (
    Customer,
    CustomerKind,
    CustomerPage,
    CustomerQuery,
    Customers,
    CustomerStanding,
    CustomerStatus,
    CustomerTier,
    Plan,
    PlanRef,
)

Ctx = Context[Any]
MAX_ROWS, FEW = 50, 10
LENGTH = re.compile(
    r"(?:(?:more|longer|less|over|under|at least|at most|about|up to)\s+(?:than\s+)?)?"
    r"(?:an?|\d+\+?)\s*(?:days?|weeks?|months?|years?)(?:\s+(?:in|on|at|of)\s.*)?",
    re.IGNORECASE,
)
TITLES = ("Account", "Name", "Kind", "Status", "Since", "Left", "Phone", "E-mail", "Street", "City", "Site")


@action(
    permission="customers:read",
    reads_only=True,
    examples=(
        "{status} customers",
        "{status} customers in {area}",
        "how many customers do we have",
        "how many {kind} customers are there in {area}",
        "new customers since {since}",
        "who joined since {since}",
        "customers on the plan {plan}",
        "customers suspended for {suspended_for}",
        "customers suspended since {since}",
        "new customers since {since} who have not paid yet",
        "customers who never paid",
    ),
)
async def browse(  # noqa: PLR0913 - what a list can be narrowed by
    ctx: Ctx,
    *,
    status: CustomerStanding | None = None,
    kind: CustomerKind | None = None,
    plan: PlanRef | None = None,
    area: str = "",
    tier: CustomerTier | None = None,
    since: date | None = None,
    until: date | None = None,
    suspended_for: Annotated[str, Field(max_length=80)] = "",
    unpaid: bool = False,
    never_paid: bool = False,
    limit: int = 15,
    csv: bool = False,
) -> Reply:
    """Count and list customers by status, kind, plan, area, period, or why they are suspended.

    A period is when they became customers; of churned ones, when they left; of suspended ones, since when
    they are. Or those with an unpaid invoice, or who never paid. A long list comes as a CSV file.
    """
    query = query_of(status=status, kind=kind, plan=plan, area=area, tier=tier, since=since, until=until)
    if LENGTH.fullmatch(" ".join(suspended_for.split())):  # how long is no reason
        if since is None and until is None:
            raise BadInput("Say since or until which day they are suspended, for example until 24 Oct.")
        suspended_for = ""
    why = re.sub(
        rf" in (?:the )?{re.escape(area)}$", "", " ".join(suspended_for.split()), flags=re.IGNORECASE
    )
    narrowed = replace(
        query,
        suspended_for=why or None,
        owing=True if unpaid and not never_paid else None,
        paying=False if never_paid else None,
    )
    return await listed(ctx, narrowed, plan, limit, csv=csv)


async def listed(ctx: Ctx, query: CustomerQuery, plan: Plan | None, limit: int, *, csv: bool) -> Reply:
    """Return those who fit with how many they are, as a table and a file."""
    today = ctx.today
    if query.since and query.until and query.since > query.until:
        ends, begins = day(query.until, today), day(query.since, today)
        raise BadInput(f"The period ends ({ends}) before it begins ({begins}).")
    found = await read_for_sheet(partial(ctx.port(Customers).find_by, ctx.scope, query), _count, csv=csv)
    whom = who(query, plan, today)
    evidence = (ctx.evidence(Customers),)
    street = query.area if not found.count and query == CustomerQuery(area=query.area) else None
    if street and (near := await ctx.port(Customers).find(ctx.scope, street, FEW)):  # it is no area
        return list_of(ctx, street, near)
    if not found.count:
        return Reply(await _nobody(ctx, query, whom), data=(), evidence=evidence)
    shown = found.customers[: max(1, min(limit, MAX_ROWS))]
    sheet = sheet_with(
        lambda: _table(found.customers),
        "customers",
        plural(found.count, "customer"),
        shown=len(shown),
        read=len(found.customers),
        total=found.count,
        csv=csv,
    )
    return Reply(
        sheet.after(_said(found, query, whom)),
        data=shown,
        table=_shown(shown, query, found.count),
        file=sheet.file,
        focus={"customer": shown[0].number} if found.count == 1 else {},
        evidence=evidence,
    )


def who(query: CustomerQuery, plan: Plan | None, today: date) -> str:
    """Return ` on Fibre 50 who came from 1 Nov`: what stands after “customers in coast”."""
    on = (f" on {plan.name}" if plan else "") + (" with an unpaid invoice" if query.owing else "")
    if query.suspended_for:
        off = "" if query.status is CustomerStatus.SUSPENDED else " suspended"
        on += f"{off} for “{query.suspended_for}”"
    on += " who never paid" if query.paying is False else ""
    left = "left" if query.status is CustomerStatus.CHURNED else "came"
    if query.status is CustomerStatus.SUSPENDED and (query.since or query.until):
        return f"{on}, suspended{_span(query, today)}"
    if query.since and query.since == query.until:
        return f"{on} who {left} on {day(query.since, today)}"
    if not query.since and not query.until:
        return on
    return f"{on} who {left}{_span(query, today)}"


def _span(query: CustomerQuery, today: date) -> str:
    """Return ` from 1 Nov until 20 Nov`."""
    begin = f" from {day(query.since, today)}" if query.since else ""
    return begin + (f" until {day(query.until, today)}" if query.until else "")


async def _nobody(ctx: Ctx, query: CustomerQuery, who: str) -> str:
    """Say that there is none; where nobody at all lives in that area, that the name may be wrong."""
    if query.area:
        everybody = await ctx.port(Customers).find_by(ctx.scope, CustomerQuery(area=query.area), 1)
        if not everybody.count:
            return f"I know no customer in “{query.area}” at all. Name a region, a site or a town of ours."
    return f"No {said_of(query, 'customers')}{who}."


def _said(found: CustomerPage, query: CustomerQuery, who: str) -> str:
    """Say how many; those who are customers today before those who are none yet or no more."""
    head = f"{many(found.count, query)}{who}"
    if query.status or len(found.by_status) == 1:
        only = "" if query.status else f", {'' if found.count == 1 else 'all '}{found.by_status[0][0]}"
        return f"{head}{only}."
    counts = dict(found.by_status)
    now = counts.get(CustomerStatus.ACTIVE, 0) + counts.get(CustomerStatus.SUSPENDED, 0)
    parts = ", ".join(f"{count:,} {_status(status, count)}" for status, count in found.by_status)
    if query.since or query.until or query.paying is False:
        return f"{head}: {parts}."
    return f"{many(now, query)}{who} today; on the books are {parts}."


def many(count: int, query: CustomerQuery) -> str:
    """Return `**15** churned customers in coast`."""
    return f"**{count:,}** {said_of(query, 'customer' if count == 1 else 'customers')}"


def _status(status: CustomerStatus, count: int) -> str:
    return f"prospect{'' if count == 1 else 's'}" if status is CustomerStatus.PROSPECT else status.value


def _table(customers: tuple[Customer, ...]) -> Table:
    return Table(columns=[Column(title) for title in TITLES], rows=list(map(_row, customers)))


def _shown(customers: tuple[Customer, ...], query: CustomerQuery, total: int) -> Table:
    """Return the first of them, without what is the same of all: the file has everything."""
    same: dict[str, object] = {
        "Kind": query.kind,
        "Status": query.status,
        "E-mail": True,
        "Street": True,
        "Site": True,
    }
    same["Left"] = all(one.churned_on is None for one in customers)
    whole = _table(customers)
    kept = [at for at, column in enumerate(whole.columns) if not same.get(column.title)]
    rows = [[row[at] for at in kept] for row in whole.rows]
    return Table(columns=[whole.columns[at] for at in kept], rows=rows, total=total)


def _row(one: Customer) -> tuple[object, ...]:
    return (one.number, one.name, one.kind, one.status.value, one.since, one.churned_on, one.phone, one.email,
            one.street, one.city, one.site)  # fmt: skip


def _count(found: CustomerPage) -> int:
    return found.count
