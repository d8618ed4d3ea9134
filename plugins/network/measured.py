"""Numbers over time that the network port answers with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What was measured at one point, oldest first: `rx_dbm` (dBm), `sessions` (count), `mbps_in` (Mbit/s).

    `subject` is the thing measured: `ont HWTC1A2B3C4D`, `port olt-nth-03-1 PON 1/3`, `site NTH-03`; a speed
    test's is `service SVC-100234-1`.
    """

    subject: str
    metric: str
    points: tuple[tuple[datetime, float], ...]


@dataclass(frozen=True, kw_only=True)
class SlowLine:
    """A line whose speed tests stay below its plan; speeds are of the download, in Mbit/s."""

    customer: str
    name: str
    service: str
    plan: float
    median: float
    tests: int
    last: datetime

    @property
    def share(self) -> float:
        """Return how much of the plan arrives."""
        return self.median / self.plan


@dataclass(frozen=True, kw_only=True)
class SlowPage:
    """The slowest lines, how many are as slow in all, and how many were tested."""

    lines: tuple[SlowLine, ...]
    total: int
    tested: int
