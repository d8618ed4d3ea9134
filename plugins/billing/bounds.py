"""From how much to how much: amounts and days that lists of money are narrowed by, and how they are said."""

from __future__ import annotations

from dataclasses import dataclass

from bot.api import BadInput, Money, plural
from plugins.billing.said import in_ours
from plugins.billing.settings import Ctx

LONGEST_DEBT = 36_500
"""Days: older than any invoice, and more than a calendar can go back."""


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """Amounts of more than `over` and less than `under`, and how people said that."""

    over: Money | None = None
    under: Money | None = None
    said: str = ""


def amounts(
    ctx: Ctx, over: Money | None, under: Money | None, *, at_least: bool = False, at_most: bool = False
) -> Bounds:
    """Return the amounts that are meant; of a range both ends are meant too."""
    over, under = over and in_ours(ctx, over), under and in_ours(ctx, under)
    if over is not None and under is not None:
        if over.minor > under.minor:
            raise BadInput(f"No amount is more than {over} and less than {under}. Turn the two round.")
        said = f"{over} to {under}"
        return Bounds(over=_more(over, -1), under=_more(under, 1), said=said)
    if over is not None:
        said = f"{'at least' if at_least else 'more than'} {over}"
        return Bounds(over=_more(over, -1) if at_least else over, said=said)
    if under is not None:
        said = f"{'at most' if at_most else 'less than'} {under}"
        return Bounds(under=_more(under, 1) if at_most else under, said=said)
    return Bounds()


def _more(amount: Money, minor: int) -> Money:
    return Money(amount.minor + minor, amount.currency)


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """How many days overdue, both ends meant too, and how people said that."""

    least: int
    most: int | None = None
    said: str = ""


def stretch(days: int, to_days: int | None, *, more_than: bool = False, less_than: bool = False) -> Stretch:
    """Return how long overdue is meant."""
    if days < 1 or (to_days is not None and to_days < 1 + less_than):
        raise BadInput("An invoice is overdue from its first day after the due date: say 1 day or more.")
    if max(days, to_days or 0) > LONGEST_DEBT:
        raise BadInput(f"No invoice is older than {LONGEST_DEBT:,} days. Say fewer.")
    if to_days is None:
        if more_than:
            return Stretch(least=days + 1, said=f" for more than {plural(days, 'day')}")
        return Stretch(least=days, said=f" for {days} days or more" if days > 1 else "")
    if days > to_days:
        raise BadInput(f"Nothing is overdue from {days} to {to_days} days. Turn the two round.")
    if days > 1:
        said = f" for {days} to {to_days} days" if days < to_days else f" for {days} days"
        return Stretch(least=days, most=to_days, said=said)
    side = "less than" if less_than else "at most"
    return Stretch(least=1, most=to_days - less_than, said=f" for {side} {plural(to_days, 'day')}")
