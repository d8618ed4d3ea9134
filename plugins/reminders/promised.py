"""Finding a promise with a time in what somebody wrote: “we will call back at 4pm”."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import takewhile

DAY = r"(?:(?:on|next|this|coming)\s+)?(?:mon|tues|wednes|thurs|fri|satur|sun)day|today|tonight|tomorrow"
LED_BY = r"(?:at\s+|by\s+|before\s+|around\s+)?"
CLOCK = (
    rf"{LED_BY}(?:[01]?\d|2[0-3])[:h][0-5]\d(?:\s*[ap]m)?|"
    rf"{LED_BY}(?:1[0-2]|0?[1-9])\s*[ap]m|{LED_BY}(?:noon|midday)|"
    rf"(?:at|by|before|around)\s+(?:1[0-2]|[1-9])(?=\s*(?:$|[,.;!?)]|(?:{DAY}|and|but|because)\b))"
)
LENGTH = (
    r"(?:in|within)\s+(?:an?|one|two|three|four|five|ten|\d{1,3})\s*(?:minutes?|mins?|hours?|hrs?|h|days?)"
)
WHEN = re.compile(
    rf"\b(?:{LENGTH}|(?:{DAY})(?:,?\s+(?:{CLOCK}))?|(?:{CLOCK})(?:\s+(?:{DAY}))?)\b", re.IGNORECASE
)
SHALL = re.compile(
    r"\b(?:will|shall|we'll|we'd|i'd|i'll|he'll|she'll|they'll|going to|promised?|agreed|appointment|visits?|"
    r"technician (?:comes|goes)|is coming|are coming|comes|call(?:ing)? (?:\w+ )?back)\b",
    re.IGNORECASE,
)
OURS = re.compile(
    r"\b(?:i|we)(?:'ll|'d|(?:'re|'m| are| am) going to| (?:will|shall|promised?|agreed))\b|"
    r"\b(?:technician|engineer|installer|colleague|crew|team|somebody|someone)s?(?: of ours)? "
    r"(?:will|shall|comes?|visits?|calls?|is coming|are coming|is going to|are going to)\b",
    re.IGNORECASE,
)
"""Says that it is us who will: in a letter it may be what the customer does, or what happens by itself."""
QUOTED = re.compile(
    r"^\s*(?:>|On\b.{0,200}\bwrote:\s*$|-{2,}\s*(?:Original|Forwarded)|(?:From|Von|De):\s)", re.IGNORECASE
)
"""The line with which words of somebody else begin, at the end of a letter."""
PAST = re.compile(r"\b(?:ago|yesterday|was|were|had|since|did|called|came|went)\b", re.IGNORECASE)
SENTENCE = re.compile(r"(?<=[.!?;])\s+|\n+")
NOBODY = re.compile(r"\bnot\b|n't\b|\bnever\b", re.IGNORECASE)
MOST = 120


@dataclass(frozen=True, kw_only=True)
class Promised:
    """A sentence that promises something, and the words for when."""

    text: str
    when: str


def promised_to_them(letter: str) -> Promised | None:
    """Return the first promise of ours in a letter to a customer; what it quotes is not ours."""
    own = list(takewhile(lambda line: not QUOTED.match(line), letter.splitlines()))
    return promised_in("\n".join(own), OURS)


def promised_in(words: str, shall: re.Pattern[str] = SHALL) -> Promised | None:
    """Return the first promise with a time; None where nobody promises, or no time is named."""
    for whole in SENTENCE.split(words.replace("\u2019", "'")[:4_000]):
        clauses = [each for each in whole.split(", ") if not (PAST.search(each) or NOBODY.search(each))]
        sentence = ", ".join(clauses)
        found = WHEN.search(sentence)
        if found and shall.search(sentence):
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
