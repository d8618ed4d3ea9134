"""How near a message is to what has nothing to do with a provider: the weather, the lunch, the news."""

from __future__ import annotations

from pathlib import Path

from bot.llm.embedding import Vectors

SAYINGS = tuple(
    line
    for raw in Path(__file__).with_name("elsewhere.txt").read_text(encoding="utf-8").splitlines()
    if (line := raw.strip()) and not line.startswith("#")
)
NEAREST = 3


def nearness(vector: Vectors, sayings: Vectors) -> float:
    """Return the mean of the nearest sayings' cosines, the nearest counting twice."""
    near = sayings.dot(vector)
    near.partition(len(near) - NEAREST)
    top = near[-NEAREST:]
    return float(0.5 * top.max() + 0.5 * top.mean())
