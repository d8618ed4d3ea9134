"""Declaring an outage, and keeping its note, cause and time up to date, each with a way back."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from bot.api import (
    ActionCall,
    Approval,
    BadInput,
    Button,
    Change,
    Conflict,
    Preview,
    Reply,
    Tone,
    action,
    moment,
    plural,
)
from plugins.network.cause import cause_of
from plugins.network.entities import Ctx
from plugins.network.hits import active_at, special_of
from plugins.network.places import place_to_change
from plugins.network.port import (
    DeviceRef,
    Network,
    NewOutage,
    Outage,
    OutageChange,
    OutageRef,
    Place,
    PortRef,
    SiteRef,
)

UNDO = timedelta(minutes=30)
TITLE, NOTE = 120, 2_000
FAR = timedelta(days=31)
NONE = re.compile(
    r"(?:no|not|never|without)\b.*?\b(?:maintenance|works?|window|planned|outages?|plan)\b", re.IGNORECASE
)
BACK = re.compile(r"[,;:]?\s*(?:will be |should be )?back (?:by|at|around) [^,;]*$", re.IGNORECASE)


async def preview_declare(
    ctx: Ctx,
    *,
    title: str,
    device: DeviceRef | None = None,
    port: PortRef | None = None,
    site: SiteRef | None = None,
    cause: str = "",
    eta: datetime | None = None,
) -> Preview:
    """Say who is hit, what the ONTs say of the cause, and what is declared there already."""
    place = place_to_change(device, port, site)
    _check(ctx, title, cause, eta)
    net = ctx.port(Network)
    hit = await net.impact(ctx.scope, place, 1)
    said = cause_of(await net.signs(ctx.scope, place)).said
    back = f", back by {moment(eta, ctx.now, ctx.tenant.zone)}" if eta else ""
    special = special_of(hit)
    off = hit.services - hit.online
    why = f" ({cause.strip().replace('_', ' ')})" if cause.strip() else ""
    return Preview(
        text=f"An outage is declared at {place.key}: {_title(title, eta)}{why}{back}",
        changes=(
            Change(
                what=f"{plural(hit.customers, 'customer')}{f', {special}' if special else ''}",
                after="shown as hit",
            ),
        ),
        hits=hit.customers,
        warnings=(
            f"{off:,} of {plural(hit.services, 'service')} really offline now",
            *([said] if said else []),
            *await _already(ctx, place),
        ),
    )


@action(
    permission="network:write",
    approval=Approval.SELF,
    preview=preview_declare,
    examples=(
        "declare an outage at {site}: {title}",
        "declare an outage on {device}: {title}",
        "open an outage for {port}: {title}",
        "declare outage {title} at {device}, back by {eta}",
        "report an outage at {site}, {title}",
        "start an outage on {port}, {title}",
    ),
)
async def declare(
    ctx: Ctx,
    *,
    title: str,
    device: DeviceRef | None = None,
    port: PortRef | None = None,
    site: SiteRef | None = None,
    cause: str = "",
    eta: datetime | None = None,
) -> Reply:
    """Declare an outage.

    At a site, device or port, with its cause and when it should be over, if you know. Everybody below it is
    shown as hit. It can be taken back for 30 minutes.
    """
    place = place_to_change(device, port, site)
    _check(ctx, title, cause, eta)
    new = NewOutage(
        title=_title(title, eta),
        cause=cause.strip(),
        eta=eta,
        site=place.key if place.kind == "site" else None,
        device=place.key if place.kind == "device" else None,
        port=place.key if place.kind == "port" else None,
    )
    done = await ctx.port(Network).declare(ctx.effect, new)
    hit = plural(done.services or 0, "service")
    undo = ActionCall(action_id="network_withdraw", args={"outage": done.number})
    return said_of(
        ctx, done, f"Declared {done.number} at {done.where}: {done.title}, {hit} hit.", undo, Tone.WARN
    )


async def preview_update(
    ctx: Ctx, outage: OutageRef, note: str = "", eta: datetime | None = None, cause: str = ""
) -> Preview:
    """Say what the people who ask will read from now on."""
    change = _change(ctx, outage, note, eta, cause)
    zone = ctx.tenant.zone
    pairs = (
        ("Note", outage.note, change.note),
        ("Cause", outage.cause, change.cause),
        (
            "Back by",
            outage.eta and moment(outage.eta, ctx.now, zone),
            change.eta and moment(change.eta, ctx.now, zone),
        ),
    )
    changes = tuple(
        Change(what=name, before=old or "not known", after=new) for name, old, new in pairs if new
    )
    text, doubts = f"{outage.number} {outage.title}", half_day(ctx, outage, change.eta)
    return Preview(text=text, changes=changes, hits=outage.services or 0, warnings=doubts)


@action(
    permission="network:write",
    preview=preview_update,
    examples=(
        "update {outage}: {note}",
        "{outage} is back by {eta}",
        "set the ETA of {outage} to {eta}",
        "note on {outage}: {note}",
        "the cause of {outage} is {cause}",
        "{outage} will be fixed by {eta}",
        "{outage} will be back by {eta}",
        "{outage} should be over by {eta}",
        "add to {outage}: {note}",
    ),
)
async def update(
    ctx: Ctx, outage: OutageRef, note: str = "", eta: datetime | None = None, cause: str = ""
) -> Reply:
    """Update an outage.

    Its note, its cause or when it should be over: everybody who asks reads it. It can be taken back for
    30 minutes.
    """
    change = _change(ctx, outage, note, eta, cause)
    done = await ctx.port(Network).change_outage(ctx.effect, outage.number, change)
    told = [
        *([f"back by {moment(done.eta, ctx.now, ctx.tenant.zone)}"] if change.eta and done.eta else []),
        *([f"cause: {done.cause}"] if change.cause else []),
        *([f"{done.note}"] if change.note else []),
    ]
    before = {
        "note": outage.note if change.note else None,
        "eta": outage.eta.isoformat() if change.eta and outage.eta else None,
        "cause": outage.cause if change.cause else None,
    }
    args = {name: value for name, value in before.items() if value}
    doubt = [f"{text}." for text in half_day(ctx, outage, change.eta)]
    changed = sum(value is not None for value in (change.note, change.eta, change.cause))
    undo = ActionCall(action_id="network_update", args={"outage": outage.number, **args})
    whole = (
        undo
        if len(args) == changed and (change.eta is None or (outage.eta and outage.eta > ctx.now))
        else None
    )
    return said_of(
        ctx, done, " ".join([f"Updated {done.number}: {'; '.join(told)}.", *doubt]), whole, Tone.PLAIN
    )


def _title(title: str, eta: datetime | None) -> str:
    """Return what is out, without the time that is kept beside it."""
    words = " ".join(title.split())
    return (BACK.sub("", words) or words) if eta else words


def _check(ctx: Ctx, title: str, cause: str, eta: datetime | None) -> None:
    check_wished(title)
    if not title.strip():
        raise BadInput("Say what is out, in a few words: people read it when they ask.")
    if len(title) > TITLE or len(cause) > TITLE:
        raise BadInput(f"That is too long: {TITLE} letters fit for what is out, and as many for the cause.")
    check_eta(ctx, eta)


def check_wished(title: str) -> None:
    """Refuse what says that there is to be none: "no maintenance this weekend" plans nothing."""
    if NONE.match(title.strip()):
        raise BadInput(
            f"“{title.strip()[:40]}” says that there is to be none, so I keep nothing. To hold changes back "
            "there is “freeze changes until Monday 08:00 because of the match”."
        )


def check_eta(ctx: Ctx, eta: datetime | None) -> None:
    """Refuse an end that is past, or so far off that it is a typing error."""
    if eta is not None and not ctx.now < eta <= ctx.now + FAR:
        when = moment(eta, ctx.now, ctx.tenant.zone)
        raise BadInput(f"It cannot be back by {when}. Name a time within the next 31 days.")


def half_day(ctx: Ctx, outage: Outage, eta: datetime | None) -> tuple[str, ...]:
    """Warn of an hour before noon that is tomorrow's, where today was said before: 5:30 may be 17:30."""
    if eta is None or outage.eta is None or ctx.local(outage.eta).date() != ctx.local(ctx.now).date():
        return ()
    local, sooner = ctx.local(eta), ctx.local(eta - timedelta(hours=12))
    if not (sooner > ctx.now and sooner.date() == ctx.local(ctx.now).date() < local.date()):
        return ()
    return (f"That is tomorrow; if you mean today, say {sooner:%H:%M}",)


def check_active(outage: Outage) -> None:
    """Raise Conflict when it is over or never was."""
    if outage.status != "active":
        raise Conflict(f"{outage.number} is {outage.status} already.")


def _change(ctx: Ctx, outage: Outage, note: str, eta: datetime | None, cause: str) -> OutageChange:
    check_active(outage)
    check_eta(ctx, eta)
    if not (note.strip() or eta or cause.strip()):
        raise BadInput("Say what is new: a note, when it should be back, or the cause.")
    return OutageChange(note=note.strip()[:NOTE] or None, eta=eta, cause=cause.strip()[:TITLE] or None)


async def _already(ctx: Ctx, place: Place) -> list[str]:
    same = await active_at(ctx, place)
    return [f"{one.number} is active there already: {one.title}" for one in same[:3]]


def said_of(ctx: Ctx, done: Outage, text: str, undo: ActionCall | None, tone: Tone) -> Reply:
    """Say what was done to an outage, with its way back."""
    return Reply(
        text,
        data=done,
        tone=tone,
        undo=undo,
        undo_within=UNDO if undo else None,
        buttons=(
            Button("Outage", "network_outage", {"outage": done.number}),
            Button("Who is hit", "network_affected", {"outage": done.number}),
        ),
        focus={"outage": done.number},
        evidence=(ctx.evidence(Network),),
    )
