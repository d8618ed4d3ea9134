"""How wide the columns of a table may be, so that the table fits and its rows stay few lines high."""

from __future__ import annotations

from collections.abc import Sequence

GAP = 3
"""Blanks between two columns."""
ROOMIER = 12
"""The column with the most to read stays so much wider than the others."""


def fit(natural: Sequence[int], floors: Sequence[Sequence[int]], width: int) -> list[int]:
    """Return a width per column: the widest give way first.

    `natural` is each column's longest line. `floors` say how narrow each may become, the dearest wish
    first: the next is looked at only where a table that keeps to this one does not fit.
    """
    room = width - GAP * (len(natural) - 1) - 2
    widths = list(natural)
    text = max(range(len(widths)), key=lambda n: natural[n] - floors[0][n])
    for floor in (*floors, [1] * len(widths)):
        while sum(widths) > room:
            shrinkable = [n for n, w in enumerate(widths) if w > floor[n]]
            if not shrinkable:
                break
            widths[max(shrinkable, key=lambda n: widths[n] - (ROOMIER if n == text else 0))] -= 1
    return widths
