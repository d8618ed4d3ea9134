"""Who is billed when, and when each bill is paid: arrays of customers by thirteen months."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from bot.demo.world.calendar import MONTHS, moments_of_day, rest_on_sundays
from bot.demo.world.cast import Member
from bot.demo.world.chunk import Chunk
from bot.demo.world.isp import (
    GRACE_DAYS,
    SUSPEND_AFTER_DAYS,
    SUSPEND_BUSINESS_AFTER_DAYS,
    TERMINATE_AFTER_DAYS,
)
from bot.demo.world.plants import DROP_FAILING
from bot.demo.world.seeded import DAY, HOUR, Flags, Ints
from bot.demo.world.subscribers import CHURNED, LATE, NEVER, PROSPECT, SUSPENDED, USUAL

LAST_TRY = 3
RETRY_DAYS = np.array([0, 3, 6])
FAIL, FAIL_AGAIN = 0.07, 0.45
OVERDUE_CAST_AGE = 16
SUSPENDED_CAST_AGE = 66


@dataclass(frozen=True, kw_only=True)
class Bills:
    """`issued` is a day, `paid` seconds; masks are by customer and month. `tries` counts failed charges."""

    issued: Ints
    billed: Flags
    paid: Flags
    paid_at: Ints
    auto: Flags
    tries: Ints
    dropped: Flags
    suspended_on: Ints
    overdue: Flags


def draw_bills(chunk: Chunk) -> Bills:
    """Return the bills of a chunk."""
    world, rng = chunk.world, chunk.rng("bills")
    subs, calendar, size = world.subs, world.calendar, len(chunk)
    issued = calendar.bill_days(_bill_days(chunk))
    status, since, churned = (chunk.slice(a) for a in (subs.status, subs.since, subs.churned))
    billed = (issued >= since[:, None]) & (status != PROSPECT)[:, None]
    billed &= (churned == NEVER)[:, None] | (issued < churned[:, None])
    carriers = world.isp.carriers
    auto = np.array([c.auto for c in carriers])[chunk.slice(subs.carrier)]
    tries = np.where(auto[:, None], _failed_charges(rng, size), 0)
    for i, member in chunk.cast.items():
        if member.role == "failed_autopay":
            tries[i - chunk.low, -1] = LAST_TRY
    paid_at = _pay_times(chunk, rng, issued, tries)
    unpaid_from, suspended_on = _stop_paying(chunk, rng, issued, billed)
    paid = billed & (np.arange(MONTHS)[None, :] < unpaid_from[:, None]) & (paid_at <= calendar.now)
    dropped = paid & ~auto[:, None] & (paid_at >= world.plants.drop_at)
    dropped &= (chunk.slice(subs.carrier) == world.plants.drop_carrier)[:, None]
    lost = dropped & (rng.random((size, MONTHS)) < DROP_FAILING)
    paid &= ~lost
    overdue = billed & ~paid & (issued + GRACE_DAYS < calendar.today) & (churned == NEVER)[:, None]
    return Bills(
        issued=issued,
        billed=billed,
        paid=paid,
        paid_at=paid_at,
        auto=auto,
        tries=tries,
        dropped=dropped,
        suspended_on=suspended_on,
        overdue=overdue,
    )


def _bill_days(chunk: Chunk) -> Ints:
    """Return days of the month; the overdue cast is billed so that its story holds at any anchor."""
    found: Ints = chunk.slice(chunk.world.subs.bill_day).copy()
    for i, member in chunk.cast.items():
        if age := _age(member):
            day = date(1970, 1, 1) + timedelta(days=chunk.world.calendar.today - age)
            found[i - chunk.low] = min(day.day, 28)
    return found


def _age(member: Member) -> int:
    if not member.overdue:
        return 0
    return SUSPENDED_CAST_AGE if member.status == "suspended" else OVERDUE_CAST_AGE


def _failed_charges(rng: np.random.Generator, size: int) -> Ints:
    """Return how many of the three automatic charges of each bill fail."""
    draw = rng.random((size, MONTHS, LAST_TRY))
    first = draw[:, :, 0] < FAIL
    second = first & (draw[:, :, 1] < FAIL_AGAIN)
    third = second & (draw[:, :, 2] < FAIL_AGAIN)
    return first.astype(np.int64) + second + third


def _pay_times(chunk: Chunk, rng: np.random.Generator, issued: Ints, tries: Ints) -> Ints:
    """Return when each bill would be paid if the customer pays at all."""
    subs, calendar, size = chunk.world.subs, chunk.world.calendar, len(chunk)
    habit = chunk.slice(subs.habit)[:, None]
    shape = (size, MONTHS)
    delay = np.clip(rng.lognormal(0.75, 0.8, shape), 0.05, 9.8)
    delay = np.where(habit == USUAL, np.clip(rng.lognormal(1.95, 0.42, shape), 0.3, 20), delay)
    late = np.clip(rng.lognormal(2.9, 0.5, shape), 2, SUSPEND_AFTER_DAYS + GRACE_DAYS - 1)
    promised = rng.random(shape) < 0.03  # share with a promise to pay later
    late = np.where(promised, rng.uniform(25, 50, shape), late)
    delay = np.where(habit == LATE, late, delay)
    seconds = moments_of_day(rng, size * MONTHS).reshape(shape)
    by_hand = rest_on_sundays(rng, issued + delay.astype(np.int64), 0.3) * DAY + seconds
    charged = (issued + GRACE_DAYS + RETRY_DAYS[np.minimum(tries, 2)]) * DAY + 6 * HOUR + seconds % HOUR
    after_all = (issued + GRACE_DAYS + 8 + (delay % 4).astype(np.int64)) * DAY + seconds
    auto = np.array([c.auto for c in chunk.world.isp.carriers])[chunk.slice(subs.carrier)][:, None]
    local = np.where(auto, np.where(tries < LAST_TRY, charged, after_all), by_hand)
    return (local - calendar.offset).astype(np.int64)


def _stop_paying(chunk: Chunk, rng: np.random.Generator, issued: Ints, billed: Flags) -> tuple[Ints, Ints]:
    """Return from which bill on nothing is paid, and the day the line was suspended for it."""
    subs, today, size = chunk.world.subs, chunk.world.calendar.today, len(chunk)
    status = chunk.slice(subs.status)
    wait = np.where(chunk.slice(subs.business), SUSPEND_BUSINESS_AFTER_DAYS, SUSPEND_AFTER_DAYS) + GRACE_DAYS
    ripe = (issued + wait[:, None] < today).sum(axis=1) - 1
    # Some owe for a month longer, but nobody stays suspended past the day of termination.
    before = today - issued[np.arange(size), np.maximum(ripe - 1, 0)]
    longer = (rng.random(size) < 0.5) & (before < GRACE_DAYS + TERMINATE_AFTER_DAYS)
    first = np.maximum(ripe - longer, 0)
    stop = np.full(size, MONTHS, dtype=np.int64)
    stop[status == SUSPENDED] = first[status == SUSPENDED]
    bad_debt = (status == CHURNED) & (rng.random(size) < 0.35)  # share that left owing
    last_billed = MONTHS - 1 - np.argmax(billed[:, ::-1], axis=1)
    stop[bad_debt] = last_billed[bad_debt]
    for i, member in chunk.cast.items():
        if member.overdue and member.status == "suspended":
            stop[i - chunk.low] = int((issued[i - chunk.low] <= today - SUSPENDED_CAST_AGE + 4).sum()) - 1
        elif member.overdue:
            stop[i - chunk.low] = int((issued[i - chunk.low] <= today - GRACE_DAYS - 1).sum()) - 1
    suspended_on = np.where(
        status == SUSPENDED, issued[np.arange(size), np.minimum(stop, MONTHS - 1)] + wait, NEVER
    )
    return stop, suspended_on.astype(np.int64)
