"""Telling those in charge when a colleague credits far more in a day than is usual."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from bot.api import EVERYWHERE, Choice, Job, Nudge, Reply, Tone, plural
from plugins.billing.limits import BACK, DAY, Usual, usual_of
from plugins.billing.port import Billing, CreditDay
from plugins.billing.settings import Ctx

HOURLY = timedelta(hours=1)


async def watch(ctx: Ctx, payload: Mapping[str, Any]) -> timedelta | None:
    """Look at today's credits. Each word has a key, so that a run that died says none of them twice.

    What waits to be said is dropped when so much was voided since that it is far above the usual no more.
    """
    del payload
    if not (role := ctx.settings.credit_alert_role):
        return None
    days = await ctx.port(Billing).credit_days(EVERYWHERE, ctx.now - BACK, ctx.now + DAY)
    before = [one for one in days if one.on < ctx.today]
    for one in (day for day in days if day.on == ctx.today):
        await ctx.effect.check()
        if usual := usual_of({one.agent, one.name}, before, one.total):
            await ctx.nudge(_nudge(one, role, usual))
        elif one.voided:
            await ctx.nudges.withdraw(_about(one))
    return None


def _about(one: CreditDay) -> str:
    return f"credits:{one.agent}:{one.total.currency}:{one.on.isoformat()}:"


def _nudge(one: CreditDay, role: str, usual: Usual) -> Nudge:
    """Say it once a day and colleague, and again when that is passed twofold, fourfold and so on.

    Never to the one it is about, also where nobody else bears the role: then it stands in `credits by agent`
    and in the audit alone.
    """
    text = (
        f"{one.name} gave {plural(one.count, 'credit note')} today, {one.total} in all: far above the usual, "
        f"{usual.said}."
    )
    words = f"billing credits agent={one.agent} since={one.on.isoformat()}"
    return Nudge(
        key=f"{_about(one)}{usual.doublings(one.total)}",
        role=role,
        but_not=one.agent,
        permission="billing:read",
        instead_of=_about(one),
        reply=Reply(text, choices=(Choice("Look at them", words),), tone=Tone.WARN),
    )


WATCH = Job(
    name="watch_credits",
    about="Tells those in charge when a colleague credits far more in a day than is usual",
    run=watch,
    every=HOURLY,
)
