"""What is told beside a wish and narrows nothing of it: "give TCK-1 to Halima, she knows that customer"."""

from __future__ import annotations

import re
from itertools import pairwise

from bot.understand.filled import Filled
from bot.understand.sentence import Sentence

PARTS = re.compile(r"(?<=[\w)\"'])[,;.!?]+\s+|\s[-–—]\s")
"""What stands between the parts of a message."""
SUBJECT = re.compile(
    r"\W*(?:(?:and|as|because|cause|cos|since|so)\s+)?"
    r"(?:(?:i|we|she|he|they|it)(?:'\w+)?\b"
    r"(?! (?:want|wants|need|needs|should|must)\b)|"
    r"(?:the|his|her|their|our|its)\s+[a-z]+\s+"
    r"(?:is|was|are|were|has|have|had|did|does|came|left|says|said|will)\b|"
    r"(?:customer|client|subscriber|caller|vendor|technician|nobody|somebody|someone|everybody)\b)",
    re.IGNORECASE,
)
"""Begins a part that says how things are."""
LIMITS = re.compile(
    r"\b(?:only|except|excluding|without|unless|if|until|till|but|not before|at most|at least|instead|"
    r"from now)\b",
    re.IGNORECASE,
)
"""Words of what the wish is bound by, wherever they are said."""
FIGURES = frozenset({"money", "id", "number", "entity"})


def told_beside(said: Sentence, filled: Filled) -> list[tuple[int, int]]:
    """Return the parts of a wish from which nothing came and which only say how things are.

    Not where they name a thing or a figure, or bind the wish: "…, only the coast" is no such part.
    """
    cuts = [
        (0, said.begin),
        *((m.start(), m.end()) for m in PARTS.finditer(said.text)),
        (len(said.text),) * 2,
    ]
    parts = [(one[1], two[0]) for one, two in pairwise(cuts) if one[1] < two[0]]
    if len(parts) == 1:
        return []
    return [(a, b) for a, b in parts if _tells(said, filled, a, b)]


def _tells(said: Sentence, filled: Filled, start: int, end: int) -> bool:
    words = said.text[start:end]
    inside = [m for m in said.marks if m.start < end and start < m.end]
    if any(m in filled.used or m.kind in FIGURES or (m.found and not m.near) for m in inside):
        return False
    return SUBJECT.match(words) is not None and LIMITS.search(words) is None
