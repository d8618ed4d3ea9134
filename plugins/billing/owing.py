"""Overdue debt: how much of which age, and who owes it, among all customers or some."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from bot.api import (
    Button,
    Chart,
    ChartKind,
    Column,
    Curve,
    Money,
    Reply,
    Sheet,
    Table,
    Tone,
    action,
    plural,
    read_for_sheet,
    sheet_with,
)
from plugins.billing.bounds import Bounds, Stretch, amounts, stretch
from plugins.billing.port import Billing, Debtor, DebtorQuery, Overdue
from plugins.billing.said import LOOK_BACK, MAX_ROWS, RIGHT, unknown_area
from plugins.billing.settings import Ctx
from plugins.customers.port import (
    CustomerKind,
    CustomerQuery,
    Customers,
    PlanRef,
    area_of,
    query_of,
    said_of,
)

Status = Literal["active", "suspended", "churned", "former"]
MOST = 5_000
"""Promises looked at in one go."""


@action(
    permission="billing:read",
    reads_only=True,
    examples=(
        "overdue invoices",
        "show overdue invoices over {days} days",
        "who owes us money",
        "who has not paid for more than {days} days",
        "ageing report",
        "accounts receivable by age",
        "biggest debtors",
        "customers more than {days} days behind",
        "list of customers behind with payments",
        "debts older than {days} days",
        "money not paid for over {days} days",
        "largest debts",
        "who is late with paying",
        "worst payers",
        "receivables by age",
        "overdue more than {days} days",
        "ageing buckets",
        "customers more than {days} days late with paying",
        "overdue customers who promised nothing",
        "overdue but not suspended",
    ),
)
async def overdue(  # noqa: PLR0913 - what the list can be narrowed by
    ctx: Ctx,
    days: int = 1,
    to_days: int | None = None,
    *,
    over: Money | None = None,
    under: Money | None = None,
    area: str = "",
    kind: CustomerKind | None = None,
    plan: PlanRef | None = None,
    called: str = "",
    status: Status | None = None,
    unpromised: bool = False,
    still_on: bool = False,
    more_than: bool = False,
    at_least: bool = False,
    less_than: bool = False,
    at_most: bool = False,
    limit: int = 15,
    csv: bool = False,
) -> Reply:
    """List overdue debt by age and the largest debtors.

    By the age of each invoice: not due yet, up to 30, 60, 90 days overdue and more. Of all, or of those in an
    area, on a plan, of a kind, of a name, still active, who promised nothing, or who owe so much; as a CSV
    file when you ask for one.
    30 days means that day too, and an amount what is over it: say more than 30 days, or at least the amount.
    Or from so many days to so many, and from one amount to another: of a range both ends are meant.
    """
    owed, late = _bounds(
        ctx, (days, to_days), (over, under),
        more_than=more_than, at_least=at_least, less_than=less_than, at_most=at_most,
    )  # fmt: skip
    area, name = await _placed(ctx, area, " ".join(called.split()))
    among = query_of(kind=kind, plan=plan, area=area, status="active" if still_on else status)
    of = DebtorQuery(
        over=owed.over, under=owed.under, kind=among.kind, plan=among.plan, area=among.area, name=name,
        status=among.status, without=await _promising(ctx) if unpromised else (),
    )  # fmt: skip
    read = ctx.port(Billing).overdue
    found = await read_for_sheet(
        lambda most: read(ctx.scope, ctx.today, late.least, most, of, late.most), _count, csv=csv
    )
    rows = max(1, min(limit, MAX_ROWS))
    on = (f" on {plan.name}" if plan else "") + (f" named “{name[:40]}”" if name else "")
    said = f"{on} overdue{f' with {owed.said}' if owed.said else ''}{late.said}"
    said += " without an open promise" if unpromised else ""
    if not found.customers:
        return await _nobody(ctx, found, among, said)
    return _told(ctx, found, among, said, _sheet(found, rows, csv=csv), rows)


def _count(found: Overdue) -> int:
    return found.customers


def _bounds(
    ctx: Ctx, late: tuple[int, int | None], owed: tuple[Money | None, Money | None], *,
    more_than: bool, at_least: bool, less_than: bool, at_most: bool,
) -> tuple[Bounds, Stretch]:  # fmt: skip
    """Return the amounts and days that are meant; where one end was said, of which it is."""
    (days, to_days), (over, under) = late, owed
    if (less_than or at_most) and to_days is None and under is None:
        days, to_days, over, under = (1, days, over, under) if over is None else (days, to_days, None, over)
    beyond = more_than and (days > 1 or over is None)
    return (
        amounts(ctx, over, under, at_least=at_least, at_most=at_most),
        stretch(days, to_days, more_than=beyond, less_than=less_than and under is None),
    )


def _told(ctx: Ctx, found: Overdue, among: CustomerQuery, said: str, sheet: Sheet, rows: int) -> Reply:
    who = said_of(among, "customer" if found.customers == 1 else "customers")
    return Reply(
        sheet.after(f"{found.customers:,} {who}{said}, {found.total} in all."),
        data=replace(found, debtors=found.debtors[:rows]),
        tables=(_ages(found), replace(_debtors(found.debtors[:rows]), total=found.customers)),
        file=sheet.file,
        chart=_chart(found),
        buttons=tuple(b for d in found.debtors[:2] for b in _chase(d)),
        evidence=(ctx.evidence(Billing),),
        focus={"customer": found.debtors[0].customer} if found.customers == 1 else {},
    )


async def _promising(ctx: Ctx) -> tuple[str, ...]:
    """Return the accounts of which a promise to pay is open."""
    made = await ctx.port(Billing).promises(ctx.scope, ctx.now - LOOK_BACK, None, MOST)
    return tuple({one.customer for one in made if one.holds(ctx.today)})


async def _placed(ctx: Ctx, area: str, name: str) -> tuple[str, str | None]:
    """Return the area and the name that are meant: a name may be a place too, as in “overdue nyali”.

    And what was taken for a place may be a name, as in “overdue mwangi”.
    """
    people = ctx.port(Customers)
    if area and not name:
        words = area_of(area) or area
        if (await people.find_by(ctx.scope, CustomerQuery(area=words), 1)).count:
            return area, None
        debts = ctx.port(Billing).overdue
        found = await debts(ctx.scope, ctx.today, 1, 1, DebtorQuery(name=words))
        return ("", words) if found.customers else (area, None)
    if area or not name:
        return area, name or None
    page = await people.find_by(ctx.scope, CustomerQuery(area=area_of(name) or name), 1)
    return (name, None) if page.count else ("", name)


async def _nobody(ctx: Ctx, found: Overdue, among: CustomerQuery, said: str) -> Reply:
    """Say that nobody is; where nobody at all lives in that area, that its name may be wrong."""
    text, tone = f"No {said_of(among, 'customer')} is{said}.", Tone.GOOD
    if among == CustomerQuery() and " named " not in said:
        text = f"Nobody is{said}."
    elif unknown := await unknown_area(ctx, among):
        text, tone = unknown, Tone.ASK
    return Reply(text, data=found, tone=tone, evidence=(ctx.evidence(Billing),))


def _sheet(found: Overdue, shown: int, *, csv: bool) -> Sheet:
    return sheet_with(
        lambda: _debtors(found.debtors),
        "overdue",
        plural(found.customers, "debtor"),
        shown=shown,
        read=len(found.debtors),
        total=found.customers,
        csv=csv,
    )


def _chase(debtor: Debtor) -> tuple[Button, Button]:
    who = {"customer": debtor.customer}
    return (
        Button(f"Remind {debtor.name}", "billing_remind", who),
        Button(f"Promise of {debtor.name}", "billing_promise", who),
    )


def _ages(found: Overdue) -> Table:
    return Table(
        title="By age of the invoice",
        columns=(Column("Overdue"), Column("Customers", RIGHT), Column("Amount", RIGHT)),
        rows=[
            *((b.label, b.customers, b.amount) for b in found.buckets),
            ("all overdue", found.customers, found.total),
        ],
    )


def _chart(found: Overdue) -> Chart:
    worst = max(found.buckets, key=lambda b: b.amount.minor)
    return Chart(
        title="Debt by age",
        axis=[b.label for b in found.buckets],
        curves=(Curve("Owed", [b.amount for b in found.buckets]),),
        says=f"Most of it, {worst.amount}, is {worst.label}{' overdue' if worst.since else ''}.",
        kind=ChartKind.BAR,
        unit=found.total.currency,
        from_zero=True,
    )


def _debtors(debtors: Sequence[Debtor]) -> Table:
    titles = ("Account", "Name", "Status", "Days", "Invoices", "Owed", "Phone")
    return Table(
        title="Largest debts",
        columns=[Column(t, RIGHT) if t in {"Days", "Invoices", "Owed"} else Column(t) for t in titles],
        rows=[(d.customer, d.name, d.status, d.days, d.invoices, d.owed, d.phone) for d in debtors],
    )
