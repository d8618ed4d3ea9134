"""The hand-over of a shift, said in at most a screen: long lists are counted, with the top five."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from bot.api import BadInput, Button, Evidence, Reply, Tone, action, ago, moment, plural
from plugins.network.port import Maintenance, Network, Outage
from plugins.reminders.port import Reminder
from plugins.shifts.kept import Ctx, Note
from plugins.shifts.noting import READ
from plugins.shifts.shift import FEW, Desk, Lines, Shift, collect
from plugins.tickets.port import Ticket, Tickets

T = TypeVar("T")
LONGEST = timedelta(days=7)
LETTERS = 48
"""Letters of a title or note that fit in a hand-over."""
ABOUT = 140


@action(
    permission=READ,
    reads_only=True,
    examples=(
        "handover",
        "hand over the shift",
        "shift handover",
        "handover for the next shift",
        "hand-over since {since}",
        "summary of my shift",
        "what does the next shift need to know",
        "brief the next shift",
        "what happened in this shift",
        "what happened on the last shift",
        "what did I miss",
        "what is going on for the next shift",
        "write up the shift",
        "shift report",
    ),
)
async def handover(ctx: Ctx, since: datetime | None = None) -> Reply:
    """Hand over the shift: what the next one has to know, in one reply.

    Outages, work ahead, tickets past or near their SLA, urgent ones, what waits for your yes, what was done,
    and the notes people left. Since the beginning of the shift if you do not say. You see what you may see.
    """
    start = began(ctx, since) if since else ctx.now - timedelta(hours=ctx.settings.hours)
    check_since(start, ctx.now)
    shift = await collect(ctx, start)
    zone = ctx.tenant.zone
    head = f"**Hand-over since {moment(start, ctx.now, zone)}**"
    told = [*_told(ctx, shift)] or ["Nothing to hand over that you may see, and no note is open"]
    return Reply(
        "\n".join([head, *(f"- {line}" for line in told)]),
        data=shift,
        buttons=tuple(_buttons(shift)),
        evidence=tuple(_evidence(ctx, shift)),
        tone=_tone(shift),
    )


def began(ctx: Ctx, since: datetime) -> datetime:
    """Return a past moment: “since 22:00”, said at six in the morning, is last night and not tonight."""
    if not timedelta() < since - ctx.now <= timedelta(days=1):
        return since
    local = ctx.local(since)
    return datetime.combine(local.date() - timedelta(days=1), local.time(), ctx.tenant.zone).astimezone(UTC)


def check_since(since: datetime, now: datetime) -> None:
    """Refuse a time ahead of us, or so far back that nobody calls it a shift."""
    if since > now:
        raise BadInput("That is ahead of us. Say since when, for example since 07:00.")
    if now - since > LONGEST:
        raise BadInput(f"A hand-over looks back {LONGEST.days} days at most.")


def _told(ctx: Ctx, shift: Shift) -> Iterator[str]:
    if shift.lines is not None:
        yield from _network(ctx, shift.lines)
    if shift.desk is not None:
        yield from _tickets(ctx, shift.desk)
    if shift.waiting:
        verb = "waits" if shift.waiting == 1 else "wait"
        yield f"{plural(shift.waiting, 'change')} {verb} for a yes: yours, or one you asked for"
    if shift.changes is not None:
        since = moment(shift.changes.since, ctx.now, ctx.tenant.zone)
        who = _first(shift.changes.by, lambda one: f"{one[0]} {one[1]:,}", len(shift.changes.by))
        yield f"Done since {since}: {plural(shift.changes.total, 'change')}{f' ({who})' if who else ''}"
    if shift.promised is not None and shift.promised.total:
        promised = shift.promised
        late = sum(one.late(ctx.now) for one in promised.reminders)
        head = f"**{plural(promised.total, 'promise')} to keep{f', {late} late' if late else ''}**"
        yield f"{head}: {_first(promised.reminders, lambda one: _promise(ctx, one), promised.total)}"
    if shift.notes:
        notes = _first(shift.notes, lambda one: _note(ctx, one), len(shift.notes))
        yield f"**{plural(len(shift.notes), 'note')}**: {notes}"
    for name in shift.silent:
        yield f"The system behind {name} does not answer, so that part is missing"


def _network(ctx: Ctx, lines: Lines) -> Iterator[str]:
    if lines.active:
        said = _first(lines.active, lambda one: _outage(ctx, one), len(lines.active))
        new = f", {len(lines.began):,} new" if lines.began else ""
        yield f"**{plural(len(lines.active), 'outage')} active{new}**: {said}"
    else:
        yield "No outage is active"
    if lines.ended:
        over = _first(lines.ended, lambda one: f"{one.number} {_short(one.title)}", len(lines.ended))
        yield f"{plural(len(lines.ended), 'outage')} over: {over}"
    if lines.ahead:
        until = moment(lines.until, ctx.now, ctx.tenant.zone)
        work = _first(lines.ahead, lambda one: _work(ctx, one), len(lines.ahead))
        yield f"Maintenance until {until}: {work}"


def _tickets(ctx: Ctx, desk: Desk) -> Iterator[str]:
    fresh = f", {desk.fresh:,} in this shift" if 0 < desk.fresh < desk.breached.total else ""
    lists = (
        (desk.breached, f"**{plural(desk.breached.total, 'ticket')} past the SLA{fresh}**"),
        (desk.soon, f"{plural(desk.soon.total, 'ticket')} due within {ctx.settings.soon_hours} h"),
        (desk.urgent, f"{plural(desk.urgent.total, 'urgent ticket')} open"),
    )
    told: set[str] = set()
    for page, head in lists:
        new = [ticket for ticket in page.tickets if ticket.number not in told]
        told |= {ticket.number for ticket in new}
        if new:
            named = len(page.tickets) - len(new)
            above = f"; {named:,} named above" if named else ""
            yield f"{head}: {_first(new, lambda one: _ticket(ctx, one), page.total - named)}{above}"
        elif page.total:
            first = "" if page.total == len(page.tickets) else f"the first {len(page.tickets)} "
            yield f"{head}, {first}named above"
    yield f"{plural(desk.opened, 'ticket')} opened, {desk.ended:,} closed; {desk.open:,} open now"


def _first(things: Sequence[T], said: Callable[[T], str], total: int) -> str:
    """Return the first five, and how many more there are."""
    shown = things[:FEW]
    more = total - len(shown)
    return "; ".join(said(one) for one in shown) + (f"; and {more:,} more" if more > 0 else "")


def _outage(ctx: Ctx, one: Outage) -> str:
    zone = ctx.tenant.zone
    hit = f", {plural(one.services, 'service')}" if one.services is not None else ""
    back = f", back by {moment(one.eta, ctx.now, zone)}" if one.eta else ""
    return f"{one.number} {_short(one.title)} since {moment(one.started_at, ctx.now, zone)}{hit}{back}"


def _work(ctx: Ctx, one: Maintenance) -> str:
    start, end = (moment(at, ctx.now, ctx.tenant.zone) for at in (one.starts_at, one.ends_at))
    return f"{one.number} {_short(one.title)}, {start} to {end}"


def _ticket(ctx: Ctx, one: Ticket) -> str:
    clock = one.clock(ctx.now)
    return f"{one.number} {_short(one.subject)}{f' ({clock})' if clock else ''}"


def _promise(ctx: Ctx, one: Reminder) -> str:
    at = moment(one.at, ctx.now, ctx.tenant.zone)
    return f"{one.number} {_short(one.said, ABOUT)} ({one.owner_name}, {at})"


def _note(ctx: Ctx, one: Note) -> str:
    return f"{one.number}. {_short(one.text, ABOUT)} ({one.by}, {ago(one.at, ctx.now)})"


def _short(text: str, letters: int = LETTERS) -> str:
    return text if len(text) <= letters else f"{text[: letters - 1].rstrip()}…"


def _tone(shift: Shift) -> Tone:
    if (shift.lines and shift.lines.active) or (shift.desk and shift.desk.breached.total):
        return Tone.BAD
    pressing = shift.desk is not None and (shift.desk.soon.total or shift.desk.urgent.total)
    return Tone.WARN if pressing or shift.silent else Tone.GOOD


def _buttons(shift: Shift) -> Iterator[Button]:
    if shift.desk and shift.desk.breached.total:
        yield Button("Breaching tickets", "tickets_breaching", {})
    if shift.lines and shift.lines.active:
        yield Button("Outages", "network_outages", {})
    if shift.promised is not None and shift.promised.total:
        yield Button("My reminders", "reminders_mine", {})
    if shift.waiting:
        yield Button("What waits", "admin_waiting", {})
    if shift.notes:
        yield Button("All notes", "shifts_notes", {})


def _evidence(ctx: Ctx, shift: Shift) -> Iterator[Evidence]:
    if shift.lines is not None:
        yield ctx.evidence(Network)
    if shift.desk is not None:
        yield ctx.evidence(Tickets)
    yield Evidence(source="shift notes", at=ctx.now)
