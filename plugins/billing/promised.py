"""Who promised to pay, who kept it and who did not."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date
from typing import Annotated

from bot.api import Button, Column, Evidence, Field, Money, Reply, Table, User, action, day, plural
from plugins.billing.port import Billing, Promise, Standing
from plugins.billing.said import LOOK_BACK, MAX_ROWS, RIGHT, check_period, period_said
from plugins.billing.settings import Ctx
from plugins.customers.port import CustomerRef

ORDER = {Standing.BROKEN: 0, Standing.OPEN: 1, Standing.LATE: 2, Standing.KEPT: 3, Standing.CANCELLED: 4}

FEW = 8
"""Colleagues that are named."""


@action(
    permission="billing:read",
    reads_only=True,
    examples=(
        "broken promises",
        "who promised to pay",
        "promises of {customer}",
        "payment plans",
        "who did not keep their promise",
        "{standing} promises",
        "has {customer} kept the promise",
        "promises taken by {agent}",
    ),
)
async def promises(  # noqa: PLR0913 - what the list can be narrowed by
    ctx: Ctx,
    customer: CustomerRef | None = None,
    standing: Standing | None = None,
    *,
    since: date | None = None,
    until: date | None = None,
    instalments: bool = False,
    agent: Annotated[str, Field(max_length=120)] = "",
    by_agent: bool = False,
    my: bool = False,
    limit: int = 20,
) -> Reply:
    """List promises to pay and payment plans, or who took them.

    Broken ones first, then open ones by day; of one customer or all, of the last 13 months; due in a period;
    only the plans in instalments, those a colleague or you took, or by agent: how many each took.
    """
    today, agent = ctx.today, " ".join(agent.split())
    my = my or (bool(agent) and agent.casefold() == ctx.user.email.casefold())
    check_period(since, until, today)
    of = customer.number if customer else None
    found = await ctx.port(Billing).promises(ctx.scope, ctx.now - LOOK_BACK, of)
    found = [p for p in found if len(p.instalments) > 1 or not instalments]
    found = [p for p in found if (since or _due(p)) <= _due(p) <= (until or _due(p))]
    fitting = [p for p in found if standing is None or p.standing(today) is standing]
    whose, kind = f" of {customer.name}" if customer else "", f"{standing} " if standing else ""
    noun = "payment plan" if instalments else "promise"
    if my or agent:
        takers = {p.by for p in found}
        fitting = [p for p in fitting if _took(p, ctx.user, agent, my=my)]
        whose += " taken by you" if my else taken_by(agent, {p.by for p in fitting}, takers)
    ranked = sorted(fitting, key=lambda p: (ORDER[p.standing(today)], _due(p), p.number))
    if period := period_said(since, until, today):
        whose += f", due{period.removeprefix(',')}"
    focus, evidence = {"customer": customer.number} if customer else {}, (ctx.evidence(Billing),)
    if not ranked:
        return Reply(f"No {kind}{noun}s{whose}.", data=(), focus=focus, evidence=evidence)
    if by_agent and not my and not agent:
        return _by_agent(ranked, f"{plural(len(ranked), kind + noun)} by ", whose, today, evidence)
    counts = "" if standing else ": " + _counts(ranked, today)
    shown = ranked[: max(1, min(limit, MAX_ROWS))]
    return Reply(
        f"{plural(len(ranked), f'{kind}{noun}')}{whose}{counts}.",
        data=tuple(shown),
        table=_promises(shown, today, len(ranked)),
        buttons=tuple(_chase(p) for p in shown[:3] if p.standing(today) is Standing.BROKEN),
        focus=focus,
        evidence=evidence,
    )


def taken_by(agent: str, by: Collection[str], known: Collection[str]) -> str:
    """Return ` taken by Brenda Otieno`: whom a name meant, or that it is nobody's of those who took some."""
    if names := people(by):
        return f" taken by {names}"
    others = people(known)
    return f" taken by “{agent}”" + (f"; those who took some: {others}" if others else "")


def people(by: Collection[str]) -> str:
    """Return `Bea Muthoni and Brenda Otieno`: colleagues kept by their e-mail or name, the first few."""
    names = sorted({" ".join(re.split(r"[.\s_]+", one.split("@")[0])).title() for one in by if one})
    if len(names) > FEW:
        return f"{', '.join(names[:FEW])} and {len(names) - FEW} more"
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def _counts(found: Sequence[Promise], today: date) -> str:
    """Return `2 broken, 3 open`."""
    counts = [(s, sum(p.standing(today) is s for p in found)) for s in ORDER]
    return ", ".join(f"{count} {name}" for name, count in counts if count)


def _took(promise: Promise, me: User, agent: str, *, my: bool) -> bool:
    """Say whether the asker took it, or a colleague by their e-mail or the beginning of a name of theirs."""
    by, sought = promise.by.casefold(), agent.casefold()
    if my:
        return by in {me.id.casefold(), me.email.casefold(), me.name.casefold()}
    name = " ".join(re.split(r"[.\s_]+", by.split("@")[0]))
    return sought == by or re.search(rf"\b{re.escape(sought)}", name) is not None


def _by_agent(
    found: Sequence[Promise], what: str, whose: str, today: date, evidence: tuple[Evidence, ...]
) -> Reply:
    """Return how many promises each colleague took, and how many of them are broken."""
    of: dict[str, list[Promise]] = defaultdict(list)
    for one in found:
        of[one.by].append(one)
    rows = []
    for by, own in sorted(of.items(), key=lambda pair: (-len(pair[1]), pair[0])):
        sums = [Money(sum(p.total.minor for p in own if p.total.currency == unit), unit)
                for unit in sorted({p.total.currency for p in own})]  # fmt: skip
        broken = sum(p.standing(today) is Standing.BROKEN for p in own)
        total = sums[0] if len(sums) == 1 else " and ".join(map(str, sums))
        rows.append((by.split("@")[0], len(own), total, broken))
    titles = ("Taken by", "Promises", "In all", "Broken")
    columns = [Column(t) if t == titles[0] else Column(t, RIGHT) for t in titles]
    return Reply(
        f"{what}{plural(len(rows), 'colleague')}{whose}.",
        data=tuple(found),
        table=Table(columns=columns, rows=rows[:MAX_ROWS], total=len(rows)),
        evidence=evidence,
    )


def _due(promise: Promise) -> date:
    return promise.next.due_on if promise.next else promise.instalments[-1].due_on


def _chase(promise: Promise) -> Button:
    return Button(f"Remind {promise.customer_name}", "billing_remind", {"customer": promise.customer})


def _promises(found: Sequence[Promise], today: date, total: int) -> Table:
    titles = ("Number", "Account", "Name", "Phone", "Amount", "Paid", "Due", "Standing", "Taken by")
    rows = [
        (p.number, p.customer, p.customer_name, p.phone, p.total,
         f"{sum(one.paid_on is not None for one in p.instalments)} of {len(p.instalments)}",
         day(_due(p), today),
         p.standing(today), p.by.split("@")[0])
        for p in found
    ]  # fmt: skip
    columns = [Column(t, RIGHT) if t in {"Amount", "Paid"} else Column(t) for t in titles]
    return Table(columns=columns, rows=rows, total=total)
