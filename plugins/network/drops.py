"""The drops of one customer's line: when, why, and how long each time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.api import Align, BadInput, Button, Column, Reply, Table, Tone, moment, plural, span
from plugins.customers.port import Customer
from plugins.network.entities import Ctx
from plugins.network.findings import OURS
from plugins.network.port import Line, Network, Session

RIGHT, MANY = Align.RIGHT, 3
DAY = timedelta(days=1)
SHORTEST, LONGEST = timedelta(minutes=10), timedelta(days=31)


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """From when until when drops are counted, and how that is said: `in the last 24 h`."""

    since: datetime
    until: datetime
    said: str


def stretch_of(ctx: Ctx, within: timedelta, since: date | None, until: date | None) -> Stretch:
    """Return the time that is asked for: the days where some are named, else so long up to now."""
    if since is None and until is None:
        if not SHORTEST <= within <= LONGEST:
            raise BadInput("Ask for a stretch between ten minutes and a month.")
        named = "24 h" if within == DAY else span(within)
        return Stretch(since=ctx.now - within, until=ctx.now, said=f"in the last {named}")
    zone, last = ctx.tenant.zone, until or ctx.local(ctx.now).date()
    first = since or last
    begins = datetime.combine(first, time(), zone)
    ends = min(ctx.now, datetime.combine(last + DAY, time(), zone))
    if not timedelta() < ends - begins <= LONGEST + DAY:
        raise BadInput("Ask for days that are past, a month of them at most.")
    days = f"{first:%-d %b}" if first == last else f"{first:%-d %b} to {last:%-d %b}"
    return Stretch(since=begins, until=ends, said=f"on {days}" if first == last else f"from {days}")


async def drops_of(ctx: Ctx, customer: Customer, stretch: Stretch, most: int) -> Reply:
    """List when the sessions of a customer ended, newest first, and which line is up now."""
    net = ctx.port(Network)
    ended = await net.drops(ctx.scope, customer.number, stretch.since, stretch.until)
    drops = [one for one in ended if one.terminate_cause != OURS]
    lines = await net.lines(ctx.scope, customer.number)
    up = [line.session for line in lines if line.session and line.session.up]
    focus = {"customer": customer.number}
    now = _now(ctx, lines)
    if not drops:
        text = f"{customer.name} had no drop {stretch.said}: {now}."
        return Reply(text, data=(), tone=Tone.PLAIN, focus=focus, evidence=(ctx.evidence(Network),))
    causes = Counter(one.terminate_cause or "no cause given" for one in drops)
    why = ", ".join(f"{cause} ({count:,})" for cause, count in causes.most_common(2))
    known = sorted([*ended, *up], key=lambda one: one.started_at)
    return Reply(
        f"**{plural(len(drops), 'drop')}** of {customer.name} {stretch.said}, mostly {why}; {now}.",
        data=tuple(drops),
        table=_table(ctx, drops[:most], known, len(drops), lines),
        tone=Tone.WARN if len(drops) >= MANY or len(up) < max(1, len(lines)) else Tone.PLAIN,
        buttons=(Button("Diagnose", "network_diagnose", focus), Button("Line", "network_line", focus)),
        focus=focus,
        evidence=(ctx.evidence(Network),),
    )


def _now(ctx: Ctx, lines: Sequence[Line]) -> str:
    """Say whether the line is up; of several each, for one may be dark while another is up."""

    def said(line: Line) -> str:
        if line.session is None or (len(lines) == 1 and not line.session.up):
            return "offline now"
        return line.session.said(ctx.now, ctx.tenant.zone)

    if len(lines) < 2:  # noqa: PLR2004 - one line needs no name
        return said(lines[0]) if lines else "offline now"
    return "; ".join(f"{line.service} {said(line)}" for line in lines)


def _table(
    ctx: Ctx, drops: Sequence[Session], known: Sequence[Session], total: int, lines: Sequence[Line]
) -> Table:
    zone, several = ctx.tenant.zone, len(lines) > 1
    named = {line.session.username: line.service for line in lines if line.session}
    named |= {line.username: line.service for line in lines if line.username}
    columns = [Column("Dropped"), Column("Why"), Column("Was up", RIGHT), Column("Down for", RIGHT)]
    rows = []
    for one in drops:
        assert one.ended_at is not None  # noqa: S101 - only what ended is a drop
        same = [s for s in known if not several or s.username == one.username]
        again = min((s.started_at for s in same if s.started_at >= one.ended_at), default=None)
        rows.append(
            (
                moment(one.ended_at, ctx.now, zone),
                one.terminate_cause,
                span(one.ended_at - one.started_at),
                span(again - one.ended_at) if again else None,
                *((named.get(one.username, one.username),) if several else ()),
            )
        )
    return Table(columns=[*columns, *((Column("Line"),) if several else ())], rows=rows, total=total)
