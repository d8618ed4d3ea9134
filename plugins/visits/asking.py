"""The day before: whoever planned a visit is asked to write to the customer, if nobody has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from itertools import groupby
from typing import Any

from bot.api import Choice, Job, Nudge, Reply, Staff, Unavailable, plural
from plugins.email.port import Mail
from plugins.visits.port import Visit, VisitQuery, Visits, VisitStatus
from plugins.visits.said import READ, SUBJECT
from plugins.visits.settings import Ctx

MOST, LAST, OFFERED = 500, 20, 5
KEY, ASKED = "ask:", "asked"
"""How nudges of this kind begin, and under which name the day is kept that was asked about last."""


async def ask(ctx: Ctx, payload: Mapping[str, Any]) -> None:
    """Ask once a day about tomorrow's visits, those of each area by themselves."""
    del payload
    local = ctx.local(ctx.now)
    tomorrow = local.date() + timedelta(days=1)
    asked = await ctx.store.get(ASKED)
    if not ctx.enabled("email") or local.hour < ctx.settings.ask_hour or asked == tomorrow.isoformat():
        return
    await ctx.nudges.withdraw(f"{KEY}{local.date()}")  # about today, to those who were not met since
    since = datetime.combine(tomorrow, time(), ctx.tenant.zone)
    until = datetime.combine(tomorrow + timedelta(days=1), time(), ctx.tenant.zone)
    query = VisitQuery(since=since, until=until, ahead_only=True)
    found = await ctx.port(Visits).find(ctx.scope, query, MOST)
    silent = [one for one in found if one.status is VisitStatus.PLANNED and not await _written(ctx, one)]
    for (who, *_), these in groupby(sorted(silent, key=_group), key=_group):
        visits = sorted(these, key=lambda one: one.starts_at)
        await ctx.effect.check()
        await ctx.nudge(_nudge(ctx, await _planner(ctx, who, visits[0]), visits))
    await ctx.store.set(ASKED, tomorrow.isoformat())


def _group(one: Visit) -> tuple[str, str, str, str]:
    return (one.made_by, one.region or "", one.site or "", one.partner or "")


async def _written(ctx: Ctx, one: Visit) -> bool:
    """Say whether the customer was written to about a visit since it was planned."""
    try:
        sent = await ctx.port(Mail).sent(ctx.scope, one.customer, LAST)
    except Unavailable:
        return False
    return any(mail.at >= one.made_at and mail.subject.startswith(SUBJECT) for mail in sent)


async def _planner(ctx: Ctx, name: str, one: Visit) -> str:
    """Return whom to ask: who planned it, or the technician where that cannot be told."""
    found = [
        person for person in await ctx.port(Staff).find(name, 3) if person.active and person.name == name
    ]
    return found[0].key if len(found) == 1 else one.technician


def _nudge(ctx: Ctx, who: str, visits: Sequence[Visit]) -> Nudge:
    at = ctx.local(visits[0].starts_at)
    what = f"{plural(len(visits), 'visit')} on {at:%a} {at.day} {at:%b} that no customer was written about"
    lines = [
        f"- {ctx.local(one.starts_at):%H:%M} {one.customer_name} ({one.customer}), {one.number}"
        for one in visits
    ]
    return Nudge(
        key=f"{KEY}{at:%Y-%m-%d}:{visits[0].number}",
        to=who,
        permission=READ,
        area=visits[0].area,
        reply=Reply(
            "\n".join([f"You planned {what}:", *lines]),
            choices=tuple(
                Choice(f"Write to {one.customer_name}", f"visits notice {one.number}")
                for one in visits[:OFFERED]
            ),
        ),
    )


ASK = Job(
    name="ask",
    about="Asks the day before whether customers know of their visits",
    run=ask,
    every=timedelta(minutes=10),
)
