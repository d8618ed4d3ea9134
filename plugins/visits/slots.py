"""When technicians have nothing else to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta

from bot.api import Conflict
from plugins.visits.port import Visits
from plugins.visits.said import hours
from plugins.visits.settings import Ctx

LOOK_AHEAD, SHOWN = 7, 12
SUNDAY = 6
Slot = tuple[datetime, datetime]


async def check_free(ctx: Ctx, email: str, name: str, slot: Slot, but: str = "") -> None:
    """Raise Conflict when they are elsewhere then, with the next times when they are not."""
    busy = [
        one for one in await ctx.port(Visits).busy(*slot) if one.technician == email and one.number != but
    ]
    if busy:
        free = await free_slots(ctx, {email: name}, ctx.local(slot[0]).date(), slot[1] - slot[0], slot[0])
        when = ", ".join(f"{ctx.local(start):%a %H:%M}" for start, _, _ in free[:3])
        hint = f" Free: {when}." if when else ""
        if not ctx.scope.covers(busy[0].area):
            raise Conflict(f"{name} is not free then.{hint}")
        raise Conflict(f"{name} has {busy[0].number} then, {hours(ctx, busy[0])}.{hint}")


async def free_slots(
    ctx: Ctx, who: Mapping[str, str], first: date, length: timedelta, after: datetime | None = None
) -> list[tuple[datetime, datetime, str]]:
    """Return times within working hours when somebody has nothing else, the earliest first.

    None of them begins before `after`.
    """
    zone, settings = ctx.tenant.zone, ctx.settings
    found: list[tuple[datetime, datetime, str]] = []
    for nr in range(LOOK_AHEAD):
        on = first + timedelta(days=nr)
        if on.weekday() == SUNDAY and not settings.sundays:
            continue
        opens = datetime.combine(on, time(settings.first_hour), zone)
        closes = opens + timedelta(hours=settings.last_hour - settings.first_hour)
        begins = max(opens, _next_half(ctx), after or opens)
        busy = await ctx.port(Visits).busy(opens, closes)
        for email, name in sorted(who.items()):
            taken = [(one.starts_at, one.ends_at) for one in busy if one.technician == email]
            found += [(*slot, name) for slot in _gaps(begins, closes, taken, length)]
        if len(found) >= SHOWN:
            break
    return sorted(found)


def in_hours(ctx: Ctx, local: datetime) -> bool:
    """Say whether technicians work at this hour of the tenant's clock."""
    settings = ctx.settings
    works = settings.sundays or local.weekday() != SUNDAY
    return works and settings.first_hour <= local.hour < settings.last_hour


def _gaps(opens: datetime, closes: datetime, taken: Sequence[Slot], length: timedelta) -> list[Slot]:
    """Return the first slot of each gap between what is taken."""
    slots, at = [], opens
    for start, end in [*sorted(taken), (closes, closes)]:
        if start - at >= length:
            slots.append((at, at + length))
        at = max(at, end)
    return slots


def _next_half(ctx: Ctx) -> datetime:
    """Return the next half hour that leaves half an hour to get going."""
    local = ctx.local(ctx.now + timedelta(minutes=30))
    over = timedelta(minutes=local.minute % 30, seconds=local.second, microseconds=local.microsecond)
    return local - over + timedelta(minutes=30 if over else 0)
