"""Being late: the customer's visit and ticket say it, whoever planned it is told, the appointment stays."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.api import (
    Ambiguous,
    BadInput,
    Button,
    Change,
    Choice,
    Conflict,
    NotFound,
    Nudge,
    Preview,
    Reply,
    Tone,
    action,
    span,
)
from plugins.tickets.port import Tickets
from plugins.visits.asking import planner
from plugins.visits.planning import check_ahead
from plugins.visits.port import Visit, VisitChange, VisitQuery, VisitRef, Visits, VisitStatus
from plugins.visits.said import READ, WRITE, day_of, focus, hours, subject_of
from plugins.visits.settings import Ctx

LEAST, MOST = timedelta(minutes=5), timedelta(hours=8)
MANY = 50


async def _meant(ctx: Ctx, visit: Visit | None, delay: timedelta, reason: str = "") -> Visit:
    """Return the visit somebody is late for: the one named, else the asker's next of today.

    Ambiguous offers the next one of whoever is on site at the visit that is spoken of.
    """
    if visit is not None and (visit.status is not VisitStatus.ON_SITE or visit.technician != ctx.user.email):
        return visit
    since, until = day_of(ctx, None)
    query = VisitQuery(since=since, until=until, technician=ctx.user.email or "", ahead_only=True)
    left = [
        one
        for one in await ctx.port(Visits).find(ctx.scope, query, MANY)
        if one.status is not VisitStatus.ON_SITE
    ]
    going = [one for one in left if one.status is VisitStatus.ON_THE_WAY]
    if not left:
        raise NotFound("You have no visit left today to be late for. Name the visit, for example VIS-1005.")
    one = (going or left)[0]
    if visit is None:
        return one
    why = " ".join(reason.replace('"', "'").split())[:200]
    call = f"visits late {int(delay.total_seconds() // 60)}m visit={one.number}"
    call += f' reason="{why}"' if why else ""
    raise Ambiguous(
        f"You are on site at {visit.number} already. Are you late for the next one?",
        [Choice(f"{one.number} at {one.customer_name}, {hours(ctx, one)}", call)],
    )


def _check(ctx: Ctx, visit: Visit, delay: timedelta) -> datetime:
    """Return when the technician is expected; Conflict and BadInput when that cannot be.

    Before the visit should begin, late means later than agreed; after that, from now on.
    """
    check_ahead(visit)
    if visit.status is VisitStatus.ON_SITE:
        raise Conflict(f"{visit.technician_name} is on site at {visit.number} already.")
    if not LEAST <= delay <= MOST:
        raise BadInput("Say how late, from 5 minutes to 8 hours. For later than that move it: `visits move`.")
    return max(visit.starts_at, ctx.now.replace(second=0, microsecond=0)) + delay


def _of_others(ctx: Ctx, visit: Visit) -> bool:
    """Say whether the ticket of a visit may be written to."""
    return bool(visit.ticket) and ctx.enabled("tickets") and ctx.user.may("tickets:write")


def _words(ctx: Ctx, visit: Visit, there: datetime, reason: str) -> str:
    why = f": {reason.strip()[:200]}" if reason.strip() else ""
    late_by = span(there - visit.starts_at)
    return f"{visit.technician_name} is about {late_by} late, there at about {ctx.local(there):%H:%M}{why}"


async def preview_late(
    ctx: Ctx, delay: timedelta, visit: VisitRef | None = None, reason: str = ""
) -> Preview:
    """Say for which visit, when they are expected, and who hears of it."""
    one = await _meant(ctx, visit, delay, reason)
    there = _check(ctx, one, delay)
    heard = "Noted on the visit"
    heard += f" and on {one.ticket}" if _of_others(ctx, one) else ""
    return Preview(
        text=f"{one.number} at {one.customer_name} ({one.customer}), {one.technician_name}. {heard}; whoever "
        "planned it is told. The customer is not written to by this.",
        changes=(
            Change(what="Expected", before=hours(ctx, one), after=f"about {ctx.local(there):%H:%M}"),
            *((Change(what="Because", after=reason.strip()[:200]),) if reason.strip() else ()),
        ),
        final=True,
    )


@action(
    permission=WRITE,
    preview=preview_late,
    examples=(
        "I am running {delay} late",
        "{delay} late at {visit}",
        "I will be {delay} late at {visit}, {reason}",
        "running late, {delay}",
        "stuck in traffic, {delay} late",
    ),
)
async def late(ctx: Ctx, delay: timedelta, visit: VisitRef | None = None, reason: str = "") -> Reply:
    """Say that a technician is late for a visit: your next one today, or the one you name.

    It is noted on the visit and its ticket, and whoever planned the visit is told. The appointment itself
    stays; the reply has a letter to the customer ready.
    """
    one = await _meant(ctx, visit, delay, reason)
    there = _check(ctx, one, delay)
    said = _words(ctx, one, there, reason)
    if _of_others(ctx, one) and one.ticket:
        await ctx.port(Tickets).comment(ctx.effect.step("ticket"), one.ticket, f"{one.number}: {said}.")
    note = f"{ctx.local(ctx.now):%H:%M} {said}"
    kept = await ctx.port(Visits).change(ctx.effect, one.number, VisitChange(note=note))
    told = await _tell(ctx, kept, said)
    noted = f" It is on {kept.ticket} too." if _of_others(ctx, kept) else ""
    return Reply(
        f"{kept.number} at {kept.customer_name}: {said}.{noted}{told}{await _behind(ctx, kept, there)}",
        data=kept,
        tone=Tone.GOOD,
        buttons=tuple(_buttons(ctx, kept, there)),
        evidence=(ctx.evidence(Visits),),
        focus=focus(kept),
    )


async def _tell(ctx: Ctx, visit: Visit, said: str) -> str:
    """Tell whoever planned it and whoever drives, but who said it; return the words for it."""
    who = await planner(ctx, visit.made_by)
    whom = {one for one in (who, visit.technician) if one} - {ctx.user.email, ctx.user.id, ""}
    for person in sorted(whom):
        await ctx.nudge(
            Nudge(
                key=f"late:{visit.number}:{ctx.effect.key}",
                instead_of=f"late:{visit.number}:",
                to=person,
                permission=READ,
                area=visit.area,
                reply=Reply(f"{visit.number} at {visit.customer_name} ({visit.customer}): {said}."),
            )
        )
    return f" {visit.made_by}, who planned it, is told." if who in whom else ""


async def _behind(ctx: Ctx, visit: Visit, there: datetime) -> str:
    """Say which visit of the same day begins before this one can be over."""
    _, until = day_of(ctx, visit.starts_at)
    over = there + (visit.ends_at - visit.starts_at)
    query = VisitQuery(since=visit.ends_at, until=until, technician=visit.technician, ahead_only=True)
    after = [
        one
        for one in await ctx.port(Visits).find(ctx.scope, query, MANY)
        if visit.ends_at <= one.starts_at < over
    ]
    if not after:
        return ""
    return f" ⚠ {after[0].number} at {after[0].customer_name}, {hours(ctx, after[0])}, will be late as well."


def _buttons(ctx: Ctx, visit: Visit, there: datetime) -> list[Button]:
    body = (
        f"Dear {{name}},\n\nour technician {visit.technician_name} is late today and will be with you at "
        f"about {ctx.local(there):%H:%M}. We are sorry for the wait.\n\n{{isp}}"
    )
    mail = {"customer": visit.customer, "subject": subject_of(ctx, visit), "text": body}
    write = [Button("Write to the customer", "email_send", mail, "primary")]
    return [*write, Button("Visit", "visits_show", {"visit": visit.number})]
