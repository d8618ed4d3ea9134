"""In how many parts something is paid: "in three parts", "3 x 1000", "3 payments"."""

from __future__ import annotations

import re

from bot.understand.marks import Mark
from bot.understand.sentence import Sentence
from bot.understand.timewords import NUMBERS

NUMBER = "two|three|four|five|six|seven|eight|nine|ten|twelve"
COUNTED = re.compile(
    r"\s*(?:(?:equal|monthly|weekly)\s+)*(?:parts?|payments|instal+ments?|months|weeks|times|portions|rates|goes)\b",
    re.IGNORECASE,
)
BY = re.compile(r"\b(?P<n>[2-9]|1[0-2])\s?(?:x|times)\b", re.IGNORECASE)
PARTS = re.compile(rf"\b(?P<n>{NUMBER}){COUNTED.pattern}", re.IGNORECASE)


def instalments(numbers: list[Mark], said: Sentence) -> tuple[int, Mark | None] | None:
    """Take how many parts are said: "in three parts", "3 x 1000", "3 payments"."""
    if found := PARTS.search(said.text):
        return int(NUMBERS[found["n"].lower()]), None
    if found := BY.search(said.text):
        at = found.start("n")
        return int(found["n"]), next((m for m in said.marks if m.start == at), None)
    parts = next((m for m in numbers if COUNTED.match(said.text, m.end)), None)
    return (int(parts.text), parts) if parts else None
