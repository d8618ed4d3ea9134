"""Whether a number is whom something is for: the account of "suspend 999999", though nobody has it."""

from __future__ import annotations

from bot.understand.arguments import Kind, arguments_of
from bot.understand.filled import Filled
from bot.understand.focused import PERSON_KIND
from bot.understand.marks import Mark


def may_count(mark: Mark, kind: str) -> bool:
    """Say whether a number may be one of this kind: nobody calls a plan or a site 10000."""
    return mark.long_number and kind in {PERSON_KIND, mark.entity}


def is_account(mark: Mark, kind: str, filled: Filled) -> bool:
    """Say whether a number in a change is whom it is for, and not the amount that is still open."""
    named = kind if mark.long_number else ""
    paid = {a.name for a in arguments_of(filled.action) if a.kind is Kind.MONEY} if filled.action else set()
    return named == "visit" or (named == PERSON_KIND and (not paid or bool(paid & filled.args.keys())))
