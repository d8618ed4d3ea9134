"""Telling those in charge when a colleague credits far more in a day than is usual."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from bot.api import EVERYWHERE, Choice, Job, Nudge, Reply, Tone, plural
from plugins.billing.limits import BACK, DAY, usual_of
from plugins.billing.port import Billing, CreditDay
from plugins.billing.settings import Ctx

HOURLY = timedelta(hours=1)


async def watch(ctx: Ctx, payload: Mapping[str, Any]) -> timedelta | None:
    """Look at today's credits. Each word has a key, so that a run that died says none of them twice."""
    del payload
    if not (role := ctx.settings.credit_alert_role):
        return None
    days = await ctx.port(Billing).credit_days(EVERYWHERE, ctx.now - BACK, ctx.now + DAY)
    before = [one for one in days if one.on < ctx.today]
    for one in days:
        if one.on == ctx.today and (usual := usual_of({one.agent, one.name}, before, one.total)):
            await ctx.effect.check()
            await ctx.nudge(_nudge(one, role, usual))
    return None


def _nudge(one: CreditDay, role: str, usual: str) -> Nudge:
    """Say it once a day and colleague, and again when it has doubled."""
    text = (
        f"{one.name} gave {plural(one.count, 'credit note')} today, {one.total} in all: far above the usual, "
        f"{usual}."
    )
    words = f"billing credits agent={one.agent} since={one.on.isoformat()}"
    return Nudge(
        key=f"credits:{one.agent}:{one.on.isoformat()}:{one.total.minor.bit_length()}",
        role=role,
        permission="billing:read",
        instead_of=f"credits:{one.agent}:",
        reply=Reply(text, choices=(Choice("Look at them", words),), tone=Tone.WARN),
    )


WATCH = Job(
    name="watch_credits",
    about="Tells those in charge when a colleague credits far more in a day than is usual",
    run=watch,
    every=HOURLY,
)
