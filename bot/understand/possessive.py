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
FIRST_NAMES = word_set(
    """
    abraham adam ahmed alan albert alex alexander alfred ali alice allan amanda amy ana andre andrea
    andrew andy anna anne ann anthony antonio barbara ben benjamin bob bobby brian bruce bryan carl
    carlos catherine charles charlie chris claire dan daniel dave david dennis diana diego douglas
    edward elizabeth emily emma eric ethan eugene felix gary george gerald graham gregory hannah
    hans harold harry helen henry ian isaac ivan jack jacob jacques james jane jason jeffrey
    jennifer jeremy jerry jessica jim joan joe john johnny jonathan jorge jose joseph juan julia
    julie justin karen karl kate keith kelly kenneth kevin kyle larry laura lawrence leo leon
    leonard linda lisa louis lucy luis luke margaret maria marie martin mary matt matthew michael
    miguel mike mohammed muhammad nancy nathan neil nicholas nick oliver oscar otto pablo patrick
    paul pedro peter philip pierre rachel ralph richard robert roger ronald russell ruth ryan sally
    sam samuel sara sarah scott sean simon sophie stanley stephen steve steven stuart susan terry
    thomas tim tom tony tyler victor vincent walter
    """
)
"""First names of which texts are full, and which nobody means anything else by."""
SHORTEST = 4


def owner(name: str, behind: str) -> str:
    """Return a name without the s that says whose the word behind it is."""
    low = name.lower()
    if len(low) < SHORTEST or not low.endswith("s") or low.endswith("ss") or low in ENDS_SO:
        return name
    return name[:-1] if behind in OWNED and low.isalpha() else name
