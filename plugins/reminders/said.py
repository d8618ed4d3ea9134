"""Reminders as people read them, and how their words become one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.api import EVERYWHERE, ActionCall, Button, Column, Evidence, Match, Reply, Table, Tone, ago, plural
from plugins.reminders.port import Reminder, ReminderPage, ReminderQuery, Reminders
from plugins.reminders.settings import Ctx

OWN, TEAM = "reminders:own", "reminders:team"
UNDO = timedelta(minutes=30)
FEW = 3
NUMBER = re.compile(r"^#?(?:REM-?)?(\d{1,12})$", re.IGNORECASE)
NUMBERS = (re.compile(r"\bREM-\d{1,12}\b", re.IGNORECASE),)
SMALL = frozenset({"the", "a", "an", "to", "my", "of", "for", "with", "reminder", "promise", "back", "that"})


def me(ctx: Ctx) -> str:
    """Return by what the asker owns reminders: e-mail address, or id where there is none."""
    return ctx.user.email or ctx.user.id


def mine(ctx: Ctx, reminder: Reminder) -> bool:
    """Whether it is the asker's own."""
    return reminder.owner.casefold() == me(ctx).casefold()


def clock(ctx: Ctx, at: datetime) -> str:
    """Return an instant so that it stays true when it is read later: `Fri 20 Nov 16:00`."""
    local = ctx.local(at)
    return f"{local:%a} {local.day} {local:%b %H:%M}"


def when(ctx: Ctx, reminder: Reminder) -> str:
    """Return when it is due, and how long that is away: `Fri 20 Nov 16:00, 5 min ago`."""
    return f"{clock(ctx, reminder.at)}, {ago(reminder.at, ctx.now)}"


def may_see(ctx: Ctx, reminder: Reminder) -> bool:
    """Whether the asker may see it: their own, and those of others as far as their right reaches."""
    if mine(ctx, reminder):
        return True
    about = reminder.customer or reminder.ticket
    reach = ctx.user.scope(TEAM)
    return ctx.user.may(TEAM) and (reach.covers(reminder.area) if about else reach.everywhere)


def gave(ctx: Ctx, reminder: Reminder) -> bool:
    """Whether the asker has just given it to a colleague, and may still take that back."""
    just = ctx.now - reminder.made_at <= UNDO
    return just and reminder.made_by == ctx.user.name and not mine(ctx, reminder)


async def find_reminders(ctx: Ctx, text: str, limit: int) -> Sequence[Match]:
    """Find a reminder by its number, else one's own open ones by their words or customer."""
    port = ctx.port(Reminders)
    if found := NUMBER.match(text.strip()):
        one = await port.get(ctx.scope, f"REM-{found[1]}") or await _about_nobody(ctx, f"REM-{found[1]}")
        return [_match(ctx, one, exact=True)] if one and (may_see(ctx, one) or gave(ctx, one)) else []
    page = await port.find(ctx.scope, ReminderQuery(owner=me(ctx)), 200)
    wanted = set(re.findall(r"\w+", text.casefold())) - SMALL
    fits = [(one, len(wanted & set(re.findall(r"\w+", one.said.casefold())))) for one in page.reminders]
    best = max((hits for _, hits in fits), default=0)
    if not wanted or best < (len(wanted) + 1) // 2:
        return []
    alike = [one for one, hits in fits if hits == best]
    sure = len(alike) == 1 and best == len(wanted)  # a write of it is shown before it is done
    return [_match(ctx, one, exact=sure) for one in alike][:limit]


def _match(ctx: Ctx, one: Reminder, *, exact: bool) -> Match:
    about = one.customer or one.ticket
    return Match(
        key=one.number,
        label=one.said,
        record=one,
        detail=when(ctx, one),
        exact=exact,
        score=1.0 if exact else 0.8,
        scope=one.area if about else _near(ctx) if mine(ctx, one) else {},
    )


async def _about_nobody(ctx: Ctx, number: str) -> Reminder | None:
    """Return the asker's own reminder that is about no customer: it lies in no region, and is theirs."""
    one = await ctx.port(Reminders).get(EVERYWHERE, number)
    return one if one and mine(ctx, one) and not (one.customer or one.ticket) else None


def _near(ctx: Ctx) -> dict[str, str | None]:
    """Return a place within the asker's reach: where their own reminder is that lies nowhere else."""
    for area in ctx.scope.areas:
        wanted = {"region": area.region, "site": area.site, "partner": area.partner}
        return {name: min(values, default=None) if values else None for name, values in wanted.items()}
    return {}


def focus(reminder: Reminder) -> dict[str, str]:
    """Return what it is about."""
    about = {"customer": reminder.customer, "ticket": reminder.ticket}
    return {"reminder": reminder.number, **{kind: key for kind, key in about.items() if key}}


def one_reply(ctx: Ctx, reminder: Reminder, text: str, undo: ActionCall | None = None) -> Reply:
    """Say what has just become of one."""
    this = {"reminder": reminder.number}
    done = (Button("Done", "reminders_done", this, "primary"),) if reminder.open else ()
    return Reply(
        text,
        data=reminder,
        tone=Tone.GOOD,
        buttons=(*done, Button("My reminders", "reminders_mine", {})),
        evidence=source(ctx),
        focus=focus(reminder),
        undo=undo,
        undo_within=UNDO if undo else None,
    )


def list_reply(ctx: Ctx, page: ReminderPage, text: str, *, whose: bool) -> Reply:
    """List them; the first that are due can be ticked off."""
    titles = ("Number", *(("Whose",) if whose else ()), "What", "Due", "")
    rows = [
        (one.number, *((one.owner_name,) if whose else ()), one.said, clock(ctx, one.at), standing(ctx, one))
        for one in page.reminders
    ]
    late = sum(one.late(ctx.now) for one in page.reminders)
    return Reply(
        text,
        data=page,
        table=Table(columns=[Column(title) for title in titles], rows=rows, total=page.total)
        if rows
        else None,
        buttons=tuple(
            Button(f"Done: {one.number}", "reminders_done", {"reminder": one.number})
            for one in page.reminders[:FEW]
            if one.open
        ),
        evidence=source(ctx),
        tone=Tone.WARN if late else Tone.PLAIN,
        focus=focus(page.reminders[0]) if len(page.reminders) == 1 else {},
    )


def standing(ctx: Ctx, one: Reminder) -> str:
    """Return `5 min late`, `in 2 h`, or how it ended."""
    if not one.open:
        return f"{one.status} by {one.ended_by}" if one.ended_by else str(one.status)
    said = ago(one.at, ctx.now)
    return f"late: {said}" if one.late(ctx.now) else said


def counted(ctx: Ctx, page: ReminderPage) -> str:
    """Return `3 reminders, 1 late`."""
    late = sum(one.late(ctx.now) for one in page.reminders)
    return plural(page.total, "reminder") + (f", **{late} late**" if late else "")


def source(ctx: Ctx) -> tuple[Evidence, ...]:
    """Return the evidence line."""
    return (ctx.evidence(Reminders),)
