"""What something is worth is said once: in "2500 for a week without internet" the week is why."""

from __future__ import annotations

from collections.abc import Sequence

from bot.understand.arguments import Argument, Kind
from bot.understand.filled import Filled
from bot.understand.freetext import WHYS

DAYS = "days"
"""The argument by which days are made into an amount."""


def leave_days(out: Filled, arguments: Sequence[Argument]) -> None:
    """Leave days out that stand in the reason, where the amount was said."""
    if out.reads_only or DAYS not in out.args or DAYS in out.captured:
        return
    money = any(one.kind is Kind.MONEY and one.name in out.args for one in arguments)
    why = " ".join(str(out.args[one.name]) for one in arguments if one.name in WHYS and one.name in out.args)
    if money and any(mark.text and mark.text in why for mark in out.used if mark.kind != "money"):
        del out.args[DAYS]
