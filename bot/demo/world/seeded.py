"""Chance that repeats itself: random streams, identifiers and shuffles derived from a seed."""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

MINUTE, HOUR, DAY = 60, 3_600, 86_400
KINDS = (
    "customer",
    "service",
    "port",
    "invoice",
    "payment",
    "credit",
    "ticket",
    "event",
    "note",
    "session",
    "email",
    "promise",
)


def stream(seed: int, *topic: str | int) -> np.random.Generator:
    """Return the random stream of one topic: streams do not disturb each other."""
    return np.random.default_rng([seed, *(zlib.crc32(str(part).encode()) for part in topic)])


@dataclass(frozen=True)
class Idents:
    """UUIDs (version 8) that count upwards: unique per seed and kind, and kind to B-trees."""

    seed: int

    def of(self, kind: str, index: int) -> str:
        """Return the identifier of one thing."""
        return f"{self._prefix(kind)}{index:012x}"

    def many(self, kind: str, indices: Iterable[int]) -> list[str]:
        """Return the identifiers of many things of a kind."""
        prefix = self._prefix(kind)
        return [f"{prefix}{index:012x}" for index in indices]

    def _prefix(self, kind: str) -> str:
        return f"{zlib.crc32(str(self.seed).encode()):08x}-{KINDS.index(kind):04x}-8000-8000-"


@dataclass(frozen=True)
class Shuffle:
    """A permutation of 0..n-1 that needs no memory: position = (step * i + start) mod n."""

    n: int
    step: int
    start: int

    @classmethod
    def of(cls, n: int, start: int) -> Shuffle:
        """Return a well-mixing shuffle: the step lies near the golden section and is coprime to n."""
        step = max(1, round(n * 0.6180339887))
        while math.gcd(step, n) != 1:
            step += 1
        return cls(n, step, start % n)

    def __call__(self, index: Ints) -> Ints:
        """Return where these places go."""
        return (self.step * index + self.start) % self.n


def pick(rng: np.random.Generator, weights: Sequence[float], size: int) -> Ints:
    """Draw indices with these weights."""
    edges = np.cumsum(np.asarray(weights, dtype=float))
    return np.searchsorted(edges / edges[-1], rng.random(size), side="right").astype(np.int64)


def instants(seconds: Any, empty: Any = None) -> list[datetime | None]:
    """Return naive UTC datetimes for seconds since 1970; None where `empty` is true."""
    found: list[datetime | None] = np.asarray(seconds, dtype="int64").astype("datetime64[s]").tolist()
    return found if empty is None else blank(found, empty)


def days(numbers: Any, empty: Any = None) -> list[date | None]:
    """Return dates for days since 1970; None where `empty` is true."""
    found: list[date | None] = np.asarray(numbers, dtype="int64").astype("datetime64[D]").tolist()
    return found if empty is None else blank(found, empty)


def blank(values: list[Any], empty: Any) -> list[Any]:
    """Return the values with None where `empty` is true."""
    return [None if gap else value for value, gap in zip(values, np.asarray(empty).tolist(), strict=True)]


def instant(seconds: float) -> datetime:
    """Return the aware instant of seconds since 1970."""
    return datetime.fromtimestamp(int(seconds), tz=UTC)


def day_number(day: date) -> int:
    """Return days since 1970."""
    return (day - date(1970, 1, 1)).days


def round_down(moment: datetime, step: timedelta) -> datetime:
    """Return the last whole step at or before a moment."""
    size = int(step.total_seconds())
    return instant(int(moment.timestamp()) // size * size)
