"""The day before: whoever planned a visit is asked to write to the customer, if nobody has."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from itertools import groupby
from typing import Any

from bot.api import Choice, Job, Nudge, Reply, Staff, Unavailable, plural
from plugins.email.port import Email, Mail
from plugins.visits.port import Visit, VisitQuery, Visits, VisitStatus
from plugins.visits.said import READ, subject_of
from plugins.visits.settings import Ctx

MOST, LAST, OFFERED = 500, 20, 5
AREA = ("region", "site", "partner")
LEFT, WAITS, STUCK = frozenset({"sent", "sending"}), "queued", timedelta(hours=1)
HOURS = re.compile(r"\b\d\d:\d\d\b")
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
    planners = {name: await planner(ctx, name) for name in {one.made_by for one in silent}}

    def group(one: Visit) -> tuple[str, ...]:
        return (planners[one.made_by] or one.technician, *(one.area[name] or "" for name in AREA))

    for (who, *_), these in groupby(sorted(silent, key=group), key=group):
        visits = sorted(these, key=lambda one: one.starts_at)
        planned = all(planners[one.made_by] == who for one in visits)
        await ctx.effect.check()
        await ctx.nudge(_nudge(ctx, who, visits, planned=planned))
    await ctx.store.set(ASKED, tomorrow.isoformat())


async def _written(ctx: Ctx, one: Visit) -> bool:
    """Say whether a mail left that tells the customer of a visit as it is now: its day, and its hour."""
    try:
        sent = await ctx.port(Mail).sent(ctx.scope, one.customer, LAST)
    except Unavailable:
        return False
    return any(mail.at >= one.made_at and _left(ctx, mail) and _tells(ctx, mail, one) for mail in sent)


def _left(ctx: Ctx, mail: Email) -> bool:
    """Say whether a mail is gone, or is about to go: not one that failed, came back or is stuck."""
    return mail.status in LEFT or (mail.status == WAITS and mail.at > ctx.now - STUCK)


def _tells(ctx: Ctx, mail: Email, one: Visit) -> bool:
    """Say whether a mail names the day of a visit, and its hour if it names one."""
    told = HOURS.findall(mail.body)
    hour = f"{ctx.local(one.starts_at):%H:%M}"
    return mail.subject == subject_of(ctx, one) and (not told or hour in told)


async def planner(ctx: Ctx, name: str) -> str:
    """Return who planned it; empty where that cannot be told, and the technician is asked."""
    found = [
        person for person in await ctx.port(Staff).find(name, 3) if person.active and person.name == name
    ]
    return found[0].key if len(found) == 1 else ""


def _nudge(ctx: Ctx, who: str, visits: Sequence[Visit], *, planned: bool) -> Nudge:
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
            "\n".join([f"You {'planned' if planned else 'have'} {what}:", *lines]),
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
