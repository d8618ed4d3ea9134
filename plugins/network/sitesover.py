"""The sessions of several sites over time, in one chart."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from statistics import median

from bot.api import Align, Chart, Column, Curve, Reply, Table, Tone, moment, plural, span
from plugins.network.areas import check_area, in_area
from plugins.network.entities import Ctx
from plugins.network.port import Measured, Network, Site

RIGHT = Align.RIGHT
MOST, CURVES, AT_ONCE = 2_000, 8, 8
"""Sites that are read, that a chart can tell apart, and that are asked for at the same time."""
MAX_ROWS = 100
DROP = 0.2
"""Share of a site's sessions that has to be missing before it is called a drop."""
Kept = tuple[Site, Measured]


async def sessions_of_sites(ctx: Ctx, area: str, within: timedelta) -> Reply:
    """Draw the sessions of the sites of an area, or all, the largest in the chart and each in the table."""
    net = ctx.port(Network)
    sites = await net.sites(ctx.scope, area, MOST)
    since, evidence = ctx.now - within, (ctx.evidence(Network),)
    told: list[tuple[Site, Measured | None]] = []
    for some in _batched(sites, AT_ONCE):
        kept = (net.site_history(ctx.scope, one.code, "sessions", since) for one in some)
        told += zip(some, await asyncio.gather(*kept), strict=True)
    found = sorted(((s, m) for s, m in told if m), key=lambda one: -one[1].points[-1][1])
    if not found:
        await check_area(ctx, area)
        text = f"Nobody counted the sessions{in_area(area)} in the last {span(within)}."
        return Reply(text, data=(), evidence=evidence)
    low = [site.name for site, one in found if dropped_since(one, _usual(one))]
    now = sum(one.points[-1][1] for _, one in found)
    text = f"{now:,.0f} sessions at {plural(len(found), 'site')}{in_area(area)} at the last count. "
    text += (
        f"More than {DROP:.0%} below what is usual: {', '.join(low[:CURVES])}."
        if low
        else "None has dropped."
    )
    shown = f"The {CURVES} largest are in the chart." if len(found) > CURVES else ""
    return Reply(
        f"{text} {shown}".strip(),
        data=tuple(one for _, one in found),
        chart=_chart(found[:CURVES], text),
        table=_table(ctx, found, now_low=set(low)),
        tone=Tone.WARN if low else Tone.PLAIN,
        evidence=(ctx.evidence(Network, max(one.points[-1][0] for _, one in found)),),
    )


def dropped_since(one: Measured, usual: float) -> datetime | None:
    """Return since when, up to now, the values are far below the usual ones."""
    since = None
    for at, value in reversed(one.points):
        if value >= usual * (1 - DROP):
            break
        since = at
    return since


def _batched(sites: Sequence[Site], size: int) -> Iterator[Sequence[Site]]:
    """Yield the sites in handfuls, so that a large network does not take all connections at once."""
    for at in range(0, len(sites), size):
        yield sites[at : at + size]


def _usual(one: Measured) -> float:
    return median(value for _, value in one.points)


def _chart(found: Sequence[Kept], says: str) -> Chart:
    axis = sorted({at for _, one in found for at, _ in one.points})
    known = [(site.name, dict(one.points)) for site, one in found]
    curves = [Curve(name, [points.get(at) for at in axis]) for name, points in known]
    return Chart(
        title="Sessions by site", axis=axis, curves=curves, unit="sessions", from_zero=True, says=says
    )


def _table(ctx: Ctx, found: Sequence[Kept], now_low: set[str]) -> Table:
    columns = [Column("Site"), *(Column(t, RIGHT) for t in ("Now", "Usual", "Counted")), Column("")]
    rows = [
        (
            f"{site.name} ({site.code})",
            f"{one.points[-1][1]:,.0f}",
            f"{_usual(one):,.0f}",
            moment(one.points[-1][0], ctx.now, ctx.tenant.zone),
            "dropped" if site.name in now_low else None,
        )
        for site, one in found[:MAX_ROWS]
    ]
    return Table(columns=columns, rows=rows, total=len(found))
