"""Numbers over time that the network port answers with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What was measured at one point, oldest first: `rx_dbm` (dBm), `sessions` (count), `mbps_in` (Mbit/s).

    `subject` is the thing measured: `ont HWTC1A2B3C4D`, `port olt-nth-03-1 PON 1/3`, `site NTH-03`.
    """

    subject: str
    metric: str
    points: tuple[tuple[datetime, float], ...]
