"""Visits as people read them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, time, timedelta

from bot.api import ActionCall, Button, Match, Reply, Tone, day
from plugins.visits.port import Visit, VisitQuery, Visits, VisitStatus
from plugins.visits.settings import Ctx

READ, WRITE = "visits:read", "visits:write"
UNDO = timedelta(hours=1)
NUMBER = re.compile(r"^#?(?:VIS-?)?(\d{1,12})$", re.IGNORECASE)
LEADS = "close|done|finish|finished|at|to|for|with|of|cancel|move|missed|start|off"
ORDER = "first|second|third|next|last"
MINE = re.compile(rf"my (?P<which>{ORDER})\s*(?:visit|appointment|customer|stop)?", re.IGNORECASE)
NUMBERS = (
    re.compile(r"\bVIS-\d{1,12}\b", re.IGNORECASE),
    re.compile(
        rf"(?:{'|'.join(rf'(?<={lead} )' for lead in LEADS.split('|'))})"
        rf"my (?:{ORDER}) (?:visit|appointment|stop)\b",
        re.IGNORECASE,
    ),
)
"""`VIS-1005`, and "my next visit" where something becomes of it: "done with my next visit"."""
SOON = timedelta(days=30)
SUBJECT = "Our visit on"
"""How the e-mail to a customer about a visit begins."""


async def find_visits(ctx: Ctx, text: str, limit: int) -> Sequence[Match]:
    """Find a visit by its number, else the next ones at a customer of that name or account."""
    port = ctx.port(Visits)
    if found := NUMBER.match(text.strip()):
        one = await port.get(ctx.scope, f"VIS-{found[1]}")
        if one:
            return [_match(ctx, one, exact=True)]
    if mine := MINE.fullmatch(text.strip()):
        return await _of_mine(ctx, mine["which"].lower(), limit)
    wanted = text.casefold().strip()
    query = VisitQuery(since=ctx.now - timedelta(days=1), until=ctx.now + SOON, ahead_only=True)
    near = await port.find(ctx.scope, query, 500)
    fits = [one for one in near if wanted and wanted in f"{one.customer} {one.customer_name}".casefold()]
    return [_match(ctx, one, exact=len(fits) == 1) for one in fits[:limit]]


async def _of_mine(ctx: Ctx, which: str, limit: int) -> Sequence[Match]:
    """Find the asker's first, second, third or last visit of today, or the next that is not over.

    “Close my first visit”, said twice, is the same visit twice: none that nobody was at is closed.
    """
    since, until = day_of(ctx, None)
    query = VisitQuery(since=since, until=until, technician=ctx.user.email or "", ahead_only=which == "next")
    found = await ctx.port(Visits).find(ctx.scope, query, 100)
    left = [one for one in found if one.status is not VisitStatus.CANCELLED]
    at = {"first": 0, "next": 0, "second": 1, "third": 2, "last": -1}[which]
    chosen = [left[at]] if len(left) > at >= -len(left) else list(left)
    return [_match(ctx, one, exact=len(chosen) == 1) for one in chosen[:limit]]


def _match(ctx: Ctx, one: Visit, *, exact: bool) -> Match:
    return Match(
        key=one.number,
        label=f"{one.number} at {one.customer_name}",
        record=one,
        detail=f"{hours(ctx, one)}, {one.technician_name}",
        exact=exact,
        scope=one.area,
    )


def hours(ctx: Ctx, one: Visit) -> str:
    """Return `Fri 20 Nov 09:00–10:30`."""
    start, end = ctx.local(one.starts_at), ctx.local(one.ends_at)
    return f"{start:%a} {day(start.date(), ctx.local(ctx.now).date())} {start:%H:%M}–{end:%H:%M}"


def subject_of(ctx: Ctx, one: Visit) -> str:
    """Return the subject of the e-mail that tells a customer of a visit as it is now."""
    start = ctx.local(one.starts_at)
    return f"{SUBJECT} {start:%A} {start.day} {start:%B}"


def said(status: VisitStatus) -> str:
    """Return a status in words."""
    return status.value.replace("_", " ")


def one_reply(ctx: Ctx, visit: Visit, text: str, undo: ActionCall | None = None) -> Reply:
    """Show one visit; `text` is what has just become of it."""
    facts = {
        "Customer": f"{visit.customer_name} ({visit.customer})",
        "When": hours(ctx, visit),
        "Technician": visit.technician_name,
        "Where": visit.address or visit.site or "no address on record",
        "Reach": visit.phone,
        "Status": said(visit.status),
        "Ticket": visit.ticket or "",
        "Note": visit.note,
    }
    return Reply(
        text,
        data=visit,
        facts={name: value for name, value in facts.items() if value},
        tone=Tone.GOOD if undo else Tone.PLAIN,
        buttons=tuple(_buttons(visit)),
        evidence=(ctx.evidence(Visits),),
        focus=focus(visit),
        undo=undo,
        undo_within=UNDO if undo else None,
    )


def focus(visit: Visit) -> dict[str, str]:
    """Return what it is about."""
    about = {"visit": visit.number, "customer": visit.customer}
    return about | ({"ticket": visit.ticket} if visit.ticket else {})


def _buttons(visit: Visit) -> Sequence[Button]:
    this = {"visit": visit.number}
    way = Button("On the way", "visits_on_the_way", this, "primary")
    there = Button("On site", "visits_on_site", this, "primary")
    done = Button("Done", "visits_done", this, "primary")
    more = (Button("Move", "visits_move", this), Button("Cancel", "visits_cancel", this))
    steps = {
        VisitStatus.PLANNED: (way, Button("Tell the customer", "visits_notice", this), *more),
        VisitStatus.ON_THE_WAY: (there, *more),
        VisitStatus.ON_SITE: (done,),
    }
    return steps.get(visit.status, ())


def day_of(ctx: Ctx, at: datetime | None) -> tuple[datetime, datetime]:
    """Return the beginning and end of the day of an instant, or of today."""
    local = ctx.local(at or ctx.now)
    start = datetime.combine(local.date(), time(), ctx.tenant.zone)
    return start, datetime.combine(local.date() + timedelta(days=1), time(), ctx.tenant.zone)


def last_of(ctx: Ctx, until: datetime) -> datetime:
    """Return the end of the day of an instant; midnight is the end of the day before."""
    return until if ctx.local(until).time() == time() else day_of(ctx, until)[1]
