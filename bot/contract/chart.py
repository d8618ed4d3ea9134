"""A chart in a reply: what to look at rather than to read; each surface draws it in its own form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from bot.contract.money import Money


class ChartKind(StrEnum):
    """Lines for what goes on over time, bars for what stands side by side."""

    LINE = "line"
    BAR = "bar"


@dataclass(frozen=True)
class Curve:
    """One line, or the bars of one colour: a value for each place on the axis, None where nobody knows."""

    name: str
    values: Sequence[float | Money | None]


@dataclass(frozen=True)
class Mark:
    """A level to compare with, e.g. the sensitivity of an ONT."""

    name: str
    value: float


@dataclass(frozen=True, kw_only=True)
class Chart:
    """Curves over one axis: moments, days or names, in the order they are drawn.

    `says` tells in a sentence what is to be seen, for who cannot see it. `from_zero` is for counts, whose
    height should be read; `least` is how much the value axis spans at least, in `unit`, so that noise does
    not look like a cliff. Every curve has as many values
    as the axis has places; ValueError otherwise, for a picture with a gap in it would lie.
    """

    title: str
    axis: Sequence[datetime] | Sequence[date] | Sequence[str]
    curves: Sequence[Curve]
    says: str
    kind: ChartKind = ChartKind.LINE
    unit: str = ""
    marks: Sequence[Mark] = ()
    from_zero: bool = False
    least: float = 0.0

    def __post_init__(self) -> None:
        """Refuse curves that do not fit the axis."""
        if not self.curves or not self.axis:
            raise ValueError("a chart needs at least one curve and one place on its axis")
        for curve in self.curves:
            if len(curve.values) != len(self.axis):
                raise ValueError(
                    f"{curve.name} has {len(curve.values)} values for {len(self.axis)} places on the axis"
                )


def number(value: float | Money | None) -> float | None:
    """Return what is drawn: money in whole units of its currency."""
    return value.minor / 10**value.exponent if isinstance(value, Money) else value
