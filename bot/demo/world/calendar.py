"""The world's clock: one anchor instant, and the provider's local days counted from it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np

from bot.demo.world.isp import Isp
from bot.demo.world.seeded import DAY, HOUR, MINUTE, Ints, day_number, instant, round_down

MONTHS = 13
QUIET_MORNING = 90 * MINUTE


@dataclass(frozen=True)
class Calendar:
    """`now` in seconds since 1970; `offset` is the local time's distance from UTC at that moment."""

    now: int
    offset: int

    @classmethod
    def of(cls, isp: Isp, now: datetime) -> Calendar:
        """Return the clock of a provider at this moment, rounded down to the minute."""
        moment = round_down(now, timedelta(minutes=1))
        offset = moment.astimezone(isp.zone).utcoffset() or timedelta()
        return cls(int(moment.timestamp()), int(offset.total_seconds()))

    @property
    def moment(self) -> datetime:
        """The anchor as an aware instant."""
        return instant(self.now)

    @property
    def today(self) -> int:
        """The local day, as days since 1970."""
        return (self.now + self.offset) // DAY

    def at(self, day: int, hour: float) -> int:
        """Return the instant of a local day and hour."""
        return day * DAY + int(hour * HOUR) - self.offset

    def morning(self, hour: float) -> int:
        """Return this morning's instant, or yesterday afternoon's while the day is too young to tell."""
        start = self.at(self.today, hour)
        return start if self.now - start >= QUIET_MORNING else self.at(self.today - 1, 14 + hour % 1)

    def bill_days(self, day_of_month: Ints) -> Ints:
        """Return the last 13 bill days (oldest first) of customers billed on these days of the month."""
        anchor = date(1970, 1, 1) + timedelta(days=self.today)
        back = range(MONTHS, -1, -1)
        months = [divmod(anchor.year * 12 + anchor.month - 1 - k, 12) for k in back]
        firsts = np.array([day_number(date(year, month + 1, 1)) for year, month in months])
        days = firsts[None, :] + day_of_month[:, None] - 1
        due_this_month = days[:, -1] <= self.today
        return np.where(due_this_month[:, None], days[:, 1:], days[:, :-1]).astype(np.int64)


SUNDAY = 6


def rest_on_sundays(rng: np.random.Generator, day: Ints, share: float) -> Ints:
    """Move this share of what falls on a Sunday to the Monday after it."""
    sunday = (day + 3) % 7 == SUNDAY  # day 0 was a Thursday
    moved: Ints = day + (sunday & (rng.random(day.shape) < share))
    return moved


HOURS = np.array(
    [1, 0.6, 0.4, 0.3, 0.3, 0.6, 1.8, 4, 7, 8, 7.5, 6.8, 7.2, 6.6, 6, 5.8, 6, 6.8, 7.6, 8, 7, 5, 3.2, 1.8]
)
"""How busy people are with their provider, by local hour."""


def moments_of_day(rng: np.random.Generator, size: int, hours: np.ndarray = HOURS) -> Ints:
    """Draw seconds since local midnight with the daily rhythm."""
    edges = np.cumsum(hours) / hours.sum()
    hour = np.searchsorted(edges, rng.random(size), side="right")
    return (hour * HOUR + rng.integers(0, HOUR, size)).astype(np.int64)
