"""The drops of one customer's line: when, why, and how long each time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from bot.api import Align, Button, Column, Reply, Table, Tone, moment, plural, span
from plugins.customers.port import Customer
from plugins.network.entities import Ctx
from plugins.network.port import Network, Session

RIGHT, MANY = Align.RIGHT, 3


async def drops_of(ctx: Ctx, customer: Customer, within: timedelta, most: int) -> Reply:
    """List when the sessions of a customer ended, newest first, and whether one is up now."""
    net = ctx.port(Network)
    drops = await net.drops(ctx.scope, customer.number, ctx.now - within)
    lines = await net.lines(ctx.scope, customer.number)
    up = [line.session for line in lines if line.session and line.session.up]
    focus = {"customer": customer.number}
    zone = ctx.tenant.zone
    now = up[0].said(ctx.now, zone) if up else "offline now"
    if not drops:
        text = f"{customer.name} had no drop in the last {span(within)}: {now}."
        return Reply(text, data=(), tone=Tone.PLAIN, focus=focus, evidence=(ctx.evidence(Network),))
    causes = Counter(one.terminate_cause or "no cause given" for one in drops)
    why = ", ".join(f"{cause} ({count:,})" for cause, count in causes.most_common(2))
    known = sorted([*drops, *up], key=lambda one: one.started_at)
    return Reply(
        f"**{plural(len(drops), 'drop')}** of {customer.name} in the last {span(within)}, "
        f"mostly {why}; {now}.",
        data=tuple(drops),
        table=_table(ctx, drops[:most], known, len(drops)),
        tone=Tone.WARN if len(drops) >= MANY or not up else Tone.PLAIN,
        buttons=(Button("Diagnose", "network_diagnose", focus), Button("Line", "network_line", focus)),
        focus=focus,
        evidence=(ctx.evidence(Network),),
    )


def _table(ctx: Ctx, drops: Sequence[Session], known: Sequence[Session], total: int) -> Table:
    zone = ctx.tenant.zone
    columns = [Column("Dropped"), Column("Why"), Column("Was up", RIGHT), Column("Down for", RIGHT)]
    rows = []
    for one in drops:
        assert one.ended_at is not None  # noqa: S101 - only what ended is a drop
        again = min((s.started_at for s in known if s.started_at >= one.ended_at), default=None)
        rows.append(
            (
                moment(one.ended_at, ctx.now, zone),
                one.terminate_cause,
                span(one.ended_at - one.started_at),
                span(again - one.ended_at) if again else None,
            )
        )
    return Table(columns=columns, rows=rows, total=total)
