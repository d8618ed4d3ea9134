"""Planning maintenance and calling it off, with who is below it and what else is planned there."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.api import (
    ActionCall,
    Ambiguous,
    Approval,
    BadInput,
    Button,
    Change,
    Choice,
    Conflict,
    Preview,
    Reply,
    action,
    moment,
    plural,
    span,
)
from plugins.network.declaring import check_wished
from plugins.network.entities import Ctx
from plugins.network.hits import special_of
from plugins.network.places import place_to_change
from plugins.network.port import (
    DeviceRef,
    Maintenance,
    MaintenanceRef,
    Network,
    NewMaintenance,
    Place,
    PortRef,
    SiteRef,
)

UNDO = timedelta(minutes=30)
TWO_HOURS, LONGEST, FAR = timedelta(hours=2), timedelta(days=3), timedelta(days=366)
SHORTEST = timedelta(minutes=5)
TITLE = 120


async def preview_plan(  # noqa: PLR0913 - where, when and what
    ctx: Ctx,
    *,
    title: str,
    starts_at: datetime,
    device: DeviceRef | None = None,
    port: PortRef | None = None,
    site: SiteRef | None = None,
    lasts: timedelta = TWO_HOURS,
    midnight: bool = False,
) -> Preview:
    """Say who is below it, from when until when, and what is planned there at the same time."""
    place = place_to_change(device, port, site)
    check_window(ctx, title, starts_at, lasts)
    check_hour(ctx, title, starts_at, (place, lasts), midnight=midnight)
    hit = await ctx.port(Network).impact(ctx.scope, place, 1)
    special = special_of(hit)
    warnings = await same_time(ctx, place, starts_at, starts_at + lasts)
    if hit.critical:
        warnings.append(f"{plural(hit.critical, 'critical customer')} below it: tell them before")
    return Preview(
        text=f"Maintenance at {place.key}: {title.strip()}, {when_of(ctx, starts_at, starts_at + lasts)}",
        changes=(
            Change(
                what=f"{plural(hit.customers, 'customer')}{f', {special}' if special else ''}",
                after=f"may be without service for up to {span(lasts)}",
            ),
        ),
        hits=hit.customers,
        warnings=tuple(warnings),
    )


@action(
    permission="network:write",
    approval=Approval.SELF,
    preview=preview_plan,
    examples=(
        "plan maintenance at {site} {starts_at}: {title}",
        "plan maintenance on {device} from {starts_at}, {title}",
        "schedule work on {device} {starts_at} for {lasts}: {title}",
        "plan maintenance on {device} {starts_at} for {lasts}: {title}",
        "schedule maintenance of {port} {starts_at}: {title}",
        "maintenance window for {device} {starts_at}: {title}",
        "plan work at {site} {starts_at}: {title}",
    ),
)
async def plan(  # noqa: PLR0913 - where, when and what
    ctx: Ctx,
    *,
    title: str,
    starts_at: datetime,
    device: DeviceRef | None = None,
    port: PortRef | None = None,
    site: SiteRef | None = None,
    lasts: timedelta = TWO_HOURS,
    midnight: bool = False,
) -> Reply:
    """Plan maintenance.

    At a site, device or port; two hours if you do not say how long, and you are asked at what hour if you
    name a day alone. It can be taken back for 30 minutes, and cancelled until it is over.
    """
    place = place_to_change(device, port, site)
    check_window(ctx, title, starts_at, lasts)
    check_hour(ctx, title, starts_at, (place, lasts), midnight=midnight)
    new = NewMaintenance(
        title=" ".join(title.split()),
        starts_at=starts_at,
        ends_at=starts_at + lasts,
        **{place.kind: place.key},
    )
    done = await ctx.port(Network).plan(ctx.effect, new)
    undo = ActionCall(action_id="network_cancel_maintenance", args={"maintenance": done.number})
    said = (
        f"Planned {done.number} at {done.where}: {done.title}, {when_of(ctx, done.starts_at, done.ends_at)}."
    )
    return said_of_work(ctx, done, said, undo)


async def preview_cancel(ctx: Ctx, maintenance: MaintenanceRef) -> Preview:
    """Say which work is called off."""
    check_ahead(ctx, maintenance)
    return Preview(
        text=f"{maintenance.number} {maintenance.title} is cancelled.",
        changes=(
            Change(
                what=maintenance.number,
                before=f"planned {when_of(ctx, maintenance.starts_at, maintenance.ends_at)}",
                after="cancelled",
            ),
        ),
    )


@action(
    permission="network:write",
    approval=Approval.SELF,
    preview=preview_cancel,
    examples=(
        "cancel maintenance {maintenance}",
        "cancel {maintenance}",
        "call off {maintenance}",
        "{maintenance} does not take place",
        "drop the maintenance {maintenance}",
    ),
)
async def cancel_maintenance(ctx: Ctx, maintenance: MaintenanceRef) -> Reply:
    """Cancel planned maintenance."""
    check_ahead(ctx, maintenance)
    done = await ctx.port(Network).set_maintenance(ctx.effect, maintenance.number, "cancelled")
    undo = ActionCall(action_id="network_restore_maintenance", args={"maintenance": done.number})
    return said_of_work(ctx, done, f"Cancelled {done.number}: {done.title}.", undo)


async def preview_restore(ctx: Ctx, maintenance: MaintenanceRef) -> Preview:
    """Say which work takes place after all."""
    _check_cancelled(ctx, maintenance)
    return Preview(
        text=f"{maintenance.number} {maintenance.title} takes place after all.",
        changes=(
            Change(
                what=maintenance.number,
                before="cancelled",
                after=f"planned {when_of(ctx, maintenance.starts_at, maintenance.ends_at)}",
            ),
        ),
    )


@action(
    permission="network:write",
    approval=Approval.SELF,
    preview=preview_restore,
    examples=(
        "restore maintenance {maintenance}",
        "{maintenance} takes place after all",
        "uncancel {maintenance}",
    ),
)
async def restore_maintenance(ctx: Ctx, maintenance: MaintenanceRef) -> Reply:
    """Put cancelled maintenance back on the plan."""
    _check_cancelled(ctx, maintenance)
    done = await ctx.port(Network).set_maintenance(ctx.effect, maintenance.number, "planned")
    undo = ActionCall(action_id="network_cancel_maintenance", args={"maintenance": done.number})
    said = f"{done.number} {done.title} is planned again, {when_of(ctx, done.starts_at, done.ends_at)}."
    return said_of_work(ctx, done, said, undo)


def check_window(
    ctx: Ctx, title: str, starts_at: datetime, lasts: timedelta, *, begun: datetime | None = None
) -> None:
    """Refuse a time that is past, too far ahead or too long; one that `begun` may go on."""
    if begun is None:
        check_wished(title)
    if not title.strip() or len(title) > TITLE:
        raise BadInput(f"Say what is done there, in up to {TITLE} letters.")
    if not SHORTEST <= lasts <= LONGEST:
        raise BadInput("Maintenance lasts between 5 minutes and 3 days. Plan longer work in parts.")
    if starts_at < ctx.now - SHORTEST and starts_at != begun:
        raise BadInput(f"{moment(starts_at, ctx.now, ctx.tenant.zone)} is past. Name a time from now on.")
    if starts_at > ctx.now + FAR:
        raise BadInput("Nobody plans that far ahead. Name a time within a year.")


def check_hour(
    ctx: Ctx, title: str, starts_at: datetime, what: tuple[Place, timedelta], *, midnight: bool
) -> None:
    """Ask at what hour work begins where a day alone was said: its midnight is the night before."""
    local, (place, lasts) = ctx.local(starts_at), what
    if midnight or (local.hour, local.minute) != (0, 0):
        return
    said = " ".join(title.replace('"', "'").split())
    typed = f'network plan {place.kind}="{place.key}" title="{said}" lasts={int(lasts.total_seconds())}s'

    def choice(hour: int, day: int = 0) -> Choice:
        at = (local + timedelta(days=day)).replace(hour=hour)
        return Choice(f"{at:%a} {at.day} {at:%b %H:%M}", f"{typed} starts_at={at.isoformat()}")

    first = Choice(
        f"{local:%a} {local.day} {local:%b} 00:00, as {local:%A} begins",
        f"{typed} starts_at={local.isoformat()} midnight=yes",
    )
    raise Ambiguous(
        f"At what hour of {local:%A} {local.day} {local:%b} does it begin? Say it with the hour, as “2am”:",
        [first, choice(1), choice(22), choice(1, 1)],
    )


def check_ahead(ctx: Ctx, work: Maintenance) -> None:
    """Refuse what is over or cancelled."""
    if work.status in {"done", "cancelled"} or work.ends_at <= ctx.now:
        state = work.status if work.status in {"done", "cancelled"} else "over"
        raise Conflict(f"{work.number} is {state} already.")


def _check_cancelled(ctx: Ctx, work: Maintenance) -> None:
    if work.status != "cancelled":
        raise Conflict(f"{work.number} is {work.status}, not cancelled.")
    if work.ends_at <= ctx.now:
        raise Conflict(f"{work.number} would be over by now. Plan it anew.")


async def same_time(ctx: Ctx, place: Place, start: datetime, end: datetime, but: str = "") -> list[str]:
    """Return warnings of what else is planned at a place then."""
    known = await ctx.port(Network).maintenance(ctx.scope, end)
    same = [
        m for m in known if m.ends_at > start and m.number != but and place.key in {m.port, m.device, m.site}
    ]
    return [f"{m.number} is planned there at the same time: {m.title}" for m in same[:3]]


def when_of(ctx: Ctx, start: datetime, end: datetime) -> str:
    """Return `tomorrow 01:00 to 03:00`, as people say it."""
    zone = ctx.tenant.zone
    return f"{moment(start, ctx.now, zone)} to {moment(end, ctx.now, zone)}"


def said_of_work(ctx: Ctx, done: Maintenance, text: str, undo: ActionCall | None) -> Reply:
    """Return the reply to a write."""
    where = "port" if done.port else "device" if done.device else "site"
    return Reply(
        text,
        data=done,
        undo=undo,
        undo_within=UNDO,
        buttons=(
            Button("Who is hit", "network_affected", {where: done.where}),
            Button("Maintenance", "network_maintenance"),
        ),
        focus={"maintenance": done.number},
        evidence=(ctx.evidence(Network),),
    )
