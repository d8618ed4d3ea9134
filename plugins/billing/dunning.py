"""Dunning: who would be suspended next and why, reminders, and invoices a customer disputes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from bot.api import BadInput, Button, Column, Reply, Table, Tone, action, day, moment, plural
from plugins.billing.dunning_rules import Course, Verdict, holding, judge
from plugins.billing.port import Billing
from plugins.billing.said import (
    LOOK_BACK,
    MAX_ROWS,
    RIGHT,
    balance_of,
    check_period,
    none_of,
    unknown_area,
)
from plugins.billing.settings import Ctx
from plugins.customers.port import Customer, CustomerKind, CustomerQuery, CustomerRef, query_of, said_of

MOST = 5_000
"""Debtors looked at in one go; the longest in debt come first."""


async def verdicts(
    ctx: Ctx, customer: str | None = None, whose: CustomerQuery | None = None
) -> list[Verdict]:
    """Judge every debtor the asker may see, one customer, or those described."""
    today, port = ctx.today, ctx.port(Billing)
    debtors = await port.debtors(ctx.scope, today, customer, MOST, whose)
    made = await port.promises(ctx.scope, ctx.now - LOOK_BACK, customer, MOST)
    held = {p.customer: p for p in reversed(made) if p.holds(today)}
    return [judge(d, holding(held, d.customer, today), ctx.settings, ctx.tenant, today) for d in debtors]


@action(
    permission="billing:read",
    reads_only=True,
    examples=(
        "who will be suspended for non-payment next",
        "who would be cut off in the next {days} days",
        "next suspensions",
        "dunning list",
        "list of customers about to be switched off for debt",
        "is {customer} about to be cut off",
        "what keeps {customer} from being suspended",
        "how long until {customer} is cut off",
        "who would be suspended next in {area}",
        "who is to be suspended {since}",
    ),
)
async def suspensions(  # noqa: PLR0913 - what a list can be narrowed by
    ctx: Ctx,
    customer: CustomerRef | None = None,
    days: int = 7,
    limit: int = 15,
    *,
    since: date | None = None,
    until: date | None = None,
    area: str = "",
    kind: CustomerKind | None = None,
) -> Reply:
    """Say who would be suspended for not paying next, and why.

    By the workspace's dunning rules: grace days, smallest debt, spared customers, promises, disputes. Of all,
    of an area or of business customers; in the days to come, or due on a day or in a period ahead. It only
    proposes; a person suspends.
    """
    if not 0 <= days <= 365:  # noqa: PLR2004 - a year
        raise BadInput("Look 0 to 365 days ahead.")
    whose, today = query_of(kind=kind, area=area), ctx.today
    check_ahead(since, until, today)
    if customer is not None:
        return await _one(ctx, customer, whose)
    first = since if since and since > today else date.min
    last = max(until or today + timedelta(days=days), since or date.min)
    all_of_them = await verdicts(ctx, None, whose)
    found = [v for v in all_of_them if first <= v.on <= last]
    due = sorted(
        (v for v in found if v.course is Course.SUSPEND),
        key=lambda v: (v.on, -v.net.minor, v.debtor.customer),
    )
    other = [v for v in found if v.course in {Course.HELD, Course.SPARED}]
    size = max(1, min(limit, MAX_ROWS))
    within = _within(first, last, today)
    before = sum(v.course is Course.SUSPEND and v.on < first for v in all_of_them)
    already = f" {before:,} would be before that." if before else ""
    if not due and not other:
        return await _nobody(ctx, whose, f"{within}.{already}", Tone.PLAIN if before else Tone.GOOD)
    held = f" {len(other)} more {'is' if len(other) == 1 else 'are'} held or spared." if other else ""
    who = said_of(whose, "customer" if len(due) == 1 else "customers")
    now = "" if first > today else f", {sum(v.on <= today for v in due) or 'none'} of them today"
    return Reply(
        f"{len(due):,} {who} would be suspended {within}{now}.{already}{held} Nothing happens by itself.",
        data=(*due, *other),
        tables=(*_due(due[:size], today, len(due)), *_held(other[:size], len(other))),
        buttons=tuple(_nudge(v) for v in due[:3]),
        evidence=(ctx.evidence(Billing),),
    )


async def _nobody(ctx: Ctx, whose: CustomerQuery, within: str, tone: Tone) -> Reply:
    """Say that it is nobody, or that nobody at all lives there."""
    if unknown := await unknown_area(ctx, whose):
        return Reply(unknown, data=(), tone=Tone.ASK, evidence=(ctx.evidence(Billing),))
    nobody = f"No {said_of(whose, 'customer')}" if whose != CustomerQuery() else "Nobody"
    text = f"{nobody} would be suspended {within}"
    return Reply(text, data=(), tone=tone, evidence=(ctx.evidence(Billing),))


def check_ahead(since: date | None, until: date | None, today: date) -> None:
    """Raise BadInput for a period that is over: who was suspended is another question."""
    check_period(since, until, today)
    if (last := until or since) and last < today:
        raise BadInput(
            f"{day(last, today)} is past, and this says who would be suspended next. Who has been: ask "
            f"“customers suspended since {day(since or last, today)}”."
        )


def _within(first: date, last: date, today: date) -> str:
    """Return `by 30 Nov`, `on 24 Nov` or `from 24 Nov until 30 Nov`."""
    if first <= today:
        return f"by {day(last, today)}"
    if first == last:
        return f"on {day(last, today)}"
    return f"from {day(first, today)} until {day(last, today)}"


def _due(found: Sequence[Verdict], today: date, total: int) -> tuple[Table, ...]:
    titles = ("On", "Account", "Name", "Overdue", "Days", "Why", "Reminded", "Phone")
    rows = [
        (day(v.on, today), v.debtor.customer, v.debtor.name, v.net, v.debtor.days, v.why,
         day(v.debtor.reminded_at.date(), today) if v.debtor.reminded_at else None, v.debtor.phone)
        for v in found
    ]  # fmt: skip
    columns = [Column(t, RIGHT) if t in {"Overdue", "Days"} else Column(t) for t in titles]
    return (Table(title="Next", columns=columns, rows=rows, total=total),) if rows else ()


def _held(found: Sequence[Verdict], total: int) -> tuple[Table, ...]:
    columns = (Column("Account"), Column("Name"), Column("Overdue", RIGHT), Column("Why not"))
    rows = [(v.debtor.customer, v.debtor.name, v.debtor.owed, v.why) for v in found]
    return (Table(title="Held or spared", columns=columns, rows=rows, total=total),) if rows else ()


def _nudge(verdict: Verdict) -> Button:
    return Button(f"Remind {verdict.debtor.name}", "billing_remind", {"customer": verdict.debtor.customer})


async def _one(ctx: Ctx, customer: Customer, whose: CustomerQuery) -> Reply:
    found, today = await verdicts(ctx, customer.number), ctx.today
    narrowed = found and whose != CustomerQuery()
    beside = none_of(customer, whose) if narrowed and not await verdicts(ctx, customer.number, whose) else ""
    who, evidence = {"customer": customer.number}, (ctx.evidence(Billing),)
    if not found:
        balance = await balance_of(ctx, customer)
        said = f"{customer.name} ({customer.number}) is not overdue: {balance.said(today)}."
        return Reply(said, data=None, tone=Tone.GOOD, focus=who, evidence=evidence)
    verdict = found[0]
    when = "today" if verdict.on <= today else f"on {day(verdict.on, today)}"
    days = plural(verdict.debtor.days, "day")
    words = {
        Course.SUSPEND: f"would be suspended {when}: {verdict.net} overdue {days}, {verdict.why}",
        Course.HELD: f"is not suspended: {verdict.why}",
        Course.SPARED: f"is never proposed for suspension: {verdict.why}",
        Course.OFF: f"{verdict.why}; {verdict.net} is overdue {days}",
    }
    reminded = verdict.debtor.reminded_at
    last = f" Last reminded {moment(reminded, ctx.now, ctx.tenant.zone)}." if reminded else ""
    return Reply(
        f"{beside}**{customer.name}** ({customer.number}) {words[verdict.course]}.{last}",
        data=verdict,
        buttons=(
            Button("Remind", "billing_remind", who),
            Button("Promise to pay", "billing_promise", who),
            *_suspend(verdict, today),
        ),
        focus=who,
        evidence=evidence,
    )


def _suspend(verdict: Verdict, today: date) -> tuple[Button, ...]:
    if verdict.course is not Course.SUSPEND or verdict.on > today:
        return ()
    args = {"customer": verdict.debtor.customer, "reason": "non-payment"}
    about = f"{verdict.debtor.name} ({verdict.debtor.customer}) for non-payment"
    return (Button("Suspend", "customers_suspend", args, "danger", about=about),)
