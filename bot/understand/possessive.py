"""Somebody's things without the apostrophe: the Sam of "sams tickets"."""

from __future__ import annotations

from bot.understand.words import word_set

OWNED = word_set(
    "ticket tickets queue desk plate shift turn turns visit visits route reminder reminders balance bill "
    "bills invoice invoices payment payments line ont router signal phone account email address plan work "
    "jobs job password internet connection open urgent pending overdue last next latest unpaid oldest name "
    "number notes"
)
"""What follows whoever has it."""
ENDS_SO = word_set(
    "james moses agnes dennis charles thomas doris iris alexis lucas marcus nicholas chris hans nils jonas "
    "elias silas francis frances denis boris carlos andreas tobias matthias phyllis gladys mavis lewis "
    "texas lagos mauritius cyprus linus julius cornelius titus venus jesus luis reyes access business "
    "wireless status"
)
"""Names and words of which the s is a part."""
SHORTEST = 4


def owner(name: str, behind: str) -> str:
    """Return a name without the s that says whose the word behind it is."""
    low = name.lower()
    if len(low) < SHORTEST or not low.endswith("s") or low.endswith("ss") or low in ENDS_SO:
        return name
    return name[:-1] if behind in OWNED and low.isalpha() else name
