"""Times that bound how something stands: by when a promise is due, before when a suspension began."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from bot.understand.arguments import Argument, Kind
from bot.understand.clock import TimeMark
from bot.understand.filled import Filled
from bot.understand.marks import Mark
from bot.understand.sentence import Sentence
from bot.understand.values import is_end
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

BEFORE = re.compile(r"(?<!not )(?<!no later than )\bbefore\s+(?:the\s+)?$", re.IGNORECASE)
"""Before a day that does not count itself."""


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


def day_before(argument: Argument, time: TimeMark, mark: Mark, said: Sentence, out: Filled) -> str | None:
    """Return the last day of what a list wants "before friday": friday itself is none of it."""
    before = BEFORE.search(said.text, 0, mark.start) or mark.text.lower().startswith("before ")
    ends = argument.kind is Kind.DAY and out.reads_only and is_end(argument.name)
    if not before or not ends or time.first is None or time.exact or time.length:
        return None
    return (time.first.date() - DAY).isoformat()
