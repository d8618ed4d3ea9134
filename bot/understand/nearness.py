"""How near a question is to what each action says of itself: nearly as quick for a thousand as for ten."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from bot.llm.embedding import Vectors

NEAREST = 3
GROUPS = 3
"""Groups in which the phrases of one action lie: people ask for one thing in ways far apart."""
SHADOW = 48
"""Numbers to which the middle vectors are shortened to choose the best: what one more action costs."""
FINEST = 32_767
"""The largest of the whole numbers as which the rows are kept."""
NOTHING = np.float32(-np.inf)


class Nearness:
    """Built once from one row per phrase; `counts` are the phrases of each action, in the same order.

    `ready` keeps the rows as they are multiplied, in twice the memory: for few that are looked at each time.
    """

    def __init__(self, vectors: Vectors, counts: Sequence[int], *, ready: bool = False) -> None:
        begins = np.cumsum([0, *counts]).tolist()
        parts = [vectors[a:b] for a, b in pairwise(begins)]
        # Each action's rows are looked at where they lie: to gather them first costs as much again.
        # In whole numbers they need half the memory, and are as near to a hundred thousandth.
        self._unit = np.float32(max(vectors.max(), -vectors.min()) / FINEST)
        self._parts: list[NDArray[np.int16] | Vectors] = [
            np.rint(part / self._unit).astype(np.float32 if ready else np.int16) for part in parts
        ]
        self._held = np.arange(max(NEAREST, *counts)) < np.array(counts)[:, None]
        self._of = np.minimum(counts, NEAREST).astype(np.float64)
        self._some_lack = min(counts) < NEAREST
        groups = [_middles(part) for part in parts]
        middle = np.concatenate(groups)
        self._shadow = np.zeros((0, 0), np.float32)
        if len(middle) > SHADOW:
            self._shadow = np.ascontiguousarray(_directions(middle).T)
            middle = np.asarray(middle @ self._shadow.T, np.float32)
        self._middle = np.ascontiguousarray(middle[_spread(groups)].T)

    def about(self, vector: Vectors) -> NDArray[np.float32]:
        """Return how near the middle of each action's phrases is, about: one product for all actions."""
        short = self._shadow.dot(vector) if len(self._shadow) else vector
        near = short.dot(self._middle).reshape(GROUPS, -1)
        return np.asarray(near.max(0), np.float32)

    def close(self, vector: Vectors, best: NDArray[np.intp]) -> NDArray[np.float64]:
        """Return the mean of the nearest phrases' cosines, the nearest counting twice, of some actions."""
        short = vector * self._unit
        cosines = np.concatenate(
            [self._parts[i].astype(np.float32, copy=False).dot(short) for i in best.tolist()]
        )
        held = self._held.take(best, 0)
        table = np.full(held.shape, NOTHING)
        table[held] = cosines
        table.sort(axis=1)
        top = table[:, -NEAREST:].T.astype(np.float64)
        if self._some_lack:
            top[top == NOTHING] = 0.0
        return np.asarray(0.5 * top[-1] + 0.5 * sum(top) / self._of.take(best))


def _middles(part: Vectors) -> Vectors:
    """Return the middles of the few groups in which the phrases of one action lie."""
    chosen = [0]
    while len(chosen) < min(GROUPS, len(part)):
        near = (part @ part[chosen].T).max(1)
        chosen.append(int(near.argmin()))
    nearest = (part @ part[chosen].T).argmax(1)
    return np.asarray(np.stack([part[nearest == g].mean(0) for g in range(len(chosen))]), np.float32)


def _spread(groups: Sequence[Vectors]) -> NDArray[np.intp]:
    """Return where the first middle of each action is, then the second of each, or its last again.

    So the largest of an action's are found by comparing whole rows, not action by action.
    """
    begins = np.cumsum([0, *(len(group) for group in groups[:-1])])
    return np.concatenate(
        [[b + min(g, len(m) - 1) for b, m in zip(begins, groups, strict=True)] for g in range(GROUPS)]
    )


def _directions(middle: Vectors) -> Vectors:
    """Return the directions in which the middles of the actions' phrases differ most, as columns."""
    _, columns = np.linalg.eigh(middle.T @ middle)
    return np.asarray(columns[:, -SHADOW:], np.float32)
