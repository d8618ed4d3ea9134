"""What speed tests say beside what was sold: of one customer, and the slowest lines of a site."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from statistics import median

from bot.api import (
    Align,
    Button,
    Chart,
    Column,
    Curve,
    Mark,
    Reply,
    Table,
    Tone,
    action,
    moment,
    plural,
    span,
)
from plugins.customers.port import CustomerRef, Customers, Plan
from plugins.network.entities import Ctx
from plugins.network.history import FORTNIGHT, check_span
from plugins.network.port import Measured, Network, SiteRef

ENOUGH = 0.8
"""Share of the plan's speed below which a test is counted as below: a good line reaches 95 % by cable."""
EVENING = range(18, 23)
"""Hours of the day in which most people are online: slow then and fine by day is a full cell or link."""
FEW = 3
"""Tests from which on a median is spoken of as one."""
MAX_ROWS = 200
RIGHT = Align.RIGHT


@action(
    permission="network:read",
    reads_only=True,
    examples=(
        "speed tests of {customer}",
        "speed test history of {customer} over {within}",
        "does {customer} get the speed of the plan",
        "which speed does {customer} really get",
        "measured speed of {customer}",
        "how fast is the line of {customer}",
        "chart of the speed tests of {customer}",
        "does {customer} get what was sold",
    ),
)
async def speed_tests(ctx: Ctx, customer: CustomerRef, within: timedelta = FORTNIGHT) -> Reply:
    """Compare the speed tests of a customer's lines with what was sold, as a chart.

    The last 14 days if you do not say. Says how fast the evenings are, and how many tests stay below 80 %
    of today's plan. Only the download is measured.
    """
    check_span(within)
    focus = {"customer": customer.number}
    found = await ctx.port(Network).speed_tests(ctx.scope, customer.number, ctx.now - within)
    if not found:
        text = f"There is no speed test of {customer.name}'s lines in the last {span(within)}."
        return Reply(text, data=(), focus=focus, evidence=(ctx.evidence(Network),))
    plans = await _plans(ctx, customer.number)
    said = [_said(ctx, one, plans.get(_service(one)), within) for one in found]
    slow = any(_below(one, plans.get(_service(one))) * 2 > len(one.points) for one in found)
    text = "\n\n".join(said)
    if not plans:
        text += "\n\nWhat was sold is left out, because you may not see it."
    return Reply(
        text,
        data=tuple(found),
        chart=_chart(f"Speed tests of {customer.name}, {customer.number}", found, plans, " ".join(said)),
        tone=Tone.WARN if slow else Tone.PLAIN,
        buttons=(
            Button("Diagnose", "network_diagnose", focus),
            Button("Open a ticket", "tickets_create", focus),
        ),
        focus=focus,
        evidence=(
            ctx.evidence(Network, max(one.points[-1][0] for one in found)),
            *((ctx.evidence(Customers),) if plans else ()),
        ),
    )


@action(
    permission="network:read",
    reads_only=True,
    examples=(
        "slowest lines of {site}",
        "slowest lines at {site} over {within}",
        "which lines at {site} are below their plan",
        "who at {site} gets less speed than they pay for",
        "worst speed tests at {site}",
    ),
)
async def slow_lines(ctx: Ctx, site: SiteRef, within: timedelta = FORTNIGHT, limit: int = 30) -> Reply:
    """List the lines of a site whose speed tests stay below 80 % of the plan, the slowest first.

    The median test of the last 14 days if you do not say; lines that nobody tested are not in it.
    """
    check_span(within)
    most = max(1, min(limit, MAX_ROWS))
    found = await ctx.port(Network).slow_lines(ctx.scope, site.code, ctx.now - within, ENOUGH, most)
    where, stretch, focus = f"{site.name} ({site.code})", span(within), {"site": site.code}
    evidence = (ctx.evidence(Network, max((one.last for one in found.lines), default=None)),)
    if not found.tested:
        text = f"No line at {where} has a speed test in the last {stretch}."
        return Reply(text, data=(), focus=focus, evidence=evidence)
    tested = f"of {plural(found.tested, 'line')} at {where} with speed tests in the last {stretch}"
    if not found.lines:
        text = f"None {tested} stays below {ENOUGH:.0%} of its plan."
        return Reply(text, data=(), tone=Tone.GOOD, focus=focus, evidence=evidence)
    right = ("Plan", "Median", "Of plan", "Tests")
    columns = [Column("Account"), Column("Name"), Column("Line"), *(Column(t, RIGHT) for t in right)]
    rows = [
        (
            one.customer,
            one.name,
            one.service,
            f"{one.plan:g}",
            f"{one.median:.1f}",
            f"{one.share:.0%}",
            one.tests,
            moment(one.last, ctx.now, ctx.tenant.zone),
        )
        for one in found.lines
    ]
    return Reply(
        f"{found.total:,} {tested} {'stays' if found.total == 1 else 'stay'} below {ENOUGH:.0%} of the plan "
        "(Mbit/s down), the slowest first:",
        data=found.lines,
        table=Table(columns=[*columns, Column("Last test")], rows=rows, total=found.total),
        tone=Tone.WARN,
        buttons=tuple(
            Button(f"Tests of {one.name}", "network_speed_tests", {"customer": one.customer})
            for one in found.lines[:3]
        ),
        focus={**focus, "customer": found.lines[0].customer} if found.total == 1 else focus,
        evidence=evidence,
    )


async def _plans(ctx: Ctx, customer: str) -> dict[str, Plan]:
    """Return the plan of each line; none for who may not see what a customer bought."""
    if not ctx.user.may("customers:read"):
        return {}
    found = await ctx.port(Customers).services(ctx.user.scope("customers:read"), customer)
    return {one.number: one.plan for one in found}


def _service(one: Measured) -> str:
    return one.subject.removeprefix("service ")


def _mbps(kbps: int) -> str:
    return f"{kbps / 1_000:g}"


def _below(one: Measured, plan: Plan | None) -> int:
    return sum(value < ENOUGH * plan.down_kbps / 1_000 for _, value in one.points) if plan else 0


def _said(ctx: Ctx, one: Measured, plan: Plan | None, within: timedelta) -> str:
    """Say what was sold, how fast the evenings are, and how many tests are below."""
    zone = ctx.tenant.zone
    values = [value for _, value in one.points]
    evening = [value for at, value in one.points if at.astimezone(zone).hour in EVENING]
    sold = f", sold {_mbps(plan.down_kbps)}/{_mbps(plan.up_kbps)} Mbit/s" if plan else ""
    if len(evening) >= FEW:
        said = f"median evening {median(evening):.0f} down over {span(within)}"
        rest = [value for at, value in one.points if at.astimezone(zone).hour not in EVENING]
        said += f", {median(rest):.0f} at other hours" if len(rest) >= FEW else ""
    elif len(values) >= FEW:
        said = f"median {median(values):.0f} down over {span(within)}"
    else:
        said = f"{values[-1]:.0f} down at {moment(one.points[-1][0], ctx.now, zone)}"
    text = f"**{_service(one)}**{sold}: {said}{'' if plan else ' Mbit/s'}"
    if plan is None:
        return f"{text} ({plural(len(values), 'test')})."
    below = _below(one, plan)
    return f"{text}, {below:,} of {plural(len(values), 'test')} below {ENOUGH:.0%}."


def _chart(title: str, found: Sequence[Measured], plans: dict[str, Plan], says: str) -> Chart:
    axis = sorted({at for one in found for at, _ in one.points})
    known = [(_service(one), dict(one.points)) for one in found]
    sold = {plans[name].down_kbps for name, _ in known if name in plans}
    return Chart(
        title=title,
        axis=axis,
        curves=[Curve(name, [points.get(at) for at in axis]) for name, points in known],
        unit="Mbit/s",
        marks=[Mark("sold", kbps / 1_000) for kbps in sorted(sold)],
        from_zero=True,
        says=says.replace("**", ""),
    )
