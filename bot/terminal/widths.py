"""How wide the columns of a table may be, so that the table fits and its rows stay few lines high."""

from __future__ import annotations

from collections.abc import Sequence

GAP = 3
"""Blanks between two columns."""
LEAST = 8
"""No column gets narrower while another one is wider."""
ROOMIER = 12
"""The column with the most to read stays so much wider than the others."""


def fit(natural: Sequence[int], keep: Sequence[bool], width: int) -> list[int]:
    """Return a width per column: the widest give way first, those to `keep` (numbers, times) last.

    `natural` is each column's longest line. When even that cannot be, all shrink alike.
    """
    room = width - GAP * (len(natural) - 1) - 2
    widths = list(natural)
    text = max(range(len(widths)), key=lambda n: 0 if keep[n] else widths[n])
    for last_resort in (False, True):
        while sum(widths) > room:
            shrinkable = [n for n, w in enumerate(widths) if w > LEAST and (last_resort or not keep[n])]
            if not shrinkable:
                break
            widths[max(shrinkable, key=lambda n: widths[n] - (ROOMIER if n == text else 0))] -= 1
    while sum(widths) > room and max(widths) > 1:
        widths[widths.index(max(widths))] -= 1
    return widths
