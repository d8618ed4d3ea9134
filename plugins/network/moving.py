"""Moving planned maintenance to another time: it keeps its length, unless you say how long."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from bot.api import ActionCall, Approval, BadInput, Change, Conflict, Preview, Reply, action, plural
from plugins.network.entities import Ctx
from plugins.network.hits import special_of
from plugins.network.port import Maintenance, MaintenanceRef, Network, Place, narrowest
from plugins.network.windows import check_ahead, check_window, said_of_work, same_time, when_of

MONTH = timedelta(days=31)


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What was said of the new time; `extend` by an hour is the end, `longer` adds what it lasts."""

    by: timedelta | None = None
    starts_at: datetime | None = None
    hour: time | None = None
    lasts: timedelta | None = None
    earlier: bool = False
    longer: bool = False
    extend: bool = False
    was: Mapping[str, datetime] | None = None

    @property
    def at_end(self) -> bool:
        """Whether the length that was said is added at the end."""
        return (self.longer or self.extend) and self.by is not None

    @property
    def shift(self) -> timedelta | None:
        """Return by how much the begin moves; less than nothing for earlier."""
        if self.by is None or self.at_end:
            return None
        return -self.by if self.earlier else self.by

    def length(self, now: timedelta) -> timedelta:
        """Return how long it lasts then."""
        if self.at_end:
            return now + (self.by or timedelta())
        return now + self.lasts if self.longer and self.lasts else self.lasts or now


async def preview_move(  # noqa: PLR0913 - the ways to say a time
    ctx: Ctx,
    maintenance: MaintenanceRef,
    by: timedelta | None = None,
    starts_at: datetime | None = None,
    hour: time | None = None,
    lasts: timedelta | None = None,
    *,
    earlier: bool = False,
    longer: bool = False,
    extend: bool = False,
    was: Mapping[str, datetime] | None = None,
) -> Preview:
    """Say from when until when it is instead, whom it hits, and what is planned there at the same time."""
    wish = Wish(
        by=by,
        starts_at=starts_at,
        hour=hour,
        lasts=lasts,
        earlier=earlier,
        longer=longer,
        extend=extend,
        was=was,
    )
    start, end = _times(ctx, maintenance, wish)
    place = narrowest(maintenance) or Place(kind="site", key="")
    hit = await ctx.port(Network).impact(ctx.scope, place, 1)
    special = special_of(hit)
    warnings = await same_time(ctx, place, start, end, but=maintenance.number)
    if starts_at is not None and hour is None and start != starts_at:
        typed = f"{maintenance.number} starts_at={ctx.local(starts_at):%Y-%m-%d} hour=00:00"
        warnings.append(
            f"A day alone keeps the hour, {ctx.local(start):%H:%M}; for midnight: "
            f"`network move_maintenance {typed}`"
        )
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
        "move {maintenance} {by} earlier",
        "extend {maintenance} by {by}",
    ),
)
async def move_maintenance(  # noqa: PLR0913 - the ways to say a time
    ctx: Ctx,
    maintenance: MaintenanceRef,
    by: timedelta | None = None,
    starts_at: datetime | None = None,
    hour: time | None = None,
    lasts: timedelta | None = None,
    *,
    earlier: bool = False,
    longer: bool = False,
    extend: bool = False,
    was: Mapping[str, datetime] | None = None,
) -> Reply:
    """Move planned maintenance to another time.

    It keeps its length unless you say how long it lasts; a day without an hour keeps the hour, an hour
    alone keeps the day. Or say by how much it is earlier, later or longer. Before it begins, the move can be
    taken back for 30 minutes, unless somebody moved it since.
    """
    wish = Wish(
        by=by,
        starts_at=starts_at,
        hour=hour,
        lasts=lasts,
        earlier=earlier,
        longer=longer,
        extend=extend,
        was=was,
    )
    start, end = _times(ctx, maintenance, wish)
    done = await ctx.port(Network).move_maintenance(ctx.effect, maintenance.number, start, end)
    text = f"Moved {done.number} {done.title} to {when_of(ctx, done.starts_at, done.ends_at)}."
    return said_of_work(ctx, done, text, _back(ctx, maintenance, done))


def _back(ctx: Ctx, was: Maintenance, done: Maintenance) -> ActionCall | None:
    """Return what puts it back to where it was; nothing puts work into the past that runs already."""
    if was.starts_at <= ctx.now:
        return None
    args = {
        "maintenance": was.number,
        "starts_at": was.starts_at.isoformat(),
        "hour": f"{ctx.local(was.starts_at):%H:%M}",
        "lasts": (was.ends_at - was.starts_at).total_seconds(),
        "was": {"starts_at": done.starts_at.isoformat(), "ends_at": done.ends_at.isoformat()},
    }
    return ActionCall(action_id="network_move_maintenance", args=args)


def _times(ctx: Ctx, work: Maintenance, wish: Wish) -> tuple[datetime, datetime]:
    """Return from when until when it is from now on; an hour alone is one of its own day."""
    check_ahead(ctx, work)
    _check_unmoved(ctx, work, wish)
    starts_at, hour, shift = wish.starts_at, wish.hour, wish.shift
    if starts_at is None and hour is None and wish.by is None and wish.lasts is None:
        raise BadInput("Say to when, for example: to Friday 01:00, or by a day.")
    if shift is not None and (starts_at is not None or hour is not None):
        raise BadInput("Say either to when it moves or by how much, not both.")
    start = starts_at or work.starts_at + (shift or timedelta())
    if hour is not None:
        start = datetime.combine(ctx.local(start).date(), hour.replace(tzinfo=None), ctx.tenant.zone)
    elif starts_at is not None and _no_hour(ctx, starts_at):
        start = ctx.local(starts_at).replace(
            hour=ctx.local(work.starts_at).hour, minute=ctx.local(work.starts_at).minute
        )
    length = wish.length(work.ends_at - work.starts_at)
    check_window(ctx, work.title, start, length, begun=work.starts_at)
    if (start, start + length) == (work.starts_at, work.ends_at):
        raise Conflict(f"{work.number} is {when_of(ctx, start, start + length)} already.")
    return start, start + length


def _check_unmoved(ctx: Ctx, work: Maintenance, wish: Wish) -> None:
    """Refuse to take a move back once the work stands elsewhere: that time is somebody else's."""
    now = {"starts_at": work.starts_at, "ends_at": work.ends_at}
    if wish.was is not None and dict(wish.was) != now:
        when = when_of(ctx, work.starts_at, work.ends_at)
        raise Conflict(
            f"{work.number} was moved again since, to {when}, so that stays. Move it as it should be."
        )


def _no_hour(ctx: Ctx, at: datetime) -> bool:
    """Say whether it is midnight, as a day is that was named without an hour."""
    local = ctx.local(at)
    return (local.hour, local.minute) == (0, 0)
