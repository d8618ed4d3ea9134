"""Moving planned maintenance to another time: it keeps its length, unless you say how long."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from bot.api import ActionCall, Approval, BadInput, Change, Conflict, Preview, Reply, action, plural
from plugins.network.entities import Ctx
from plugins.network.hits import special_of
from plugins.network.port import Maintenance, MaintenanceRef, Network, Place, narrowest
from plugins.network.windows import check_ahead, check_window, said_of_work, same_time, when_of

MONTH = timedelta(days=31)


async def preview_move(
    ctx: Ctx,
    maintenance: MaintenanceRef,
    starts_at: datetime | None = None,
    hour: time | None = None,
    by: timedelta | None = None,
    lasts: timedelta | None = None,
) -> Preview:
    """Say from when until when it is instead, whom it hits, and what is planned there at the same time."""
    start, end = _times(ctx, maintenance, (starts_at, hour, by), lasts)
    place = narrowest(maintenance) or Place(kind="site", key="")
    hit = await ctx.port(Network).impact(ctx.scope, place, 1)
    special = special_of(hit)
    warnings = await same_time(ctx, place, start, end, but=maintenance.number)
    if starts_at is not None and hour is None and start != starts_at:
        warnings.append(f"You named no hour, so it keeps {ctx.local(start):%H:%M}")
    if hit.critical:
        warnings.append(f"{plural(hit.critical, 'critical customer')} below it: tell them of the new time")
    return Preview(
        text=f"{maintenance.number} {maintenance.title} at {maintenance.where} is moved. "
        f"Below it: {plural(hit.customers, 'customer')}{f', {special}' if special else ''}.",
        changes=(
            Change(
                what=maintenance.number,
                before=when_of(ctx, maintenance.starts_at, maintenance.ends_at),
                after=when_of(ctx, start, end),
            ),
        ),
        hits=hit.customers,
        warnings=tuple(warnings),
    )


@action(
    permission="network:write",
    approval=Approval.SELF,
    preview=preview_move,
    examples=(
        "move {maintenance} to {starts_at}",
        "move the maintenance {maintenance} to {starts_at}",
        "postpone {maintenance} to {starts_at}",
        "postpone {maintenance} by {by}",
        "move {maintenance} to {hour}",
        "reschedule the maintenance {maintenance} to {starts_at}",
        "{maintenance} begins at {starts_at} instead",
        "{maintenance} takes {lasts}",
    ),
)
async def move_maintenance(
    ctx: Ctx,
    maintenance: MaintenanceRef,
    starts_at: datetime | None = None,
    hour: time | None = None,
    by: timedelta | None = None,
    lasts: timedelta | None = None,
) -> Reply:
    """Move planned maintenance to another time.

    It keeps its length unless you say how long it lasts; a day without an hour keeps the hour, an hour
    alone keeps the day. It can be taken back for 30 minutes.
    """
    start, end = _times(ctx, maintenance, (starts_at, hour, by), lasts)
    done = await ctx.port(Network).move_maintenance(ctx.effect, maintenance.number, start, end)
    args = {
        "maintenance": done.number,
        "by": (maintenance.starts_at - done.starts_at).total_seconds(),
        "lasts": (maintenance.ends_at - maintenance.starts_at).total_seconds(),
    }
    text = f"Moved {done.number} {done.title} to {when_of(ctx, done.starts_at, done.ends_at)}."
    return said_of_work(ctx, done, text, ActionCall(action_id="network_move_maintenance", args=args))


def _times(
    ctx: Ctx,
    work: Maintenance,
    to: tuple[datetime | None, time | None, timedelta | None],
    lasts: timedelta | None,
) -> tuple[datetime, datetime]:
    """Return from when until when it is from now on; an hour alone is one of its own day."""
    check_ahead(ctx, work)
    starts_at, hour, by = to
    if not any(one is not None for one in (*to, lasts)):
        raise BadInput("Say to when, for example: to Friday 01:00, or by a day.")
    start = starts_at or work.starts_at + (by or timedelta())
    if hour is not None:
        start = datetime.combine(ctx.local(start).date(), hour.replace(tzinfo=None), ctx.tenant.zone)
    elif starts_at is not None and _no_hour(ctx, starts_at):
        start = ctx.local(starts_at).replace(
            hour=ctx.local(work.starts_at).hour, minute=ctx.local(work.starts_at).minute
        )
    length = lasts or work.ends_at - work.starts_at
    check_window(ctx, work.title, start, length, begun=work.starts_at)
    if (start, start + length) == (work.starts_at, work.ends_at):
        raise Conflict(f"{work.number} is {when_of(ctx, start, start + length)} already.")
    return start, start + length


def _no_hour(ctx: Ctx, at: datetime) -> bool:
    """Say whether it is midnight, as a day is that was named without an hour."""
    local = ctx.local(at)
    return (local.hour, local.minute) == (0, 0)
