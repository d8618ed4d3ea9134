"""Times that bound how something stands: by when a promise is due, before when a suspension began."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from bot.understand.arguments import Argument, Kind
from bot.understand.filled import Filled
from bot.understand.marks import Mark
from bot.understand.sentence import Sentence
from bot.understand.words import stem

DAY = timedelta(days=1)
BY = re.compile(r"\bby\s+(?:about\s+)?$", re.IGNORECASE)
DUE_ON = re.compile(r"\b(?:by|for|due|to pay|pays?|paying)\s+(?:on\s+)?(?:the\s+)?$", re.IGNORECASE)
"""What stands before the day on which a promise is to be kept."""
PROMISES = stem("promises")
SUSPENSIONS = stem("suspensions")
"""Words of the names of actions that list what is to come."""
PASSED = re.compile(
    r"(?:\b(?:(?:more|longer|older) than|over|above|beyond|at least|exceeding)|>)\s*(?:about\s+|an?\s+)?$",
    re.IGNORECASE,
)
"""Before how long something has been so at the least: that began before then, and not since."""


def due_on(mark: Mark, said: Sentence, out: Filled) -> bool:
    """Say whether a promise is to be kept, or something is due, by a day: all before it counts."""
    return (PROMISES in out.own or out.ahead) and BY.search(said.text, 0, mark.start) is not None


def began_before(argument: Argument, mark: Mark, said: Sentence, out: Filled, now: datetime) -> str | None:
    """Return the day before which something began: "suspended for more than 30 days"."""
    time = mark.time
    days = argument.kind is Kind.DAY and out.reads_only and out.ends and not out.ahead
    if not days or time is None or time.length is None or time.length < DAY or time.spans:
        return None
    if PASSED.search(said.text, 0, mark.start) is None or (time.first is not None and time.first > now):
        return None
    return (now - time.length).date().isoformat()
