"""Moving an appointment: to a day and an hour, by so much, or to another day at the hour it has."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from bot.api import ActionCall, Ambiguous, BadInput, Change, Choice, Preview, Reply, action
from plugins.visits.planning import check_ahead, check_slot
from plugins.visits.port import Visit, VisitChange, VisitRef, Visits, VisitStatus
from plugins.visits.said import WRITE, hours, one_reply
from plugins.visits.settings import Ctx
from plugins.visits.slots import Slot, check_free, free_slots

FEW = 5


async def preview_move(
    ctx: Ctx,
    visit: VisitRef,
    by: timedelta | None = None,
    at: datetime | None = None,
    hour: time | None = None,
    *,
    earlier: bool = False,
    same_time: bool = False,
) -> Preview:
    """Say from when to when it moves."""
    check_ahead(visit)
    said = _one_way(ctx, visit, by, at, hour, earlier, same_time)
    slot = await _moved(ctx, visit, await _meant(ctx, visit, said, hour))
    return Preview(
        text=f"{visit.number} at {visit.customer_name} ({visit.customer}), {visit.technician_name}.",
        changes=(
            Change(what="When", before=hours(ctx, visit), after=f"{ctx.local(slot[0]):%a %d %b %H:%M}"),
        ),
    )


def _one_way(
    ctx: Ctx,
    visit: Visit,
    by: timedelta | None,
    at: datetime | None,
    hour: time | None,
    earlier: bool,
    same_time: bool,
) -> datetime | None:
    """Return the moment that is said, None where at most an hour is; BadInput for two that differ."""
    if at is not None and hour is not None and ctx.local(at).time() in {time(), hour.replace(tzinfo=None)}:
        return _at(ctx, ctx.local(at).date(), hour)
    if at is not None and same_time and ctx.local(at).time() == time():
        return _at(ctx, ctx.local(at).date(), ctx.local(visit.starts_at).time())
    if sum(one is not None for one in (by, at, hour)) > 1:
        raise BadInput(
            "You said in more than one way when it is to be. Say a day and an hour, or by how much it moves."
        )
    return at if by is None else visit.starts_at + (-by if earlier else by)


def _at(ctx: Ctx, on: date, hour: time) -> datetime:
    """Return an hour of a day on the tenant's clock."""
    return datetime.combine(on, hour.replace(tzinfo=None), ctx.tenant.zone).astimezone(UTC)


async def _moved(ctx: Ctx, visit: Visit, at: datetime) -> Slot:
    slot = check_slot(ctx, at, int((visit.ends_at - visit.starts_at).total_seconds() // 60))
    await check_free(ctx, visit.technician, visit.technician_name, slot, visit.number)
    return slot


async def _meant(ctx: Ctx, visit: Visit, at: datetime | None, hour: time | None) -> datetime:
    """Return when it is to be: an hour alone is one of the visit's own day; Ambiguous offers times."""
    if at is not None and ctx.local(at).time() != time():
        return at
    if hour is not None:
        return _at(ctx, ctx.local(visit.starts_at).date(), hour)
    named = ctx.local(at).date() if at and at > ctx.now - timedelta(days=1) else None
    first = named or max(ctx.local(visit.starts_at).date(), ctx.local(ctx.now).date())
    when = f" on {first:%a} {first.day} {first:%b}" if named else ""
    example = "an hour, for example 10:00" if named else "a day and an hour, for example tomorrow 10:00"
    raise Ambiguous(
        f"When{when} is {visit.number} at {visit.customer_name} to be instead? Say {example}.",
        [
            Choice(f"{one:%a} {one.day} {one:%b %H:%M}", f"visits move {visit.number} at={one.isoformat()}")
            for one in await _offered(ctx, visit, first, only=named is not None)
        ],
    )


async def _offered(ctx: Ctx, visit: Visit, first: date, *, only: bool) -> list[datetime]:
    """Return times when its technician is free: its own hour first, where that is one of them."""
    who = {visit.technician: visit.technician_name}
    length = visit.ends_at - visit.starts_at
    found = [ctx.local(start) for start, _, _ in await free_slots(ctx, who, first, length)]
    same = _at(ctx, first, ctx.local(visit.starts_at).time())
    busy = {
        one.number
        for one in await ctx.port(Visits).busy(same, same + length)
        if one.technician == visit.technician
    }
    if only:
        found = [one for one in found if one.date() == first]
        if same > ctx.now and busy <= {visit.number}:
            found = [ctx.local(same), *(one for one in found if one != same)]
    return found[:FEW]


@action(
    permission=WRITE,
    preview=preview_move,
    examples=(
        "move visit {visit} to {at}",
        "move {visit} to {at}",
        "reschedule {visit} to {at}",
        "reschedule the visit at {visit} to {at}",
        "postpone visit {visit} to {at}",
        "move visit {visit} to {hour}",
        "move visit {visit} by {by}",
        "move {visit} {by} later",
        "move {visit} to {at}, same time",
    ),
)
async def move(
    ctx: Ctx,
    visit: VisitRef,
    by: timedelta | None = None,
    at: datetime | None = None,
    hour: time | None = None,
    *,
    earlier: bool = False,
    same_time: bool = False,
) -> Reply:
    """Move a visit to another time, with the same technician.

    Say the day and the hour; an hour alone is one of the day on which it is. Or say by how much it is to be
    later, or earlier; or a day and `same_time`, to keep its hour.
    """
    check_ahead(visit)
    when = await _meant(ctx, visit, _one_way(ctx, visit, by, at, hour, earlier, same_time), hour)
    starts, ends = await _moved(ctx, visit, when)
    change = VisitChange(starts_at=starts, ends_at=ends, status=VisitStatus.PLANNED)
    kept = await ctx.port(Visits).change(ctx.effect, visit.number, change)
    back = {"visit": visit.number, "at": visit.starts_at.isoformat()}
    undo = ActionCall(action_id="visits_move", args=back) if visit.starts_at > ctx.now else None
    return one_reply(ctx, kept, f"{kept.number} is {hours(ctx, kept)} now.", undo)
