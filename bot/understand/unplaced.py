"""What a wish for a change names and nothing in it uses: it is held until somebody says what of it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.understand.filled import Filled
from bot.understand.marks import PRONOUNS, Mark
from bot.understand.sentence import Sentence
from bot.understand.words import FUNCTION

FIRM = frozenset({"time", "money", "id", "number", "entity", "quoted"})
NAMED = frozenset({"name", "maybe"})
Span = tuple[int, int]
OBJECT = re.compile(
    r"\b(?:to|for|of|from|at|in|near|on|with|and|or|not|except|besides?|plus)\s+(?:the\s+)?$|[,&/+]\s*$",
    re.IGNORECASE,
)
"""What stands before somebody or a place that belongs to the wish; "Peter wants to stay" only tells."""
NOW = frozenset({"today", "now", "tonight", "this month", "this week"})
"""Times that are said of what is wished for at once."""
ONLY = re.compile(
    r"\b(?:only|until|till|for|from|starting|by|not|or)\s+(?:the\s+)?$|^\s+only\b", re.IGNORECASE
)
"""Makes a limit even of "today": "for today only"."""
PART = re.compile(r"(?<=[\w)\"'])[,;.!?:]+\s+|\s[-–—]\s")
TELLS = re.compile(
    r"\W*(?:(?:and|as|because|cause|cos|since|so|but)\s+)*"
    r"(?:(?:i|we|she|he|they|it|who|that|this|there)\b|(?:the|his|her|their|our|its|my|this) [a-z]+\s+|"
    r"[A-Z][\w'-]+(?: [A-Z][\w'-]+)? )(?:\w+ ){0,3}?"
    r"(?:is|was|are|were|isn't|wasn't|has|have|had|did|didn't|does|can't|can|left|came|says?|said|called|went|"
    r"wants?|wanted|died|paid|got|gave|starts?|moved|disputes?|hung|works?|keeps?|lost|needs?|promised)\b",
)
"""Begins a part that tells how things are, before or behind the wish."""


def unplaced(said: Sentence, filled: Filled, loose: Sequence[Span]) -> list[Span]:
    """Return the unused stretches of a change that name something: a figure, a day, somebody, a limit."""
    free = [m for m in said.marks if m not in filled.used and _counts(m, said) and not _tells(m, said)]
    return [(a, b) for a, b in loose if any(a < m.end and m.start < b for m in free)]


def _counts(mark: Mark, said: Sentence) -> bool:
    """Say whether a mark names something that belongs to the wish."""
    low = mark.text.lower()
    if mark.kind == "time" and low in NOW:
        return ONLY.search(said.text, 0, mark.start) is not None or bool(ONLY.match(said.text[mark.end :]))
    if mark.kind in FIRM:
        return True
    firm = mark.found or mark.text[:1].isupper()
    idle = low in FUNCTION or low in PRONOUNS
    return mark.kind in NAMED and firm and not idle and OBJECT.search(said.text, 0, mark.start) is not None


def _tells(mark: Mark, said: Sentence) -> bool:
    """Say whether a mark stands where it is only told how things are: "he left on Friday, lock him out"."""
    if mark.kind in {"money", "number", "id"} or (mark.entity and mark.kind == "entity"):
        return False
    cuts = [m.end() for m in PART.finditer(said.text, 0, mark.start)]
    start = cuts[-1] if cuts else 0
    return TELLS.match(said.text[start : mark.end + 40]) is not None
