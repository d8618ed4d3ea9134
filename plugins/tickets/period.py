"""The days that a question about tickets is about, and whose tickets: business or individual customers'."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Literal

from bot.api import BadInput, day
from plugins.tickets.reply import Ctx

Whose = Literal["business", "individual", "residential", "corporate", "commercial"]
BUSINESS = frozenset({"business", "corporate", "commercial"})


def kind_of(whose: Whose | None) -> str | None:
    """Return the kind of customer as it is kept."""
    return whose and ("business" if whose in BUSINESS else "individual")


def check_days(ctx: Ctx, since: date | None, until: date | None) -> None:
    """Raise BadInput for days that end before they begin, or have not come."""
    if since and since > ctx.today:
        raise BadInput("That is ahead of us. Name a day that is past, for example last Monday.")
    if since and until and until < since:
        raise BadInput("That ends before it begins. Say from which day until which.")


def midnight(ctx: Ctx, on: date | None, days: int = 0) -> datetime | None:
    """Return when a day begins here, or the one so many days on."""
    return datetime.combine(on + timedelta(days=days), time(), ctx.tenant.zone) if on else None


def when(since: date | None, until: date | None, today: date) -> str:
    """Return ` of 22 Nov`, ` since 22 Nov`, ` from 16 Nov until 22 Nov`, or nothing."""
    if since and since == until:
        return f" of {day(since, today)}"
    if since and (until is None or until >= today):
        return f" since {day(since, today)}"
    begin = f" from {day(since, today)}" if since else ""
    return f"{begin} until {day(until, today)}" if until else begin
