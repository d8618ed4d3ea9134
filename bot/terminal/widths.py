"""How wide the columns of a table may be, so that the table fits and its rows stay few lines high."""

from __future__ import annotations

from collections.abc import Sequence

GAP = 3
"""Blanks between two columns."""
ROOMIER = 12
"""The column with the most to read stays so much wider than the others."""


def fit(natural: Sequence[int], least: Sequence[int], width: int) -> list[int]:
    """Return a width per column: the widest give way first, none below its `least` while that can be.

    `natural` is each column's longest line; `least` its longest word, or all of it for numbers.
    """
    room = width - GAP * (len(natural) - 1) - 2
    widths = list(natural)
    text = max(range(len(widths)), key=lambda n: natural[n] - least[n])
    for floor in (list(least), [1] * len(widths)):
        while sum(widths) > room:
            shrinkable = [n for n, w in enumerate(widths) if w > floor[n]]
            if not shrinkable:
                break
            widths[max(shrinkable, key=lambda n: widths[n] - (ROOMIER if n == text else 0))] -= 1
    return widths
