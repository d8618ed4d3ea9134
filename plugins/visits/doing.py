"""Going there: on the way, on site, done, missed, cancelled; and telling technician and customer before."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.api import (
    ActionCall,
    Ambiguous,
    Button,
    Change,
    Choice,
    Conflict,
    Job,
    NotFound,
    Nudge,
    Preview,
    Reply,
    Tone,
    action,
)
from plugins.visits.planning import check_ahead
from plugins.visits.port import Visit, VisitChange, VisitQuery, VisitRef, Visits, VisitStatus
from plugins.visits.said import READ, WRITE, day_of, hours, one_reply, said, subject_of
from plugins.visits.settings import Ctx

BATCH = 100
AGAIN = re.compile(
    r"\b(?:again|come back|go back|re-?(?:book|schedul|plan|visit)\w*|tomorrow|next week|"
    r"another (?:day|time|visit))\b",
    re.IGNORECASE,
)
"""Says in the reason why a visit came to nothing that another one is wanted."""


def _check(visit: Visit, status: VisitStatus) -> None:
    check_ahead(visit)
    if visit.status is status:
        raise Conflict(f"{visit.number} is {said(status)} already.")


def _shown(ctx: Ctx, visit: Visit, status: VisitStatus) -> Preview:
    _check(visit, status)
    change = Change(what=visit.number, before=said(visit.status), after=said(status))
    who = f"{visit.customer_name} ({visit.customer}), {hours(ctx, visit)}, {visit.technician_name}"
    return Preview(text=who, changes=(change,))


async def _go(ctx: Ctx, visit: Visit, status: VisitStatus, note: str = "") -> Reply:
    _check(visit, status)
    change = VisitChange(status=status, note=note.strip()[:500])
    kept = await ctx.port(Visits).change(ctx.effect, visit.number, change)
    undo = ActionCall(action_id="visits_back", args={"visit": visit.number, "status": visit.status.value})
    reply = one_reply(ctx, kept, f"{kept.number} at {kept.customer_name} is {said(status)}.", undo)
    if status is VisitStatus.DONE and kept.ticket:
        close = Button(f"Close {kept.ticket}", "tickets_close", {"ticket": kept.ticket}, "primary")
        return Reply(**{**reply.__dict__, "buttons": (close,)})
    if status is VisitStatus.MISSED:
        again = {"customer": kept.customer, "technician": kept.technician}
        return Reply(**{**reply.__dict__, "buttons": (Button("When to go again", "visits_free", again),)})
    return reply


async def _check_leaves(ctx: Ctx, visit: Visit) -> None:
    """Raise where somebody is at this visit already: whoever sets off goes to another one."""
    if visit.status is not VisitStatus.ON_SITE:
        return
    there = f"on site at {visit.number} at {visit.customer_name} already"
    if visit.technician != ctx.user.email:
        raise Conflict(f"{visit.technician_name} is {there}.")
    since, until = day_of(ctx, None)
    query = VisitQuery(since=since, until=until, technician=visit.technician, ahead_only=True)
    found = await ctx.port(Visits).find(ctx.scope, query, BATCH)
    after = [one for one in found if one.status is not VisitStatus.ON_SITE][:3]
    if not after:
        raise Conflict(f"You are {there}, and have no other visit left today. Which one do you drive to?")
    raise Ambiguous(
        f"You are {there}. To which one do you drive now?",
        [
            Choice(
                f"{one.number} at {one.customer_name}, {hours(ctx, one)}", f"visits on_the_way {one.number}"
            )
            for one in after
        ],
    )


async def _meant(ctx: Ctx, visit: Visit | None, first: VisitStatus) -> Visit:
    """Return the visit that is named, else the asker's of today: one that stands so, or the next to come."""
    if visit is not None:
        return visit
    since, until = day_of(ctx, None)
    query = VisitQuery(since=since, until=until, technician=ctx.user.email or "", ahead_only=True)
    found = await ctx.port(Visits).find(ctx.scope, query, BATCH)
    left = [one for one in found if one.status is not VisitStatus.ON_SITE]
    if not left:
        raise NotFound("You have no visit left today. Name the one you mean, for example VIS-1005.")
    return next((one for one in left if one.status is first), left[0])


async def preview_on_the_way(ctx: Ctx, visit: VisitRef | None = None) -> Preview:
    """Say which visit begins."""
    one = await _meant(ctx, visit, VisitStatus.PLANNED)
    await _check_leaves(ctx, one)
    return _shown(ctx, one, VisitStatus.ON_THE_WAY)


@action(
    permission=WRITE,
    preview=preview_on_the_way,
    examples=("on the way to {visit}", "I am on my way to {visit}", "driving to {visit} now"),
)
async def on_the_way(ctx: Ctx, visit: VisitRef | None = None) -> Reply:
    """Say that the technician is on the way to a visit: your next one today, or the one you name."""
    one = await _meant(ctx, visit, VisitStatus.PLANNED)
    await _check_leaves(ctx, one)
    return await _go(ctx, one, VisitStatus.ON_THE_WAY)


async def preview_on_site(ctx: Ctx, visit: VisitRef | None = None) -> Preview:
    """Say where the technician is."""
    return _shown(ctx, await _meant(ctx, visit, VisitStatus.ON_THE_WAY), VisitStatus.ON_SITE)


@action(
    permission=WRITE,
    preview=preview_on_site,
    examples=("on site at {visit}", "I arrived at {visit}", "arrived for visit {visit}"),
)
async def on_site(ctx: Ctx, visit: VisitRef | None = None) -> Reply:
    """Say that the technician has arrived at a visit: the one you drive to, or the one you name."""
    return await _go(ctx, await _meant(ctx, visit, VisitStatus.ON_THE_WAY), VisitStatus.ON_SITE)


async def preview_done(ctx: Ctx, visit: VisitRef, note: str = "") -> Preview:
    """Say which visit is over."""
    del note
    return _shown(ctx, visit, VisitStatus.DONE)


@action(
    permission=WRITE,
    preview=preview_done,
    examples=("visit {visit} is done", "visit {visit} done: {note}", "finished visit {visit}, {note}"),
)
async def done(ctx: Ctx, visit: VisitRef, note: str = "") -> Reply:
    """Finish a visit, with a note on what was done."""
    return await _go(ctx, visit, VisitStatus.DONE, note)


async def preview_missed(ctx: Ctx, visit: VisitRef, reason: str = "") -> Preview:
    """Say which visit came to nothing, and that another one is not planned with that."""
    shown = _shown(ctx, visit, VisitStatus.MISSED)
    if not AGAIN.search(reason):
        return shown
    none = f"No new visit is planned by that. After your yes I show when {visit.technician_name} can go again"
    return replace(shown, warnings=(none,))


@action(
    permission=WRITE,
    preview=preview_missed,
    examples=(
        "visit {visit} was missed, {reason}",
        "nobody was home at visit {visit}",
        "missed visit {visit}",
    ),
)
async def missed(ctx: Ctx, visit: VisitRef, reason: str = "") -> Reply:
    """Say that a visit came to nothing, and why: nobody at home, no access."""
    return await _go(ctx, visit, VisitStatus.MISSED, reason)


async def preview_cancel(ctx: Ctx, visit: VisitRef, reason: str = "") -> Preview:
    """Say which visit is called off."""
    del reason
    return _shown(ctx, visit, VisitStatus.CANCELLED)


@action(
    permission=WRITE,
    preview=preview_cancel,
    examples=("cancel visit {visit}", "cancel the visit at {visit}", "call off visit {visit}, {reason}"),
)
async def cancel(ctx: Ctx, visit: VisitRef, reason: str = "") -> Reply:
    """Cancel a visit."""
    return await _go(ctx, visit, VisitStatus.CANCELLED, reason)


async def preview_back(ctx: Ctx, visit: VisitRef, status: VisitStatus) -> Preview:
    """Say how it stands again."""
    change = Change(what=visit.number, before=said(visit.status), after=said(status))
    return Preview(text=f"{visit.customer_name}, {hours(ctx, visit)}", changes=(change,))


@action(permission=WRITE, preview=preview_back, examples=("put visit {visit} back to {status}",))
async def back(ctx: Ctx, visit: VisitRef, status: VisitStatus) -> Reply:
    """Put a visit back to how it stood, when its status was set by mistake."""
    if visit.status is status:
        raise Conflict(f"{visit.number} is {said(status)} already.")
    kept = await ctx.port(Visits).change(ctx.effect, visit.number, VisitChange(status=status))
    return one_reply(ctx, kept, f"{kept.number} is {said(status)} again.")


@action(
    permission=READ,
    reads_only=True,
    examples=("tell the customer of visit {visit}", "notice of visit {visit}", "e-mail about visit {visit}"),
)
async def notice(ctx: Ctx, visit: VisitRef) -> Reply:
    """Draft the e-mail that tells a customer of a visit; sending it asks for a yes."""
    check_ahead(visit)
    start, end = ctx.local(visit.starts_at), ctx.local(visit.ends_at)
    subject = subject_of(ctx, visit)
    body = (
        f"Dear {{name}},\n\nour technician {visit.technician_name} visits you on {start:%A} {start.day} "
        f"{start:%B} between {start:%H:%M} and {end:%H:%M}. Please make sure that somebody is at home. "
        "If the time does not suit you, answer this message.\n\n{isp}"
    )
    mail = {"customer": visit.customer, "subject": subject, "text": body}
    read = body.replace("{isp}", ctx.tenant.name).replace("{name}", visit.customer_name)
    quoted = "\n".join(f"> {line}".rstrip() for line in (f"Subject: {subject}", "", *read.splitlines()))
    return Reply(
        f"A draft for {visit.customer_name} ({visit.customer}), sent nowhere:\n{quoted}",
        data=mail,
        buttons=(
            Button("Send as e-mail", "email_send", mail, "primary"),
            Button("Keep as a draft", "email_draft", mail),
        ),
        evidence=(ctx.evidence(Visits),),
        focus={"visit": visit.number, "customer": visit.customer},
    )


async def tell(ctx: Ctx, payload: Mapping[str, Any]) -> timedelta | None:
    """Tell technicians of visits that begin soon, each as it is now, once."""
    del payload
    port = ctx.port(Visits)
    until = ctx.now + timedelta(minutes=ctx.settings.tell_minutes)
    soon = await port.find_untold(ctx.now, until, BATCH)
    for one in soon:
        await ctx.effect.check()
        await ctx.nudge(_nudge(ctx, one))
        await port.note_told(one)
    return timedelta(seconds=1) if len(soon) == BATCH else None


def _nudge(ctx: Ctx, one: Visit) -> Nudge:
    where = f" {one.address}." if one.address else ""
    reach = f" {one.phone}." if one.phone else ""
    reply = Reply(
        f"Your visit {one.number}, {hours(ctx, one)}: {one.customer_name} ({one.customer}).{where}{reach}",
        choices=(Choice("On the way", f"visits on_the_way {one.number}"),),
        tone=Tone.PLAIN,
    )
    key = f"{one.number}:{one.turn}"
    return Nudge(
        key=key, to=one.technician, reply=reply, instead_of=f"{one.number}:", permission=READ, area=one.area
    )


TELL = Job(
    name="tell",
    about="Tells technicians of visits that begin soon",
    run=tell,
    every=timedelta(seconds=30),
    before_answers=True,
)
