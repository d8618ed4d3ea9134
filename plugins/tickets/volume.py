"""How many tickets come and go, day by day on the tenant's own calendar, and how many are open now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.api import BadInput, Button, Chart, ChartKind, Curve, Reply, Tone, action, plural
from plugins.tickets.period import check_days, when
from plugins.tickets.port import Category, Tickets, TicketVolume
from plugins.tickets.reply import Ctx, words

DAY = timedelta(days=1)
FORTNIGHT = timedelta(days=14)
LONGEST = 366
MONTH = 31
"""Days that are drawn as bars side by side; more become lines."""
MUCH = 1.2
"""How many times as many as were finished have to come in before it is worth a warning."""


@action(
    permission="tickets:read",
    reads_only=True,
    examples=(
        "ticket volume",
        "ticket volume of the last {within}",
        "chart of the tickets per day",
        "how many tickets come in per day",
        "opened and closed per day over the last {within}",
        "plot the ticket volume since {since}",
        "draw the tickets per day since {since}",
        "how many tickets per day this week",
        "ticket backlog",
        "volume of {category} tickets",
        "ticket trend",
    ),
)
async def volume(
    ctx: Ctx,
    within: timedelta = FORTNIGHT,
    since: date | None = None,
    until: date | None = None,
    category: Category | None = None,
) -> Reply:
    """Draw how many tickets were opened and closed per day, and say how many are open now.

    For the last 14 days, or from when until when you say; of one category if you like.
    """
    today = ctx.today
    check_days(ctx, since, until)
    days = days_of(min(until or today, today), within, since)
    found = await ctx.port(Tickets).volume(ctx.scope, edges_of(days, ctx.tenant.zone), category)
    text = _said(days, found, category, today)
    opened, finished = sum(found.opened), sum(found.finished)
    return Reply(
        text,
        data=found,
        chart=Chart(
            title=f"{_kind(category).capitalize()} per day",
            axis=days,
            curves=[Curve("opened", found.opened), Curve("closed", found.finished)],
            kind=ChartKind.BAR if len(days) <= MONTH else ChartKind.LINE,
            unit="tickets",
            from_zero=True,
            says=text.replace("**", ""),
        ),
        tone=Tone.WARN if opened > max(finished, 1) * MUCH and found.backlog else Tone.PLAIN,
        buttons=(
            Button("Open tickets", "tickets_search", {"open_only": True, **_of(category)}),
            Button("Breaching", "tickets_breaching", {}),
        ),
        evidence=(ctx.evidence(Tickets),),
    )


def days_of(today: date, within: timedelta, since: date | None) -> list[date]:
    """Return the days up to today that are asked for; BadInput when they make no chart."""
    if since is not None and since > today:
        raise BadInput("That is ahead of us. Name a day that is past, for example last Monday.")
    count = (today - since).days + 1 if since is not None else max(1, -(-within // DAY))
    if not 1 <= count <= LONGEST:
        raise BadInput("Ask for a stretch of a year at most, for example 14 days.")
    return [today - DAY * back for back in reversed(range(count))]


def edges_of(days: Sequence[date], zone: ZoneInfo) -> list[datetime]:
    """Return when each day begins and the last one ends: 23 or 25 hours apart when the clocks change."""
    return [datetime.combine(day, time(), zone).astimezone(UTC) for day in (*days, days[-1] + DAY)]


def _said(days: Sequence[date], found: TicketVolume, category: Category | None, today: date) -> str:
    opened, finished = sum(found.opened), sum(found.finished)
    stretch = _stretch(days, today)
    text = f"{opened:,} {_kind(category)} opened and {finished:,} closed {stretch}"
    if opened != finished:
        text += f", {abs(opened - finished):,} more {'opened' if opened > finished else 'closed'}"
    text += f". **{found.backlog:,} open now.**"
    if len(days) > 1:
        if days[-1] == today:
            text += f" Today so far {found.opened[-1]:,} opened, {found.finished[-1]:,} closed."
        most = max(found.opened)
        if most:
            busiest = days[found.opened.index(most)]
            text += f" The busiest day was {busiest:%a} {busiest.day} {busiest:%b}: {plural(most, 'ticket')}."
    return text


def _stretch(days: Sequence[date], today: date) -> str:
    """Return `today`, `in 14 days` up to today, `on 22 Nov`, `from 16 Nov until 22 Nov`."""
    if days[-1] == today:
        return "today" if len(days) == 1 else f"in {len(days)} days"
    return when(days[0], days[-1], today).strip().replace("of ", "on ")


def _kind(category: Category | None) -> str:
    return f"{words(category)} tickets" if category else "tickets"


def _of(category: Category | None) -> dict[str, str]:
    return {"category": category.value} if category else {}
