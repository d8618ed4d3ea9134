"""The order in which to drive: appointments keep their hours, and between them the way is made short."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import asin, cos, radians, sin, sqrt

from plugins.visits.port import Visit

EARTH_KM = 6371.0
Places = Mapping[str, tuple[float, float]]
"""Latitude and longitude by site."""


def distance(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Return kilometres as the crow flies (haversine)."""
    (lat1, lon1), (lat2, lon2) = ((radians(a), radians(b)) for a, b in (one, other))
    half = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_KM * asin(sqrt(half))


def length(visits: Sequence[Visit], places: Places) -> float:
    """Return the kilometres from the first to the last."""
    return sum(_between(one, other, places) for one, other in pairwise(visits))


def ordered(visits: Sequence[Visit], places: Places) -> list[Visit]:
    """Return them in driving order: nearest neighbour, then 2-opt, never against the hours."""
    left = sorted(visits, key=lambda one: (one.starts_at, one.site or "", one.address, one.number))
    route: list[Visit] = []
    while left:
        able = [one for one in left if not any(other.ends_at <= one.starts_at for other in left)]
        at = route[-1] if route else None
        best = min(able, key=lambda one: (_between(at, one, places) if at else 0.0, left.index(one)))
        left.remove(best)
        route.append(best)
    return _shortened(route, places)


def _between(one: Visit, other: Visit, places: Places) -> float:
    here, there = places.get(one.site or ""), places.get(other.site or "")
    return distance(here, there) if here and there else 0.0


def _fits(route: Sequence[Visit]) -> bool:
    return all(
        not later.ends_at <= one.starts_at for nr, one in enumerate(route) for later in route[nr + 1 :]
    )


def _shortened(route: list[Visit], places: Places) -> list[Visit]:
    """Turn stretches round as long as that shortens the way and appointments stay in order."""
    best, improved = route, True
    while improved:
        improved = False
        for i in range(len(best) - 1):
            for j in range(i + 1, len(best)):
                turned = [*best[:i], *reversed(best[i : j + 1]), *best[j + 1 :]]
                if length(turned, places) < length(best, places) - 1e-6 and _fits(turned):
                    best, improved = turned, True
    return best
