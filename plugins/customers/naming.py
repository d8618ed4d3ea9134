"""Plans by what people call them: code, name, part of the name, or the speed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from bot.api import Context, Match
from plugins.customers.port import Customers, Plan

SPEED = re.compile(r"(?P<n>\d+(?:[.,]\d+)?)[\s-]*(?P<unit>[gm][a-z]*(?:/s(?:ec)?)?)?(?!\S)")
NAMED = re.compile(
    r"\b(?:(?:home|business|biz|office|family|student|basic|premium)\s+)?"
    r"(?:fibre|fiber|wireless|radio|broadband)\s\d{2,4}\b(?!\s*(?:[.:/]\d|%|hours?|minutes?|mins?|days?))",
    re.IGNORECASE,
)
"""The name of a plan in a sentence: “on home fibre 50 in coast”."""
AROUND = frozenset(
    ("the", "a", "an", "our", "plan", "package", "tariff", "speed", "line", "internet", "one", "up", "to")
)
"""Words around a speed that do not say which plan it is."""
SORTS = {"fiber": frozenset({"fibre", "fiber"}), "wireless": frozenset({"wireless", "radio"})}
"""How people call what a plan runs over."""


async def find_plans(ctx: Context[Any], text: str, limit: int) -> Sequence[Match]:
    """Find plans on sale by code, name or speed."""
    low = " ".join(text.lower().split())
    words = set(low.split())
    plans = await ctx.port(Customers).plans()
    whole = [p for p in plans if low in {p.code.lower(), p.name.lower()}]
    # “Fibre 100” is enough for “Home Fibre 100” while no other plan has both words
    whole = whole or [p for p in plans if words and words <= _names(p)]
    whole = whole or _as_fast(plans, low)
    if whole:
        return [_match(plan, 1.0 if len(whole) == 1 else 0.8, exact=len(whole) == 1) for plan in whole][
            :limit
        ]
    found = [(len(words & _names(plan)), plan) for plan in plans]
    near = [_match(plan, 0.4 + 0.4 * same / len(words), exact=False) for same, plan in found if same]
    return sorted(near, key=lambda m: (-m.score, m.key))[:limit]


def _names(plan: Plan) -> set[str]:
    return set(plan.name.lower().split())


def _match(plan: Plan, score: float, *, exact: bool) -> Match:
    detail = f"{plan.down_kbps / 1000:g}/{plan.up_kbps / 1000:g} Mbit/s, {plan.price} a month"
    return Match(key=plan.code, label=plan.name, record=plan, detail=detail, exact=exact, score=score)


def _as_fast(plans: Sequence[Plan], low: str) -> list[Plan]:
    """Return the plans of the speed that is named: `100 mbit`, `the 50 meg plan`, `business 1 gig`."""
    found = SPEED.search(low)
    if found is None:
        return []
    giga = (found["unit"] or "").startswith("g")
    kbps = float(found["n"].replace(",", ".")) * (1_000_000 if giga else 1_000)
    others = set((low[: found.start()] + low[found.end() :]).split()) - AROUND
    return [p for p in plans if p.down_kbps == kbps and others <= _names(p) | SORTS.get(p.kind, frozenset())]
