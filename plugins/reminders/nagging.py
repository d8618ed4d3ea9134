"""Saying that it is time: to whoever promised it, again until it is done, and to a lead in the end."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from bot.api import Choice, Job, Nudge, Reply, Tone
from plugins.reminders.port import Reminder, Reminders
from plugins.reminders.said import OWN, TEAM, clock
from plugins.reminders.settings import Ctx, after_quiet

BATCH = 100
EVERY = timedelta(seconds=20)
AT_ONCE = timedelta(seconds=1)


async def nag(ctx: Ctx, payload: Mapping[str, Any]) -> timedelta | None:
    """Remind everybody of what is due. Each word has a key, so a run that died says none of them twice."""
    del payload
    port = ctx.port(Reminders)
    due = await port.find_due(ctx.now, BATCH)
    for one in due:
        await ctx.effect.check()
        await ctx.nudge(_nudge(ctx, one))
        await port.note_told(one, next_time(ctx, one))
    late: list[Reminder] = []
    if ctx.settings.escalate_role and after_quiet(ctx.now, ctx.settings, ctx.tenant.zone) == ctx.now:
        since = ctx.now - timedelta(minutes=ctx.settings.escalate_minutes)
        late = list(await port.find_late(since, BATCH))
    for one in late:
        await ctx.effect.check()
        await ctx.nudge(_to_leads(ctx, one))
        await port.note_escalated(one, ctx.now)
    return AT_ONCE if BATCH in {len(due), len(late)} else None


def next_time(ctx: Ctx, one: Reminder) -> datetime | None:
    """Return when to say it again: never once it was said often enough, and not in the quiet hours."""
    if one.nags + 1 >= ctx.settings.times:
        return None
    again = ctx.now + timedelta(minutes=ctx.settings.again_minutes)
    return after_quiet(again, ctx.settings, ctx.tenant.zone)


def _nudge(ctx: Ctx, one: Reminder) -> Nudge:
    """Say it to its owner if they still may see it, in words that stay true when they are read later."""
    about = one.customer or one.ticket
    again = "Still open" if one.nags else "It is time"
    reply = Reply(
        f"{again}, {one.number}: {one.said}. You said {clock(ctx, one.at)}. Done?",
        choices=(
            Choice("Done", f"reminders done {one.number}"),
            Choice("In 30 minutes", f"reminders move {one.number} in 30 minutes"),
            Choice("Tomorrow", f"reminders move {one.number} tomorrow {ctx.settings.morning}"),
        ),
        tone=Tone.WARN if one.nags else Tone.PLAIN,
    )
    key = f"{one.number}:{one.turn}:{one.nags}"
    return Nudge(
        key=key,
        to=one.owner,
        reply=reply,
        instead_of=f"{one.number}:",
        permission=OWN,
        area=one.area if about else {},
    )


def _to_leads(ctx: Ctx, one: Reminder) -> Nudge:
    about = one.customer or one.ticket
    reply = Reply(
        f"{one.owner_name} is late with {one.number}: {one.said}. It was due {clock(ctx, one.at)}.",
        choices=(Choice("It is done", f"reminders done {one.number}"),),
        tone=Tone.WARN,
    )
    return Nudge(
        key=f"{one.number}:late:{one.turn}",
        role=ctx.settings.escalate_role,
        permission=TEAM,
        area=one.area if about else {},
        reply=reply,
    )


NAG = Job(name="nag", about="Reminds people of what they promised", run=nag, every=EVERY, before_answers=True)
