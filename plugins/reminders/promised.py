"""Finding a promise with a time in what somebody wrote: “we will call back at 4pm”."""

from __future__ import annotations

import re
from dataclasses import dataclass

DAY = r"(?:(?:on|next|this|coming)\s+)?(?:mon|tues|wednes|thurs|fri|satur|sun)day|today|tonight|tomorrow"
LED_BY = r"(?:at\s+|by\s+|before\s+|around\s+)?"
CLOCK = (
    rf"{LED_BY}(?:[01]?\d|2[0-3])[:h][0-5]\d(?:\s*[ap]m)?|"
    rf"{LED_BY}(?:1[0-2]|0?[1-9])\s*[ap]m|{LED_BY}(?:noon|midday)"
)
LENGTH = (
    r"(?:in|within)\s+(?:an?|one|two|three|four|five|ten|\d{1,3})\s*(?:minutes?|mins?|hours?|hrs?|h|days?)"
)
WHEN = re.compile(
    rf"\b(?:{LENGTH}|(?:{DAY})(?:,?\s+(?:{CLOCK}))?|(?:{CLOCK})(?:\s+(?:{DAY}))?)\b", re.IGNORECASE
)
SHALL = re.compile(
    r"\b(?:will|shall|we'll|i'll|he'll|she'll|they'll|going to|promised?|agreed|appointment|visits?|"
    r"technician (?:comes|goes)|is coming|are coming|comes|call(?:ing)? (?:\w+ )?back)\b",
    re.IGNORECASE,
)
PAST = re.compile(r"\b(?:ago|yesterday|was|were|had|since|did|called|came|went)\b", re.IGNORECASE)
SENTENCE = re.compile(r"(?<=[.!?;])\s+|\n+")
NOBODY = re.compile(r"\bnot\b|n't\b|\bnever\b", re.IGNORECASE)
MOST = 120


@dataclass(frozen=True, kw_only=True)
class Promised:
    """A sentence that promises something, and the words for when."""

    text: str
    when: str


def promised_in(words: str) -> Promised | None:
    """Return the first promise with a time; None where nobody promises, or no time is named."""
    for whole in SENTENCE.split(words.replace("\u2019", "'")[:4_000]):
        clauses = [each for each in whole.split(", ") if not (PAST.search(each) or NOBODY.search(each))]
        sentence = ", ".join(clauses)
        found = WHEN.search(sentence)
        if found and SHALL.search(sentence):
            when = _plain(found[0])
            text = " ".join(sentence.split()).strip(" .;!")
            return Promised(text=text if len(text) <= MOST else f"{text[: MOST - 1]}…", when=when)
    return None


def _plain(when: str) -> str:
    """Return the words as the bot reads a time: `by 4pm` is `at 4pm`, `within 2 hours` is `in 2 hours`."""
    low = " ".join(when.lower().split())
    if low.startswith("within "):
        return low.replace("within", "in", 1)
    low = re.sub(r"\b(?:by|before|around)\b", "at", low)
    return re.sub(r"^(?:on|this|coming) ", "", low)
