"""Which tickets there are: who opened them, when, about what; ordered in time and numbered."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from bot.demo.world.calendar import MONTHS, Calendar, moments_of_day, rest_on_sundays
from bot.demo.world.cast import Member
from bot.demo.world.lines import Lines
from bot.demo.world.outages import Outage
from bot.demo.world.plants import CUT_TICKETS, ORPHANS, POWER_TICKETS, Plants
from bot.demo.world.seeded import DAY, HOUR, MINUTE, Ints, pick, stream
from bot.demo.world.subscribers import ACTIVE, CHURNED, CRITICAL, PROSPECT, Subscribers
from bot.demo.world.ticket_text import CATEGORIES

PER_CUSTOMER_AND_MONTH = 0.045
MIX = (30, 23, 15, 17, 4, 7, 4)
NO_SERVICE, SLOW, WIFI, BILLING, INSTALLATION, EQUIPMENT, OTHER = range(len(CATEGORIES))
ORDINARY, WAVE, POWER, ORPHAN, DRIFT, DROP, PAST, PATTERN, CAST = range(9)
FIRST_TICKET = 10_000
WAVE_OF_PAST, FEWEST_CALLERS = 0.05, 8


@dataclass(frozen=True, kw_only=True)
class Tickets:
    """Arrays by ticket in order of time; ticket k is TCK-(10000 + k). `outage` is -1 or its place."""

    customer: Ints
    opened: Ints
    category: Ints
    story: Ints
    outage: Ints

    def __len__(self) -> int:
        return len(self.customer)

    def number(self, index: int) -> str:
        """Return what people call it."""
        return f"TCK-{FIRST_TICKET + index}"


@dataclass
class _Desk:
    subs: Subscribers
    lines: Lines
    outages: list[Outage]
    plants: Plants
    cast: tuple[Member, ...]
    calendar: Calendar
    rng: np.random.Generator

    def ordinary(self) -> Tickets:
        """Everyday troubles: some customers have many, most none."""
        subs, today = self.subs, self.calendar.today
        first = np.maximum(subs.since, today - MONTHS * 30)
        last = np.where(subs.status == CHURNED, subs.churned, today)
        months = np.maximum(last - first, 1) / 30.0
        rate = PER_CUSTOMER_AND_MONTH * np.where(subs.status == PROSPECT, 0, subs.trouble) * months
        who = np.repeat(np.arange(subs.n), self.rng.poisson(np.minimum(rate, 12)))
        day = first[who] + (self.rng.random(len(who)) * (last - first + 1)[who]).astype(np.int64)
        at = self._times(rest_on_sundays(self.rng, day, 0.4))
        come = at <= self.calendar.now
        return self._batch(who[come], at[come], pick(self.rng, MIX, int(come.sum())), ORDINARY)

    def pattern(self) -> Tickets:
        """Repeated faults of customers who are about to leave, or left."""
        subs, today = self.subs, self.calendar.today
        who = np.repeat(np.flatnonzero(subs.at_risk), self.rng.integers(3, 6, int(subs.at_risk.sum())))
        end = np.where(subs.status[who] == CHURNED, subs.churned[who], today - 1)
        day = end - self.rng.integers(1, 58, len(who))
        return self._batch(who, self._times(day), pick(self.rng, (60, 40), len(who)), PATTERN)

    def waves(self) -> list[Tickets]:
        """Calls that follow outages: past ones, the fibre cut now, and the street without power."""
        found = []
        for place, outage in enumerate(self.outages):
            here = np.unique(self.subs.owner[self.plants.of_port(outage.ports, self.subs.port)])
            here = here[self.subs.status[here] == ACTIVE]
            now = outage.ended is None
            share = max(CUT_TICKETS, FEWEST_CALLERS / max(len(here), 1)) if now else WAVE_OF_PAST
            callers = here[self.rng.random(len(here)) < share]
            span = (outage.ended or self.calendar.now) - outage.started
            at = (
                outage.started
                + 4 * MINUTE
                + (self.rng.beta(1.2, 2.2, len(callers)) * (span - 5 * MINUTE)).astype(np.int64)
            )
            # Nobody has linked every second caller of the outage in progress yet.
            linked = np.where(now & (np.arange(len(callers)) % 2 == 1), -1, place)
            found.append(
                self._batch(
                    callers, at, np.zeros(len(callers), dtype=np.int64), WAVE if now else PAST, linked
                )
            )
        dark = self.subs.owner[self.lines.power][:POWER_TICKETS]
        at = self.plants.power_at + self.rng.integers(6, 30, len(dark)) * MINUTE
        found.append(self._batch(dark, at, np.zeros(len(dark), dtype=np.int64), POWER))
        return found

    def planted(self) -> list[Tickets]:
        """Slow lines on the drifting PON, payments that do not show up, tickets nobody looks at."""
        subs, now = self.subs, self.calendar.now
        drift = np.unique(subs.owner[self.lines.drift])
        drift = drift[subs.status[drift] == ACTIVE][:: max(1, len(drift) // 5)]
        days_ago = self.rng.integers(1, 9, len(drift))
        quiet = np.flatnonzero(
            (subs.status == ACTIVE) & ~subs.at_risk & (subs.trouble < 1) & (subs.tier != CRITICAL)
        )
        if self.plants.drop_carrier < 0:
            return [
                self._batch(
                    drift, self._times(self.calendar.today - days_ago), np.full(len(drift), SLOW), DRIFT
                )
            ]
        payers = quiet[(subs.carrier[quiet] == self.plants.drop_carrier)]
        payers = payers[len(payers) // 2 :][:4]
        since = now - self.plants.drop_at
        late = (
            self.plants.drop_at
            + 20 * MINUTE
            + (np.arange(len(payers)) * (since - 25 * MINUTE)) // max(len(payers), 1)
        )
        orphans = quiet[len(quiet) // 3 :][:ORPHANS]
        old = self._times(self.calendar.today - self.rng.integers(38, 55, len(orphans)))
        return [
            self._batch(drift, self._times(self.calendar.today - days_ago), np.full(len(drift), SLOW), DRIFT),
            self._batch(payers, late, np.full(len(payers), BILLING), DROP),
            self._batch(orphans, old, np.full(len(orphans), EQUIPMENT), ORPHAN),
        ]

    def fixed(self) -> Tickets:
        """The cast's own tickets, all open."""
        stories = {
            "heroine": (SLOW, 9 * HOUR),
            "weak_optical": (NO_SERVICE, 26 * HOUR),
            "critical": (SLOW, 3 * HOUR),
            "flapping": (NO_SERVICE, 20 * HOUR),
            "failed_autopay": (BILLING, 31 * HOUR),
            "outage_critical": (NO_SERVICE, 2 * HOUR),
        }
        members = [m for m in self.cast if m.role in stories]
        return self._batch(
            np.array([m.index for m in members], dtype=np.int64),
            np.array([self.calendar.now - stories[m.role][1] for m in members], dtype=np.int64),
            np.array([stories[m.role][0] for m in members], dtype=np.int64),
            CAST,
        )

    def _times(self, day: Ints) -> Ints:
        return day * DAY - self.calendar.offset + moments_of_day(self.rng, len(day))

    def _batch(self, who: Ints, at: Ints, category: Ints, story: int, outage: Ints | int = -1) -> Tickets:
        size = len(who)
        return Tickets(
            customer=who.astype(np.int64),
            opened=at.astype(np.int64),
            category=category.astype(np.int64),
            story=np.full(size, story, dtype=np.int64),
            outage=np.broadcast_to(np.asarray(outage, dtype=np.int64), size),
        )


def draw_tickets(
    *,
    subs: Subscribers,
    lines: Lines,
    outages: list[Outage],
    plants: Plants,
    cast: tuple[Member, ...],
    calendar: Calendar,
    seed: int,
) -> Tickets:
    """Return all tickets of thirteen months, oldest first."""
    desk = _Desk(subs, lines, outages, plants, cast, calendar, stream(seed, "tickets"))
    parts = [desk.ordinary(), desk.pattern(), *desk.waves(), *desk.planted(), desk.fixed()]
    joined = {f.name: np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(Tickets)}
    keep = _keep_cast_quiet(joined, cast, calendar)
    order = np.argsort(joined["opened"][keep], kind="stable")
    return Tickets(**{name: values[keep][order] for name, values in joined.items()})


def _keep_cast_quiet(joined: dict[str, Ints], cast: tuple[Member, ...], calendar: Calendar) -> Ints:
    """Leave the cast only old everyday tickets, so that what is open is what was written for them."""
    fixed = np.array([m.index for m in cast], dtype=np.int64)
    recent = joined["opened"] > calendar.now - 21 * DAY
    ordinary = np.isin(joined["story"], (ORDINARY, WAVE, POWER, DROP, ORPHAN, PAST))
    return np.flatnonzero(~(np.isin(joined["customer"], fixed) & recent & ordinary))
