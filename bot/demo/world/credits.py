"""Credit notes: for days without service mostly, and one colleague's unusual generosity."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from bot.demo.world.calendar import MONTHS
from bot.demo.world.chunk import Chunk
from bot.demo.world.isp import GRACE_DAYS
from bot.demo.world.plants import CREDITS, GENEROUS
from bot.demo.world.seeded import DAY, HOUR, Ints, instants
from bot.demo.world.staff import find_emails
from bot.demo.world.subscribers import ACTIVE

if TYPE_CHECKING:
    from bot.demo.world.billing_rows import BillingRows

REASONS = (
    "Outage longer than 24 hours",
    "Three days without service",
    "Late installation",
    "Duplicate payment",
    "Goodwill after repeated faults",
    "Plan change, pro rata",
)
SHARE = 0.004


def credit_rows(chunk: Chunk, billing: BillingRows) -> dict[str, list[Any]]:
    """Return credit notes as columns; what is credited lowers what was paid for that invoice."""
    rng, world = chunk.rng("credits"), chunk.world
    chosen = billing.paid & (rng.random(len(billing.row)) < SHARE)
    chosen &= ~np.isin(billing.row + chunk.low, list(chunk.cast)) & (
        billing.issued < world.calendar.today - 12
    )
    places = np.flatnonzero(chosen)
    share = rng.choice([10, 10, 20, 30], len(places))
    by = find_emails(world.isp, "billing")
    authors = [by[k % len(by)] for k in places.tolist()]
    reasons = [REASONS[k] for k in rng.integers(0, len(REASONS), len(places)).tolist()]
    places, share, authors, reasons = _planted(chunk, billing, (places, share, authors, reasons))
    if not len(places):
        return {}
    amount = billing.total[places] * share // 10_000 * 100
    billing.credit[places] = amount
    sequence = billing.sequence()[places]
    at = (
        (billing.issued[places] + GRACE_DAYS) * DAY + 9 * HOUR + (sequence % 480) * 60 - world.calendar.offset
    )
    return {
        "id": world.ids.many("credit", billing.index[places].tolist()),
        "number": [f"CN-{k:06d}" for k in sequence.tolist()],
        "customer_id": [chunk.ids[k] for k in billing.row[places].tolist()],
        "invoice_id": world.ids.many("invoice", billing.index[places].tolist()),
        "at": instants(np.minimum(at, world.calendar.now - HOUR)),
        "amount_minor": amount.tolist(),
        "currency": [world.isp.currency] * len(places),
        "reason": reasons,
        "by": authors,
    }


def _planted(
    chunk: Chunk, billing: BillingRows, drawn: tuple[Ints, Ints, list[str], list[str]]
) -> tuple[Ints, Ints, list[str], list[str]]:
    """Add the cast's credit, and the same subscriber credited month after month by one colleague."""
    places, share, authors, reasons = drawn
    if chunk.number or not chunk.world.isp.planted:
        return drawn
    world = chunk.world
    lucky = _lucky(chunk, billing)
    extra = np.flatnonzero((billing.row == lucky) & billing.paid)[-CREDITS:]
    heroes = [m.index for m in world.cast if m.role == "credited"]
    thanks = np.flatnonzero(np.isin(billing.row, heroes) & billing.paid)[-2:-1]
    kept = ~np.isin(places, extra)
    places = np.concatenate([places[kept], thanks, extra])
    share = np.concatenate([share[kept], np.full(len(thanks), 10), np.full(len(extra), 50)])
    keep = kept.tolist()
    authors = [a for a, k in zip(authors, keep, strict=True) if k]
    reasons = [r for r, k in zip(reasons, keep, strict=True) if k]
    boss = find_emails(world.isp, "billing")[0]
    generous = f"{GENEROUS}@{world.isp.domain}"
    world.note("credits_customer", chunk.numbers[lucky])
    world.note("credits_count", str(len(extra)))
    return (
        places,
        share,
        [*authors, *[boss] * len(thanks), *[generous] * len(extra)],
        [*reasons, *[REASONS[0]] * len(thanks), *["Goodwill"] * len(extra)],
    )


def _lucky(chunk: Chunk, billing: BillingRows) -> int:
    """Return the first long-standing home customer outside the cast who always paid."""
    subs = chunk.world.subs
    good = chunk.slice(subs.status == ACTIVE) & ~chunk.slice(subs.business | subs.at_risk)
    full = np.bincount(billing.row[billing.paid], minlength=len(chunk)) >= MONTHS - 1
    return next(int(k) for k in np.flatnonzero(good & full) if k + chunk.low not in chunk.cast)
